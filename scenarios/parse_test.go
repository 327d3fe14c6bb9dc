package scenarios_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
)

// sound is a valid file. The tests break it line by line.
const sound = `version: 1
name: test
map: {kind: straight, length: 300 m, one_way: true, lanes: 2}
ego: {lane: 0, s: 20 m, speed: 36 km/h}
actors:
  - id: lead
    kind: car
    lane: 0
    s: 60 m
    speed: 10 m/s
    do:
      - {when: {time: ">= 2 s"}, brake: {decel: 3 m/s2}}
vary:
  lead.speed: {from: 8 m/s, to: 12 m/s}
until: {time: 5 s}
expect: {collision: never}
`

func TestErrorsHavePosition(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"syntax", "name: test", "name: [test", "my.yaml:3:1: "},
		{"empty", sound, "", "my.yaml:1:1: contains no scenario"},
		{"two documents", "expect:", "---\nexpect:", "my.yaml:16:1: contains 2 documents"},
		{"alias", "kind: car", "kind: &k car", "my.yaml:7:11: anchors and aliases"},
		{"unknown field", "    lane: 0\n", "    lame: 0\n", `my.yaml:8:5: actors[0].lame: unknown field "lame"; did you mean "lane"?`},
		{"twice", "    lane: 0\n", "    lane: 0\n    lane: 0\n", "my.yaml:9:5: "},
		{"type", "lane: 0, s", "lane: first, s", "my.yaml:4:13: "},
		{"version", "version: 1", "version: 2", "my.yaml:1:10: version: is 2, this program reads version 1"},
		{"name", "name: test", "description: test", "name: is missing"},
		{"duration", "until: {time: 5 s}", "tags: []", "my.yaml:1:1: until: is missing"},
		{"id", "id: lead", "id: ego", `my.yaml:6:9: actors[0].id: "ego" is taken`},
		{"kind", "kind: car", "kind: tank", `my.yaml:7:11: actors[0].kind: "tank" is not one of car, van`},
		{"map", "kind: straight", "kind: loop", `my.yaml:3:13: map.kind: "loop" is not one of`},
		{"lane", "    lane: 0\n", "    lane: 7\n", "my.yaml:8:11: actors[0].lane: there is no lane 7; the map has lanes 0 to 1"},
		{"unit", "36 km/h", "36 kmh", `my.yaml:4:32: ego.speed: "36 kmh" is not a valid speed; units are km/h, m/s, mph`},
		{"range", "s: 20 m", "s: 900 m", "my.yaml:4:19: ego.s: 900 m is above 300 m, the end of its lane"},
		{"same place", "s: 60 m", "s: 21 m", "my.yaml:6:5: actors[0]: lead and the ego start at the same position"},
		{"trigger", `">= 2 s"`, `"2 s"`, `my.yaml:12:23: actors[0].do[0].when.time: "2 s" must begin with <, <=, > or >=`},
		{"two actions", "brake: {decel: 3 m/s2}", "brake: {}, stop: {}", "actors[0].do[0]: a step must have exactly one action, got 2"},
		{"reversed range", "from: 8 m/s, to: 12 m/s", "from: 12 m/s, to: 8 m/s", "my.yaml:14:15: vary.'lead.speed': from 12 m/s is above to 8 m/s"},
		{"mixed units", "from: 8 m/s", "from: 8 km/h", `vary.'lead.speed': from is in "km/h" and to in "m/s"`},
		{"section that cannot vary", "lead.speed", "expect.progress", `my.yaml:14:20: vary.'expect.progress': expect cannot vary: only values in map, ego, traffic, signal, weather, sensors, faults, actors and flows can`},
		{"section of actors", "lead.speed", "actors[0].speed", `my.yaml:14:20: vary.'actors[0].speed': begin with the ID of the actor or flow, such as lead.speed`},
		{"unknown actor", "lead.speed", "laed.speed", `my.yaml:14:15: vary.'laed.speed': there is no section, actor or flow "laed"`},
		{"unknown parameter", "lead.speed:", "lead.sped:", `unknown field "sped"`},
		{"end of a range", "to: 12 m/s", "to: 1200 m/s", "my.yaml:14:33: actors[0].speed: 1200 m/s is above 70 m/s"},
		{"listed value", "{from: 8 m/s, to: 12 m/s}", "{any: [8 m/s, fast]}", `"fast" is not a valid speed`},
		{"expectation", "collision: never", "collision: rarely", `my.yaml:16:21: expect.collision: "rarely" is not one of never, blameless, allowed`},
		{"route", "speed: 36 km/h}", "speed: 36 km/h, route: [left]}", `ego.route: the route has no junction left for the turn "left"`},
		{"destination", "speed: 36 km/h}", "speed: 36 km/h, to: 9}", "my.yaml:4:45: ego.to: there is no lane 9"},
		{"drift", "speed: 36 km/h}", "speed: 36 km/h, drift: 5 m/s}", "ego.drift: 5 m/s is more than a quarter of the speed"},
		{"headway and s", "    s: 60 m\n", "    s: 60 m\n    headway: 2 s\n", "actors[0].headway: cannot be combined with s"},
		{"repetitions", "    speed: 10 m/s\n", "    speed: 10 m/s\n    repeat: 0\n", "actors[0].repeat: 0 is below 1"},
		{"friction", "vary:", "weather: {friction: 3}\nvary:", "weather.friction: 3 is above 1.5"},
		{"blackout", "vary:", "faults: {camera: {blackout: {from: 3 s, to: 2 s}}}\nvary:", "faults.camera.blackout: ends at 2 s, before it begins at 3 s"},
		{"lens", "vary:", "faults: {radar: {dirt: 50 %}}\nvary:", `faults.radar.dirt: unknown field "dirt"; fields are blackout, latency, dropout`},
		{"latency", "vary:", "faults: {radar: {latency: 3 s}}\nvary:", "faults.radar.latency: 3 s is above 1 s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(sound, c.old, c.new, 1)
			if text == sound {
				t.Fatalf("%q is not in the file", c.old)
			}
			_, err := drivetest.ParseAndCheck("my.yaml", []byte(text))
			if err == nil {
				t.Fatal("accepted")
			}
			var fault *scenarios.Error
			if !errors.As(err, &fault) || fault.File != "my.yaml" {
				t.Errorf("%#v is not an Error of my.yaml", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q, want %q in it", err, c.want)
			}
		})
	}
}

