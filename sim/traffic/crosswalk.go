package traffic

import (
	"math"

	"roadloop/sim/geom"
)

// crosswalks holds the pedestrians on or at the crosswalks of the map. It is a snapshot of one
// tick.
type crosswalks struct {
	net    *network // shared and constant
	claims []crosswalkClaim
}

// crosswalkClaim is a pedestrian on a crosswalk or about to step on it.
type crosswalkClaim struct {
	walk int     // index into Map.Crosswalks
	u    float64 // position along the crosswalk's axis, m from A
	dir  float64 // +1 toward B, -1 toward A
}

// update makes the claims of the agents.
func (x *crosswalks) update(agents []agent, env *Env) {
	x.claims = x.claims[:0]
	for i := range agents {
		if agents[i].mode == walking {
			x.claim(&agents[i].walker, env.Actors[i].State.Pose.Pos())
		}
	}
}

// claim records the crosswalks that pedestrian w at p is on or waits at.
func (x *crosswalks) claim(w *walker, p geom.Vec) {
	if w.path == nil || w.held || w.ended() {
		return
	}
	dir := geom.Unit(w.heading())
	if w.pausing > 0 && !x.net.onLane(p) {
		return
	}
	for k := range x.net.m.Crosswalks {
		c := &x.net.m.Crosswalks[k]
		axis := c.B.Sub(c.A)
		length := axis.Norm()
		axis = axis.Scale(1 / length)
		u, off := p.Sub(c.A).Dot(axis), axis.Cross(p.Sub(c.A))
		along := dir.Dot(axis)
		if math.Abs(off) < c.Width/2+0.7 && u > -1.5 && u < length+1.5 && math.Abs(along) > 0.7 {
			x.claims = append(x.claims, crosswalkClaim{k, u, math.Copysign(1, along)})
		}
	}
}

// claimed reports whether a pedestrian on the crosswalk is on a lane of the
// given width, or moves toward it.
func (x *crosswalks) claimed(span *walkSpan, width float64) bool {
	const coming = 4.0 // m from the lane
	for k := range x.claims {
		c := &x.claims[k]
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
