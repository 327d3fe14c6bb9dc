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
	step   int        // that boxes are of
	boxes  []geom.OBB // of all actors
}

func newViewer(log *record.Log) *viewer {
	v := &viewer{log: log, step: -1}
	for i := range log.Map.Props {
		if p := &log.Map.Props[i]; p.Kind == road.Building {
			v.walls = append(v.walls, geom.OBB{Center: p.Pose.Pos(), Yaw: p.Pose.Yaw, Length: p.Length, Width: p.Width})
		}
	}
	return v
}

// box returns the box of an actor at a step.
func (v *viewer) box(i int, id actor.ID) *geom.OBB {
	if v.step != i {
		v.step, v.boxes = i, v.boxes[:0]
		for other := range v.log.Actors {
			a := v.log.At(i, actor.ID(other))
			v.boxes = append(v.boxes, a.Box())
		}
	}
	return &v.boxes[id]
}

// eye returns the middle of the ego.
func (v *viewer) eye(i int) geom.Vec { return v.box(i, actor.Ego).Center }

// match returns for every actor the index of the track that stands for it at a step, -1
// for none: each within Match, all together as near as can be.
func (v *viewer) match(i int) []int {
	tracks := v.log.Steps[i].Belief.Tracks
	v.solver.Reset(len(v.log.Actors), len(tracks))
	for id := 1; id < len(v.log.Actors); id++ {
		middle := v.box(i, actor.ID(id)).Center
		for k := range tracks {
			if d := tracks[k].Pose.Pos().Dist(middle); d <= Match {
				v.solver.Allow(id, k, d)
			}
		}
	}
	return slices.Clone(v.solver.Solve(10 * Match))
}

// inSight reports whether the way to an actor's middle or to one of its corners is free.
func (v *viewer) inSight(i int, id actor.ID) bool {
	eye := v.eye(i)
	box := *v.box(i, id)
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

// between returns the boxes near the line of sight that may hide an actor: those at
// least as tall.
func (v *viewer) between(i int, id actor.ID, eye geom.Vec, box geom.OBB) []geom.OBB {
	var out []geom.OBB
	to := box.Center.Sub(eye)
	way, own := to.Norm(), box.Length+box.Width // no less than the diagonals
	add := func(b *geom.OBB) {
		d := b.Center.Sub(eye)
		size := (b.Length + b.Width + own) / 2
		if along := d.Dot(to); along > -size*way && along < (way+size)*way && math.Abs(d.Cross(to)) < size*way {
			out = append(out, *b)
		}
	}
	height := v.log.Actors[id].Shape.Height
	for other := 1; other < len(v.log.Actors); other++ {
		if actor.ID(other) != id && v.log.Actors[other].Shape.Height >= height {
			add(v.box(i, actor.ID(other)))
		}
	}
	for k := range v.walls {
		add(&v.walls[k])
	}
	return out
}

// blocks reports whether a box is in the way from eye to p.
func blocks(b geom.OBB, eye, p geom.Vec) bool {
	to := p.Sub(eye)
	d, hit := geom.RayOBB(eye, to.Angle(), b)
	return hit && d < to.Norm()-1e-6
}
