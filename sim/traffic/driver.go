package traffic

import (
	"math"

	"roadloop/sim/vehicle"
)

// maxBrake is the maximum braking of all drivers, m/s².
const maxBrake = 8.0

// driver is the decision of a car's driver at one tick.
type driver struct {
	*car
	self       *agent      // of the car
	model      vehicle.IDM // on the current lane
	env        *Env
	occ        *occupancy
	crosswalks *crosswalks
}

// decide sets the acceleration that the car holds until the next decision. It reports
// whether the driver began a lane change.
func (d *driver) decide() bool {
	accel, lead := d.accel()
	changes := d.manner == Obedient && d.considerChange(lead)
	d.wanted = math.Max(-maxBrake, math.Min(d.model.A, accel))
	return changes
}

// accel returns the acceleration for the road ahead, and the leader.
func (d *driver) accel() (float64, neighbor) {
	lead := d.occ.leader(d.self)
	if d.manner != Obedient {
		return d.model.Accel(d.v, lead.gap, lead.v), lead
	}
	lead = d.leaveRoom(lead)
	accel := math.Min(d.model.Accel(d.v, lead.gap, lead.v), d.slowFor())
	if dist := d.stopPoint(); !math.IsInf(dist, 1) {
		accel = math.Min(accel, d.model.Accel(d.v, math.Max(dist+d.model.S0, 0.1), 0))
	}
	return accel, lead
}

// slowFor returns the acceleration to reach the desired speeds of the lanes
// ahead in time; +Inf if no lane requires slowing.
func (d *driver) slowFor() float64 {
	accel := math.Inf(1)
	dist := d.here().length - d.s
	for _, id := range d.lanes[1:] {
		if id < 0 || dist > lookAhead {
			break
		}
		l := &d.net.lanes[id]
		v := d.wantedSpeed(l)
		if need := (d.v*d.v - v*v) / (2 * math.Max(dist, 1)); need > 0.6*d.idm.B {
			accel = math.Min(accel, -need)
		}
		dist += l.length
	}
	return accel
}
