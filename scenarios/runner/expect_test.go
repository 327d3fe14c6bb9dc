package runner_test

import (
	"strings"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/runner"
)

// empty is a road with two lanes for the ego at 36 km/h. Tests add actors and
// expectations.
const empty = `version: 1
name: empty
map: {kind: straight, length: 300 m, lanes: 2, one_way: true, speed_limit: 30 km/h}
ego: {lane: 0, s: 20 m, speed: 36 km/h}
ACTORS
until: {time: 5 s}
expect: {EXPECT}
`

func expecting(actors, expect string) string {
	if actors != "" {
		actors = "actors: [" + actors + "]"
	}
	return strings.NewReplacer("ACTORS\n", actors+"\n", "EXPECT", expect).Replace(empty)
}

// Other actors. The ego's front starts at about 23.5 m.
const (
	wall        = "{id: wall, kind: car, lane: 0, s: 60 m, speed: 0}"
	ahead       = "{id: lead, kind: car, lane: 0, s: 50 m, speed: 7 m/s}"
	chaser      = "{id: chaser, kind: car, lane: 0, s: 1 m, speed: 20 m/s, do: [{when: {time: \">= 0 s\"}, speed: {to: 20 m/s, accel: 5 m/s2}}]}"
	parked      = "{id: parked, kind: car, lane: 1, s: 45 m, speed: 0}"
	slowing     = "{id: lead, kind: car, lane: 1, s: 90 m, speed: 36 km/h, do: [{when: {time: \">= 1 s\"}, brake: {decel: 2 m/s2, to: 5 m/s}}]}"
	slowingLate = "{id: lead, kind: car, lane: 1, s: 90 m, speed: 36 km/h, do: [{when: {time: \">= 4 s\"}, brake: {decel: 2 m/s2, to: 9.4 m/s}}]}"
	crosser     = "{id: walker, kind: pedestrian, lane: 0, s: 60 m, d: -2.5 m, speed: 1.5 m/s, do: [{when: {time: \">= TIME\"}, go: {speed: 1.5 m/s}}], path: [{s: 60 m, d: -2.5 m}, {s: 60 m, d: 7 m}]}"
)

func walker(from string) string { return strings.Replace(crosser, "TIME", from, 1) }

