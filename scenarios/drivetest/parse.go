package drivetest

import (
	"bytes"
	"context"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
)

// Parse parses the text of a scenario file.
func Parse(t testing.TB, text string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ParseAndCheck parses a scenario file and compiles the ends of its ranges.
func ParseAndCheck(path string, data []byte) (*scenarios.Scenario, error) {
	s, err := scenarios.Parse(path, data)
	if err != nil {
		return nil, err
	}
	return s, runner.Check(context.Background(), s)
}

// Case returns the case with a label, such as 7 or g012.
func Case(t testing.TB, s *scenarios.Scenario, label string) *scenarios.Case {
	t.Helper()
	c, err := s.CaseByLabel(label)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Compile compiles a case.
func Compile(t testing.TB, c *scenarios.Case) *runner.Spec {
	t.Helper()
	p, err := runner.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Schema compiles a JSON schema.
func Schema(t testing.TB, text []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ValidateYAML checks a YAML text against a schema, as an editor does. JSON is YAML.
func ValidateYAML(t testing.TB, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	data, err := yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}
