package scenarios_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
)

// rich is a valid file that uses most fields. The inputs below break it.
const rich = `version: 1
name: rich
map: {kind: straight, length: 400 m, lanes: 2, one_way: true, speed_limit: 50 km/h}
ego: {lane: 0, s: 20 m, speed: 36 km/h}
actors:
  - {id: lead, kind: car, lane: 0, s: 60 m, speed: 10 m/s, do: [{when: {time: ">= 2 s"}, LEAD}]}
  - {id: walker, kind: pedestrian, lane: 0, speed: 5 km/h, path: [{s: 150 m, d: -5 m}, {s: 150 m, d: 8 m}], do: [{when: {ego_ttc: "< 4 s"}, WALKER}]}
  - {id: wall, kind: box, lane: 1, s: 300 m}
flows:
  - {id: stream, lane: 1, rate: 300 veh/h, s: 200 m}
OTHER
until: {time: 5 s}
`

func richWith(lead, walker, other string) string {
	return strings.NewReplacer("LEAD", lead, "WALKER", walker, "OTHER", other).Replace(rich)
}

// Each input gives an error with file, line and field, in the unit of the file.
// TestFieldsRejectOutOfBounds covers every field of the table; this test covers typical
// mistakes and errors that depend on the map or on other fields.
func TestBadInputs(t *testing.T) {
	sound := richWith("brake: {decel: 3 m/s2}", "go: {}", "")
	if _, err := drivetest.ParseAndCheck("rich.yaml", []byte(sound)); err != nil {
		t.Fatal(err)
	}
	for _, c := range badInputs(sound) {
		if c.text == sound {
			t.Fatalf("%s: nothing is changed", c.what)
		}
		_, err := drivetest.ParseAndCheck("rich.yaml", []byte(c.text))
		var fault *scenarios.Error
		if !errors.As(err, &fault) {
			t.Errorf("%s: error %v", c.what, err)
			continue
		}
		if fault.Line == 0 || fault.Column == 0 || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %q, want %q", c.what, err, c.want)
		}
		for _, wrong := range []string{"sim.", "road.", "scenarios.", "struct", "polyline", "e+", "&{", "%!", "interface"} {
			if strings.Contains(err.Error(), wrong) {
				t.Errorf("%s: got error %q", c.what, err)
			}
		}
	}
	if n := len(badInputs(sound)); n < 200 {
		t.Errorf("%d bad inputs, want 200", n)
	}
}

type badInput struct{ what, text, want string }