func TestExpectations(t *testing.T) {
	schema := drivetest.Schema(t, scenarios.Schema)
	for _, c := range []struct {
		name, actors, expect string
		accel                float64
		want                 string // in the reason; empty for passed
		code                 string // with the actor, if any
	}{
		{"into a wall", wall, "", 0, "collision with wall at 3.5", "collision wall"},
		{"into a wall, fault", wall, "collision: blameless", 0, "at fault (the other stood)", "collision wall"},
		{"into a wall, allowed", wall, "collision: allowed", 0, "", ""},
		{"impact speed", wall, "max_impact_speed: 20 km/h", 0, "impact at 36 km/h, at fault (the other stood): more than 20 km/h", "collision wall"},
		{"impact slow enough", wall, "max_impact_speed: 40 km/h", 0, "", ""},
		{"color", wall, "color: brown", 0, "red, worse than brown", "collision wall"},
		{"color after braking", wall, "color: brown", -1.3, "", ""},
		{"color of no impact", "", "color: green", 0, "", ""},
		{"speed reduction", wall, "min_speed_reduction: 10 km/h", 0, "slowed down by 0 km/h, less than 10", "collision wall"},
		{"enough speed reduction", wall, "min_speed_reduction: 10 km/h", -1.3, "", ""},
		{"time headway", ahead, "min_thw: 2 s", 0, "time headway fell to 1.", "min-thw"},
		{"enough headway", ahead, "min_thw: 0.5 s", 0, "", ""},
		{"rss", ahead, "min_rss_margin: 0 m", 0, "margin over the safe distance of RSS fell to -", "min-rss-margin"},
		{"rss with a negative margin", ahead, "min_rss_margin: -100 m", 0, "", ""},
		{"r157", ahead, "min_r157_margin: 0 m", 0, "margin over the following distance of UN R157 fell to -", "min-r157-margin"},
		{"r157 alone", "", "min_r157_margin: 0 m", 0, "", ""},
		{"deceleration needed", wall, "collision: allowed, max_drac: 5 m/s2", 0, "needed a deceleration of ", "max-drac"},
		{"little deceleration needed", ahead, "max_drac: 1 m/s2", 0, "", ""},
		{"braking", "", "max_decel: 2 m/s2", -4, "braked with 4.0 m/s² at ", "max-decel"},
		{"soft braking", "", "max_decel: 2 m/s2", -1, "", ""},
		{"jerk", "", "max_jerk: 2 m/s3", -4, "jerked with ", "max-jerk"},
		{"no jerk", "", "max_jerk: 2 m/s3", 0, "", ""},
		{"lateral acceleration", "", "max_lateral_accel: 1 m/s2", 0, "", ""},
		{"overspeed", "", "max_overspeed: 5 km/h", 0, "drove 6 km/h over the speed limit at 0.00 s, more than 5 km/h", "max-overspeed"},
		{"within the speed limit", "", "max_overspeed: 7 km/h", 0, "", ""},
		{"edge", "", "min_edge_distance: 1.5 m", 0, "distance to the edge of the lane fell to 0.", "min-edge-distance"},
		{"far from the edge", "", "min_edge_distance: 0 m", 0, "", ""},
		{"uncomfortable", "", "comfort: true", -6, "was not comfortable at ", "comfort"},
		{"comfortable", "", "comfort: true", 0, "", ""},
		{"reach", "", "reach: 100 m", 0, "came to 70 m by 5.0 s, not to 100 m", "reach-s"},
		{"reach in full", "", "reach: {s: 60 m, lane: 0}", 0, "", ""},
		{"reach a lane", "", "reach: {lane: 1}", 0, "was in lane 0 at the end (5.0 s), not in lane 1", "reach-lane"},
		{"keeps its lane", "", "keeps_lane: true", 0, "", ""},
		{"passes", parked, "passes: [parked]", 0, "", ""},
		{"does not pass", ahead, "passes: [lead]", 0, "had not passed lead by 5.0 s", "passes lead"},
		{"clearance", parked, "clearance: {parked: 3 m}", 0, "went by parked at 1.", "clearance parked"},
		{"enough clearance", parked, "clearance: {parked: 1 m}", 0, "", ""},
		{"stops too late", "", "stops_before: 40 m", -2, "had not stopped when its front came to 40.0 m at ", "stops-before"},
		{"stops before", "", "stops_before: 50 m", -4, "", ""},
		{"does not stop at all", "", "stops_before: 200 m", 0, "never came to a standstill", "stops-before"},
		{"amplifies", slowing, "amplification: {lead: 0.5}", -2, "times what lead did, more than 0.50", "amplification lead"},
		{"damps", slowing, "amplification: {lead: 1}", -.5, "", ""},
		{"slowed down before", slowingLate, "amplification: {lead: 1}", -.4, "", ""},
		{"does not yield", walker("3 s"), "yields_to: [walker]", 0, "did not yield to walker, which came ", "yields-to walker"},
		{"yields", walker("0 s"), "yields_to: [walker]", -.6, "", ""},
		{"encroaches", walker("3 s"), "min_pet: 3 s", 0, "post-encroachment time was ", "min-pet"},
		{"encroaches little", walker("3 s"), "min_pet: 0.2 s", 0, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := expecting(c.actors, c.expect)
			if err := drivetest.ValidateYAML(t, schema, []byte(text)); err != nil {
				t.Errorf("the schema rejects it: %v", err)
			}
			v := driveOne(t, text, c.accel).Verdict
			if v.Passed != (c.want == "") || !strings.Contains(v.Reason, c.want) {
				t.Errorf("passed %v, reason %q; want %q", v.Passed, v.Reason, c.want)
			}
			if f := v.First(); f.Message != v.Reason || strings.TrimSpace(string(f.Code)+" "+f.Actor) != c.code {
				t.Errorf("failures %+v, want code %q", v.Failures, c.code)
			}
		})
	}
}

