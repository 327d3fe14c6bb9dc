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

// changing reports whether c is in a lane change.
func (c *car) changing() bool { return c.shift.active && c.shift.left != road.None }

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
	return c.shift.active && !c.keepsLane && c.v < shiftSpeed && c.shift.over <= c.tightTime()
}

// begin starts a move to d = to within over seconds.
func (c *car) begin(to, over float64) {
	c.shift = shift{active: true, from: c.d, to: to, over: math.Max(over, 0.5), left: road.None}
}

// Offset makes agent i move to d meters left of its lane's center line in over
// seconds.
func (t *Traffic) Offset(i int, d, over float64) {
	if t.agents[i].mode == driving {
		t.agents[i].car.begin(d, over)
	}
}

// ChangeLane makes agent i move to the lane to its left (side +1) or right (-1)
// in over seconds, and reports whether there is one. If there is none, side +1
// leads to the adjacent oncoming lane, and -1 back from it.
func (t *Traffic) ChangeLane(i, side int, over float64, now clock.Tick) bool {
	if t.agents[i].mode != driving {
		return false
	}
	c := &t.agents[i].car
	l := &t.net.m.Lanes[c.path[0]]
	to := l.Right
	if side > 0 {
		to = l.Left
	}
	switch {
	case side < 0 && c.shift.to > l.Width/2:
		c.begin(0, over)
	case to != road.None:
		t.moveTo(c, to, over, now)
	case side > 0 && l.Opposite != road.None:
		c.begin((l.Width+t.net.m.Lanes[l.Opposite].Width)/2, over)
	default:
		return false
	}
	return true
}

// ChangeTo makes agent i move to the parallel lane to, over any number of
// lanes, and reports whether that lane exists.
func (t *Traffic) ChangeTo(i int, to road.LaneID, over float64, now clock.Tick) bool {
	if t.agents[i].mode != driving {
		return false
	}
	c := &t.agents[i].car
	for _, side := range [2]func(*road.Lane) road.LaneID{leftOf, rightOf} {
		for id := c.path[0]; id != road.None; id = side(&t.net.m.Lanes[id]) {
			if id == to && id != c.path[0] {
				t.moveTo(c, to, over, now)
				return true
			}
		}
	}
	return false
}

func leftOf(l *road.Lane) road.LaneID  { return l.Left }
func rightOf(l *road.Lane) road.LaneID { return l.Right }

// moveTo makes to the current lane of c and begins the move to its center line.
func (t *Traffic) moveTo(c *car, to road.LaneID, over float64, now clock.Tick) {
	rear := t.net.m.Lanes[c.path[0]].Center.Offset(c.s, c.d).Pos()
	c.s, c.d = t.net.m.Lanes[to].Center.Project(rear)
	c.prev = road.None
	c.lastChange = now
	leaves := c.path[0]
	c.routeAt = c.route.before(c.routeAt, leaves)
	t.net.startPath(c, to)
	c.begin(0, over)
	c.shift.left = leaves
}
