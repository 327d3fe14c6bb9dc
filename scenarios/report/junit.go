package report

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"strings"

	"roadloop/scenarios/runner"
)

type suites struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	counts
	Suites []*suite `xml:"testsuite"`
}

type suite struct {
	Name string `xml:"name,attr"`
	counts
	Skipped       int        `xml:"skipped,attr"` // always 0; Surefire requires the attribute
	Properties    []property `xml:"properties>property,omitempty"`
	Cases         []testcase `xml:"testcase"`
	unpreventable []string
}

// counts are the attributes of suites. Times are simulated seconds: wall times would
// differ between equal runs.
type counts struct {
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Time     string `xml:"time,attr"`
	seconds  float64
}

type property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type testcase struct {
	Name      string  `xml:"name,attr"`
	Class     string  `xml:"classname,attr"`
	Time      string  `xml:"time,attr"`
	Failure   *reason `xml:"failure"`
	Error     *reason `xml:"error"`
	SystemOut string  `xml:"system-out,omitempty"`
}

type reason struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit returns results as JUnit XML: a testsuite for every family, a testcase for every
// case. A case that did not pass is a failure; a case that could not be driven is an error;
// no case is skipped. The type of a failure is its code, or "unpreventable". The property
// "unpreventable" of a testsuite lists its unpreventable failures.
//
// JUnit XML has no standard. The document follows the schema of Jenkins' xUnit plugin
// (junit-10.xsd). Every testsuite follows the schema of Maven Surefire
// (surefire-test-report.xsd, version 3.0). Neither schema allows properties in a
// testcase.
func JUnit(r *runner.Results) ([]byte, error) {
	all := suites{Name: "roadloop"}
	index := map[string]*suite{}
	for i := range r.Cases {
		c := &r.Cases[i]
		s := index[c.Family]
		if s == nil {
			s = &suite{Name: cmp.Or(c.Family, "none"), Properties: properties(r)}
			index[c.Family] = s
			all.Suites = append(all.Suites, s)
		}
		s.Cases = append(s.Cases, encodeCase(c))
		if c.Unpreventable() {
			s.unpreventable = append(s.unpreventable, c.Case)
		}
		s.count(c)
		all.count(c)
	}
	for _, s := range all.Suites {
		s.Time = seconds(s.seconds)
		if len(s.unpreventable) > 0 {
			s.Properties = append(s.Properties, property{"unpreventable", strings.Join(s.unpreventable, " ")})
		}
	}
	all.Time = seconds(all.seconds)
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return nil, fmt.Errorf("encoding JUnit: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func (n *counts) count(c *runner.Result) {
	n.Tests++
	n.seconds += c.SimSeconds
	switch {
	case c.Invalid:
		n.Errors++
	case c.Passed:
	default:
		n.Failures++
	}
}

// properties returns the properties of the driver and the suite.
func properties(r *runner.Results) []property {
	var out []property
	if s := r.Setup; s != nil {
		out = append(out, property{"driver", s.Name}, property{"perception", s.Perception})
		if s.Model != "" {
			out = append(out, property{"model", s.Model})
		}
	}
	if r.Suite != nil {
		out = append(out, property{"suite", r.Suite.Name})
	}
	return out
}

func encodeCase(c *runner.Result) testcase {
	t := testcase{Name: c.Case, Class: "roadloop." + cmp.Or(c.Family, "none") + "." + c.Scenario, Time: seconds(c.SimSeconds), SystemOut: details(c)}
	why := &reason{Message: c.Reason, Text: c.Reason + "\n" + c.Command + "\n"}
	switch {
	case c.Invalid:
		why.Type, t.Error = "invalid", why
	case c.Passed:
	case c.Unpreventable():
		why.Type, t.Failure = "unpreventable", why
	default:
		why.Type, t.Failure = cmp.Or(string(c.Code), "verdict"), why
	}
	return t
}

// details returns the file of a case outside the library, and the parameters.
func details(c *runner.Result) string {
	var out strings.Builder
	if c.File != "" {
		fmt.Fprintf(&out, "file = %s\n", c.File)
	}
	for _, p := range c.Parameters {
		fmt.Fprintf(&out, "%s = %s\n", p.Name, p.Value)
	}
	return out.String()
}

func seconds(s float64) string { return fmt.Sprintf("%.2f", s) }
