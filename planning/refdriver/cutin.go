package refdriver

import (
	"math"
)

const (
	lateralGap   = 1.6 // initial distance between the sides at a cut-in, m
	lateralAccel = 1.5 // lateral acceleration into a cut-in, m/s²
)

// cutIn returns the states of the car that cuts in, and the number ramp of initial steps.
// In these steps its lateral speed builds up; afterwards it is Gap ahead at full lateral
// speed.
func (c *R157Case) cutIn(buf []vehicleState) (way []vehicleState, ramp int) {
	v, vy, rise := c.Other/kmh, -c.Lateral, -lateralAccel/hz
	ramp = int(math.Ceil(vy / rise))
	start := vehicleState{x: c.Gap + length, y: lateralGap + width, v: v, vy: vy, half: length / 2}
	way = append(buf[:0], make([]vehicleState, ramp+1+steps)...)
	way[ramp] = start
	x, y := 0.0, 0.0
	for i := ramp - 1; i >= 0; i-- {
		at := float64(i) * rise
		x, y = x-v/hz, y-at/hz
		way[i] = vehicleState{x: x + start.x, y: y + start.y, v: v, vy: at, half: length / 2}
	}
	across := stepsToCross(start.y, vy)
	x, y = 0, 0
	for i := range steps {
		if i == across {
			vy = 0
		}
		x, y = x+v, y+vy
		way[ramp+1+i] = vehicleState{x: x/hz + start.x, y: y/hz + start.y, v: v, vy: vy, half: length / 2}
	}
	return way, ramp
}

// stepsToCross returns the number of whole steps after which a constant lateral speed has
// first covered the distance way, m.
func stepsToCross(way, speed float64) int {
	if speed == 0 {
		return 0
	}
	return int(math.Floor(hz*way/math.Abs(speed))) + 1
}

// CutIn drives a case in which another, slower car changes from the next lane into the
// ego's lane, Gap ahead.
func (c *R157Case) CutIn(m Model) R157Outcome { return c.cutInBuffered(m, new([]vehicleState)) }

// cutInBuffered is CutIn with a buffer for the states of the other car.
func (c *R157Case) cutInBuffered(m Model, buf *[]vehicleState) R157Outcome {
	way, ramp := c.cutIn(*buf)
	*buf = way
	v := c.Ego / kmh
	x := 0.0
	for range ramp {
		x -= v / hz
	}
	e := newEgo(m, x, v)
	for _, o := range way[:len(way)-1] {
		if e.step(o, false) || e.passed(o) {
			break
		}
	}
	return e.outcome
}

// passed reports whether the ego has passed the other car and is not slower. The two
// cannot collide any more, because the other car's speed is constant.
func (e *ego) passed(o vehicleState) bool {
	return e.situation.Behind && e.situation.Gap > 0 && e.v >= o.v
}
