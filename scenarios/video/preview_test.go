package video

import (
	"context"
	"testing"

	"roadloop/scenarios/drivetest"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
)

func previewOf(t *testing.T, name string, limit clock.Tick) *Preview {
	t.Helper()
	plan := drivetest.Plan(t, name+"/1")
	p, err := DrivePreview(context.Background(), plan, limit)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Drive.Rig.FrontCamera() == "" {
		t.Error("the sensors of the plan were switched off")
	}
	return p
}

// The preview equals the drive: the pedestrian crosses the ego's lane at the crosswalk
// while the ego approaches, and the ego stops.
func TestPreview(t *testing.T) {
	p := previewOf(t, "zebra", 100*clock.PerSecond)
	if !p.Verdict.Passed {
		t.Errorf("the oracle fails: %s", p.Verdict.Reason)
	}
	at, who := p.Closest()
	if who == actor.Ego || at <= 0 || at >= p.End() {
		t.Errorf("closest to %d at %v of %v", who, at, p.End())
	}
	path := p.Path(who, 0, p.End())
	if len(path) < 10 || path[0].Dist(path[len(path)-1]) < 3 {
		t.Errorf("the path of the pedestrian has %d points", len(path))
	}
	if got := p.Actors(at); len(got) != len(p.Log.Actors)-1 || got[0].ID != 1 {
		t.Errorf("%d actors", len(got))
	}
}

func TestPreviewEndsInTime(t *testing.T) {
	p := previewOf(t, "headway", 3*clock.PerSecond)
	if p.End() != 3*clock.PerSecond {
		t.Errorf("it ends at %v", p.End())
	}
}
