package r157

import (
	"math"

	"roadloop/planning/careful"
)

const (
	offset = 4.0   // that a cut-out covers, m
	wander = 0.375 // offset from which on a lead no longer hides what is ahead, m
	// obstacle is the length of the stopped car, m. Gap is that to a car of 4.3 m
	// whose middle is where the middle of this one is: so the comparison has it.
	obstacle = 5.0
)

// CutOut drives a case in which the car ahead, followed at the model's own gap
// and at the same speed, leaves the lane and lays bare one that stands Gap
// further on. A lead that does not get clear in time runs into it and stays there.
func (c *Case) CutOut(m careful.Model) Outcome {
	v := c.Ego / kmh
	lead := spot{x: m.Headway(v) + length, v: v, vy: -c.Lateral, half: length / 2}
	stopped := spot{x: lead.x + c.Gap + length, half: obstacle / 2}
	start, across := lead.x, reach(offset, lead.vy)
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
		hidden := !crashed && lead.y >= -wander
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
		if e.step(danger, true) || e.before == 0 {
			break
		}
	}
	return e.outcome
}

// overlap tells that two cars share ground.
func overlap(a, b spot) bool {
	return math.Abs(a.y-b.y)-width/2-width/2 < 0 && math.Abs(a.x-b.x)-a.half-b.half < 0
}
