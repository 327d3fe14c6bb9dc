package r157

import (
	"math"

	"roadloop/planning/careful"
)

const (
	sideways = 1.6 // room between the sides when a cut-in begins, m
	sway     = 1.5 // lateral acceleration into a cut-in, m/s²
)

// cutIn returns where the car that cuts in is at every step, and how many steps
// come before it is Gap ahead at its full lateral speed: those in which that
// speed builds up.
func (c *Case) cutIn(buf []spot) (way []spot, ramp int) {
	v, vy, rise := c.Other/kmh, -c.Lateral, -sway/hz
	ramp = int(math.Ceil(vy / rise))
	start := spot{x: c.Gap + length, y: sideways + width, v: v, vy: vy, half: length / 2}
	way = append(buf[:0], make([]spot, ramp+1+steps)...)
	way[ramp] = start
	x, y := 0.0, 0.0
	for i := ramp - 1; i >= 0; i-- {
		at := float64(i) * rise
		x, y = x-v/hz, y-at/hz
		way[i] = spot{x: x + start.x, y: y + start.y, v: v, vy: at, half: length / 2}
	}
	across := reach(start.y, vy)
	x, y = 0, 0
	for i := range steps {
		if i == across {
			vy = 0
		}
		x, y = x+v, y+vy
		way[ramp+1+i] = spot{x: x/hz + start.x, y: y/hz + start.y, v: v, vy: vy, half: length / 2}
	}
	return way, ramp
}

// reach returns the number of whole steps in which a lateral speed first covers
// the way to the middle of the lane.
func reach(way, speed float64) int {
	if speed == 0 {
		return 0
	}
	return int(math.Floor(hz*way/math.Abs(speed))) + 1
}

// CutIn drives a case in which another car, slower and Gap ahead in the next
// lane, comes over.
func (c *Case) CutIn(m careful.Model) Outcome { return c.throughCutIn(m, new([]spot)) }

// throughCutIn is CutIn with a buffer to lay the other's way out in.
func (c *Case) throughCutIn(m careful.Model, buf *[]spot) Outcome {
	way, ramp := c.cutIn(*buf)
	*buf = way
	v := c.Ego / kmh
	x := 0.0
	for range ramp {
		x -= v / hz
	}
	e := newEgo(m, x, v)
	for _, o := range way[:len(way)-1] {
		if e.step(o, false) || e.past(o) {
			break
		}
	}
	return e.outcome
}

// past tells that the ego has left a car behind that is no faster: whatever that
// one does at its constant speed, they do not meet any more.
func (e *ego) past(o spot) bool { return e.sees.Behind && e.sees.Gap > 0 && e.v >= o.v }
