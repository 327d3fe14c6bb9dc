package traffic

import (
	"math"

	"roadloop/sim/clock"
	"roadloop/sim/road"
)

const (
	changeTime  = 4.0                 // s, duration of a lane change
	changeRest  = 5 * clock.PerSecond // minimum time between two changes of one driver
	changeQuiet = 30.0                // m before a junction without lane changes
	changeRoom  = 1.5                 // m, minimum gap to the leader and the follower on the new lane
	changeSpeed = 2.0                 // m/s, minimum speed for a change without an obstacle
)

// considerChange begins a lane change if MOBIL, the route or the end of the
// lane requires one, and reports whether it did. lead is the leader on the current lane.
func (d *driver) considerChange(lead neighbor) bool {
	l := d.here()
	if l.Junction >= 0 || d.shift.changing() || d.shift.active && d.v > changeSpeed {
		return false
	}
	need := d.needs()
	if need == road.None && !d.mayChange(lead) {
		return false
	}
	return (need == road.None || need == l.Left) && l.OpenLeft() && d.change(lead, l.Left, need) ||
		(need == road.None || need == l.Right) && l.OpenRight() && d.change(lead, l.Right, need)
}

// change begins a change to lane to if it pays and there is room, and reports
// whether it began.
func (d *driver) change(lead neighbor, to, need road.LaneID) bool {
	if !d.pays(lead, to, need) {
		return false
	}
	over, ok := d.timeToChange(to)
	if ok {
		d.moveTo(to, over, d.env.Now)
	}
	return ok
}

// mayChange reports whether the driver may make discretionary lane changes.
func (d *driver) mayChange(lead neighbor) bool {
	if d.env.Now-d.lastChange <= changeRest {
		return false
	}
	if lead.blocks(d.v) {
		return !d.neverPasses
	}
	return !d.keepLane && (d.v > changeSpeed || math.Abs(lead.v) < nearlyStanding) &&
		(d.lanes[1] == road.None || d.here().length-d.s > changeQuiet)
}

// pays reports whether a change to lane to is safe now, and necessary or worth it.
func (d *driver) pays(lead neighbor, to, need road.LaneID) bool {
	newLead, newTail := d.occ.neighbors(d.self, to, d.sOn(to))
	if newLead.gap < changeRoom || newTail.gap < changeRoom {
		return false
	}
	if newLead.blocks(d.v) && newLead.gap < lead.gap+roomBetween {
		return false
	}
	x := d.exchange(lead, newLead, newTail)
	if need != road.None {
		return d.mobil.Safe(&x)
	}
	there := d.modelOn(&d.net.lanes[to])
	x.OwnAfter = there.Accel(d.v, newLead.gap, newLead.v)
	left := to == d.here().Left
	return !d.net.lanes[to].deadEnd && d.keepsRoute(to) && d.mobil.Safe(&x) && d.mobil.Worth(&x, left)
}

// exchange returns the accelerations before and after the car moves from behind
// lead to the gap between newLead and newTail.
func (d *driver) exchange(lead, newLead, newTail neighbor) ChangeEffect {
	x := ChangeEffect{
		Own:      d.model.Accel(d.v, lead.gap, lead.v),
		OwnAfter: d.model.Accel(d.v, newLead.gap, newLead.v),
	}
	x.New, x.NewAfter = followers(newTail, newLead, d.shape.Length, d.v)
	_, tail := d.occ.neighbors(d.self, d.lanes[0], d.s)
	x.OldAfter, x.Old = followers(tail, lead, d.shape.Length, d.v)
	return x
}

// followers returns the accelerations of tail without and with a vehicle of the
// given length and speed between it and lead.
func followers(tail, lead neighbor, length, v float64) (without, with float64) {
	if math.IsInf(tail.gap, 1) {
		return 0, 0
	}
	m := tail.model()
	return m.Accel(tail.v, tail.gap+length+lead.gap, lead.v), m.Accel(tail.v, tail.gap, v)
}
