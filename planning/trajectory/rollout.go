package trajectory

import (
	"math"

	"roadloop/planning"
	"roadloop/sim/clock"
	"roadloop/sim/detmath"
	"roadloop/sim/geom"
)

// The roll-out: 4 s at 10 Hz.
const (
	steps = 40
	tick  = 0.1 // s
)

// candidate is a proposal with its roll-out and score.
type candidate struct {
	intent
	way    [steps + 1]planning.Waypoint
	boxes  [steps/2 + 1]geom.OBB // of the car at every second step
	start  float64               // s at the start
	end    float64               // s at the end
	endD   float64               // and d
	reason reason

	hit     float64 // time of the first probable collision, s; +Inf without one
	clean   float64 // 1 minus the probability of an at-fault collision
	onRoad  float64 // 1 on the road, 0 off the road
	terms   terms
	score   float64
	why     string
	outside bool // leaves the lanes of the same direction
}

// motion is the state of a roll-out in the Frenet frame of its line.
type motion struct {
	s, d, heading float64 // of the rear axle and its direction of motion
	speed, accel  float64
	bend          float64 // current curvature, 1/m
}

// roll rolls out an intent on the line of the view and adds the candidate.
func (p *Planner) roll(in intent) {
	if len(p.candidates) < cap(p.candidates) {
		p.candidates = p.candidates[:len(p.candidates)+1]
	} else {
		p.candidates = append(p.candidates, candidate{})
	}
	c := &p.candidates[len(p.candidates)-1]
	*c = candidate{intent: in, start: p.view.S, onRoad: 1, clean: 1, hit: math.Inf(1)}
	ego := &p.view.Scene.Ego
	x := motion{
		s: p.view.S, d: p.view.D, heading: p.view.Heading, speed: math.Max(0, ego.Speed), accel: p.accel,
		bend: math.Tan(ego.Steer) / p.car.Wheelbase,
	}
	for k := range c.way {
		wanted, why := p.acceleration(in, &x, float64(k)*tick)
		x.accel += math.Max(-p.params.JerkDown*tick, math.Min(p.params.JerkUp*tick, wanted-x.accel))
		if k == 0 {
			c.reason = why
		}
		c.record(k, p, &x)
		p.advance(&x, in.at(x.s))
	}
	c.end, c.endD = x.s, x.d
}

// at returns the target offset at s.
func (in *intent) at(s float64) float64 {
	if in.until > 0 && s > in.until {
		return 0
	}
	return in.offset
}

// record stores the state at step k.
func (c *candidate) record(k int, p *Planner, x *motion) {
	at := p.view.Path.At(x.s)
	n := at.Pose.Forward().Left().Scale(x.d)
	pose := geom.Pose{X: at.Pose.X + n.X, Y: at.Pose.Y + n.Y, Yaw: geom.WrapAngle(at.Pose.Yaw + x.heading + p.car.Slip*at.Curvature*x.speed*x.speed)}
	c.way[k] = planning.Waypoint{
		Time: clock.FromSeconds(float64(k) * tick), Pose: pose, Speed: x.speed, Accel: x.accel, Curvature: x.bend,
	}
	if k%2 == 0 {
		c.boxes[k/2] = p.car.Box(pose)
	}
	if k < steps*3/4 && k%4 == 0 && x.speed > 0.1 {
		c.checkRoom(p, x, at.Left, at.Right, at.LeftRoad)
	}
}

// edgeTolerance is the tolerance of a box beyond the lane edges, m.
const edgeTolerance = 0.3

// checkRoom records whether the car leaves its lanes or the road.
func (c *candidate) checkRoom(p *Planner, x *motion, left, right, road float64) {
	swing := math.Abs(math.Sin(x.heading)) * p.car.Front
	l, r := x.d+p.car.HalfWidth, -x.d+p.car.HalfWidth
	if x.heading > 0 {
		l += swing
	} else {
		r += swing
	}
	if l > left+edgeTolerance {
		c.outside = true
	}
	// A car that is already outside must be able to return.
	fleeing := math.Abs(p.view.D) > 0.5 && math.Abs(x.d) < math.Abs(p.view.D)+0.1
	if (l > road+edgeTolerance || r > right+edgeTolerance) && !fleeing {
		c.onRoad = 0
	}
}

// advance moves the car by one step of the kinematic bicycle.
func (p *Planner) advance(x *motion, offset float64) {
	wanted := p.steer(x, offset)
	x.bend += (wanted - x.bend) * tick / (p.params.SteerLag + tick)
	next := math.Max(0, x.speed+x.accel*tick)
	way := (x.speed + next) / 2 * tick
	bend := p.view.Path.Curvature(x.s)
	along := way * math.Cos(x.heading) / math.Max(0.2, 1-bend*x.d)
	x.d += way * math.Sin(x.heading+x.bend*way/2-bend*along/2)
	x.heading += x.bend*way - bend*along
	x.s += along
	x.speed = next
}

// steer returns the curvature command for the target offset: the curvature of
// the line plus a critically damped approach with the settling length ℓ, d” +
// 2/ℓ·d' + d/ℓ² = 0 along the path.
func (p *Planner) steer(x *motion, offset float64) float64 {
	l := p.settling(x.speed)
	e := math.Max(-p.params.Swerve, math.Min(p.params.Swerve, x.d-offset))
	bend := p.view.Path.Curvature(x.s + x.speed*p.params.Preview)
	bend /= math.Max(0.3, 1-bend*x.d)
	bend -= 2*math.Sin(x.heading)/l + e/(l*l)
	most := math.Min(math.Tan(p.car.MaxSteer)/p.car.Wheelbase, 5/math.Max(1, x.speed*x.speed))
	return math.Max(-most, math.Min(most, bend))
}

// settling returns the settling length of an offset at a speed, m.
func (p *Planner) settling(speed float64) float64 {
	seconds := p.params.Settle + p.params.SettleRise*math.Max(0, speed-15)
	return math.Max(p.params.SettleMin, seconds*speed)
}

// lateral returns the remaining offset after way meters of an approach from the
// offset e.
func (p *Planner) lateral(e, way, speed float64) float64 {
	l := p.settling(speed)
	if over := math.Abs(e) - p.params.Swerve; over > 0 {
		slope := p.params.Swerve / (2 * l)
		used := math.Min(over, math.Max(0, way*slope))
		way = math.Max(0, way-over/slope)
		if way == 0 {
			return math.Copysign(math.Abs(e)-used, e)
		}
		e = math.Copysign(p.params.Swerve, e)
	}
	x := math.Max(0, way) / l
	return e * (1 + x) * detmath.Exp(-x)
}
