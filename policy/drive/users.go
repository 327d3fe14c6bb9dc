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
}

// scan is the nearest road users, nearest first, at a decision.
type scan struct {
	list            [NumUsers]user
	n               int
	sin, cos        float64 // of the ego's heading
	timeToCollision float64 // with a road user ahead, at constant velocities, s; +Inf for none
}

// boxCenter returns the center of an actor's box.
func boxCenter(a *actor.Actor) geom.Vec {
	sin, cos := math.Sincos(a.State.Pose.Yaw)
	r := a.Shape.RearToCenter
	return geom.Vec{X: a.State.Pose.X + cos*r, Y: a.State.Pose.Y + sin*r}
}

// look finds the road users near the ego.
func (n *scan) look(w *sim.World) {
	ego, actors := w.Ego(), w.Actors()
	n.n, n.timeToCollision = 0, math.Inf(1)
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
			n.insert(user{a, n.cos*dx + n.sin*dy, n.cos*dy - n.sin*dx, d})
		}
	}
	n.findCollision(ego)
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

// observe writes RoadUsers.
func (n *scan) observe(dst []float32, ego *actor.Actor, c *course) {
	clear(dst)
	center := c.s + ego.Shape.RearToCenter
	row(dst, ego, 0, 0, 1, 0, ego.State.Speed, 0)
	c.place(dst[firstPlace:], ego, center)
	for i := range n.list[:n.n] {
		u := &n.list[i]
		s := &u.actor.State
		sin, cos := math.Sincos(s.Pose.Yaw - ego.State.Pose.Yaw)
		out := dst[(i+1)*UserValues:]
		row(out, u.actor, u.x, u.y, cos, sin, s.Speed*cos-ego.State.Speed, s.Speed*sin)
		c.place(out[firstPlace:], u.actor, center)
	}
}

// firstPlace is the column of a row at which the place on the route begins.
const firstPlace = UserValues - 4

// place writes the place and the velocity of a road user along the route. ego is the place of
// the ego's box center on the line that it follows.
func (c *course) place(dst []float32, a *actor.Actor, ego float64) {
	l := c.line()
	s, d := l.Project(boxCenter(a), ego-rangeUsers, ego+rangeUsers)
	sin, cos := math.Sincos(a.State.Pose.Yaw - l.At(s).Pose.Yaw)
	dst[0] = clip((s - ego) / rangeUsers)
	dst[1] = clip(d / rangeAside)
	dst[2] = clip(a.State.Speed * cos / rangeSpeed)
	dst[3] = clip(a.State.Speed * sin / rangeSpeed)
}

// row writes the row of a road user but its place on the route.
func row(dst []float32, a *actor.Actor, x, y, cos, sin, vx, vy float64) {
	dst[0] = 1
	dst[1] = clip(x / rangeUsers)
	dst[2] = clip(y / rangeUsers)
	dst[3] = clip(cos)
	dst[4] = clip(sin)
	dst[5] = clip(vx / rangeSpeed)
	dst[6] = clip(vy / rangeSpeed)
	dst[7] = clip(a.Shape.Length / rangeLength)
	dst[8] = clip(a.Shape.Width / rangeWidth)
	dst[9+kindColumn(a.Kind)] = 1
}
