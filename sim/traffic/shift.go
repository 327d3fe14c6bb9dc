package traffic

import (
	"math"

	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// shift is a lateral move in the frame of the current lane.
type shift struct {
	active     bool
	from, to   float64     // d, m
	share      float64     // elapsed share of the time, 0..1
	over       float64     // s
	startSlope float64     // slope at the start times the length, m; see resolve
	left       road.LaneID // the lane that a lane change leaves, or road.None
}

// changing reports whether the shift is a lane change.
func (s *shift) changing() bool { return s.active && s.left != road.None }

// leaving reports whether c changes from a neighboring lane.
func (c *car) leaving() bool {
	return c.shift.changing() && c.net.areNeighbors(c.lanes[0], c.shift.left)
}

// profile is the minimum-jerk profile (Flash and Hogan 1985): the share of the
// distance covered at the share t of the time.
func profile(t float64) float64 { return t * t * t * (10 + t*(6*t-15)) }

// profileRate is the derivative of profile.
func profileRate(t float64) float64 { return 30 * t * t * (1 - t) * (1 - t) }

// quintic is the polynomial of degree five with value 0 at both ends, slope 1 at the
// start and 0 at the end, and zero curvature at both ends; leaningSlope is its
// derivative.
func quintic(t float64) float64     { return t + t*t*t*(-6+t*(8-3*t)) }
func quinticRate(t float64) float64 { return 1 + t*t*(-18+t*(32-15*t)) }

// shiftSpeed is the speed below which a lateral move takes proportionally
// longer, since a vehicle cannot move laterally without moving forward, m/s.
const shiftSpeed = 8.0

// rate returns the progress of the shift per second at speed v.
func (s *shift) rate(v float64) float64 { return math.Min(1, v/shiftSpeed) / s.over }

// way returns the length of the shift along the road at speed v, m.
func (s *shift) way(v float64) float64 { return math.Max(shiftSpeed, v) * s.over }

// step advances the lateral move of c by one tick.
func (c *car) step() {
	s := &c.shift
	if !s.active {
		return
	}
	s.share = math.Min(1, s.share+s.rate(c.v)*clock.Step)
	c.d = s.at(s.share)
	s.active = s.share < 1
}

// at returns d at a share of the time.
func (s *shift) at(share float64) float64 {
	d := s.from + (s.to-s.from)*profile(share)
	if s.startSlope != 0 {
		d += s.startSlope * quintic(share)
	}
	return d
}

// slope returns the change of d per meter of road at a share of the time and speed v.
func (s *shift) slope(share, v float64) float64 {
	return ((s.to-s.from)*profileRate(share) + s.startSlope*quinticRate(share)) / s.way(v)
}

// turned returns the heading of the vehicle relative to its lane during a shift,
// rad, positive to the left. On a normal shift both axles are on the path.
func (c *car) turned() float64 {
	if c.tight() {
		return c.shift.turned(c.shift.share, c.v, c.wheelbase)
	}
	slow := math.Max(c.v, 0.5)
	ahead := c.shift.at(math.Min(1, c.shift.share+c.shift.rate(slow)*(c.wheelbase/slow)))
	return math.Atan2(ahead-c.d, c.wheelbase)
}

// turned returns the relative heading at a share of a tight shift, at speed v. At
// first the vehicle is tangent to the path of the rear axle, so that it does not turn
// on the spot; after one wheelbase both axles are on the path.
func (s *shift) turned(share, v, wheelbase float64) float64 {
	along := math.Atan(s.slope(share, v))
	axle := wheelbase / s.way(v) // share between the axles
	both := math.Atan2(s.at(math.Min(1, share+axle))-s.at(share), wheelbase)
	return along + (both-along)*math.Min(1, share/axle)
}

// tight reports whether c is in a tight shift; see tightWay.
func (c *car) tight() bool {
	return c.shift.active && !c.neverPasses && c.v < shiftSpeed && c.shift.over <= c.tightTime()
}

// begin starts a move to d = to within over seconds.
func (c *car) begin(to, over float64) {
	c.shift = shift{active: true, from: c.d, to: to, over: math.Max(over, 0.5), left: road.None}
}

// tightWay is the shortest length of a lane change of c at walking speed, m. The
// turning radius is then 5 m for a car of 2.4 m wheelbase and 14 m for a bus of 7 m
// wheelbase, since the maximum curvature of the profile is 5.8 times its width over
// its length squared.
func (c *car) tightWay() float64 { return 7 + 1.4*c.wheelbase }

// tightTime is the shift duration that gives a length of tightWay below shiftSpeed, s.
func (c *car) tightTime() float64 { return c.tightWay() / shiftSpeed }

// tightSpeed is the maximum speed of a tight lane change, m/s: the lateral
// acceleration stays near 3 m/s².
const tightSpeed = 3.5

// tightShift returns a tight shift to d = to with an initial heading of turned relative
// to the lane, rad.
func (c *car) tightShift(to, turned float64) shift {
	return shift{active: true, from: c.d, to: to, over: c.tightTime(), left: road.None,
		startSlope: math.Tan(turned) * c.tightWay()}
}

// moveTo makes to the current lane of c and begins the move to its center line.
func (c *car) moveTo(to road.LaneID, over float64, now clock.Tick) {
	leaves := c.here()
	c.s, c.d = c.net.lanes[to].Center.Project(leaves.Center.Offset(c.s, c.d).Pos())
	c.lastChange = now
	c.switchTo(to)
	c.begin(0, over)
	c.shift.left = leaves.ID
}
