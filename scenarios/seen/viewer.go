package seen

import (
	"math"
	"slices"

	"roadloop/perception/assign"
	"roadloop/scenarios/record"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// viewer looks at a record from the ego.
type viewer struct {
	log    *record.Log
	walls  []geom.OBB // buildings
	solver assign.Solver
}

func newViewer(log *record.Log) *viewer {
	v := &viewer{log: log}
	for i := range log.Map.Props {
		if p := &log.Map.Props[i]; p.Kind == road.Building {
			v.walls = append(v.walls, geom.OBB{Center: p.Pose.Pos(), Yaw: p.Pose.Yaw, Length: p.Length, Width: p.Width})
		}
	}
	return v
}

// eye returns the middle of the ego.
func (v *viewer) eye(i int) geom.Vec {
	ego := v.log.At(i, actor.Ego)
	return ego.Box().Center
}

// match returns for every actor the index of the track that stands for it at a step, -1
// for none: each within Match, all together as near as can be.
func (v *viewer) match(i int) []int {
	tracks := v.log.Steps[i].Belief.Tracks
	v.solver.Reset(len(v.log.Actors), len(tracks))
	for id := 1; id < len(v.log.Actors); id++ {
		a := v.log.At(i, actor.ID(id))
		middle := a.Box().Center
		for k := range tracks {
			if d := middleOf(&tracks[k]).Dist(middle); d <= Match {
				v.solver.Allow(id, k, d)
			}
		}
	}
	return slices.Clone(v.solver.Solve(10 * Match))
}

// inSight reports whether the way to an actor's middle or to one of its corners is free.
func (v *viewer) inSight(i int, id actor.ID) bool {
	eye := v.eye(i)
	a := v.log.At(i, id)
	box := a.Box()
	between := v.between(i, id, eye, box)
	if len(between) == 0 {
		return true
	}
	corners := box.Corners()
	for _, p := range append(corners[:], box.Center) {
		if !slices.ContainsFunc(between, func(b geom.OBB) bool { return blocks(b, eye, p) }) {
			return true
		}
	}
	return false
}

// between returns the boxes near the line of sight that may hide an actor.
func (v *viewer) between(i int, id actor.ID, eye geom.Vec, box geom.OBB) []geom.OBB {
	var out []geom.OBB
	add := func(b geom.OBB) {
		to := box.Center.Sub(eye)
		way := to.Norm()
		d := b.Center.Sub(eye)
		size := math.Hypot(b.Length, b.Width)/2 + math.Hypot(box.Length, box.Width)/2
		if along := d.Dot(to) / math.Max(way, 1e-9); along > -size && along < way+size && math.Abs(d.Cross(to)) < size*way {
			out = append(out, b)
		}
	}
	height := v.log.Actors[id].Shape.Height
	for other := 1; other < len(v.log.Actors); other++ {
		if actor.ID(other) == id || v.log.Actors[other].Shape.Height < height {
			continue
		}
		b := v.log.At(i, actor.ID(other))
		add(b.Box())
	}
	for _, w := range v.walls {
		add(w)
	}
	return out
}

// blocks reports whether a box is in the way from eye to p.
func blocks(b geom.OBB, eye, p geom.Vec) bool {
	to := p.Sub(eye)
	d, hit := geom.RayOBB(eye, to.Angle(), b)
	return hit && d < to.Norm()-1e-6
}