// A run in which the ego is hit from behind passes unless no collision is allowed. The
// results contain the collision.
func TestBlamelessCollision(t *testing.T) {
	out := driveOne(t, expecting(chaser, ""), -3)
	if c := out.Measures.Collisions; !out.Verdict.Passed || len(c) != 1 || c[0].AtFault || c[0].Name != "chaser" || c[0].Kind == metrics.ActiveFront {
		t.Errorf("verdict %+v, collisions %+v", out.Verdict, c)
	}
	r, o := runner.NewResults(), pedals(-3, 1)
	r.Append(runner.NewResult(out, &o))
	if len(r.Cases[0].Collisions) != 1 {
		t.Error("the results do not contain the collision")
	}
	validateResults(t, r)
	if v := driveOne(t, expecting(chaser, "collision: never"), -3).Verdict; v.Passed || !strings.Contains(v.Reason, "not at fault") {
		t.Errorf("verdict %+v, want a failure without fault of the ego", v)
	}
}

// The verdict contains all failures in order of time.
func TestFailuresAreInOrderOfTime(t *testing.T) {
	v := driveOne(t, expecting(wall, "max_overspeed: 5 km/h, min_ttc: 1 s, progress: 100 m"), 0).Verdict
	if len(v.Failures) != 4 || !strings.Contains(v.Reason, "speed limit") || !strings.Contains(v.Failures[2].Message+v.Failures[3].Message, "collision with wall") {
		t.Errorf("failures %+v", v.Failures)
	}
	for i := 1; i < len(v.Failures); i++ {
		if v.Failures[i].At < v.Failures[i-1].At {
			t.Errorf("failures %+v are not in order", v.Failures)
		}
	}
}

func TestContradictoryExpectations(t *testing.T) {
	schema := drivetest.Schema(t, scenarios.Schema)
	for _, c := range []struct{ expect, want string }{
		{"max_speed: 40 km/h, mean_speed: 50 km/h", "expect.max_speed: 40 km/h is below the expected mean speed of 50 km/h"},
		{"max_speed: 40 km/h, progress: 100 m", "expect.progress: at a maximum speed of 40 km/h the ego cannot drive 100 m in 5 s"},
		{"max_speed: 30 km/h", "expect.max_speed: the ego starts faster than 30 km/h"},
		{"collision: never, color: yellow", "expect.collision: never contradicts a limit on the severity of an impact"},
		{"collision: allowed, max_impact_speed: 5 m/s", "expect.collision: allowed contradicts"},
		{"reach: 10 m", "expect.reach.s: the ego starts at 20 m"},
		{"reach: {lane: 9}", "expect.reach.lane: there is no lane 9"},
		{"keeps_lane: true, reach: {lane: 1}", "expect.reach.lane: lane 1 is next to the ego's lane"},
		{"keeps_lane: true, lane_departure: allowed", "expect.lane_departure: is allowed, which contradicts keeps_lane"},
		{"stops_before: 22 m", "expect.stops_before: from 36 km/h at 20 m the ego cannot stop before 22 m"},
		{"stops_before: 40 m, max_decel: 2 m/s2", "expect.stops_before: from 36 km/h"},
		{"passes: [nobody]", `expect.passes[0]: there is no actor "nobody"`},
		{"clearance: {nobody: 1 m}", `expect.clearance.nobody: there is no actor "nobody"`},
		{"color: pink", `expect.color: "pink" is not one of green, yellow, orange, brown, red`},
		{"min_ttc: -1 s", "expect.min_ttc: -1 s is below 0 s"},
		{"max_jerk: 4 m/s2", `expect.max_jerk: "4 m/s2" is not a valid jerk`},
		{"stops: true, mean_speed: 10 km/h", ""},
	} {
		text := expecting(wall, c.expect)
		_, err := drivetest.ParseAndCheck("my.yaml", []byte(text))
		switch {
		case c.want == "":
			if err != nil {
				t.Errorf("%s: %v", c.expect, err)
			}
			if err := drivetest.ValidateYAML(t, schema, []byte(text)); err != nil {
				t.Errorf("%s: the schema rejects it: %v", c.expect, err)
			}
		case err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "my.yaml:7:"):
			t.Errorf("%s: error %v, want %q at line 7", c.expect, err, c.want)
		}
	}
}
