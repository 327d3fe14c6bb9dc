package drive

import (
	"math"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// tooCloseTime is the time to collision below which the ego is too close, s: that of nuPlan.
const tooCloseTime = .95

// user is a road user in the frame of the ego's box center.
type user struct {
	actor    *actor.Actor
	x, y     float64 // of its box center, m
	distance float64 // squared, m²

	// Place and velocity along the route, of its box center: distance ahead of the ego's box
	// center, offset to the left of the route, m; speed along it, and to its left, m/s.
	along, aside, speed, drift float64
	// enters is the time until it is in the ego's way, 0 if it is there; meets that until it
	// touches the ego, both along the route at constant velocities, s, at most rangeTime.
	enters, meets float64
}

// scan is the nearest road users, nearest first, at a decision.
type scan struct {
	list            [NumUsers]user
	n               int
	sin, cos        float64 // of the ego's heading
	timeToCollision float64 // with a road user ahead, at constant velocities, s; +Inf for none

	// The nearest road user ahead in the ego's way along the route: bumper to bumper, m, and
	// its speed along the route, m/s. The gap is +Inf if there is none.
	gap, leadSpeed float64
	meets          float64 // least of all road users
}

// boxCenter returns the center of an actor's box.
func boxCenter(a *actor.Actor) geom.Vec {
	sin, cos := math.Sincos(a.State.Pose.Yaw)
	r := a.Shape.RearToCenter
	return geom.Vec{X: a.State.Pose.X + cos*r, Y: a.State.Pose.Y + sin*r}
}

// look finds the road users near the ego and the first collision. With places it also finds
// what they are to the ego along the route, which only observations need.
func (n *scan) look(w *sim.World, c *course, places bool) {
	n.find(w.Ego(), w.Actors())
	n.findCollision(w.Ego())
	if places {
		n.place(w.Ego(), c)
	}
}

// find finds the actors near the ego.
func (n *scan) find(ego *actor.Actor, actors []actor.Actor) {
	n.n = 0
	n.sin, n.cos = math.Sincos(ego.State.Pose.Yaw)
	r := ego.Shape.RearToCenter
	cx, cy := ego.State.Pose.X+n.cos*r, ego.State.Pose.Y+n.sin*r
	const slack = 10.0 // m, more than the distance from an origin to its box center
	const reach = (rangeUsers + slack) * (rangeUsers + slack)
	for i := range actors {
		a := &actors[i]
		dx, dy := a.State.Pose.X-cx, a.State.Pose.Y-cy
		if dx*dx+dy*dy > reach {
			continue
		}
		if a.Shape.RearToCenter != 0 {
			c := boxCenter(a)
			dx, dy = c.X-cx, c.Y-cy
		}
		if d := dx*dx + dy*dy; d < rangeUsers*rangeUsers {
			n.insert(user{actor: a, x: n.cos*dx + n.sin*dy, y: n.cos*dy - n.sin*dx, distance: d})
		}
	}
}

// insert keeps the list in order of distance; equals keep the order of their IDs.
func (n *scan) insert(u user) {
	at := n.n
	if at == NumUsers {
		if u.distance >= n.list[at-1].distance {
			return
		}
		at--
	} else {
		n.n++
	}
	for at > 0 && n.list[at-1].distance > u.distance {
		n.list[at] = n.list[at-1]
		at--
	}
	n.list[at] = u
}

// findCollision finds the time to the first collision with a road user ahead.
func (n *scan) findCollision(ego *actor.Actor) {
	n.timeToCollision = math.Inf(1)
	v := ego.Velocity()
	speed := ego.State.Speed
	if speed < standsAt {
		return
	}
	box := ego.Box()
	for i := range n.list[:n.n] {
		u := &n.list[i]
		reach := (speed+u.actor.State.Speed)*tooCloseTime + (ego.Shape.Length+u.actor.Shape.Length)/2 + 2
		if u.x < 0 || u.distance > reach*reach {
			continue
		}
		n.timeToCollision = min(n.timeToCollision, geom.TimeToContact(box, v, u.actor.Box(), u.actor.Velocity()))
	}
}

// kindColumn returns the column of a kind among those of kinds.
func kindColumn(k actor.Kind) int {
	switch k {
	case actor.Car, actor.Van:
		return 0
	case actor.Truck, actor.Bus:
		return 1
	case actor.Motorcycle, actor.Cyclist:
		return 2
	case actor.Pedestrian, actor.Child:
		return 3
	}
	return 4
}

// Margins of the ego's way, m.
const (
	wayAside = .4 // beyond the widths
	wayAlong = 1.0
)

// place finds the road users of the list along the route.
func (n *scan) place(ego *actor.Actor, c *course) {
	l, v := c.line(), ego.State.Speed
	center := c.s + ego.Shape.RearToCenter
	n.gap, n.leadSpeed, n.meets = math.Inf(1), 0, rangeTime
	for i := range n.list[:n.n] {
		u := &n.list[i]
		s, d := l.Project(boxCenter(u.actor), center-rangeUsers, center+rangeUsers)
		sin, cos := math.Sincos(u.actor.State.Pose.Yaw - l.At(s).Pose.Yaw)
		u.along, u.aside = s-center, d
		u.speed, u.drift = u.actor.State.Speed*cos, u.actor.State.Speed*sin
		half, side := u.actor.Shape.Length/2, u.actor.Shape.Width/2
		length := ego.Shape.Length/2 + math.Abs(cos)*half + math.Abs(sin)*side
		width := ego.Shape.Width/2 + math.Abs(sin)*half + math.Abs(cos)*side
		if u.along > 0 && math.Abs(d) < width+wayAside && u.along-length < n.gap {
			n.gap, n.leadSpeed = max(0, u.along-length), u.speed
		}
		from, to := within(d, u.drift, width+wayAside)
		first, last := within(u.along, u.speed-v, length+wayAlong)
		u.enters, u.meets = min(from, rangeTime), rangeTime
		if first = max(first, from); first < min(last, to) {
			u.meets = min(first, rangeTime)
		}
		n.meets = min(n.meets, u.meets)
	}
}

// within returns the times, from 0 on, between which |x + v·t| is below a bound; +Inf for
// never.
func within(x, v, bound float64) (from, to float64) {
	if v == 0 {
		if math.Abs(x) < bound {
			return 0, math.Inf(1)
		}
		return math.Inf(1), math.Inf(1)
	}
	from, to = (-bound-x)/v, (bound-x)/v
	if v < 0 {
		from, to = to, from
	}
	if to < 0 {
		return math.Inf(1), math.Inf(1)
	}
	return max(0, from), to
}

// observe writes RoadUsers into rows of a width.
func (n *scan) observe(dst []float32, width int, ego *actor.Actor, c *course) {
	row(dst, &user{actor: ego, aside: c.d, speed: ego.State.Speed * math.Cos(c.heading), drift: ego.State.Speed * math.Sin(c.heading)},
		1, 0, ego.State.Speed, 0)
	for i := range n.list[:n.n] {
		u := &n.list[i]
		s := &u.actor.State
		sin, cos := math.Sincos(s.Pose.Yaw - ego.State.Pose.Yaw)
		row(dst[(i+1)*width:], u, cos, sin, s.Speed*cos-ego.State.Speed, s.Speed*sin)
	}
}

// firstPlace is the column of a row at which the place along the route begins.
const firstPlace = UserValues - 6

// row writes the row of a road user.
func row(dst []float32, u *user, cos, sin, vx, vy float64) {
	dst[0] = 1
	dst[1] = clip(u.x / rangeUsers)
	dst[2] = clip(u.y / rangeUsers)
	dst[3] = clip(cos)
	dst[4] = clip(sin)
	dst[5] = clip(vx / rangeSpeed)
	dst[6] = clip(vy / rangeSpeed)
	dst[7] = clip(u.actor.Shape.Length / rangeLength)
	dst[8] = clip(u.actor.Shape.Width / rangeWidth)
	dst[9+kindColumn(u.actor.Kind)] = 1
	at := dst[firstPlace:]
	at[0] = clip(u.along / rangeUsers)
	at[1] = clip(u.aside / rangeAside)
	at[2] = clip(u.speed / rangeSpeed)
	at[3] = clip(u.drift / rangeSpeed)
	at[4] = clip(u.enters / rangeTime)
	at[5] = clip(u.meets / rangeTime)
}