func TestSoundFileParses(t *testing.T) {
	s, err := drivetest.ParseAndCheck("my.yaml", []byte(sound))
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "test" || s.Slug() != "my" {
		t.Errorf("name %q, slug %q", s.Name, s.Slug())
	}
}

func TestHugeFileIsRejected(t *testing.T) {
	for _, text := range []string{strings.Repeat("# x\n", 1<<16), strings.Repeat("[", 4000)} {
		if _, err := drivetest.ParseAndCheck("big.yaml", []byte(text)); err == nil {
			t.Errorf("%.4s… of %d bytes was accepted", text, len(text))
		}
	}
}

// A truncated file gives an error or a scenario, but no panic and no hang.
func TestTruncatedFiles(t *testing.T) {
	for n := range len(sound) {
		s, err := drivetest.ParseAndCheck("cut.yaml", []byte(sound[:n]))
		if (s == nil) == (err == nil) {
			t.Fatalf("%d bytes: scenario %v with error %v", n, s, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sound))
	files, err := filepath.Glob("library/*/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal("no library", err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := drivetest.ParseAndCheck("fuzz.yaml", data)
		if err != nil {
			return
		}
		if _, err := s.Case(1); err != nil {
			t.Errorf("parses, but has no case: %v", err)
		}
	})
}

// Errors contain file, line, column and field.
func ExampleParse() {
	_, err := scenarios.Parse("my.yaml", []byte(`
version: 1
name: too fast
map: {kind: straight}
ego: {lane: 0, speed: 900 km/h}
until: {time: 5 s}
`))
	fmt.Println(err)
	// Output: my.yaml:5:23: ego.speed: 900 km/h is above 216 km/h
}
