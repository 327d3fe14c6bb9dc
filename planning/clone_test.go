package planning_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/planning"
)

func newPlan() *planning.Plan {
	return &planning.Plan{
		Waypoints: []planning.Waypoint{{Speed: 3}},
		Proposals: []planning.Proposal{{Name: "keep", Waypoints: []planning.Waypoint{{Speed: 3}}}},
	}
}

// Clones equal their originals and share no memory with them.
func TestClones(t *testing.T) {
	p := newPlan()
	c := p.Clone()
	p.Waypoints[0].Speed, p.Proposals[0].Name, p.Proposals[0].Waypoints[0].Speed = 9, "", 9
	if d := cmp.Diff(newPlan(), c); d != "" {
		t.Errorf("the clone of a changed plan differs: %s", d)
	}
	if (*planning.Plan)(nil).Clone() != nil {
		t.Error("the clone of no plan is a plan")
	}
	f := []planning.Forecast{{Track: 1, Modes: []planning.Mode{{Probability: 0.5}}}}
	g := planning.CloneForecasts(f)
	f[0].Track, f[0].Modes[0].Probability = 9, 9
	if g[0].Track != 1 || g[0].Modes[0].Probability != 0.5 {
		t.Errorf("a change of the original shows in the clone: %+v", g)
	}
}
