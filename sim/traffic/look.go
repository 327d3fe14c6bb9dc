package traffic

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// claim is someone on foot on a crosswalk or about to step on it.
type claim struct {
	walk int     // index into Map.Crosswalks
	u    float64 // where, m from the crosswalk's A along its axis
	dir  float64 // +1 toward B, -1 toward A
}

// claim notes the crosswalk that walker i is on or waits at.
func (t *Traffic) claim(i int, a *actor.Actor) {
	w := &t.agents[i].foot
	if w.path == nil || w.held || w.ended() {
		return
	}
	p, dir := a.State.Pose.Pos(), geom.Unit(w.heading())
	for k := range t.net.m.Crosswalks {
		c := &t.net.m.Crosswalks[k]
		axis := c.B.Sub(c.A)
		length := axis.Norm()
		axis = axis.Scale(1 / length)
		u, off := p.Sub(c.A).Dot(axis), axis.Cross(p.Sub(c.A))
		along := dir.Dot(axis)
		if math.Abs(off) < c.Width/2+0.7 && u > -1.5 && u < length+1.5 && math.Abs(along) > 0.7 {
			t.claims = append(t.claims, claim{k, u, math.Copysign(1, along)})
		}
	}
}

// claimed reports whether someone on foot is on the crosswalk where a lane of
// the given width crosses it, or comes toward it.
func (t *Traffic) claimed(span *walkSpan, width float64) bool {
	const coming = 4.0 // m from the lane
	for k := range t.claims {
		c := &t.claims[k]
		if c.walk != span.walk {
			continue
		}
		left := (span.u - c.u) * c.dir // way to the middle of the lane
		if left > -(width/2+0.6) && left < width/2+coming {
			return true
		}
	}
	return false
}

// look makes a wary walker stop at the edge of a lane until the traffic leaves a
// gap, and go on once it does.
func (t *Traffic) look(env *Env, i int) {
	w := &t.agents[i].foot
	if !w.wary || w.path == nil || w.held || w.ended() || w.back {
		return
	}
	if !w.looking && (w.s < w.cleared || !t.stepsOut(w)) {
		return
	}
	far := t.crossingEnd(w)
	zebra := t.onCrosswalk(i)
	if !t.gap(env, i, far-w.s, zebra) {
		w.looking = true
		return
	}
	if w.looking || w.s >= w.cleared {
		w.looking = false
		w.cleared = far
		if w.stream.Chance(w.timidity) {
			w.pausing = w.stream.Range(0.3, 1.2)
		}
	}
}

// stepsOut reports whether the walker's next step leads onto a lane.
func (t *Traffic) stepsOut(w *walker) bool {
	const step = 0.6
	return !t.onLane(w.path.At(w.s).Pos()) && t.onLane(w.path.At(w.s+step).Pos())
}

func (t *Traffic) onLane(p geom.Vec) bool {
	t.occ.near = t.net.lanesNear(t.occ.near[:0], p, 0)
	return len(t.occ.near) > 0
}

// crossingEnd returns how far along its path the walker is past the lanes that
// it is about to step on, at most 30 m on.
func (t *Traffic) crossingEnd(w *walker) float64 {
	s := w.s + 0.6
	for s < w.s+30 && s < w.path.Length() && t.onLane(w.path.At(s).Pos()) {
		s += 0.5
	}
	return s
}

// onCrosswalk reports whether walker i waits at a crosswalk.
func (t *Traffic) onCrosswalk(i int) bool {
	w := &t.agents[i].foot
	p := w.path.At(w.s + 0.6).Pos()
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

// gap reports whether walker i can cross the next far meters of its path before
// any vehicle reaches it.
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

// leavesGap reports whether vehicle a lets walker i cross: it does not come
// across the path, stands, stops in time, or arrives after the walker has left
// its track (Helbing and Molnár's walkers with the gap acceptance of a curb). On
// a zebra crossing a vehicle that can stop with 2.5 m/s² is trusted to.
func (t *Traffic) leavesGap(i int, a *actor.Actor, far float64, zebra bool) bool {
	w := &t.agents[i].foot
	v := a.State.Speed
	if v < 0.3 {
		return true
	}
	half, nose := a.Shape.Width/2+0.4, a.Shape.RearToCenter+a.Shape.Length/2
	from := a.State.Pose.ToLocal(w.path.At(w.s).Pos())
	to := a.State.Pose.ToLocal(w.path.At(w.s + far).Pos())
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
	leaves := far // way until the walker is off the vehicle's track
	if from.Y != to.Y {
		leaves = far * math.Min(1, (math.Abs(from.Y)+half)/math.Abs(to.Y-from.Y))
	}
	if zebra && v*v < 2*2.5*(dist-1) {
		return true
	}
	return dist/v > leaves/w.want+w.margin
}
