package metrics_test

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/perception/scoring"
	"roadloop/scenarios/metrics"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// scene returns a log in which nothing moves and the ego's center is at the origin.
// believe returns the tracks of each step.
func scene(seconds float64, others map[actor.ID]actor.Actor, tracksAt func(t float64) []perception.Track) *metrics.DriveLog {
	l := &metrics.DriveLog{Map: &road.Map{}, Actors: make([]metrics.LoggedActor, len(others)+1)}
	l.Actors[0] = metrics.LoggedActor{Name: "ego", Shape: actor.Shape{Length: 4, Width: 2, Height: 1.5}}
	for id, a := range others {
		l.Actors[id] = metrics.LoggedActor{Name: a.Kind.String(), Kind: a.Kind, Shape: actor.DefaultShape(a.Kind)}
	}
	for t := clock.Tick(0); t <= clock.FromSeconds(seconds); t += clock.DriverPeriod {
		s := metrics.LoggedStep{Time: t, States: make([]actor.State, len(l.Actors))}
		for id, a := range others {
			s.States[id] = a.State
		}
		s.Belief = metrics.Belief{Known: true, Tracks: tracksAt(t.Seconds())}
		l.Steps = append(l.Steps, s)
	}
	return l
}

// standing returns an actor with its center at (x, y).
func standing(k actor.Kind, x, y float64) actor.Actor {
	return actor.Actor{Kind: k, State: actor.State{Pose: geom.Pose{X: x - actor.DefaultShape(k).RearToCenter, Y: y}}}
}

func track(id int32, x, y float64) perception.Track {
	return perception.Track{ID: id, Pose: geom.Pose{X: x, Y: y}}
}

func TestRecallByDistanceAndClass(t *testing.T) {
	others := map[actor.ID]actor.Actor{
		1: standing(actor.Car, 10, 0), 2: standing(actor.Pedestrian, 20, 10), 3: standing(actor.Car, 40, -10), 4: standing(actor.Car, 80, 20),
	}
	// The car at 10 m is tracked with an error of 1 m, the pedestrian from 1 s on, the
	// farther cars never. One track matches no actor, and one is out of range.
	log := scene(1.95, others, func(at float64) []perception.Track {
		out := []perception.Track{track(1, 11, 0), track(9, 30, 30), track(10, 100, 0)}
		if at >= 1 {
			out = append(out, track(2, 20, 10))
		}
		return out
	})
	r := metrics.ComputeDetection(log)
	want := []metrics.Recall{
		{Class: perception.Car, Band: metrics.DistanceBands[0], InSight: 20, Found: 20},
		{Class: perception.Car, Band: metrics.DistanceBands[2], InSight: 20, Found: 0},
		{Class: perception.Pedestrian, Band: metrics.DistanceBands[1], InSight: 20, Found: 10},
	}
	if len(r.Recalls) != len(want) {
		t.Fatalf("recalls: %+v", r.Recalls)
	}
	for i := range want {
		if r.Recalls[i] != want[i] {
			t.Errorf("recall %+v, want %+v", r.Recalls[i], want[i])
		}
	}
	if x := r.Recall(scoring.Range{Far: 60}); x != 0.5 {
		t.Errorf("recall of all is %g, want a half", x)
	}
	// The first car is always found, the pedestrian half of the time, the next car never.
	// The car out of range is not reported.
	for i, want := range []struct {
		id             actor.ID
		inSight, found int
		distance       float64
	}{{1, 20, 20, 10}, {2, 20, 10, math.Hypot(20, 10)}, {3, 20, 0, math.NaN()}} {
		got := r.Actors[i]
		if got.Actor != want.id || got.InSight != want.inSight || got.Found != want.found ||
			math.Abs(got.Distance-want.distance) > 1e-9 || math.IsNaN(got.Distance) != math.IsNaN(want.distance) {
			t.Errorf("metrics of actor %d: %+v, want %+v", want.id, got, want)
		}
	}
	if len(r.Actors) != 3 {
		t.Errorf("%d actors are reported, want 3", len(r.Actors))
	}
	// 20 times an error of 1 m, 10 times 0.
	if math.Abs(r.PositionError-20./30) > 1e-12 || r.FalseTracks != 1 || r.Ghosts != 1 {
		t.Errorf("position error %g, %g false tracks, %d ghosts", r.PositionError, r.FalseTracks, r.Ghosts)
	}
	// Evaluate 60 times in sight 30 found, and 20 false: 1 − (30 + 20)/60.
	if !r.Tracked || math.Abs(r.Tracking.MOTA-1./6) > 1e-12 {
		t.Errorf("tracking %+v", r.Tracking)
	}
}