func badInputs(sound string) []badInput {
	var out []badInput
	// Actions, each for the car and for the walker.
	for _, c := range [...][2]string{
		{"brake: {decel: -3 m/s2}", "brake.decel: -3 m/s2 is below 0.01 m/s2"}, {"brake: {decel: 0}", "brake.decel: 0 is below 0.01 m/s2"},
		{"brake: {decel: 1e300}", "brake.decel: "}, {"brake: {decel: .nan}", "brake.decel: .nan is not a finite number"},
		{"brake: {decel: .inf}", "brake.decel: .inf is not a finite number"}, {"brake: {decel: NaN m/s2}", `brake.decel: "NaN m/s2" is not a valid acceleration`},
		{"brake: {decel: 3 m/s}", `brake.decel: "3 m/s" is not a valid acceleration; units are m/s2, m/s², g`}, {"brake: {decel: 3 g}", "brake.decel: 3 g is above 2.0394 g"},
		{"brake: {decel: }", "brake.decel: has no value"}, {"brake: {to: -5 km/h}", "brake.to: -5 km/h is below 0 km/h"},
		{"brake: {to: 1000 km/h}", "brake.to: 1000 km/h is above 252 km/h"}, {"brake: {too: 5 m/s}", `brake.too: unknown field "too"; did you mean "to"?`},
		{"brake: 3 m/s2", "brake: must be a mapping"}, {"brake: [3]", "brake: must be a mapping"}, {"brake: {decel: [3]}", "brake.decel: must be one value, not a list"},
		{"brake: ", "brake: has no value"}, {"stop: {decel: -1}", "stop.decel: -1 is below 0.01 m/s2"}, {"stop: {decel: 0 m/s2}", "stop.decel: 0 m/s2 is below"},
		{"stop: {decel: 30 m/s2}", "stop.decel: 30 m/s2 is above 20 m/s2"}, {"stop: {to: 3}", `stop.to: unknown field "to"; fields are decel`},
		{"speed: {to: -20 m/s}", "speed.to: -20 m/s is below 0 m/s"}, {"speed: {to: 1e300, accel: 1e300}", "speed.to: "}, {"speed: {to: 9 m/s, accel: -5}", "speed.accel: -5 is below 0.01 m/s2"},
		{"speed: {to: 9 m/s, accel: 0}", "speed.accel: 0 is below"}, {"speed: {accel: 2 m/s2}", "speed.to: is missing"}, {"speed: {to: fast}", `speed.to: "fast" is not a valid speed`},
		{"speed: [1, 2]", "speed: must be a mapping"}, {"speed: {to: [1, 2]}", "speed.to: must be one value, not a list"}, {"speed: {to: true}", "speed.to: true is not a number"},
		{"change_lane: {to: left, over: -3 s}", "change_lane.over: -3 s is below 0.1 s"}, {"change_lane: {to: left, over: 0 s}", "change_lane.over: 0 s is below 0.1 s"},
		{"change_lane: {to: left, over: 2 min}", "change_lane.over: 2 min is above 1 min"}, {"change_lane: {over: 3 s}", "change_lane.to: is missing"},
		{"change_lane: {to: up}", `change_lane.to: "up" is not one of left, right`}, {"change_lane: {to: 1}", `change_lane.to: "1" is not one of left, right`},
		{"offset: {d: 1e300 m, over: -1 s}", "offset.d: 1e300 m is above 20 m"}, {"offset: {d: -30 m}", "offset.d: -30 m is below -20 m"}, {"offset: {d: 1 m, over: -1 s}", "offset.over: -1 s is below 0.1 s"},
		{"offset: {over: 1 s}", "offset.d: is missing"}, {"offset: {d: 1 s}", `offset.d: "1 s" is not a valid length`}, {"go: {speed: -1 m/s}", "go.speed: -1 m/s is below 0.1 m/s"}, {"go: {speed: 0}", "go.speed: 0 is below 0.1 m/s"},
		{"go: {speed: 1e9}", "go.speed: "}, {"hesitate: {for: -1 s}", "hesitate.for: -1 s is below 0.01 s"}, {"hesitate: {for: 0 s}", "hesitate.for: 0 s is below 0.01 s"}, {"hesitate: {}", "hesitate.for: is missing"},
		{"hesitate: {for: 9000 min}", "hesitate.for: 9000 min is above 60 min"}, {"release: 3", "release: must be a mapping"}, {"release: ", "release: has no value"}, {"release: {now: true}", `release.now: unknown field "now"; no fields are allowed here`},
		{"brake: {}, stop: {}", "a step must have exactly one action, got 2"}, {"wait: {}", `unknown field "wait"`}, {"jump: 3", `jump: unknown field "jump"`},
	} {
		out = append(out, badInput{"car: " + c[0], richWith(c[0], "go: {}", ""), "actors[0].do[0]"}, badInput{"walker: " + c[0], richWith("brake: {}", c[0], ""), "rich.yaml:7:"})
		out[len(out)-2].want = "rich.yaml:6:"
		out = append(out, badInput{"car, field: " + c[0], richWith(c[0], "go: {}", ""), c[1]})
	}
	replaced := func(old, new, want string) {
		out = append(out, badInput{new, strings.Replace(sound, old, new, 1), want})
	}
	// Actions that do not suit the actor.
	for _, does := range []string{"go: {}", "hesitate: {for: 1 s}"} {
		name, _, _ := strings.Cut(does, ":")
		out = append(out, badInput{"car: " + does, richWith(does, "go: {}", ""), "actors[0].do[0]." + name + ": is for actors with behavior walk; lead has behavior follow"})
	}
	for _, does := range []string{"brake: {}", "change_lane: {to: left}", "offset: {d: 1 m}", "release: {}"} {
		name, _, _ := strings.Cut(does, ":")
		out = append(out, badInput{"walker: " + does, richWith("brake: {}", does, ""), "actors[1].do[0]." + name + ": is for actors with behavior drive or follow; walker has behavior walk"})
	}
	// Triggers.
	for _, c := range [...][2]string{
		{`time: ">>> 1 s"`, "when.time: "}, {`time: "<> 1 s"`, "when.time: "}, {`time: "1 s"`, `when.time: "1 s" must begin with`}, {`time: "= 1 s"`, "must begin with"}, {`time: 3`, "when.time: 3 must begin with"},
		{`time: `, "when.time: has no value"}, {`time: "> -1 s"`, "when.time: -1 s is below 0 s"}, {`time: "> 1 m"`, `when.time: "1 m" is not a valid time`}, {`time: "> "`, "is not a valid time"}, {`time: ">= 1e300 s"`, "is above 3600 s"},
		{`time: ">= NaN"`, `"NaN" is not a valid time`}, {`done: "true"`, `when.done: "true" is neither true nor false`}, {`done: 1`, "is neither true nor false"}, {`done: `, "has no value"}, {`since: "< -2 s"`, "when.since: -2 s is below 0 s"},
		{`ego_gap: "< -3 m"`, "when.ego_gap: -3 m is below 0 m"}, {`ego_distance: "< 3000 km"`, "when.ego_distance: 3000 km is above 100 km"}, {`impact: "< 100000 %"`, "when.impact: 100000 % is above 10000 %"},
		{`speed: ">= 1000 km/h"`, "when.speed: 1000 km/h is above 360 km/h"}, {`ego_sped: "< 3 m/s"`, `did you mean "ego_speed"?`}, {`ego_s: [1]`, "when.ego_s: must be one value, not a list"},
	} {
		replaced(`time: ">= 2 s"`, c[0], "rich.yaml:6:")
		out[len(out)-1].want = c[1]
	}
	replaced(`{when: {time: ">= 2 s"}, brake: {decel: 3 m/s2}}`, "stop", "actors[0].do[0]: must be a mapping of fields")
	replaced(`{when: {time: ">= 2 s"}, brake`, `{when: [], brake`, "actors[0].do[0].when: must be a mapping")
	// Actors.
	for _, c := range [...][3]string{
		{"speed: 10 m/s", "speed: -1 m/s", "actors[0].speed: -1 m/s is below 0 m/s"}, {"speed: 10 m/s", "speed: 300 km/h", "actors[0].speed: 300 km/h is above 252 km/h"}, {"speed: 10 m/s", "speed: .nan", "actors[0].speed: .nan is not a finite"},
		{"speed: 10 m/s", "speed: 1e300", "actors[0].speed: "}, {"speed: 10 m/s", "speed: 10 m/s, heading: 1e300 deg", "actors[0].heading: 1e300 deg is above 360 deg"}, {"speed: 10 m/s", "speed: 10 m/s, heading: 7 rad", "heading: 7 rad is above 6.2832 rad"},
		{"speed: 10 m/s", "speed: 10 m/s, d: 100 m", "actors[0].d: 100 m is above 60 m"}, {"s: 60 m", "s: 900 m", "actors[0].s: 900 m is above 450 m, 50 m beyond its lane"}, {"s: 60 m", "s: -90 m", "actors[0].s: -90 m is below -50 m"},
		{"s: 60 m", "s: 60 km", "actors[0].s: 60 km is above 0.45 km"}, {"s: 60 m", "s: 22 m", "actors[0]: lead and the ego start at the same position"}, {"s: 60 m", "s: 60 m, headway: 2 s", "actors[0].headway: cannot be combined with s"},
		{"s: 60 m", "headway: -1 s", "actors[0].headway: -1 s is below 0 s"}, {"s: 60 m", "headway: 90 s", "actors[0].headway: 90 s is above 60 s"}, {"kind: car", "kind: tank", `actors[0].kind: "tank" is not one of car, van`},
		{"kind: car", "kind: 3", `actors[0].kind: "3" is not one of`}, {"kind: car, ", "", "actors[0].kind: is missing"}, {"id: lead, ", "", "actors[0].id: is missing"}, {"id: lead", "id: 7", `actors[0].id: 7 is not text; put it in quotes: "7"`},
		{"id: lead", `id: ""`, "actors[0].id: is empty"}, {"id: lead", "id: walker", `actors[1].id: "walker" is taken`}, {"id: lead", "id: ego", `actors[0].id: "ego" is taken`}, {"id: lead", "id: stream 1", `actors[0].id: "stream 1" is also the name of a vehicle`},
		{"lane: 0, s: 60", "lane: 1.9, s: 60", "actors[0].lane: 1.9 is not an integer"}, {"lane: 0, s: 60", "lane: -1, s: 60", "actors[0].lane: -1 is below 0"}, {"lane: 0, s: 60", `lane: "0", s: 60`, `actors[0].lane: "0" is not an integer`},
		{"lane: 0, s: 60", "lane: 2, s: 60", "actors[0].lane: there is no lane 2; the map has lanes 0 to 1"}, {"lane: 0, s: 60", "lane: 99999999999999999999, s: 60", "actors[0].lane: "}, {"speed: 10 m/s", "speed: 10 m/s, behavior: fly", `behavior: "fly" is not one of drive`},
		{"kind: box, lane: 1", "kind: box, behavior: drive, lane: 1", "actors[2].behavior: a box cannot drive"}, {"kind: box, lane: 1", "kind: cone, behavior: drive, lane: 1", "actors[2].behavior: a cone cannot drive"},
		{"kind: box, lane: 1", "kind: pedestrian, behavior: drive, lane: 1", "a pedestrian cannot drive"}, {"kind: box, lane: 1", "kind: child, speed: 1 m/s, do: [{release: {}}], lane: 1", "actors[2].do[0].release: a child cannot drive"},
		{"kind: box, lane: 1", "kind: box, skin: 20 %, lane: 1", "actors[2].skin: is for pedestrians and riders"}, {"kind: box, lane: 1", "kind: box, clothing: 20 %, lane: 1", "actors[2].clothing: is for pedestrians and riders"},
		{"kind: box, lane: 1", "kind: box, height: 0 m, lane: 1", "actors[2].height: 0 m is below 0.3 m"}, {"kind: box, lane: 1", "kind: box, behavior: walk, lane: 1", "actors[2].path: is missing"}, {"kind: box, lane: 1", "kind: box, repeat: 0, lane: 1", "actors[2].repeat: 0 is below 1"},
		{"kind: box, lane: 1", "kind: box, repeat: 2.5, lane: 1", "actors[2].repeat: 2.5 is not an integer"}, {"kind: box, lane: 1", "kind: box, courteous: yes, lane: 1", `actors[2].courteous: "yes" is neither true nor false`},
		{"kind: box, lane: 1", "kind: box, meet: {}, lane: 1", "actors[2].meet: needs a vehicle"}, {"kind: box, lane: 1", "kind: car, speed: 9 m/s, route: left, lane: 1", "actors[2].route: must be a list"}, {"kind: box, lane: 1", "kind: car, speed: 9 m/s, route: [up], lane: 1", `route[0]: "up" is not one of left, right, straight`},
		{"kind: box, lane: 1", "kind: car, speed: 9 m/s, route: [left], lane: 1", "actors[2].route: the route has no junction left"}, {"{s: 150 m, d: 8 m}", "{s: 1e300 m}", "actors[1].path[1].s: 1e300 m is above 100000 m"},
		{"{s: 150 m, d: 8 m}", "{s: 150 m, d: 5 km}", "actors[1].path[1].d: 5 km is above 1 km"}, {"{s: 150 m, d: 8 m}", "{s: 2 km}", "actors[1].path[1].s: 2 km is above 1.4 km, 1 km beyond its lane"}, {", {s: 150 m, d: 8 m}", "", "actors[1].path: has 1 elements, want at least 2"},
		{"{s: 150 m, d: 8 m}", "{s: 150 m, d: -5 m}", "actors[1].path: all waypoints are equal"}, {"{s: 150 m, d: 8 m}", "8 m", "actors[1].path[1]: must be a mapping"}, {"speed: 5 km/h, path", "speed: 0, path", "actors[1].speed: 0 is not a walking speed"},
		{"  - {id: wall, kind: box, lane: 1, s: 300 m}", "  - wall", "actors[2]: must be a mapping of fields"}, {"  - {id: wall, kind: box, lane: 1, s: 300 m}", "  -", "actors[2]: has no value"},
	} {
		replaced(c[0], c[1], c[2])
	}
	// The map, the ego, flows, and the rest of a file.
	for _, c := range [...][3]string{
		{"lanes: 2", "lanes: 0", "map.lanes: 0 is below 1"}, {"lanes: 2", "lanes: 1.5", "map.lanes: 1.5 is not an integer"}, {"lanes: 2", "lanes: 6", "map.lanes: 6 is above 5"}, {"lanes: 2", "lanes: 1000000", "map.lanes: 1000000 is above 5"},
		{"lanes: 2", "lanes: two", `map.lanes: "two" is not an integer`}, {"lanes: 2", "lanes: 2, lane_width: 0 m", "map.lane_width: 0 m is below 2.5 m"}, {"lanes: 2", "lanes: 2, lane_width: 35 cm", "map.lane_width: 35 cm is below 250 cm"},
		{"length: 400 m", "length: 0 m", "map.length: 0 m is below 60 m"}, {"length: 400 m", "length: 0", "map.length: 0 is below 60 m"}, {"length: 400 m", "length: 90 km", "map.length: 90 km is above 20 km"}, {"length: 400 m", "length: -400 m", "map.length: -400 m is below"},
		{"length: 400 m", "length: 400 m, radius: 0 m", "map.radius: 0 m is closer to 0 than 15 m"}, {"length: 400 m", "length: 400 m, radius: -3 m", "map.radius: -3 m is closer to 0"}, {"length: 400 m", "length: 400 m, angle: 0 deg", "map.angle: 0 deg is closer to 0 than 0.573 deg"},
		{"length: 400 m", "length: 400 m, angle: 400 deg", "map.angle: 400 deg is above 171.8873 deg"}, {"length: 400 m", "length: 400 m, taper: 1 m", "map.taper: 1 m is below 15 m"}, {"speed_limit: 50 km/h", "speed_limit: 0", "map.speed_limit: 0 is below 1 m/s"},
		{"speed_limit: 50 km/h", "speed_limit: 5000 km/h", "map.speed_limit: 5000 km/h is above 252 km/h"}, {"speed_limit: 50 km/h", "wear: 2", "map.wear: 2 is above 1"}, {"kind: straight", "kind: loop", `map.kind: "loop" is not one of straight`}, {"kind: straight, ", "", "map.kind: is missing"},
		{"kind: straight, length: 400 m, lanes: 2", "kind: arc, radius: 20 m, lanes: 5", "map.radius: 20 m is below 23.1 m, which a curve needs for a road of this width"}, {"kind: straight, length: 400 m, lanes: 2", "kind: arc, radius: -2000 cm, lanes: 5", "map.radius: -2000 cm is below 2310 cm"}, {"kind: straight", "kind: arc, radius: 900 km, angle: 2 rad", "map.radius: 900 km is above 50 km, where the curve is 100 km long"},
		{"kind: straight", "kind: roundabout", "map.lanes: a roundabout has one lane"}, {"kind: straight, length: 400 m, lanes: 2, one_way: true", "kind: roundabout, one_way: true", "map.one_way: a roundabout"},
		{"kind: straight, length: 400 m, lanes: 2, one_way: true", "kind: roundabout, radius: 90 m", "map.radius: 90 m is above 40 m, the largest of a roundabout"}, {"kind: straight, length: 400 m, lanes: 2, one_way: true", "kind: roundabout, radius: -20 m", "map.radius: that of a roundabout is positive"},
		{"kind: straight, length: 400 m, lanes: 2, one_way: true", "kind: roundabout, control: signals", "map.control: every vehicle that enters a roundabout yields"}, {"one_way: true", "one_way: 1", `map.one_way: "1" is neither true nor false`}, {"one_way: true", "one_way: ", "map.one_way: has no value"},
		{"one_way: true", "control: lights", `map.control: "lights" is not one of free`}, {"one_way: true", "seed: -1", "map.seed: -1 is below 0"}, {"one_way: true", "seed: 99999999999999999999", "map.seed: "}, {"one_way: true", "columns: 13", "map.columns: 13 is above 12"}, {"one_way: true", "oneway: true", `did you mean "one_way"?`},
		{"s: 20 m, speed: 36 km/h", "s: -1 m", "ego.s: -1 m is below 0 m"}, {"s: 20 m, speed: 36 km/h", "s: 900 m", "ego.s: 900 m is above 400 m, the end of its lane"}, {"speed: 36 km/h", "speed: 250 km/h", "rich.yaml:4:32: ego.speed: 250 km/h is above 216 km/h"}, {"speed: 36 km/h", "speed: 36 kmh", `ego.speed: "36 kmh" is not a valid speed`},
		{"speed: 36 km/h", "speed: 36 km/h, d: 3 m", "ego.d: 3 m is above 2 m"}, {"speed: 36 km/h", "speed: 36 km/h, drift: 9 m/s", "ego.drift: 9 m/s is more than a quarter"}, {"speed: 36 km/h", "speed: 36 km/h, to: 1.5", "ego.to: 1.5 is not an integer"}, {"speed: 36 km/h", "speed: 36 km/h, to: 9", "ego.to: there is no lane 9"},
		{"speed: 36 km/h", "speed: 36 km/h, reaches: {s: 100 m}", "ego.reaches.in: is missing"}, {"speed: 36 km/h", "speed: 36 km/h, reaches: {s: 100 m, in: 3 s}", "ego.reaches: cannot be combined with s"}, {"lane: 0, s: 20 m", "lane: 1.9, s: 20 m", "ego.lane: 1.9 is not an integer"}, {"ego: {", "ego: 3 #", "ego: must be a mapping"},
		{"rate: 300 veh/h", "rate: -5 veh/h", "flows[0].rate: -5 veh/h is below 0 veh/h"}, {"rate: 300 veh/h", "rate: 9000 veh/h", "flows[0].rate: 9000 veh/h is above 1800 veh/h"}, {"rate: 300 veh/h", "rate: 300 km/h", "is not a valid rate"}, {"rate: 300 veh/h", "rate: 300 veh/h, kind: cone", `flows[0].kind: "cone" is not one of car, van`},
		{"rate: 300 veh/h", "rate: 300 veh/h, speed: 0", "flows[0].speed: 0 is below 1 m/s"}, {"rate: 300 veh/h, s: 200 m", "rate: 300 veh/h, s: 900 m", "flows[0].s: 900 m is above 400 m, the end of its lane"}, {"rate: 300 veh/h, s: 200 m", "s: 200 m", "flows[0].rate: is missing"},
		{"version: 1", `version: "1"`, `version: "1" is not an integer`}, {"version: 1", "version: 2", "rich.yaml:1:10: version: is 2, this program reads version 1"}, {"version: 1", "version: 1.5", "version: 1.5 is not an integer"}, {"version: 1\n", "", "version: is missing"}, {"version: 1", "version:", "version: has no value"},
		{"name: rich", `name: ""`, "name: is empty"}, {"name: rich", "name: 2024", `name: 2024 is not text; put it in quotes: "2024"`}, {"name: rich", "name: [a]", "name: must be one value, not a list"}, {"name: rich", "name: !!binary aGk=", "name: "}, {"name: rich", "name: !x aGk=\nflow: 3", "rich.yaml:"},
		{"time: 5 s", "time: 0 s", "until.time: 0 s is below 0.1 s"}, {"time: 5 s", "time: 2 km", `until.time: "2 km" is not a valid time`}, {"time: 5 s", "time: 90 min", "until.time: 90 min is above 60 min"}, {"time: 5 s", "time: ", "until.time: has no value"}, {"time: 5 s", "s: 60 m", "until.time: is missing"},
		{"time: 5 s", "time: 5 s, s: 0 m", "until.s: 0 m is below 0.1 m"}, {"time: 5 s", "time: 5 s, s: 10 m", "until.s: the ego starts at 20 m, not before it"}, {"until: {time: 5 s}", "until: 5 s", "until: must be a mapping of fields, such as {time: …}"},
	} {
		replaced(c[0], c[1], c[2])
	}
	for _, c := range [...][2]string{
		{"expect:", "expect: has no value"}, {"expect: {collision: rarely}", `expect.collision: "rarely" is not one of never, blameless, allowed`}, {"expect: {max_speed: 900 km/h}", "expect.max_speed: 900 km/h is above 360 km/h"}, {"expect: {min_ttc: -1 s}", "expect.min_ttc: -1 s is below 0 s"},
		{"expect: {passes: lead}", "expect.passes: must be a list"}, {"expect: {passes: [nobody]}", `expect.passes[0]: there is no actor "nobody"`}, {"expect: {clearance: {lead: -1 m}}", "expect.clearance.lead: -1 m is below 0 m"}, {"expect: {clearance: {lead: }}", "expect.clearance.lead: has no value"},
		{"expect: {reach: {}}", "expect.reach: is empty"}, {"expect: {reach: 5}", "expect.reach.s: the ego starts at 20 m"}, {"expect: {reach: -5 m}", "expect.reach: -5 m is below 0 m"}, {"expect: {comfort: 1}", "expect.comfort"}, {"expect: {colour: red}", `did you mean "color"?`},
		{"weather: {rain: 7}", "weather.rain: 7 is above 1"}, {"weather: {rain: 120 %}", "weather.rain: 120 % is above 100 %"}, {"weather: {sun: 100 deg}", "weather.sun: 100 deg is above 90 deg"}, {"weather: {azimuth: 1e300 deg}", "weather.azimuth: 1e300 deg is above 360 deg"}, {"weather: {fog: 1 m}", "weather.fog: 1 m is below 10 m"},
		{"weather: {fog: 0}", "weather.fog: 0 is below 10 m"}, {"weather: {time: noon}", `weather.time: "noon" is not one of day, dusk, night`}, {"weather: {friction: 0}", "weather.friction: 0 is below 0.05"}, {"weather:", "weather: has no value"}, {"weather: rain", "weather: must be a mapping"},
		{"traffic: {cars: 201}", "traffic.cars: 201 is above 200"}, {"traffic: {cars: -1}", "traffic.cars: -1 is below 0"}, {"traffic: {cars: 1.5}", "traffic.cars: 1.5 is not an integer"}, {"traffic: 5", "traffic: must be a mapping"}, {"signal: {start: red}", "signal: the map has no signals"}, {"signal: {start: blue}", `signal.start: "blue" is not one of red, amber, green`},
		{"signal: {red: -1 s}", "signal.red: -1 s is below 0 s"}, {"faults: {camera: {dirt: 2}}", "faults.camera.dirt: 2 is above 1"}, {"faults: {radar: {dirt: 1}}", `unknown field "dirt"`}, {"faults: {lidar: {latency: 3 s}}", "faults.lidar.latency: 3 s is above 1 s"}, {"faults: {lidar: {blackout: {from: 3 s, to: 2 s}}}", "faults.lidar.blackout: ends at 2 s"},
		{"faults: {sonar: {}}", `unknown field "sonar"`}, {"sensors: {rig: fleet}", `sensors.rig: "fleet" is not one of default, surround`}, {"sensors: {cameras: 4}", `unknown field "cameras"`},
		{"faults: {camera-left: {latency: 0.1 s}}", "faults.camera-left: the rig default has no sensor camera-left; it has camera, lidar, radar, odometry, gnss"}, {"sensors: {rig: surround}\nfaults: {camera-left: {dirt: 2}}", "faults.camera-left.dirt: 2 is above 1"},
		{"sensors: {rig: surround}\nfaults: {camera-rear: {blackout: {from: 3 s, to: 2 s}}}", "faults.camera-rear.blackout: ends at 2 s"},
		{"grid: {cases: 0}", "grid.cases: 0 is below 1"}, {"grid: {cases: 1e9}", "grid.cases: "}, {"tags: fast", "tags: must be a list"}, {"tags: [3]", "tags[0]: 3 is not text"}, {"preventable: maybe", `preventable: "maybe" is neither true nor false`}, {"preventable: {is: true}", "preventable.because: is missing"},
		{"vary: {lead.speed: {any: []}}", "vary.'lead.speed'.any: has 0 elements"}, {"vary: {lead.speed: {any: [9 m/s, 900 m/s]}}", "rich.yaml:11:34: actors[0].speed: 900 m/s is above 70 m/s"}, {"vary: {lead.speed: {any: [true]}}", "any[0]: true is not a number"}, {"vary: {lead.speed: {any: 3}}", "any: must be a list"}, {"vary: {lead.speed: 3}", "vary.'lead.speed': must be a mapping"},
		{"vary: {lead.speed: {from: 3 m/s}}", "needs either any, or from and to"}, {"vary: {lead.speed: {from: 3 m/s, to: 1 m/s}}", "from 3 m/s is above to 1 m/s"}, {"vary: {lead.speed: {from: 3 m/s, to: 9 km/h}}", `from is in "m/s" and to in "km/h"`}, {"vary: {lead.speed: {from: 3 m/s, to: 900 m/s}}", "actors[0].speed: 900 m/s is above 70 m/s"},
		{"vary: {lead.speed: {from: 1 m/s, to: 9 m/s, steps: 1}}", "steps: 1 is below 2"}, {"vary: {lead.lane: {any: [0, 1.9]}}", "actors[0].lane: 1.9 is not an integer"}, {"vary: {lead.lane: {any: [7]}}", "actors[0].lane: there is no lane 7"}, {"vary: {lead.sped: {any: [1]}}", `vary.'lead.sped': unknown field "sped"; did you mean "speed"?`},
		{"vary: {laed.speed: {any: [1]}}", `there is no section, actor or flow "laed"`}, {"vary: {lead: {any: [1]}}", "vary.'lead': "}, {"vary: {lead.id: {any: [x]}}", "this value cannot vary"}, {"vary: {lead.do: {any: [x]}}", "this value cannot vary"}, {"vary: {lead.do.brake.decel: {any: [1]}}", "actors[0].do.brake.decel: do is a list: name an element, such as do[0]"}, {"vary: {'lead.speed[0]': {any: [1]}}", "actors[0].speed[0]: speed is not a list"}, {"vary: {'lead.do[0].brake[0].decel': {any: [1]}}", "brake is not a list"}, {"vary: {'lead.do[3].brake.decel': {any: [1]}}", "there is no do[3]"}, {"vary: {'lead.do[0].stop.decel': {any: [1]}}", `the file has no "stop"`},
		{"vary: {'lead.do[0].brake.decel': {any: [-1]}}", "actors[0].do[0].brake.decel: -1 is below"}, {"vary: {map.radius: {from: -100 m, to: 100 m}}", "vary.'map.radius': contains 0"}, {"vary: {lead.lane: {from: 0, to: 1}}", "vary.'lead.lane': a range contains fractions"}, {"vary: {map.length: {any: [0 m]}}", "map.length: 0 m is below 60 m"}, {"vary: {'lead.do[x].brake.decel': {any: [1]}}", "vary.'lead.do[x].brake.decel': "}, {"vary: [lead.speed]", "vary: must be a mapping of names"},
		{"actors: []", "rich.yaml:"}, {"x: &a 1\ny: *a", "anchors and aliases are not supported"}, {"---\nversion: 1", "contains 2 documents"}, {"bogus: 1", `bogus: unknown field "bogus"`}, {"[", "rich.yaml:"}, {"\t- x", "rich.yaml:"},
	} {
		out = append(out, badInput{c[0], strings.Replace(sound, "\n\nuntil", "\n"+c[0]+"\nuntil", 1), c[1]})
	}
	return out
}

