package traffic

import (
	"math"

	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// shift is a sideways move in the frame of the present lane.
type shift struct {
	active   bool
	from, to float64     // d, m
	share    float64     // of the time gone, 0..1
	over     float64     // s
	lean     float64     // slope at the start times the way, m; see resolve
	left     road.LaneID // the lane that a change of lane leaves, or road.None
}

// changing reports whether c is on its way to another lane.
func (c *car) changing() bool { return c.shift.active && c.shift.left != road.None }

// profile returns the share of the way made good at a share t of the time, with
// the least integral of squared jerk (Flash and Hogan 1985).
func profile(t float64) float64 { return t * t * t * (10 + t*(6*t-15)) }

// steepness is the derivative of profile.
func steepness(t float64) float64 { return 30 * t * t * (1 - t) * (1 - t) }

// leaning is the polynomial of degree five that begins at 0 with slope 1 and ends
// at 0 with slope 0, without curvature at either end; leaningSlope is its derivative.
func leaning(t float64) float64      { return t + t*t*t*(-6+t*(8-3*t)) }
func leaningSlope(t float64) float64 { return 1 + t*t*(-18+t*(32-15*t)) }

// shiftSpeed is the speed below which a sideways move takes longer, in
// proportion, since a vehicle cannot go sideways without going on, m/s.
const shiftSpeed = 8.0

// rate returns the share of the shift made per second at speed v.
func (s *shift) rate(v float64) float64 { return math.Min(1, v/shiftSpeed) / s.over }

// way returns the length of the shift along the road at speed v, m.
func (s *shift) way(v float64) float64 { return math.Max(shiftSpeed, v) * s.over }

// step moves c sideways for one tick.
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
	if s.lean != 0 {
		d += s.lean * leaning(share)
	}
	return d
}

// slope returns the change of d per meter of road at a share of the time and speed v.
func (s *shift) slope(share, v float64) float64 {
	return ((s.to-s.from)*steepness(share) + s.lean*leaningSlope(share)) / s.way(v)
}

// turned returns how far the vehicle is turned against its lane by its shift, rad,
// positive to the left. On a usual shift both axles are on its path.
func (c *car) turned() float64 {
	if c.tight() {
		return c.shift.turned(c.shift.share, c.v, c.wheelbase)
	}
	slow := math.Max(c.v, 0.5)
	ahead := c.shift.at(math.Min(1, c.shift.share+c.shift.rate(slow)*(c.wheelbase/slow)))
	return math.Atan2(ahead-c.d, c.wheelbase)
}

// turned returns how far a vehicle is turned at a share of a tight shift, at speed v:
// along the path of the rear axle at first, so that it does not turn on the spot, and
// with both axles on the path after the length of its wheelbase.
func (s *shift) turned(share, v, wheelbase float64) float64 {
	along := math.Atan(s.slope(share, v))
	axle := wheelbase / s.way(v) // share between the axles
	both := math.Atan2(s.at(math.Min(1, share+axle))-s.at(share), wheelbase)
	return along + (both-along)*math.Min(1, share/axle)
}

// tight reports whether c moves sideways on a tight way; see tightWay.
func (c *car) tight() bool {
	return c.shift.active && !c.staysPut && c.v < shiftSpeed && c.shift.over <= c.tightTime()
}

// begin starts a move to d = to within over seconds.
func (c *car) begin(to, over float64) {
	c.shift = shift{active: true, from: c.d, to: to, over: math.Max(over, 0.5), left: road.None}
}

// Offset makes agent i move to d meters left of the middle of its lane in over
// seconds.
func (t *Traffic) Offset(i int, d, over float64) {
	if t.agents[i].mode == driving {
		t.agents[i].car.begin(d, over)
	}
}

// ChangeLane makes agent i move to the lane to its left (side +1) or right (-1)
// in over seconds, and reports whether there is one. Where there is none, side
// +1 leads onto the adjoining oncoming lane, and -1 back from it.
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

// ChangeTo makes agent i move to the lane to, any number of lanes to the side,
// and reports whether it can be reached so.
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

// moveTo makes lane to the lane of c, and starts the move to its middle.
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
