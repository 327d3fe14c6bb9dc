package traffic

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// pedestrian is the decision of a pedestrian at one tick.
type pedestrian struct {
	*walker
	net    *network
	env    *Env
	agents []agent
}

// decide makes a wary pedestrian stop at the edge of a lane until there is a gap
// in traffic, and then continue, sometimes after a short hesitation.
func (p *pedestrian) decide() {
	if !p.wary || p.path == nil || p.held || p.ended() {
		p.blocked = false
		return
	}
	at, next := p.ahead(0), p.ahead(p.reach())
	p.blocked = p.anyVehicle(func(a *actor.Actor) bool { return covers(a, at, next) })
	if p.blocked && p.loop && p.v == 0 && p.stream.Chance(turnBack) {
		p.back, p.cleared = !p.back, p.walked
	}
	switch {
	case p.pausing > 0:
	case p.looking:
		far, zebra := p.crossingEnd(), p.atCrosswalk()
		if !p.anyVehicle(func(a *actor.Actor) bool { return !p.leavesGap(a, far, zebra) }) {
			p.looking, p.cleared = false, p.walked+far
		}
	case p.walked >= p.cleared && p.stepsOut():
		p.looking = true
		if p.stream.Chance(p.timidity) {
			p.pausing = p.stream.Range(0.3, 1.2)
		}
	}
}

// anyVehicle reports whether the ego or the vehicle of a driver has the given property.
func (p *pedestrian) anyVehicle(has func(*actor.Actor) bool) bool {
	if has(p.env.Ego) {
		return true
	}
	for j := range p.env.Actors {
		if p.agents[j].mode == driving && has(&p.env.Actors[j]) {
			return true
		}
	}
	return false
}

// turnBack is the probability per decision that a pedestrian on a loop turns back at
// a vehicle in its way: after 5 s on average. Without it a driver and a pedestrian
// that block each other would wait forever.
const turnBack = 0.02

// covers reports whether next is within half a stride of the area that vehicle a
// covers in the next 0.8 s. It returns false if at is in that area already: such
// a pedestrian should not stop.
func covers(a *actor.Actor, at, next geom.Vec) bool {
	const room, moment = 0.6, 0.8 // m, s
	d := a.State.Pose.Pos().Sub(next)
	way := moment * a.State.Speed
	reach := a.Shape.Length + a.Shape.Width + way
	if d.Dot(d) > reach*reach {
		return false
	}
	b := a.Box()
	b.Center = b.Center.Add(geom.Unit(b.Yaw).Scale(way / 2))
	b.Length += way
	return b.Inflate(room, room).Contains(next) && !b.Contains(at)
}

// stepsOut reports whether the pedestrian's next step leads onto a lane.
func (p *pedestrian) stepsOut() bool {
	return !p.net.onLane(p.ahead(0)) && p.net.onLane(p.ahead(p.reach()))
}

// crossingEnd returns the distance until the pedestrian has left the lanes that
// it is about to step on, at most 30 m.
func (p *pedestrian) crossingEnd() float64 {
	end := math.Min(30, p.left())
	dist := 0.0
	for dist < math.Min(3, end) && !p.net.onLane(p.ahead(dist)) {
		dist += 0.3
	}
	for dist < end && p.net.onLane(p.ahead(dist)) {
		dist += 0.5
	}
	return dist
}

// atCrosswalk reports whether the pedestrian is about to step on a crosswalk.
func (p *pedestrian) atCrosswalk() bool {
	next := p.ahead(p.reach())
	for k := range p.net.m.Crosswalks {
		c := &p.net.m.Crosswalks[k]
		axis := c.B.Sub(c.A)
		u, off := next.Sub(c.A).Dot(axis)/axis.Norm(), next.Sub(c.A).Cross(axis)/axis.Norm()
		if math.Abs(off) < c.Width/2+0.5 && u > -1 && u < axis.Norm()+1 {
			return true
		}
	}
	return false
}

// leavesGap reports whether vehicle a leaves a gap for the pedestrian to cross the
// next far meters: it does not cross the path, stands, stops in time, or arrives after the
// pedestrian has left its track (pedestrians of Helbing and Molnár with gap acceptance at
// the curb). On a zebra crossing, a vehicle that can stop at 2.5 m/s² is expected to stop.
func (p *pedestrian) leavesGap(a *actor.Actor, far float64, zebra bool) bool {
	v := a.State.Speed
	if v < 0.3 {
		return true
	}
	half, nose := a.Shape.Width/2+0.4, a.Shape.RearToCenter+a.Shape.Length/2
	from := a.State.Pose.ToLocal(p.ahead(0))
	to := a.State.Pose.ToLocal(p.ahead(far))
	if math.Max(from.Y, to.Y) < -half || math.Min(from.Y, to.Y) > half {
		return true
	}
	mid := from.X
	if from.Y != to.Y {
		mid = from.X + (to.X-from.X)*math.Max(0, math.Min(1, from.Y/(from.Y-to.Y)))
	}
	dist := mid - nose
	if dist < -a.Shape.Length-0.5 {
		return true
	}
	leaves := far // distance until the pedestrian is off the vehicle's track
	if from.Y != to.Y {
		leaves = far * math.Min(1, (math.Abs(from.Y)+half)/math.Abs(to.Y-from.Y))
	}
	if zebra && v*v < 2*2.5*(dist-1) {
		return true
	}
	return dist/v > leaves/p.want+p.margin
}