// Errors that concern several values have each value in the unit of the file.
func TestErrorsOfSeveralValuesUseUnitsOfFile(t *testing.T) {
	expecting := func(expect string) string { return "until: {time: 5 s}|until: {time: 5 s}\nexpect: " + expect }
	with := func(section string) string { return "until: {time: 5 s}|" + section + "\nuntil: {time: 5 s}" }
	const crossing = "kind: straight, length: 400 m, lanes: 2, one_way: true|kind: four-way, length: 300 m, control: yield|kind: box, lane: 1, s: 300 m|kind: car, lane: 7, speed: 9 m/s, meet: {}"
	sound := strings.Replace(richWith("brake: {decel: 3 m/s2}", "go: {}", ""), "  - {id: stream, lane: 1,", "  - {id: stream, lane: 0,", 1)
	for _, c := range [...][2]string{
		{"s: 20 m, |s: 0.5 km, ", "ego.s: 0.5 km is above 0.4 km, the end of its lane"},
		{"s: 60 m|s: -9000 cm", "actors[0].s: -9000 cm is below -5000 cm"},
		{"s: 60 m|s: 0.9 km", "actors[0].s: 0.9 km is above 0.45 km, 0.05 km beyond its lane"},
		{"{s: 150 m, d: 8 m}|{s: 2000 m}", "actors[1].path[1].s: 2000 m is above 1400 m, 1000 m beyond its lane"},
		{"{s: 150 m, d: 8 m}|{s: 2 km}", "actors[1].path[1].s: 2 km is above 1.4 km, 1 km beyond its lane"},
		{"s: 200 m|s: 90000 cm", "flows[0].s: 90000 cm is above 40000 cm, the end of its lane"},
		{"s: 20 m, |reaches: {s: 0.01 km, in: 3 s}, ", "ego.reaches: the ego would have to start at -0.024 km of its lane, which is 0.4 km long"},
		{"time: 5 s}|time: 5 s, s: 0.01 km}", "until.s: the ego starts at 0.02 km, not before it"},
		{expecting("{reach: 500 cm}"), "expect.reach.s: the ego starts at 2000 cm, not before it"},
		{expecting("{reach: 5}"), "expect.reach.s: the ego starts at 20 m, not before it"},
		{expecting("{stops_before: 0.022 km}"), "expect.stops_before: from 36 km/h at 0.02 km the ego cannot stop before 0.022 km"},
		{"36 km/h|25 mph|" + expecting("{stops_before: 22 m}"), "expect.stops_before: from 25 mph at 20 m the ego cannot stop before 22 m"},
		{", speed: 36 km/h|" + "|" + expecting("{stops_before: 22 m}"), "expect.stops_before: from 50 km/h at 20 m the ego cannot stop before 22 m"},
		{with("faults: {lidar: {blackout: {from: 3000 ms, to: 2 s}}}"), "faults.lidar.blackout: ends at 2 s, before it begins at 3000 ms"},
		{with("faults: {lidar: {blackout: {from: 60 min}}}"), "faults.lidar.blackout: ends at 60 min, before it begins at 60 min"},
		{crossing + "|speed: 36 km/h|speed: 1 mph", "actors[2].meet: the ego, at 1 mph and 290 m before the crossing, does not reach it"},
		{crossing + "|s: 20 m, speed: 36 km/h|s: 0.02 km, speed: 0", "actors[2].meet: the ego, at 0 m/s and 0.29 km before the crossing, does not reach it"},
	} {
		text := strings.NewReplacer(strings.Split(c[0], "|")...).Replace(sound)
		if _, err := drivetest.ParseAndCheck("rich.yaml", []byte(text)); err == nil || !strings.HasSuffix(err.Error(), ": "+c[1]) {
			t.Errorf("%s: got error %v, want %q", c[0], err, c[1])
		}
	}
}

