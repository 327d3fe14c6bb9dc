package report_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/scenarios"
	"roadloop/scenarios/report"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

func results() *runner.Results {
	r := runner.NewResults()
	r.Suite, r.Setup = &runner.SuiteID{Name: "quick"}, &runner.RunConfig{DriverID: trace.DriverID{Name: "stack", Perception: "cnn"}}
	r.Append(runner.Result{Case: "zebra/1", Scenario: "zebra", Family: "pedestrian", Passed: true, Preventable: true, SimSeconds: 12.5})
	r.Append(runner.Result{Case: "zebra/2", Scenario: "zebra", Family: "pedestrian", Preventable: true, SimSeconds: 3, Reason: `collision with <walker> & "dog"`, Code: runner.CodeCollision,
		Command: "roadloop run zebra/2", Parameters: []scenarios.Parameter{{Name: "ego.speed", Value: "48 km/h"}}})
	r.Append(runner.Result{Case: "cut-in/1", Scenario: "cut-in", Family: "cut-in", Reason: "collision", SimSeconds: 2})
	r.Append(runner.Result{Case: "mine/1", Scenario: "mine", File: "mine.yaml", Invalid: true, Preventable: true, Reason: "no lane\x007"})
	return r
}

const want = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="roadloop" tests="4" failures="2" errors="1" time="17.50">
  <testsuite name="pedestrian" tests="2" failures="1" errors="0" time="15.50" skipped="0">
    <properties>
      <property name="driver" value="stack"></property>
      <property name="perception" value="cnn"></property>
      <property name="suite" value="quick"></property>
    </properties>
    <testcase name="zebra/1" classname="roadloop.pedestrian.zebra" time="12.50"></testcase>
    <testcase name="zebra/2" classname="roadloop.pedestrian.zebra" time="3.00">
      <failure message="collision with &lt;walker&gt; &amp; &#34;dog&#34;" type="collision">collision with &lt;walker&gt; &amp; &#34;dog&#34;&#xA;roadloop run zebra/2&#xA;</failure>
      <system-out>ego.speed = 48 km/h&#xA;</system-out>
    </testcase>
  </testsuite>
`

func TestDocument(t *testing.T) {
	data, err := report.JUnit(results())
	if err != nil {
		t.Fatal(err)
	}
	if got := string(data); !strings.HasPrefix(got, want) {
		t.Error(cmp.Diff(want, got[:min(len(got), len(want))]))
	}
	for _, part := range []string{`<failure message="collision" type="unpreventable">`, `<property name="unpreventable" value="cut-in/1">`, "file = mine.yaml", "<error message=\"no lane\uFFFD7\" type=\"invalid\">"} {
		if !strings.Contains(string(data), part) {
			t.Errorf("%s is not in %s", part, data)
		}
	}
	var any struct{}
	if err := xml.Unmarshal(data, &any); err != nil {
		t.Errorf("is not XML: %v", err)
	}
}
