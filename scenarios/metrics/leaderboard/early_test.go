package leaderboard

import (
	"slices"
	"strings"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/road"
)

// rested drives along lane 0 of a straight road at 10 m/s, stands from 4 s on for a
// time, and drives on.
func rested(y, seconds float64) pathOf {
	return func(t float64) actor.State {
		switch {
		case t < 4:
			return straight(20, y, 10)(t)
		case t < 4+seconds:
			return straight(60, y, 0)(t)
		}
		return straight(60, y, 10)(t - 4 - seconds)
	}
}

// wantEnd checks CARLA's completion and the reason of the end of the run.
func wantEnd(t *testing.T, s map[string]Score, completion float64, reason string) {
	t.Helper()
	for _, name := range []string{CARLA20, CARLA21, Bench2Drive} {
		wantTerm(t, s[name], "route_completion", completion)
		found := slices.ContainsFunc(s[name].Deductions, func(d Deduction) bool { return strings.Contains(d.Reason, reason) })
		if reason == "" && len(s[name].Deductions) > 0 || !found && reason != "" {
			t.Errorf("%s: want %q, got %+v", name, reason, s[name].Deductions)
		}
	}
}

// The route is 200 m long. An ego that stands for less than 180 s after 40 m completes
// it. An ego that stands longer has driven 40 m, and its later red light does not count.
func TestCARLABlocked(t *testing.T) {
	m := signaled(t, 140, road.SignalControl)
	y := laneY(m, 0)
	for _, c := range []struct {
		seconds, completion float64
		reason              string
	}{{179, 1, "on red"}, {182, 0.2, "came 40 m far, the goal is at 200 m: the run ends after 180 s at a standstill"}} {
		log := makeLog(m, 4+c.seconds+17, rested(y, c.seconds))
		log.Route.GoalS = 220
		light(log, 0, road.Red)
		s := scoresOf(t, log, nil)
		wantEnd(t, s, c.completion, c.reason)
		red := 0.7
		if c.completion < 1 {
			red = 1
		}
		wantTerm(t, s[CARLA20], "red_light", red)
	}
}

// At 20 m/s the 200 m of the route allow 300 s + 200 m/(0.1·20 m/s) = 400 s. An ego that
// stands three times for 150 s, at 60 m, 100 m and 140 m, needs 450 s. That is too late:
// after 400 s it has driven 120 m.
func TestCARLARouteTimeout(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	const leg, rest = 4.0, 150.0
	path := func(t float64) actor.State {
		x := 20.0
		for range 3 {
			if t < leg {
				return straight(x, y, 10)(t)
			}
			x += 40
			if t < leg+rest {
				return straight(x, y, 0)(t)
			}
			t -= leg + rest
		}
		return straight(x, y, 10)(t)
	}
	log := makeLog(m, 3*(leg+rest)+8, path)
	log.Route.GoalS = 220
	wantEnd(t, scoresOf(t, log, nil), 0.6, "the run ends after the 400 s that the route allows")
	log.Route.GoalS = 20 + 120 // allows 360 s
	log.Steps = log.Steps[:int(350/period)]
	wantEnd(t, scoresOf(t, log, nil), 1, "")
}

// The ego drives 20 m to the side of a route of 200 m. The limit of 30 % is 60 m: the
// jump of 20 m at 4 s, and 4 s more. At 31 m the run ends at once.
func TestCARLALeavesTheRoute(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	for _, c := range []struct {
		off, seconds float64 // to the side, from 4 s on
		completion   float64
		reason       string
	}{
		{20, 3.9, 1, ""}, {20, 9, 0.4, "more than 15 m from the route"},
		{14, 9, 1, ""}, {31, 1, 0.2, "the run ends 31 m from the route"},
	} {
		log := makeLog(m, 20, func(t float64) actor.State {
			s := straight(20, y, 10)(t)
			if t >= 4 && t < 4+c.seconds {
				s.Pose.Y -= c.off
			}
			return s
		})
		log.Route.GoalS = 220
		for i := range log.Steps { // off the road, the Frenet coordinates stay on lane 0
			s := &log.Steps[i]
			s.Lane, s.S, s.D, s.Progress = 0, s.States[0].Pose.X, s.States[0].Pose.Y-y, s.States[0].Pose.X
		}
		s := scoresOf(t, log, nil)
		if c.reason != "" {
			wantEnd(t, s, c.completion, c.reason)
			continue
		}
		wantTerm(t, s[CARLA20], "route_completion", c.completion)
	}
}

// A scenario that was not over in time costs 30 % in 2.0, 1/1.4 in 2.1, and success.
func TestCARLAScenarioTimeout(t *testing.T) {
	m := straightRoad(t)
	log := makeLog(m, 12, straight(20, laneY(m, 0), 10))
	s := scoresOf(t, log, own(log))
	wantTerm(t, s[CARLA20], "scenario_timeout", 1)
	log.TimedOut = true
	s = scoresOf(t, log, own(log))
	wantValue(t, s, CARLA20, 70)
	wantValue(t, s, CARLA21, 100/1.4)
	wantTerm(t, s[Bench2Drive], "success", 0)
	if d := s[CARLA20].Deductions; len(d) != 1 || d[0].Time != 12 || d[0].Reason != "was not over after 12 s" {
		t.Errorf("deductions %+v", d)
	}
}
