package highway

import "math"

// Size of all vehicles, m.
const (
	length = 5.0
	width  = 2.0
)

// vehicle is a car with a kinematic bicycle model and two feedback controllers.
type vehicle struct {
	x, y, heading, speed float64
	lane, target         int // the nearest lane, and the one that it steers to
	targetSpeed          float64
	accel, steer         float64 // of the present tick
	crashed              bool
	impact               [2]float64 // displacement by a collision, applied in the next tick
	hit                  bool       // whether there is an impact

	// Of traffic alone: the exponent of its IDM and the time since it last thought of a
	// lane change, s.
	exponent, timer float64
}

// offset returns the lateral position relative to the middle of a lane, positive to the
// right.
func (v *vehicle) offset(lane int) float64 { return v.y - laneWidth*float64(lane) }

func (v *vehicle) velocity() (vx, vy float64) {
	sin, cos := math.Sincos(v.heading)
	return v.speed * cos, v.speed * sin
}

// apply sets the targets of a meta-action. A lane farther than two widths is out of reach.
func (v *vehicle) apply(a Action, lanes int) {
	switch a {
	case Left, Right:
		to := v.target - 1
		if a == Right {
			to = v.target + 1
		}
		to = min(max(to, 0), lanes-1)
		if math.Abs(v.offset(to)) <= 2*laneWidth {
			v.target = to
		}
	case Faster, Slower:
		step := 1.0
		if a == Slower {
			step = -1
		}
		present := min(max(math.RoundToEven((v.speed-20)/5), 0), 2)
		v.targetSpeed = 20 + 5*min(max(present+step, 0), 2)
	}
}

// control sets acceleration and steering by the feedback controllers of the ego.
func (v *vehicle) control() {
	v.accel = (v.targetSpeed - v.speed) / .6
	v.steerToTarget()
}

// steerToTarget controls the lateral position with a cascade: offset to lateral speed,
// heading, yaw rate and steering angle.
func (v *vehicle) steerToTarget() {
	speed := notZero(v.speed)
	lateral := -v.offset(v.target) / .6
	heading := math.Asin(min(max(lateral/speed, -1), 1))
	heading = min(max(heading, -math.Pi/4), math.Pi/4)
	rate := 5 * math.Remainder(heading-v.heading, 2*math.Pi)
	slip := math.Asin(min(max(length/2/speed*rate, -1), 1))
	v.steer = min(max(math.Atan(2*math.Tan(slip)), -math.Pi/3), math.Pi/3)
}

// notZero keeps a divisor away from 0.
func notZero(x float64) float64 {
	const least = .01
	switch {
	case math.Abs(x) > least:
		return x
	case x >= 0:
		return least
	}
	return -least
}

// move integrates one tick with explicit Euler steps.
func (v *vehicle) move(dt float64, lanes int) {
	const fastest = 40.0
	v.timer += dt
	if v.crashed {
		v.steer, v.accel = 0, -v.speed
	}
	if v.speed > fastest {
		v.accel = min(v.accel, fastest-v.speed)
	} else if v.speed < -fastest {
		v.accel = max(v.accel, -fastest-v.speed)
	}
	slip := math.Atan(math.Tan(v.steer) / 2)
	sin, cos := math.Sincos(v.heading + slip)
	v.x += v.speed * cos * dt
	v.y += v.speed * sin * dt
	if v.hit {
		v.x, v.y = v.x+v.impact[0], v.y+v.impact[1]
		v.crashed, v.hit = true, false
	}
	v.heading += v.speed * math.Sin(slip) / (length / 2) * dt
	v.speed += v.accel * dt
	// The heading and the distance past the ends of the road are the same for all lanes.
	v.lane = min(max(int(math.Ceil(v.y/laneWidth-.5)), 0), lanes-1)
}
