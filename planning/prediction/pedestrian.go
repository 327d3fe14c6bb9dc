package prediction

import (
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Weights of the modes of a pedestrian.
const (
	goOn     = 1.0  // constant velocity
	halt     = 0.3  // stop at the curb
	crossing = 0.6  // use a near crosswalk
	stepOut  = 0.12 // start to cross the road without a crosswalk
)

// pedestrianModes appends the modes of a pedestrian.
func (p *Predictor) pedestrianModes(dst []planning.Mode, t *perception.Track) []planning.Mode {
	pos, speed := t.Pose.Pos(), t.Vel.Norm()
	standing := speed < 0.3
	if standing {
		dst = stay(dst, t, goOn)
	} else {
		dst = straightOn(dst, pos, t.Vel, goOn)
	}
	if p.m.Drivable(pos) {
		return dst
	}
	if far, ok := p.crosswalkFor(t); ok {
		dir := far.Sub(pos)
		dst = straightOn(dst, pos, dir.Scale(math.Max(speed, p.params.Walk)/dir.Norm()), crossing)
		return stay(dst, t, halt)
	}
	toward, dist, ok := p.towardRoad(pos)
	switch {
	case !ok:
	case standing && dist < p.params.CurbReach:
		dst = straightOn(dst, pos, toward.Scale(p.params.Walk), stepOut)
	case !standing && t.Vel.Dot(toward) > 0.3*speed:
		dst = p.haltAtCurb(dst, t)
	}
	return dst
}

// straightOn appends the mode of constant velocity.
func straightOn(dst []planning.Mode, pos, vel geom.Vec, weight float64) []planning.Mode {
	dst, mode := extend(dst, weight)
	for i := range mode.Poses {
		q := pos.Add(vel.Scale(after(i)))
		mode.Poses[i] = geom.Pose{X: q.X, Y: q.Y, Yaw: vel.Angle()}
	}
	return dst
}

// haltAtCurb appends the mode of walking on and stopping at the curb.
func (p *Predictor) haltAtCurb(dst []planning.Mode, t *perception.Track) []planning.Mode {
	dst, mode := extend(dst, halt)
	pos := t.Pose.Pos()
	for i := range mode.Poses {
		next := t.Pose.Pos().Add(t.Vel.Scale(after(i)))
		if !p.m.Drivable(next) {
			pos = next
		}
		mode.Poses[i] = geom.Pose{X: pos.X, Y: pos.Y, Yaw: t.Pose.Yaw}
		if p.m.Drivable(next) {
			for j := i + 1; j < planning.Horizon; j++ {
				mode.Poses[j] = mode.Poses[i]
			}
			break
		}
	}
	return dst
}

// crosswalkFor returns the far end of the crosswalk at which a pedestrian waits
// or toward which it walks.
func (p *Predictor) crosswalkFor(t *perception.Track) (far geom.Vec, ok bool) {
	pos := t.Pose.Pos()
	for i := range p.m.Crosswalks {
		cw := &p.m.Crosswalks[i]
		for _, ends := range [2][2]geom.Vec{{cw.A, cw.B}, {cw.B, cw.A}} {
			near, other := ends[0], ends[1]
			to := near.Sub(pos)
			if to.Norm() > cw.Width/2+p.params.CurbReach+1 {
				continue
			}
			// A pedestrian that walks away from it will not cross.
			if t.Vel.Norm() < 0.3 || t.Vel.Dot(other.Sub(pos)) > 0 {
				return other, true
			}
		}
	}
	return geom.Vec{}, false
}

// towardRoad returns the direction and the distance to the edge of the nearest
// lane.
func (p *Predictor) towardRoad(pos geom.Vec) (dir geom.Vec, dist float64, ok bool) {
	id, s, d, ok := p.m.Nearest(pos)
	if !ok || id == road.None {
		return geom.Vec{}, 0, false
	}
	l := &p.m.Lanes[id]
	left := l.Center.At(s).Forward().Left()
	if d > 0 {
		left = left.Scale(-1)
	}
	return left, math.Abs(d) - l.Width/2, true
}
