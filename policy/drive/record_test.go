package drive

import (
	"math"
	"testing"

	"roadloop/policy"
	"roadloop/scenarios/metrics/leaderboard"
	"roadloop/sim"
	"roadloop/sim/clock"
)

// recorded drives an episode of a seed with a baseline and records it.
func recorded(t *testing.T, task, baseline string, seed uint64) *Env {
	t.Helper()
	c, err := FindTask(task)
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	e.AddScores()
	if err := e.Reset(seed); err != nil {
		t.Fatal(err)
	}
	action := make([]float32, 2)
	for {
		if err := e.Baseline(baseline, action); err != nil {
			t.Fatal(err)
		}
		r, err := e.Step(action)
		if err != nil {
			t.Fatal(err)
		}
		if r.Done() {
			return e
		}
	}
}

// The log of an episode has the states of its world every 50 ms, and its events.
func TestLogOfEpisode(t *testing.T) {
	e := recorded(t, "drive-highway-v0", ConstantAction, 10003)
	l := e.Log()
	last := &l.Steps[len(l.Steps)-1]
	if last.Time != e.World().Time() || last.States[0] != e.World().Ego().State {
		t.Errorf("the log ends at %v, the episode at %v", last.Time, e.World().Time())
	}
	for i := range l.Steps[1 : len(l.Steps)-1] {
		if d := l.Steps[i+1].Time - l.Steps[i].Time; d != clock.DriverPeriod {
			t.Fatalf("step %d takes %d ticks", i, d)
		}
	}
	measures := make([]float64, len(e.Spec().Measures))
	e.Measure(measures)
	events := map[sim.EventKind]float64{}
	for _, ev := range l.Events {
		events[ev.Kind]++
	}
	const distance, collisions, offRoads = 2, 7, 10
	if events[sim.Collision] != measures[collisions] || events[sim.OffRoad] != measures[offRoads] || measures[collisions]+measures[offRoads] == 0 {
		t.Errorf("events %v, measures %v", events, measures)
	}
	if way := last.Progress - l.Steps[0].Progress; math.Abs(way-measures[distance]) > 2 {
		t.Errorf("progress %g m in the log, %g m driven", way, measures[distance])
	}
}

// An episode that reaches its goal without an infraction has all of the route; the route of
// the log ends at the goal.
func TestScoresOfEpisodes(t *testing.T) {
	for seed := uint64(10000); seed < 10008; seed++ {
		for _, task := range []string{"drive-highway-v0", "drive-town-v0", "drive-library-v0"} {
			e := recorded(t, task, CarFollowing, seed)
			measures := make([]float64, len(e.Spec().Measures))
			e.Measure(measures)
			scores := leaderboard.DrivingScores(e.Log(), nil)
			completion, _ := scores[0].Term("route_completion")
			if share := measures[1]; math.Abs(completion.Value-share) > .03 {
				t.Errorf("%s, seed %d: completion %.3f by CARLA, %.3f of the route", task, seed, completion.Value, share)
			}
			for i, got := range measures[len(measures)-len(scoreNames):] {
				if got < 0 || got > 100 || measures[0] == 1 && got > scores[i].Value+1e-9 {
					t.Errorf("%s, seed %d: %s %g", task, seed, scoreNames[i], got)
				}
			}
		}
	}
}

// Recording changes nothing in the episode.
func TestRecordingChangesNothing(t *testing.T) {
	e := recorded(t, "drive-town-v0", LaneFollowing, 10001)
	c, err := FindTask("drive-town-v0")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := plain.Reset(10001); err != nil {
		t.Fatal(err)
	}
	action, r := make([]float32, 2), policy.Result{}
	for !r.Done() {
		if err := plain.Baseline(LaneFollowing, action); err != nil {
			t.Fatal(err)
		}
		if r, err = plain.Step(action); err != nil {
			t.Fatal(err)
		}
	}
	a, b := make([]float64, len(e.Spec().Measures)), make([]float64, len(plain.Spec().Measures))
	e.Measure(a)
	plain.Measure(b)
	for i := range b {
		if a[i] != b[i] {
			t.Errorf("%s: %g recorded, %g otherwise", plain.Spec().Measures[i], a[i], b[i])
		}
	}
	if plain.Log() != nil || len(a) != len(b)+len(scoreNames) {
		t.Errorf("%d measures with scores, %d without", len(a), len(b))
	}
}
