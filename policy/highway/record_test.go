package highway

import (
	"math"
	"testing"

	"roadloop/policy"
	"roadloop/sim"
)

// A drive log has the vehicles of the episode, mirrored, because y is to the right here; and
// what the ego observes is where they are in the log.
func TestLogAndSightOfEpisode(t *testing.T) {
	e, err := New(FastV0())
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Record(); err != nil {
		t.Fatal(err)
	}
	if err := e.Reset(1); err != nil {
		t.Fatal(err)
	}
	obs := policy.NewArrays(e.Spec().Observation, 1)
	r := policy.Result{}
	for k := 0; !r.Done(); k++ {
		action := float32(Faster)
		if k == 1 {
			action = float32(Right)
		}
		if r, err = e.Step([]float32{action}); err != nil {
			t.Fatal(err)
		}
		e.Observe(obs)
		s, l := e.Sight(obs), e.Log()
		now := &l.Steps[len(l.Steps)-1]
		if want := (k + 1) * 100; int(now.Time) != want || len(l.Steps) != 5*(k+1)+1 {
			t.Fatalf("%d steps until %d ticks, want %d", len(l.Steps), now.Time, want)
		}
		ego := now.States[0]
		if rate := ego.Pose.Yaw; math.Abs(rate+e.vehicles[0].heading) > 1e-9 {
			t.Errorf("heading %g, want that of the mirrored world: %g", rate, -e.vehicles[0].heading)
		}
		for _, u := range s.Users {
			at, nearest := ego.Pose.ToWorld(u.Pose.Pos()), math.Inf(1)
			for _, other := range now.States[1:] {
				nearest = min(nearest, other.Pose.Pos().Dist(at))
			}
			if nearest > .02 {
				t.Errorf("decision %d: no vehicle within %g m of %v", k, nearest, at)
			}
		}
	}
	l := e.Log()
	if len(l.Events) != 1 || l.Events[0].Kind != sim.Collision || l.Events[0].Actor == 0 {
		t.Errorf("events %+v after a crash", l.Events)
	}
	if text, failed := e.Ending(); text != "crash" || !failed {
		t.Errorf("ends by %q", text)
	}
}