func TestUnusualInputsAreAccepted(t *testing.T) {
	sound := richWith("brake: {decel: 3 m/s2}", "go: {}", "")
	for _, c := range [...][2]string{
		{"lanes: 2", "lanes: 2.0"},                               // integers as in JSON
		{"s: 20 m", "s: 2e1 m"},                                  // exponents
		{"s: 20 m", `s: "  20m "`},                               // blanks
		{`">= 2 s"`, `"> 2 s"`},                                  // the same as >=
		{`time: ">= 2 s"`, `since: "<= 9 s"`},                    // the same as <
		{"rate: 300 veh/h", "rate: 0"},                           // no flow
		{"brake: {decel: 3 m/s2}", "brake: {}"},                  // 4 m/s²
		{"speed: 10 m/s", "speed: 10 m/s, heading: -360 deg"},    // once around
		{"name: rich", "name: !!str 2024"},                       // text because of its tag
		{"until: {time: 5 s}", "until: {time: 5 s}\nexpect: {}"}, // only the default rules
		{"kind: box", "kind: pedestrian"},                        // a standing pedestrian
	} {
		text := strings.Replace(sound, c[0], c[1], 1)
		if text == sound {
			t.Fatalf("%q is not in the file", c[0])
		}
		if _, err := drivetest.ParseAndCheck("rich.yaml", []byte(text)); err != nil {
			t.Errorf("%s: %v", c[1], err)
		}
	}
}

