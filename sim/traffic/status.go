package traffic

import (
	"math"
	"slices"

	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Shifting reports whether agent i is in a lateral move.
func (t *Traffic) Shifting(i int) bool { return t.agents[i].car.shift.active }

// AtSpeed reports whether agent i has reached its last ordered speed.
func (t *Traffic) AtSpeed(i int) bool {
	g := &t.agents[i]
	if g.mode == walking {
		return g.walker.v == g.walker.target()
	}
	return g.car.order.mode != reach || g.car.order.reached(g.car.v)
}

// Progress returns the progress of agent i, m: its starting s plus the distance
// driven, or the distance along a pedestrian's path.
func (t *Traffic) Progress(i int) float64 {
	if t.agents[i].mode == walking {
		return t.agents[i].walker.walked
	}
	return t.agents[i].car.travelled
}

// Path returns the current and the planned lanes of agent i; nil for agents that
// follow no lane. The next Step overwrites the slice.
func (t *Traffic) Path(i int) []road.LaneID {
	if t.agents[i].mode != driving {
		return nil
	}
	way := t.agents[i].car.lanes[:]
	if n := slices.Index(way, road.None); n >= 0 {
		way = way[:n]
	}
	return way
}

// LanePosition returns the lane and the Frenet coordinates of agent i; ok is false for
// agents that follow no lane.
func (t *Traffic) LanePosition(i int) (lane road.LaneID, s, d float64, ok bool) {
	if t.agents[i].mode != driving {
		return road.None, 0, 0, false
	}
	c := &t.agents[i].car
	return c.lanes[0], c.s, c.d, true
}

// WalkPath returns the path of pedestrian i and the pedestrian's arc length on
// it; nil for all other agents and for pedestrians on a loop.
func (t *Traffic) WalkPath(i int) (path *geom.Polyline, s float64) {
	w := &t.agents[i].walker
	if t.agents[i].mode != walking || w.loop {
		return nil, 0
	}
	return w.path, w.s
}

// WalkDistance returns the distance that pedestrian i would walk in the given time, s,
// if it started now, m.
func (t *Traffic) WalkDistance(i int, seconds float64) float64 {
	w := &t.agents[i].walker
	ramp := math.Abs(w.want-w.v) / stepUp
	if seconds < ramp {
		return seconds * (w.v + math.Copysign(stepUp, w.want-w.v)*seconds/2)
	}
	return ramp*(w.v+w.want)/2 + (seconds-ramp)*w.want
}

// Arrived reports whether pedestrian i is at the end of its path.
func (t *Traffic) Arrived(i int) bool { return t.agents[i].walker.ended() }

// Pausing reports whether pedestrian i is in a hesitation.
func (t *Traffic) Pausing(i int) bool { return t.agents[i].walker.pausing > 0 }
