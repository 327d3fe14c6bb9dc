package refdriver

import (
	"math"
)

const (
	cutOutOffset = 4.0   // lateral distance of a cut-out, m
	revealOffset = 0.375 // lateral offset at which the lead stops hiding the stopped car, m
	// obstacle is the length of the stopped car, m. Gap is the gap to a car of 4.3 m with
	// the same center, as in the published comparison.
	obstacle = 5.0
)

// CutOut drives a case in which the lead leaves the lane and reveals a stopped car Gap
// further ahead. The ego follows the lead at the model's headway and the same speed. A
// lead that does not clear the lane in time hits the stopped car and stays there.
func (c *R157Case) CutOut(m Model) R157Outcome {
	v := c.Ego / kmh
	lead := vehicleState{x: m.Headway(v) + length, v: v, vy: -c.Lateral, half: length / 2}
	stopped := vehicleState{x: lead.x + c.Gap + length, half: obstacle / 2}
	start, across := lead.x, stepsToCross(cutOutOffset, lead.vy)
	e := newEgo(m, 0, v)
	driven, drawn, crashed := 0.0, 0.0, false
	for i := range steps - 1 {
		driven += v
		if i == across {
			lead.vy = 0
		}
		if !crashed {
			drawn += lead.vy
			lead.x, lead.y = driven/hz+start, drawn/hz
			if crashed = overlap(lead, stopped); crashed {
				lead.v, lead.vy = 0, 0
			}
		}
		hidden := !crashed && lead.y >= -revealOffset
		if !e.state.Reacted {
			e.x = driven / hz
		}
		if hidden {
			continue
		}
		danger := stopped
		if crashed {
			danger = lead
		}
		if e.step(danger, true) || e.prevSpeed == 0 {
			break
		}
	}
	return e.outcome
}

// overlap reports whether the boxes of two cars overlap.
func overlap(a, b vehicleState) bool {
	return math.Abs(a.y-b.y)-width/2-width/2 < 0 && math.Abs(a.x-b.x)-a.half-b.half < 0
}
