package report

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// suiteFiles are the scenarios of a page: one passes, one fails by an event, one by an
// expectation.
var suiteFiles = map[string]string{
	"wall.yaml": `
version: 1
name: Wall & <b>
description: A wall of a car, too near to brake for.
family: planted
tags: [wall]
map: {kind: straight, length: 400 m}
ego: {lane: 0, s: 20 m, speed: 25 m/s}
actors: [{id: wall, kind: car, lane: 0, s: 50 m}]
until: {time: 6 s}
`,
	"free.yaml": `
version: 1
name: Free road
family: lane
map: {kind: straight, length: 400 m}
ego: {lane: 0, s: 20 m, speed: 10 m/s}
until: {time: 3 s}
`,
	"hurry.yaml": `
version: 1
name: Hurry
family: planted
map: {kind: straight, length: 400 m}
ego: {lane: 0, s: 20 m, speed: 10 m/s}
vary: {ego.speed: {from: 9 m/s, to: 11 m/s}}
until: {time: 3 s}
expect: {progress: 300 m}
`,
}

// cases returns the cases of seed 1 of the suite, in the order of names.
func cases(t *testing.T, names ...string) []*scenarios.Case {
	t.Helper()
	var list []*scenarios.Case
	for _, name := range names {
		s, err := scenarios.Parse(name, []byte(suiteFiles[name]))
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Case(1)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	return list
}

// driven drives cases with the oracle and adds them to a page.
func driven(t *testing.T, page *Page, list []*scenarios.Case) *runner.Results {
	t.Helper()
	results := runner.NewResults()
	results.Setup = &runner.RunConfig{DriverID: trace.DriverID{Name: "stack", Perception: runner.Oracle}}
	o := runner.Options{DriverID: trace.DriverID{Name: "stack", Perception: runner.Oracle}, Repeat: runner.Repeat{Flags: "--perception oracle"}, Watch: page.Watch,
		NewFactory: runner.NewOracleFactory}
	err := runner.Run(context.Background(), list, o, func(out *runner.Outcome) error {
		results.Append(runner.NewResult(out, &o))
		return page.Add(out)
	})
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// testPage returns the page of the suite, with a cause for one failure.
func testPage(t *testing.T) []byte {
	t.Helper()
	page := NewPage(PageOptions{})
	r := driven(t, page, cases(t, "free.yaml", "wall.yaml", "hurry.yaml"))
	for i := range r.Cases {
		if c := &r.Cases[i]; c.Scenario == "wall" {
			c.Cause = "with ground truth in place of planning the failure is gone"
			c.Missed = "wall was seen from 0.05 s on, 27 m away"
		}
	}
	data, err := page.Render(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The page of a resumed run states the number of cases that were driven before.
func TestPageCountsCasesDrivenEarlier(t *testing.T) {
	list := cases(t, "free.yaml", "wall.yaml")
	whole := driven(t, NewPage(PageOptions{}), list)
	page := NewPage(PageOptions{})
	driven(t, page, list[1:])
	html, err := page.Render(whole)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"1 of 2 cases, before the run was resumed": 1, `"earlier":true,"replay":false`: 1, `"earlier":false,"replay":true`: 1} {
		if got := strings.Count(string(html), text); got != want {
			t.Errorf("%q occurs %d times, want %d", text, got, want)
		}
	}
	if strings.Contains(string(testPage(t)), "driven earlier") {
		t.Error("a complete page counts cases driven earlier")
	}
}

func TestPageIsSelfContained(t *testing.T) {
	html := string(testPage(t))
	for _, outside := range []string{`src="http`, `href="http`, "@import", "url("} {
		if strings.Contains(html, outside) {
			t.Errorf("the page contains %q", outside)
		}
	}
	if strings.Contains(html, "Wall & <b>") {
		t.Error("the name of the scenario is not escaped")
	}
}

// Two drives of one case by the same driver, one of them with a human takeover, have
// separate recordings and drivers on the page.
func TestPageSeparatesHumanDrive(t *testing.T) {
	page, all := NewPage(PageOptions{Program: &Program{Wasm: []byte("wasm"), Glue: []byte("glue")}, Lean: true}), runner.NewResults()
	for _, out := range []*runner.Outcome{humanDrive(t, 0, 0), humanDrive(t, 10, 30)} {
		h := &out.Trace.Header
		all.Append(runner.NewResult(out, &runner.Options{DriverID: h.DriverID}))
		if err := page.Add(out); err != nil {
			t.Fatal(err)
		}
	}
	html, err := page.Render(all)
	if err != nil {
		t.Fatal(err)
	}
	reels := regexp.MustCompile(`id="reel-\d">\s*(\S+)`).FindAllSubmatch(html, -1)
	if len(reels) != 2 || bytes.Equal(reels[0][1], reels[1][1]) {
		t.Errorf("the page has %d different recordings of two drives", len(reels))
	}
	if n := strings.Count(string(html), `"driversText":"stack, oracle 0.00 to 0.50 s; human 0.50 to 1.50 s; stack, oracle 1.50 to`); n != 1 {
		t.Errorf("%d cases of the page name the human", n)
	}
	if n := strings.Count(string(html), `"driversText":"stack, oracle"`); n != 1 {
		t.Errorf("%d cases of the page name only the stack", n)
	}
}

// humanDrive drives a case in which a human brakes in the decisions [from, to).
func humanDrive(t *testing.T, from, to int) *runner.Outcome {
	t.Helper()
	c := cases(t, "free.yaml")[0]
	plan, err := runner.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	drive := drivetest.DriveWithHumanBraking(t, plan, from, to, 2)
	out := &runner.Outcome{Case: c, Spec: plan, Log: drive.Log(), Trace: drive.Trace(), Preventability: runner.Preventability{Preventable: true}}
	out.Verdict, out.Measures = plan.Examine(out.Log)
	return out
}
