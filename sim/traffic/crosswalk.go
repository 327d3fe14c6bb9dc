package traffic

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// crosswalkClaim is a pedestrian on a crosswalk or about to step on it.
type crosswalkClaim struct {
	walk int     // index into Map.Crosswalks
	u    float64 // position along the crosswalk's axis, m from A
	dir  float64 // +1 toward B, -1 toward A
}

// claim records the crosswalk that pedestrian i is on or waits at.
func (t *Traffic) claim(i int, a *actor.Actor) {
	w := &t.agents[i].pedestrian
	if w.path == nil || w.held || w.ended() {
		return
	}
	p, dir := a.State.Pose.Pos(), geom.Unit(w.heading())
	if w.pausing > 0 && !t.onLane(p) {
		return
	}
	for k := range t.net.m.Crosswalks {
		c := &t.net.m.Crosswalks[k]
		axis := c.B.Sub(c.A)
		length := axis.Norm()
		axis = axis.Scale(1 / length)
		u, off := p.Sub(c.A).Dot(axis), axis.Cross(p.Sub(c.A))
		along := dir.Dot(axis)
		if math.Abs(off) < c.Width/2+0.7 && u > -1.5 && u < length+1.5 && math.Abs(along) > 0.7 {
			t.claims = append(t.claims, crosswalkClaim{k, u, math.Copysign(1, along)})
		}
	}
}

// claimed reports whether a pedestrian on the crosswalk is on a lane of the
// given width, or moves toward it.
func (t *Traffic) claimed(span *walkSpan, width float64) bool {
	const coming = 4.0 // m from the lane
	for k := range t.claims {
		c := &t.claims[k]
		if c.walk != span.walk {
			continue
		}
		left := (span.u - c.u) * c.dir // distance to the center of the lane
		if left > -(width/2+0.6) && left < width/2+coming {
			return true
		}
	}
	return false
}

// waitForGap makes a wary pedestrian stop at the edge of a lane until there is a gap
// in traffic, and then continue, sometimes after a short hesitation.
func (t *Traffic) waitForGap(env *Env, i int) {
	w := &t.agents[i].pedestrian
	if !w.wary || w.path == nil || w.held || w.ended() {
		w.blocked = false
		return
	}
	w.blocked = t.inTheWay(env, w)
	if w.blocked && w.loop && w.v == 0 && w.stream.Chance(turnBack) {
		w.back, w.cleared = !w.back, w.walked
	}
	switch {
	case w.pausing > 0:
	case w.looking:
		far := t.crossingEnd(w)
		if t.gap(env, i, far, t.onCrosswalk(w)) {
			w.looking, w.cleared = false, w.walked+far
		}
	case w.walked >= w.cleared && t.stepsOut(w):
		w.looking = true
		if w.stream.Chance(w.timidity) {
			w.pausing = w.stream.Range(0.3, 1.2)
		}
	}
}

// turnBack is the probability per decision that a pedestrian on a loop turns back at
// a vehicle in its way: after 5 s on average. Without it a driver and a pedestrian
// that block each other would wait forever.
const turnBack = 0.02

// inTheWay reports whether a vehicle covers the pedestrian's next steps, now or
// soon.
func (t *Traffic) inTheWay(env *Env, w *walker) bool {
	at, next := w.ahead(0), w.ahead(w.reach())
	if covers(env.Ego, at, next) {
		return true
	}
	for j := range env.Actors {
		if t.agents[j].mode == driving && covers(&env.Actors[j], at, next) {
			return true
		}
	}
	return false
}

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

// reach returns the pedestrian's look-ahead distance, m: half a meter plus the
// stopping distance.
func (w *walker) reach() float64 { return 0.5 + 0.15*w.v + w.v*w.v/(2*stepUp) }

// stepsOut reports whether the pedestrian's next step leads onto a lane.
func (t *Traffic) stepsOut(w *walker) bool {
	return !t.onLane(w.ahead(0)) && t.onLane(w.ahead(w.reach()))
}

func (t *Traffic) onLane(p geom.Vec) bool {
	t.occ.ids = t.net.m.LanesAt(t.occ.ids[:0], p)
	return len(t.occ.ids) > 0
}

// crossingEnd returns the distance until the pedestrian has left the lanes that
// it is about to step on, at most 30 m.
func (t *Traffic) crossingEnd(w *walker) float64 {
	end := math.Min(30, w.left())
	dist := 0.0
	for dist < math.Min(3, end) && !t.onLane(w.ahead(dist)) {
		dist += 0.3
	}
	for dist < end && t.onLane(w.ahead(dist)) {
		dist += 0.5
	}
	return dist
}

// onCrosswalk reports whether the pedestrian is about to step on a crosswalk.
func (t *Traffic) onCrosswalk(w *walker) bool {
	p := w.ahead(w.reach())
	for k := range t.net.m.Crosswalks {
		c := &t.net.m.Crosswalks[k]
		axis := c.B.Sub(c.A)
		u, off := p.Sub(c.A).Dot(axis)/axis.Norm(), p.Sub(c.A).Cross(axis)/axis.Norm()
		if math.Abs(off) < c.Width/2+0.5 && u > -1 && u < axis.Norm()+1 {
			return true
		}
	}
	return false
}

// gap reports whether pedestrian i can cross the next far meters of its path
// before a vehicle arrives.
func (t *Traffic) gap(env *Env, i int, far float64, zebra bool) bool {
	if !t.leavesGap(i, env.Ego, far, zebra) {
		return false
	}
	for j := range env.Actors {
		if t.agents[j].mode == driving && !t.leavesGap(i, &env.Actors[j], far, zebra) {
			return false
		}
	}
	return true
}

// leavesGap reports whether vehicle a leaves a gap for pedestrian i: it does not
// cross the path, stands, stops in time, or arrives after the pedestrian has
// left its track (pedestrians of Helbing and Molnár with gap acceptance at the
// curb). On a zebra crossing, a vehicle that can stop at 2.5 m/s² is expected to
// stop.
func (t *Traffic) leavesGap(i int, a *actor.Actor, far float64, zebra bool) bool {
	w := &t.agents[i].pedestrian
	v := a.State.Speed
	if v < 0.3 {
		return true
	}
	half, nose := a.Shape.Width/2+0.4, a.Shape.RearToCenter+a.Shape.Length/2
	from := a.State.Pose.ToLocal(w.ahead(0))
	to := a.State.Pose.ToLocal(w.ahead(far))
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
	return dist/v > leaves/w.want+w.margin
}
