package traffic

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

const (
	amberBrake      = 3.0  // maximum braking for an amber light, m/s²
	redBrake        = 7.0  // and for a red light
	crosswalkBrake  = 4.5  // and for a pedestrian at a crosswalk
	lineMargin      = 0.6  // distance kept from a stop line, m
	crosswalkMargin = 1.2  // and from a crosswalk, m
	mergeMargin     = 12.0 // and from the end of a lane, m
	standing        = 0.15 // m/s
)

// stopPoint returns the distance from agent i's front bumper to the nearest
// point at which a rule requires a stop; +Inf if there is none.
func (t *Traffic) stopPoint(env *Env, i int, m *vehicle.IDM) float64 {
	c := &t.agents[i].car
	front := c.frontOf(&env.Actors[i])
	reach := c.v*c.v/(2*m.B) + 25
	nearest := math.Inf(1)
	line := math.Inf(1) // distance of the last stop line passed in the search
	passed := -front
	for k, id := range c.path {
		if id == road.None || passed > reach {
			break
		}
		l, info := &t.net.m.Lanes[id], &t.net.lanes[id]
		if l.Junction >= 0 {
			if k == 0 {
				c.lane = road.None
			}
			nearest = math.Min(nearest, t.yieldPoint(env, i, m, l, passed, line))
		}
		nearest = math.Min(nearest, t.crosswalkStop(c, l, info, passed))
		if at := passed + l.StopS - lineMargin; l.Control != road.Free && at > -lineMargin-0.5 {
			line = at
			if t.mustStopAt(env, c, l, at) {
				nearest = math.Min(nearest, at)
			}
		}
		if info.deadEnd {
			nearest = math.Min(nearest, passed+info.length-t.roomToMerge(i, &env.Actors[i], k == 0))
		}
		passed += info.length
	}
	return nearest
}

// roomToMerge returns the distance from the end of a lane at which agent i waits for
// a gap, m. The agent goes on almost to the end if an obstacle is next to it on the
// other lane.
func (t *Traffic) roomToMerge(i int, a *actor.Actor, here bool) float64 {
	c := &t.agents[i].car
	to := t.net.needs(c)
	if !here || to == road.None {
		return mergeMargin
	}
	rear := t.net.laneMapTo(c.path[0], to).at(c.s) + a.Shape.RearToCenter - a.Shape.Length/2
	lead, tail := t.neighborsAt(i, to, rear, rear+a.Shape.Length)
	if lead.gap < changeRoom && t.obstacle(lead) || tail.gap < changeRoom && t.obstacle(tail) {
		return 1
	}
	return mergeMargin
}

// mustStopAt reports whether the signal or sign of l, at meters away, makes c stop.
func (t *Traffic) mustStopAt(env *Env, c *car, l *road.Lane, at float64) bool {
	need := c.v * c.v / (2 * math.Max(at, 0.1))
	if at < 2 && c.v < standing && c.lane != l.ID {
		c.lane, c.stoodAt = l.ID, env.Now
	}
	switch l.Control {
	case road.SignalControl:
		switch lightOf(env, l) {
		case road.Red:
			return need < redBrake
		case road.Amber:
			return need < amberBrake
		}
	case road.StopSign:
		return c.lane != l.ID || env.Now-c.stoodAt < clock.PerSecond
	}
	return false
}

// lightOf returns the light that governs l.
func lightOf(env *Env, l *road.Lane) road.SignalState {
	if l.Signal < 0 || int(l.Signal) >= len(env.Signals) {
		return road.Off
	}
	return env.Signals[l.Signal]
}

// crosswalkStop returns the distance to the nearest crosswalk on l that a
// pedestrian claims and before which c can still stop. Lane l begins passed
// ahead of c's front.
func (t *Traffic) crosswalkStop(c *car, l *road.Lane, info *laneInfo, passed float64) float64 {
	nearest := math.Inf(1)
	for w := range info.walks {
		span := &info.walks[w]
		at := passed + span.start - crosswalkMargin
		if at > -crosswalkMargin && c.v*c.v < 2*crosswalkBrake*math.Max(at, 0.1) && t.claimed(span, l.Width) {
			nearest = math.Min(nearest, at)
		}
	}
	return nearest
}

// patience is the time that drivers wait at a line before they begin to accept
// shorter gaps, and also the time over which the margin then falls to 0.
const patience = 20 * clock.PerSecond

// marginOf returns the time margin that c adds to a required gap, s.
func (c *car) marginOf(now clock.Tick) float64 {
	if c.lane == road.None {
		return c.caution
	}
	waited := float64(now-c.stoodAt) / float64(patience)
	return c.caution * math.Max(0, 1-math.Max(0, waited-1))
}
