package metrics

import (
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// egoView computes visibility and track matches from the ego's position.
type egoView struct {
	log       *DriveLog
	buildings []geom.OBB
	solver    perception.Assignment
	step      int        // of boxes
	boxes     []geom.OBB // of all actors
}

func newEgoView(log *DriveLog) *egoView {
	v := &egoView{log: log, step: -1}
	for i := range log.Map.Props {
		if p := &log.Map.Props[i]; p.Kind == road.Building {
			v.buildings = append(v.buildings, p.Box())
		}
	}
	return v
}

// box returns the box of an actor at a step.
func (v *egoView) box(i int, id actor.ID) *geom.OBB {
	if v.step != i {
		v.step, v.boxes = i, v.boxes[:0]
		for other := range v.log.Actors {
			a := v.log.At(i, actor.ID(other))
			v.boxes = append(v.boxes, a.Box())
		}
	}
	return &v.boxes[id]
}

// egoCenter returns the center of the ego's box.
func (v *egoView) egoCenter(i int) geom.Vec { return v.box(i, actor.Ego).Center }

// match returns for every actor the index of its track at a step, -1 for none. It is
// the assignment with the smallest total distance in which every distance is at most
// MaxMatchDistance.
func (v *egoView) match(i int) []int {
	tracks := v.log.Steps[i].Belief.Tracks
	v.solver.Reset(len(v.log.Actors), len(tracks))
	for id := 1; id < len(v.log.Actors); id++ {
		middle := v.box(i, actor.ID(id)).Center
		for k := range tracks {
			if d := tracks[k].Pose.Pos().Dist(middle); d <= maxMatchDistance {
				v.solver.Allow(id, k, d)
			}
		}
	}
	return slices.Clone(v.solver.Solve(10 * maxMatchDistance))
}

// inSight reports whether the line of sight to an actor's center or to one of its
// corners is free.
func (v *egoView) inSight(i int, id actor.ID) bool {
	from := v.egoCenter(i)
	box := *v.box(i, id)
	between := v.between(i, id, from, box)
	if len(between) == 0 {
		return true
	}
	corners := box.Corners()
	for _, p := range append(corners[:], box.Center) {
		if !slices.ContainsFunc(between, func(b geom.OBB) bool { return hides(b, from, p) }) {
			return true
		}
	}
	return false
}

// between returns the boxes near the line of sight that may hide an actor: those at
// least as tall.
func (v *egoView) between(i int, id actor.ID, from geom.Vec, box geom.OBB) []geom.OBB {
	var out []geom.OBB
	to := box.Center.Sub(from)
	way, own := to.Norm(), box.Length+box.Width // no less than the diagonals
	add := func(b *geom.OBB) {
		d := b.Center.Sub(from)
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
	for k := range v.buildings {
		add(&v.buildings[k])
	}
	return out
}

// hides reports whether a box intersects the line of sight to p.
func hides(b geom.OBB, from, p geom.Vec) bool {
	to := p.Sub(from)
	d, hit := geom.RayOBB(from, to.Angle(), b)
	return hit && d < to.Norm()-1e-6
}
