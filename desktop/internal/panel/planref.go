package panel

import "roadloop/planning"

// PlanRef identifies a proposed trajectory across decisions. The zero value means none.
type PlanRef struct {
	Name string
	Nth  int // index among those with this name: there is one per lane
}

// PlanRefOf returns the identity of a proposal.
func PlanRefOf(plan *planning.Plan, proposal int) PlanRef {
	w := PlanRef{Name: plan.Proposals[proposal].Name}
	for i := range plan.Proposals[:proposal] {
		if plan.Proposals[i].Name == w.Name {
			w.Nth++
		}
	}
	return w
}

// IndexIn returns the index of the proposal in a plan, -1 if it is not there.
func (w PlanRef) IndexIn(plan *planning.Plan) int {
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