func TestOnlyActorsInSightCount(t *testing.T) {
	for _, c := range []struct {
		name  string
		hider actor.Kind
		who   actor.Kind
		y     float64
		want  int // classes and bands with an actor in sight
	}{
		{"a child behind a van", actor.Van, actor.Child, 0, 1},
		{"a child next to a van", actor.Van, actor.Child, 5, 2},
		{"a truck behind a car", actor.Car, actor.Truck, 0, 2},
	} {
		others := map[actor.ID]actor.Actor{1: standing(c.hider, 10, 0), 2: standing(c.who, 20, c.y)}
		r := metrics.ComputeDetection(scene(1, others, func(float64) []perception.Track { return nil }))
		if len(r.Recalls) != c.want {
			t.Errorf("%s: in sight are %+v", c.name, r.Recalls)
		}
	}
}

func TestBuildingsOcclude(t *testing.T) {
	others := map[actor.ID]actor.Actor{1: standing(actor.Car, 30, 0)}
	log := scene(1, others, func(float64) []perception.Track { return nil })
	log.Map.Props = []road.Prop{{Kind: road.Building, Pose: geom.Pose{X: 15}, Length: 4, Width: 12}}
	if r := metrics.ComputeDetection(log); len(r.Recalls) > 0 || r.Tracked {
		t.Errorf("through a building: %+v", r.Recalls)
	}
}

func TestStory(t *testing.T) {
	near := map[actor.ID]actor.Actor{1: standing(actor.Car, 30, 0)}
	collide := func(log *metrics.DriveLog) *metrics.CollisionHistory {
		log.Events = []sim.Event{{Time: 150, Kind: sim.Collision, Actor: 1}}
		met := metrics.ComputeDetection(log).Collisions
		if len(met) != 1 || met[0].At != 1.5 {
			t.Fatalf("met %+v", met)
		}
		return &met[0]
	}
	for _, c := range []struct {
		want     string
		tracksAt func(at float64) []perception.Track
	}{
		{"car was in sight from 0.0 s and never tracked", func(float64) []perception.Track { return nil }},
		{"car was in sight from 0.0 s, tracked from 0.5 s, and 0.5 m off at the collision", func(at float64) []perception.Track {
			if at < 0.5 {
				return nil
			}
			return []perception.Track{track(1, 30.5, 0)}
		}},
		{"car was in sight from 0.0 s, tracked from 0.0 s, and lost at the collision", func(at float64) []perception.Track {
			if at > 1 {
				return nil
			}
			return []perception.Track{track(1, 30, 0)}
		}},
		{"car was in sight from 0.0 s, never tracked well, and 3.0 m off at the collision", func(at float64) []perception.Track {
			return []perception.Track{track(1, 33, 0)}
		}},
	} {
		if got := collide(scene(2, near, c.tracksAt)).Sentence(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	// A child that steps out from behind a van after a second.
	hidden := map[actor.ID]actor.Actor{1: standing(actor.Child, 20, 0), 2: standing(actor.Van, 10, 0)}
	log := scene(2, hidden, func(float64) []perception.Track { return nil })
	for i := range log.Steps {
		if log.Steps[i].Time >= 100 {
			log.Steps[i].States[1].Pose.Y = 8
		}
	}
	if got, want := collide(log).Sentence(), "child was in sight from 1.0 s and never tracked"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestDriverWithoutBelief(t *testing.T) {
	log := scene(1, nil, func(float64) []perception.Track { return nil })
	for i := range log.Steps {
		log.Steps[i].Belief.Known = false
	}
	if r := metrics.ComputeDetection(log); r != nil {
		t.Errorf("saw %+v", r)
	}
}

// BenchmarkOf evaluates 20 s with 20 road users.
func BenchmarkOf(b *testing.B) {
	others := make(map[actor.ID]actor.Actor)
	var tracks []perception.Track
	for i := range 20 {
		x, y := float64(6*i-60), float64(7*(i%5)-14)
		others[actor.ID(i+1)] = standing(actor.Car, x, y)
		tracks = append(tracks, track(int32(i), x+0.5, y))
	}
	log := scene(20, others, func(float64) []perception.Track { return tracks })
	for b.Loop() {
		metrics.ComputeDetection(log)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
}
