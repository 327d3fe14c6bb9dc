package report_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"roadloop/scenarios/report"
)

// element holds the rules of a schema for an element.
type element struct {
	required, allowed []string // attributes; required ones are allowed
	children          []string
	ordered           bool // children have this order
	once              bool // each child occurs at most once, except those in many
	many              []string
	text              bool // may hold text
}

// duration is the lexical form of a time in both schemas. Surefire allows three decimals,
// Jenkins any number.
var duration = regexp.MustCompile(`^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?$`)

// jenkins holds the rules of junit-10.xsd of the xUnit plugin of Jenkins, for the
// elements that this package writes.
var jenkins = map[string]element{
	"testsuites": {allowed: []string{"name", "time", "tests", "failures", "errors"}, children: []string{"testsuite"}},
	"testsuite": {required: []string{"name", "tests", "failures", "errors"},
		allowed:  []string{"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
		children: []string{"testsuite", "properties", "testcase", "system-out", "system-err"}},
	"testcase": {required: []string{"name"}, allowed: []string{"time", "classname", "group"},
		children: []string{"skipped", "error", "failure", "rerunFailure", "rerunError", "flakyFailure", "flakyError", "system-out", "system-err"}},
	"properties": {children: []string{"property"}},
	"property":   {required: []string{"name", "value"}},
	"failure":    {allowed: []string{"type", "message"}, text: true},
	"error":      {allowed: []string{"type", "message"}, text: true},
	"system-out": {text: true},
}

// surefire holds the rules of surefire-test-report.xsd 3.0 of Maven. Its root is a
// testsuite.
var surefire = map[string]element{
	"testsuite": {required: []string{"name", "tests", "errors", "skipped", "failures"}, allowed: []string{"version", "time", "group"},
		children: []string{"properties", "testcase"}, ordered: true},
	"testcase": {required: []string{"name", "time"}, allowed: []string{"classname", "group"},
		children: []string{"failure", "rerunFailure", "flakyFailure", "skipped", "error", "rerunError", "flakyError", "system-out", "system-err"},
		ordered:  true, once: true, many: []string{"failure", "rerunFailure", "flakyFailure", "rerunError", "flakyError"}},
	"properties": {children: []string{"property"}},
	"property":   {required: []string{"name", "value"}},
	"failure":    {required: []string{"type"}, allowed: []string{"message"}, text: true},
	"error":      {required: []string{"type"}, allowed: []string{"message"}, text: true},
	"system-out": {text: true},
}

// node is an element of a document.
type node struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []node     `xml:",any"`
}

// check returns violations of the rules of a schema.
func (n *node) check(rules map[string]element) error {
	name := n.XMLName.Local
	rule, ok := rules[name]
	if !ok {
		return fmt.Errorf("<%s> is unknown", name)
	}
	var errs []error
	present := map[string]bool{}
	for _, a := range n.Attrs {
		present[a.Name.Local] = true
		if !slices.Contains(rule.required, a.Name.Local) && !slices.Contains(rule.allowed, a.Name.Local) {
			errs = append(errs, fmt.Errorf("<%s> has the attribute %s", name, a.Name.Local))
		}
		if a.Name.Local == "time" && !duration.MatchString(a.Value) {
			errs = append(errs, fmt.Errorf("<%s> has the time %q", name, a.Value))
		}
	}
	for _, a := range rule.required {
		if !present[a] {
			errs = append(errs, fmt.Errorf("<%s> lacks the attribute %s", name, a))
		}
	}
	if !rule.text && strings.TrimSpace(n.Text) != "" {
		errs = append(errs, fmt.Errorf("<%s> holds the text %q", name, n.Text))
	}
	last, count := 0, map[string]int{}
	for i := range n.Children {
		child := n.Children[i].XMLName.Local
		at := slices.Index(rule.children, child)
		count[child]++
		switch {
		case at < 0:
			errs = append(errs, fmt.Errorf("<%s> holds <%s>", name, child))
			continue
		case rule.ordered && at < last:
			errs = append(errs, fmt.Errorf("<%s> holds <%s> too late", name, child))
		case rule.once && count[child] > 1 && !slices.Contains(rule.many, child):
			errs = append(errs, fmt.Errorf("<%s> holds <%s> twice", name, child))
		}
		last = max(last, at)
		errs = append(errs, n.Children[i].check(rules))
	}
	return errors.Join(errs...)
}

// read parses a document.
func read(t *testing.T, data string) *node {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(data))
	root := new(node)
	if err := d.Decode(root); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Token(); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return root
}

func TestFollowsTheSchemas(t *testing.T) {
	data, err := report.JUnit(results())
	if err != nil {
		t.Fatal(err)
	}
	root := read(t, string(data))
	if root.XMLName.Local != "testsuites" || len(root.Children) != 3 {
		t.Fatalf("the root is <%s> with %d children", root.XMLName.Local, len(root.Children))
	}
	if err := root.check(jenkins); err != nil {
		t.Errorf("Jenkins: %v", err)
	}
	for i := range root.Children {
		if err := root.Children[i].check(surefire); err != nil {
			t.Errorf("Surefire: %v", err)
		}
	}
}

// The rules reject known errors.
func TestSchemaRulesReject(t *testing.T) {
	const suite = `<testsuite name="a" tests="1" failures="0" errors="0" skipped="0">`
	for _, c := range []struct {
		name, document string
		rules          map[string]element
		want           string
	}{
		{"skipped in all suites", `<testsuites skipped="1"/>`, jenkins, "<testsuites> has the attribute skipped"},
		{"file of a case", suite + `<testcase name="x" file="y"/></testsuite>`, jenkins, "<testcase> has the attribute file"},
		{"properties of a case", suite + `<testcase name="x"><properties/></testcase></testsuite>`, jenkins, "<testcase> holds <properties>"},
		{"no counts", `<testsuite name="a"/>`, jenkins, "<testsuite> lacks the attribute tests"},
		{"no skipped", `<testsuite name="a" tests="1" failures="0" errors="0"/>`, surefire, "<testsuite> lacks the attribute skipped"},
		{"no time", suite + `<testcase name="x"/></testsuite>`, surefire, "<testcase> lacks the attribute time"},
		{"no type", suite + `<testcase name="x" time="1"><failure/></testcase></testsuite>`, surefire, "<failure> lacks the attribute type"},
		{"order", suite + `<testcase name="x" time="1"><system-out/><failure type="x"/></testcase></testsuite>`, surefire, "<testcase> holds <failure> too late"},
		{"two errors", suite + `<testcase name="x" time="1"><error type="x"/><error type="x"/></testcase></testsuite>`, surefire, "<testcase> holds <error> twice"},
		{"time", suite + `<testcase name="x" time="1.0000"/></testsuite>`, surefire, `the time "1.0000"`},
		{"text", suite + `hello</testsuite>`, surefire, `holds the text "hello"`},
	} {
		if err := read(t, c.document).check(c.rules); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}
