package highway

import "math"

// changeDelay is the time between two considerations of a lane change, s.
const changeDelay = 1.0

// decide sets acceleration and steering of a vehicle of the traffic: MOBIL selects its
// lane, IDM its acceleration. During a lane change it heeds both lanes.
func (e *Env) decide(i int) {
	const most = 6.0 // m/s²
	v := &e.vehicles[i]
	if v.crashed {
		return
	}
	e.selectLane(i)
	v.steerToTarget()
	front, _ := e.neighbors(i, v.lane)
	v.accel = v.idm(v, front)
	if v.lane != v.target {
		front, _ := e.neighbors(i, v.target)
		v.accel = min(v.accel, v.idm(v, front))
	}
	v.accel = min(max(v.accel, -most), most)
}

// selectLane begins a lane change that pays, and gives one up if another vehicle ahead
// changes to the same lane.
func (e *Env) selectLane(i int) {
	v := &e.vehicles[i]
	if v.lane != v.target {
		for j := range e.vehicles {
			o := &e.vehicles[j]
			if j == i || o.lane == v.target || o.target != v.target {
				continue
			}
			if d := o.x - v.x; 0 < d && d < desiredGap(v, o) {
				v.target = v.lane
				break
			}
		}
		return
	}
	if v.timer <= changeDelay {
		return
	}
	v.timer = 0
	if math.Abs(v.speed) < 1 {
		return
	}
	for _, lane := range [2]int{v.lane - 1, v.lane + 1} {
		if lane >= 0 && lane < e.config.Lanes && math.Abs(v.offset(lane)) <= 2*laneWidth && e.pays(i, lane) {
			v.target = lane
		}
	}
}

// pays applies MOBIL without politeness: the new follower must not brake harder than
// 2 m/s², and the own acceleration must grow by 0.2 m/s². Accelerations of others are
// those of the own parameters.
func (e *Env) pays(i, lane int) bool {
	v := &e.vehicles[i]
	front, rear := e.neighbors(i, lane)
	if rear != nil && v.idm(rear, v) < -2 {
		return false
	}
	present, _ := e.neighbors(i, v.lane)
	return v.idm(v, front)-v.idm(v, present) >= .2
}

// neighbors returns the nearest vehicles ahead and behind on a lane, nil if there are none.
func (e *Env) neighbors(self, lane int) (front, rear *vehicle) {
	x := e.vehicles[self].x
	for i := range e.vehicles {
		o := &e.vehicles[i]
		if i == self || math.Abs(o.offset(lane)) > laneWidth/2+1 || o.x < -length || o.x >= roadLength+length {
			continue
		}
		if o.x >= x {
			if front == nil || o.x <= front.x {
				front = o
			}
		} else if rear == nil || o.x > rear.x {
			rear = o
		}
	}
	return front, rear
}

// idm returns the acceleration of a follower behind a leader, nil if there is none, by the
// Intelligent Driver Model (Treiber, Hennecke and Helbing 2000) with the exponent of v.
// Distances are from middle to middle, and the desired gap may be negative.
func (v *vehicle) idm(follower, leader *vehicle) float64 {
	free := min(max(follower.targetSpeed, 0), speedLimit)
	a := comfortAccel * (1 - math.Pow(max(follower.speed, 0)/notZero(free), v.exponent))
	if leader != nil {
		gap := desiredGap(follower, leader) / notZero(leader.x-follower.x)
		a -= comfortAccel * gap * gap
	}
	return a
}

const (
	comfortAccel = 3.0 // m/s²
	comfortBrake = 5.0 // m/s²
)

// desiredGap is the distance that a follower wants to a leader, m, from middle to middle.
func desiredGap(follower, leader *vehicle) float64 {
	fx, fy := follower.velocity()
	lx, ly := leader.velocity()
	sin, cos := math.Sincos(follower.heading)
	closing := (fx-lx)*cos + (fy-ly)*sin
	return 5 + length + 1.5*follower.speed + follower.speed*closing/(2*math.Sqrt(comfortAccel*comfortBrake))
}
