package traffic

import (
	"math"

	"roadloop/sim/road"
)

// An obstacle is an actor that will not drive on. Drivers that may change lanes stop
// far enough behind it to pull out, and can pull out from a standstill.

// roomBetween is the minimum distance between the obstacle on the current lane and the
// next one on the other lane, so that a car can change there and back, m.
const roomBetween = 25.0

// leaveRoom shortens the gap to an obstacle by the distance to pull out that the driver adds
// to S0.
func (d *driver) leaveRoom(lead neighbor) neighbor {
	l := d.here()
	if d.neverPasses || !l.OpenLeft() && !l.OpenRight() || !lead.obstacle() {
		return lead
	}
	standoff := 2 + 0.6*d.wheelbase
	lead.gap = math.Max(lead.gap-standoff, math.Min(lead.gap, 0.1))
	return lead
}

// timeToChange returns a duration in which the car can change to the neighboring lane to
// without touching standing actors ahead on the current one; ok is false if there is
// no room. Slow vehicles use a tight change if necessary.
func (d *driver) timeToChange(to road.LaneID) (over float64, ok bool) {
	if d.getsClear(to, changeTime) {
		return changeTime, true
	}
	if d.v <= tightSpeed && d.getsClear(to, d.tightTime()) {
		return d.tightTime(), true
	}
	return 0, false
}

// getsClear reports whether a change to the neighboring lane to in over
// seconds avoids all standing actors on the current lane.
func (d *driver) getsClear(to road.LaneID, over float64) bool {
	now := d.lanes[0]
	side := d.sidestep(0)
	side.shift = shift{active: true, from: d.d, to: -d.net.offsetOf(now, to), over: over}
	return d.occ.isClear(d.self, now, &side, d.s)
}

// resolve ends a standstill in the middle of a lane change, and reports whether the car
// returns to the old lane. The car continues if it can pass all standing actors on that
// lane, by a tight shift if necessary. Otherwise it returns if it can pass the standing
// actors on the other lane, or if its box is still within the old lane, to free the
// other one.
func (d *driver) resolve() bool {
	if d.manner != Obedient || d.neverPasses || d.v > standing || !d.leaving() {
		return false
	}
	old, now := d.shift.left, d.lanes[0]
	turned := d.turned()
	on := d.sidestep(d.net.offsetOf(now, old))
	s := d.sOn(old)
	if !d.closedAhead(now, d.s) {
		if d.occ.isClear(d.self, old, &on, s) {
			return false
		}
		on.shift = d.tightShift(0, turned)
		if d.occ.isClear(d.self, old, &on, s) {
			on.shift.left = old
			d.shift = on.shift
			return false
		}
	}
	back := d.sidestep(0)
	back.shift = d.tightShift(-on.aside, turned)
	returns := !d.closedAhead(old, s) && d.occ.isClear(d.self, now, &back, d.s)
	if !returns && math.Abs(d.d+on.aside)+on.half > d.net.lanes[old].Width/2 {
		return false
	}
	d.moveTo(old, d.tightTime(), d.env.Now)
	d.shift.startSlope = back.shift.startSlope
	if !returns {
		d.shift.left = road.None
	}
	return true
}

// closedAhead reports whether lane id is blocked shortly ahead of the car with its rear axle
// at s: by an obstacle or by the end of the lane.
func (d *driver) closedAhead(id road.LaneID, s float64) bool {
	if l := &d.net.lanes[id]; l.deadEnd && l.length-s < 40 {
		return true
	}
	lead, _ := d.occ.neighbors(d.self, id, s)
	return lead.gap < 15 && lead.obstacle()
}
