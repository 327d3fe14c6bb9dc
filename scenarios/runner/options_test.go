package runner

import (
	"strings"
	"testing"

	"roadloop/scenarios"
)

// The compiler knows every option of the format.
func TestOptionsCompile(t *testing.T) {
	known := map[string]func(name string) bool{
		"map.control":  func(name string) bool { _, ok := controls[name]; return ok },
		"weather.time": func(name string) bool { _, ok := daylight[name]; return ok },
		"ego.route":    func(name string) bool { _, ok := turns[name]; return ok },
	}
	for path, knows := range known {
		section, key, _ := strings.Cut(path, ".")
		fields, err := scenarios.Fields(section)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fields {
			for _, name := range f.Options {
				if f.Name == key && !knows(name) {
					t.Errorf("%s: %s is unknown", path, name)
				}
			}
		}
	}
}
