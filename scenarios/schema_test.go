package scenarios_test

import (
	"strings"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
)

func TestLibraryFulfillsTheSchema(t *testing.T) {
	schema := drivetest.Schema(t, scenarios.Schema)
	all, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if err := drivetest.ValidateYAML(t, schema, s.Source); err != nil {
			t.Errorf("%s: %v", s.Slug(), err)
		}
	}
}

func TestSchemaRejectsInvalidFiles(t *testing.T) {
	schema := drivetest.Schema(t, scenarios.Schema)
	if err := drivetest.ValidateYAML(t, schema, []byte(sound)); err != nil {
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
		if drivetest.ValidateYAML(t, schema, []byte(text)) == nil {
			t.Errorf("the schema accepts %q", c[1])
		}
	}
}
