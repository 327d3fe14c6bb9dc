package panel

import "roadloop/planning"

// Way names one of the trajectories that a planner considers, from decision to decision.
// The zero value names none.
type Way struct {
	Name string
	Nth  int // among those of this name: there is one for each lane
}

// WayOf returns the name of a proposal of a plan.
func WayOf(plan *planning.Plan, proposal int) Way {
	w := Way{Name: plan.Proposals[proposal].Name}
	for i := range plan.Proposals[:proposal] {
		if plan.Proposals[i].Name == w.Name {
			w.Nth++
		}
	}
	return w
}

// In returns the index of the proposal in a plan, -1 where it was not considered.
func (w Way) In(plan *planning.Plan) int {
	nth := 0
	for i := range plan.Proposals {
		if plan.Proposals[i].Name != w.Name {
			continue
		}
		if nth == w.Nth {
			return i
		}
		nth++
	}
	return -1
}