// Some editors on Windows begin files with a byte order mark.
func TestByteOrderMark(t *testing.T) {
	s, err := drivetest.ParseAndCheck("bom.yaml", []byte("\ufeff"+sound))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Document(); err != nil || strings.HasPrefix(string(s.Source), "\ufeff") {
		t.Errorf("the mark remains: %v", err)
	}
	_, err = drivetest.ParseAndCheck("bom.yaml", []byte("\ufeffversion: 3\n"))
	if err == nil || !strings.HasPrefix(err.Error(), "bom.yaml:1:10: version: is 3") {
		t.Errorf("got error %v", err)
	}
	if _, err := scenarios.Load("../../shared/data/cases/bomscen.yaml"); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// Load reads only a bounded part of an endless file.
func TestEndlessFile(t *testing.T) {
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip(err)
	}
	_, err := scenarios.Load("/dev/zero")
	if err == nil || !strings.Contains(err.Error(), "/dev/zero: is larger than 65536 bytes, the maximum size of a scenario") {
		t.Errorf("got error %v", err)
	}
	path := filepath.Join(t.TempDir(), "big.yaml")
	if err := os.WriteFile(path, []byte(sound+strings.Repeat("#", 64<<10)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := scenarios.Load(path); err == nil || !strings.Contains(err.Error(), "is larger than") {
		t.Errorf("got error %v", err)
	}
}

// many returns a file that lists n values of a parameter.
func many(n int) string {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprintf("%.4f", 8+1.9*float64(i)/float64(n))
	}
	return varying("  lead.speed: {any: [" + strings.Join(values, ",") + "]}\n")
}

// Parse reads nine thousand values and compiles each once. The case of a value has that
// value, and an invalid value is found among them.
func TestManyValues(t *testing.T) {
	text := many(9000)
	s := drivetest.Parse(t, text)
	if s.Combinations() != 9000 {
		t.Errorf("%d combinations", s.Combinations())
	}
	if _, err := drivetest.ParseAndCheck("my.yaml", []byte(strings.Replace(text, ",9.8", ",99", 1))); err == nil || !strings.Contains(err.Error(), "is above 70 m/s") {
		t.Errorf("got error %v", err)
	}
}

// Every value of a map parameter needs a map, so the maximum is lower.
func TestTooManyMapValues(t *testing.T) {
	_, err := drivetest.ParseAndCheck("my.yaml", []byte(strings.Replace(many(1001), "lead.speed", "map.speed_limit", 1)))
	if err == nil || err.Error() != "my.yaml:14:20: vary.'map.speed_limit': lists 1001 values, each of which needs a map: the maximum is 1000" {
		t.Errorf("got error %v", err)
	}
}

// countdown is a context that is canceled after a number of calls to Err.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// Check looks at its context for every value.
func TestCheckEndsWithItsContext(t *testing.T) {
	s, err := scenarios.Parse("my.yaml", []byte(many(10)))
	if err != nil {
		t.Fatal(err)
	}
	for left := range 10 {
		ctx := &countdown{context.Background(), left}
		if err := runner.Check(ctx, s); !errors.Is(err, context.Canceled) {
			t.Errorf("after %d values: ended with %v", left, err)
		}
	}
}
