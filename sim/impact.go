package sim

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// impactShare returns where on the ego's front walker i would be hit if it set off
// now and the ego kept its present speed, as a share of the ego's width from the
// side that the walker comes from: 0.5 is the middle, below 0 the ego has passed
// before, above 1 the walker is across. It falls while the ego comes nearer. +Inf
// stands for an ego that stands, that has passed, or whose way is not crossed.
//
// This is the synchronization of crossing tests of the Euro NCAP type: the walker
// speeds up evenly, then keeps its speed.
func (w *World) impactShare(i int, a *actor.Actor) float64 {
	x, way, slant, ok := w.waysCross(i)
	if !ok || w.ego.State.Speed < 0.1 {
		return math.Inf(1)
	}
	reach := x - w.track.s - w.ego.Shape.RearToCenter - (w.ego.Shape.Length+a.Shape.Width)/2
	if reach < 0 {
		return math.Inf(1)
	}
	walked := w.traffic.WalksIn(i, reach/w.ego.State.Speed)
	return (walked-way)*slant/w.ego.Shape.Width + 0.5
}

// waysCross finds where the path of walker i crosses the middle of the ego's lane:
// the arc length there from the start of the ego's present lane, the way of the
// walker to it, and the sine of the angle between the two.
func (w *World) waysCross(i int) (x, way, slant float64, ok bool) {
	path, from := w.traffic.WalkPath(i)
	if path == nil {
		return 0, 0, 0, false
	}
	const step = 4.0 // m, shorter than the way from one side of a lane to the other side of its neighbor
	last := w.beside(path.At(from).Pos())
	for s := from; s < path.Length(); {
		s = math.Min(s+step, path.Length())
		next := w.beside(path.At(s).Pos())
		if last.ok && next.ok && (last.d < 0) != (next.d < 0) {
			return w.narrow(path, from, s-step, s)
		}
		last = next
	}
	return 0, 0, 0, false
}

// narrow halves the stretch lo to hi of a path, which crosses the ego's lane, down
// to the crossing.
func (w *World) narrow(path *geom.Polyline, from, lo, hi float64) (x, way, slant float64, ok bool) {
	lo = math.Max(lo, from)
	right := w.beside(path.At(lo).Pos()).d < 0
	for range 16 {
		mid := (lo + hi) / 2
		at := w.beside(path.At(mid).Pos())
		if !at.ok {
			return 0, 0, 0, false
		}
		if (at.d < 0) == right {
			lo = mid
		} else {
			hi = mid
		}
	}
	at := w.beside(path.At(lo).Pos())
	return at.s, lo - from, math.Abs(math.Sin(path.At(lo).Yaw - at.yaw)), at.ok
}

// besidePlace is a point seen from the ego's way: s from the start of its present
// lane, d to its left, and the heading of the way there.
type besidePlace struct {
	s, d, yaw float64
	ok        bool
}

// beside returns where p lies beside the lanes that the ego is on and comes to.
func (w *World) beside(p geom.Vec) besidePlace {
	m := w.spec.Map
	lane, next := w.track.lane, m.Lanes[w.track.lane].Next
	for passed := 0.0; passed < horizon; {
		c := &m.Lanes[lane].Center
		s, d := c.Project(p)
		end := s > c.Length() && len(next) == 0
		if s >= 0 && (s <= c.Length() || end) && math.Abs(d) < besideLane {
			return besidePlace{passed + s, d, c.At(s).Yaw, true}
		}
		if len(next) == 0 {
			break
		}
		passed += c.Length()
		lane = w.onRoute(next)
		next = m.Lanes[lane].Next
	}
	return besidePlace{}
}
