package leaderboard

import (
	"math"

	"roadloop/scenarios/metrics"
)

const severityVersion = "neuroncap 2024, own top speed for no action"

// severity is the score of Ljungbergh et al., "NeuroNCAP: Photorealistic closed-loop
// safety testing for autonomous driving" (2024): 5 without a collision, else
// 4·max(0, 1 − v_i/v_r) of the first one, with the impact speed v_i and the impact speed
// without any action v_r. Both are magnitudes of relative velocity. For v_r the ego has
// the highest speed that it drove before, in its heading at the impact.
func (r *run) severity() Score {
	l := newLedger(Severity, severityVersion, 5)
	if len(r.contacts) == 0 {
		l.factor(Term{Name: "impact"})
		return l.finish()
	}
	c := &r.contacts[0]
	unbraked := c.Ego.State.Pose.Forward().Scale(r.topSpeed(c)).Sub(c.Other.Velocity()).Norm()
	value := 0.0
	if unbraked > 0 {
		value = 4 * math.Max(0, 1-c.ImpactSpeed/unbraked)
	}
	l.factor(Term{Name: "impact"}, fault{c.Time, value / 5, c.Sentence()})
	l.detail("impact_speed", c.ImpactSpeed, "m/s", nil)
	l.detail("unbraked_speed", unbraked, "m/s", nil)
	l.detail("delta_v", c.DeltaV, "m/s", nil)
	return l.finish()
}

// topSpeed returns the highest speed of the ego until a contact, m/s.
func (r *run) topSpeed(c *metrics.Collision) float64 {
	top := c.Ego.State.Speed
	for i := 0; i < r.steps() && r.time(i) <= c.Time; i++ {
		top = math.Max(top, r.ego[i].State.Speed)
	}
	return top
}
