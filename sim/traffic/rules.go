package traffic

import (
	"math"

	"roadloop/sim/clock"
	"roadloop/sim/road"
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

// stopPoint returns the distance from the front bumper to the nearest
// point at which a rule requires a stop; +Inf if there is none.
func (d *driver) stopPoint() float64 {
	reach := d.v*d.v/(2*d.model.B) + 25
	nearest := math.Inf(1)
	line := math.Inf(1) // distance of the last stop line passed in the search
	passed := -d.front(d.s)
	for k, id := range d.lanes {
		if id == road.None || passed > reach {
			break
		}
		l := &d.net.lanes[id]
		if l.Junction >= 0 {
			if k == 0 {
				d.stoodOn = road.None
			}
			nearest = math.Min(nearest, d.yieldPoint(l, passed, line))
		}
		nearest = math.Min(nearest, d.crosswalkStop(l, passed))
		if at := passed + l.StopS - lineMargin; l.Control != road.Free && at > -lineMargin-0.5 {
			line = at
			if d.mustStopAt(l, at) {
				nearest = math.Min(nearest, at)
			}
		}
		if l.deadEnd {
			nearest = math.Min(nearest, passed+l.length-d.roomToMerge(k == 0))
		}
		passed += l.length
	}
	return nearest
}

// roomToMerge returns the distance from the end of a lane at which the driver waits for
// a gap, m. The driver goes on almost to the end if an obstacle is next to it on the
// other lane.
func (d *driver) roomToMerge(here bool) float64 {
	to := d.needs()
	if !here || to == road.None {
		return mergeMargin
	}
	lead, tail := d.occ.neighbors(d.self, to, d.sOn(to))
	if lead.gap < changeRoom && lead.obstacle() || tail.gap < changeRoom && tail.obstacle() {
		return 1
	}
	return mergeMargin
}

// mustStopAt reports whether the signal or sign of l, at meters away, requires a stop.
func (d *driver) mustStopAt(l *laneInfo, at float64) bool {
	need := d.v * d.v / (2 * math.Max(at, 0.1))
	if at < 2 && d.v < standing && d.stoodOn != l.ID {
		d.stoodOn, d.stoodAt = l.ID, d.env.Now
	}
	switch l.Control {
	case road.SignalControl:
		switch l.Light(d.env.Signals) {
		case road.Red:
			return need < redBrake
		case road.Amber:
			return need < amberBrake
		}
	case road.StopSign:
		return d.stoodOn != l.ID || d.env.Now-d.stoodAt < clock.PerSecond
	}
	return false
}

// crosswalkStop returns the distance to the nearest crosswalk on l that a
// pedestrian claims and before which the car can still stop. Lane l begins passed
// ahead of the front.
func (d *driver) crosswalkStop(l *laneInfo, passed float64) float64 {
	nearest := math.Inf(1)
	for w := range l.walks {
		span := &l.walks[w]
		at := passed + span.start - crosswalkMargin
		if at > -crosswalkMargin && d.v*d.v < 2*crosswalkBrake*math.Max(at, 0.1) && d.crosswalks.claimed(span, l.Width) {
			nearest = math.Min(nearest, at)
		}
	}
	return nearest
}
