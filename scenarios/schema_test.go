package scenarios_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"roadloop/scenarios"
)

func compileSchema(t *testing.T, text []byte) *jsonschema.Schema {
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

// validateYAML checks a YAML text against a schema, as an editor does.
func validateYAML(t *testing.T, s *jsonschema.Schema, text []byte) error {
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

func TestLibraryFulfillsTheSchema(t *testing.T) {
	schema := compileSchema(t, scenarios.Schema)
	all, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if err := validateYAML(t, schema, s.Source); err != nil {
			t.Errorf("%s: %v", s.Slug(), err)
		}
	}
}

func TestSchemaRejectsInvalidFiles(t *testing.T) {
	schema := compileSchema(t, scenarios.Schema)
	if err := validateYAML(t, schema, []byte(sound)); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{"version: 1", "version: 2"}, {"name: test\n", ""}, {"kind: car", "kind: tank"}, {"kind: straight", "kind: loop"},
		{"36 km/h", "36 kmh"}, {"    lane: 0\n", "    lame: 0\n"}, {`">= 2 s"`, `"2 s"`}, {"brake: {decel: 3 m/s2}", "brake: {}, stop: {}"},
		{"to: 12 m/s", "two: 12 m/s"}, {"collision: never", "collision: rarely"}, {"until: {time: 5 s}", "until: {}"},
	} {
		text := strings.Replace(sound, c[0], c[1], 1)
		if text == sound {
			t.Fatalf("%q is not in the file", c[0])
		}
		if validateYAML(t, schema, []byte(text)) == nil {
			t.Errorf("the schema accepts %q", c[1])
		}
	}
}

// validateResults checks the results, as printed, against the schema of results.
func validateResults(t *testing.T, r *scenarios.Results) {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := compileSchema(t, scenarios.ResultsJSONSchema).Validate(doc); err != nil {
		t.Errorf("%v in %s", err, data)
	}
}
