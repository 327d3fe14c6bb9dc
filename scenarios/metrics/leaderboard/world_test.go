package leaderboard

import (
	"math"
	"testing"

	"roadloop/planning"
	"roadloop/scenarios/metrics"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// pathOf returns the state of an actor at a time in seconds.
type pathOf func(t float64) actor.State

// straight drives along +x at a constant speed from (x, y).
func straight(x, y, speed float64) pathOf {
	return func(t float64) actor.State {
		return actor.State{Pose: geom.Pose{X: x + speed*t, Y: y}, Speed: speed}
	}
}

// braking drives along +x and slows by decel from a time on until it stands.
func braking(x, y, speed, from, decel float64) pathOf {
	return func(t float64) actor.State {
		b := math.Min(math.Max(0, t-from), speed/decel)
		s := actor.State{Pose: geom.Pose{X: x + speed*math.Min(t, from+b) - decel*b*b/2, Y: y}, Speed: speed - decel*b}
		if t >= from && s.Speed > 0 {
			s.Accel = -decel
		}
		return s
	}
}

// participant is another actor of makeLog.
type participant struct {
	name string
	kind actor.Kind
	path pathOf
}

// egoShape has round numbers: 4 m by 2 m.
var egoShape = actor.Shape{Length: 4, Width: 2, Height: 1.5, RearToCenter: 1.5}

// straightRoad is one road along +x with two lanes of 4 m in each direction, limit 20 m/s.
func straightRoad(t testing.TB) *road.Map {
	t.Helper()
	m, err := road.Generate(road.Params{Kind: road.KindStraight, Lanes: 2, LaneWidth: 4, Length: 400, SpeedLimit: 20})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// laneY returns the y of the centerline of a lane of straightRoad.
func laneY(m *road.Map, id road.LaneID) float64 { return m.Lanes[id].Center.At(0).Y }

// makeLog returns the log of a drive along paths, with their collisions, on a route that
// stays in lane 0.
func makeLog(m *road.Map, seconds float64, ego pathOf, others ...participant) *metrics.DriveLog {
	l := &metrics.DriveLog{Map: m, Friction: 0.9, Route: planning.Route{Lanes: []road.LaneID{0}}}
	l.Actors = append(l.Actors, metrics.LoggedActor{Name: "ego", Kind: actor.Car, Shape: egoShape})
	for _, o := range others {
		l.Actors = append(l.Actors, metrics.LoggedActor{Name: o.name, Kind: o.kind, Shape: actor.DefaultShape(o.kind)})
	}
	touching := make([]bool, len(l.Actors))
	for t := clock.Tick(0); t <= clock.FromSeconds(seconds); t++ {
		states := []actor.State{ego(t.Seconds())}
		for _, o := range others {
			states = append(states, o.path(t.Seconds()))
		}
		e := actor.Actor{Shape: egoShape, State: states[0]}
		for id := 1; id < len(states); id++ {
			a := actor.Actor{ID: actor.ID(id), Kind: l.Actors[id].Kind, Shape: l.Actors[id].Shape, State: states[id]}
			contact := geom.Overlap(e.Box(), a.Box())
			if contact && !touching[id] {
				l.Events = append(l.Events, sim.NewCollision(t, &e, &a))
			}
			touching[id] = contact
		}
		if t%clock.DriverPeriod != 0 {
			continue
		}
		s := metrics.LoggedStep{Time: t, States: states}
		s.Lane, s.S, s.D, _ = m.NearestAligned(states[0].Pose)
		s.Progress = s.S
		l.Steps = append(l.Steps, s)
	}
	return l
}

// near reports whether two numbers are equal up to rounding.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b)) }

// scoresOf returns all scores by name. It checks the invariants of every score.
func scoresOf(t testing.TB, log *metrics.DriveLog, ref *Reference) map[string]Score {
	t.Helper()
	out := make(map[string]Score)
	for _, s := range All(log, ref) {
		checkSums(t, log, &s)
		out[s.Name] = s
	}
	return out
}

// checkSums checks that the deductions of a score add up, and that its factors and shares
// multiply and average to it.
func checkSums(t testing.TB, log *metrics.DriveLog, s *Score) {
	t.Helper()
	lost, factors, weights, shares := 0.0, 1.0, 0.0, 0.0
	for i, d := range s.Deductions {
		lost += d.Lost
		if i > 0 && d.Time < s.Deductions[i-1].Time {
			t.Errorf("%s: deductions are not in order of time: %+v", s.Name, s.Deductions)
		}
		if d.Reason == "" {
			t.Errorf("%s: no reason for %+v", s.Name, d)
		}
	}
	if !near(s.Best-lost, s.Value) {
		t.Errorf("%s: %g less %g is not %g", s.Name, s.Best, lost, s.Value)
	}
	for _, x := range s.Terms {
		if math.IsNaN(x.Value) || x.Series != nil && len(x.Series) != len(log.Steps) {
			t.Errorf("%s: term %s is %g with %d values for %d steps", s.Name, x.Name, x.Value, len(x.Series), len(log.Steps))
		}
		switch x.Role {
		case Factor:
			factors *= x.Value
		case Share:
			weights += x.Weight
			shares += x.Weight * x.Value
		}
	}
	want := s.Best * factors
	if weights > 0 {
		want *= shares / weights
	}
	if math.IsNaN(s.Value) || !near(s.Value, want) {
		t.Errorf("%s is %g, its terms make %g: %+v", s.Name, s.Value, want, s.Terms)
	}
}

func wantValue(t testing.TB, scores map[string]Score, name string, want float64) {
	t.Helper()
	if s := scores[name]; !near(s.Value, want) {
		t.Errorf("%s is %.12g, want %.12g: %+v", name, s.Value, want, s.Deductions)
	}
}

func wantTerm(t testing.TB, s Score, name string, want float64) {
	t.Helper()
	if x, ok := s.Term(name); !ok || !near(x.Value, want) {
		t.Errorf("%s: %s is %.12g, want %.12g", s.Name, name, x.Value, want)
	}
}
