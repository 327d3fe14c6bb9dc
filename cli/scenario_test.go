package cli

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// Every command that takes a scenario rejects a bad one with exit code 2 and names the
// file, the line and the field.
func TestBadScenariosAreRejected(t *testing.T) {
	dir := files(t, map[string]string{
		"speed.yaml":  strings.Replace(short, "10 m/s", "250 km/h", 1),
		"lanes.yaml":  strings.Replace(short, "kind: straight", "kind: straight, lanes: 0", 1),
		"script.yaml": short + "actors: [{id: a, kind: car, lane: 0, s: 50 m, speed: 5 m/s, do: [{brake: {decel: -3 m/s2}}]}]\n",
		"null.yaml":   short + "expect:\n",
		"vary.yaml":   short + "vary: {ego.speed: {any: [9 m/s, 90 m/s]}}\n",
		"mark.yaml":   "\ufeff" + short,
	})
	for _, c := range []struct{ file, says string }{
		{"speed.yaml", "speed.yaml:4:32: ego.speed: 250 km/h is above 216 km/h"},
		{"lanes.yaml", "lanes.yaml:3:30: map.lanes: 0 is below 1"},
		{"script.yaml", "script.yaml:6:82: actors[0].do[0].brake.decel: -3 m/s2 is below 0.01 m/s2"},
		{"null.yaml", "null.yaml:6:1: expect: has no value"},
		{"vary.yaml", "vary.yaml:6:33: ego.speed: 90 m/s is above 60 m/s"},
	} {
		path := filepath.Join(dir, c.file)
		for _, args := range [][]string{{"run", path}, {"test", path}, {"explain", path}, {"shrink", path}, {"film", path, "--out", filepath.Join(dir, "x.gif")}} {
			var out, err bytes.Buffer
			if code := execute(args, &out, &err); code != exitInput || !strings.Contains(err.String(), c.says) {
				t.Errorf("%v: exit code %d; standard error %q, want %q in it", args, code, err.String(), c.says)
			}
		}
	}
	var out, err bytes.Buffer
	if code := execute([]string{"run", filepath.Join(dir, "mark.yaml"), "--perception", "oracle"}, &out, &err); code != exitOK {
		t.Errorf("with a byte order mark: exit code %d; standard error %q", code, err.String())
	}
}
