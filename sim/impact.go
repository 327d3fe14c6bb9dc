package sim

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// impactShare returns the impact point of pedestrian i on the ego's front, if the
// pedestrian started now and the ego kept its speed. The unit is the ego's width,
// measured from the side that the pedestrian comes from: 0.5 is the center, below
// 0 the ego passes first, above 1 the pedestrian is already across. The value
// falls while the ego approaches. It is +Inf if the ego stands, has passed, or if
// the paths do not cross.
//
// This is the synchronization of Euro NCAP crossing tests: the pedestrian
// accelerates constantly, then keeps its speed.
func (w *World) impactShare(i int, a *actor.Actor) float64 {
	x, way, slant, ok := w.pathsCross(i)
	if !ok || w.ego.State.Speed < 0.1 {
		return math.Inf(1)
	}
	reach := x - w.track.s - w.ego.Shape.RearToCenter - (w.ego.Shape.Length+a.Shape.Width)/2
	if reach < 0 {
		return math.Inf(1)
	}
	walked := w.traffic.WalkDistance(i, reach/w.ego.State.Speed)
	return (walked-way)*slant/w.ego.Shape.Width + 0.5
}

// pathsCross finds the crossing of the path of pedestrian i with the center line
// of the ego's lane. x is its arc length from the start of the ego's current lane,
// way is the distance that the pedestrian walks to it, and slant is the sine of
// the crossing angle.
func (w *World) pathsCross(i int) (x, way, slant float64, ok bool) {
	path, from := w.traffic.WalkPath(i)
	if path == nil {
		return 0, 0, 0, false
	}
	const step = 4.0 // m, shorter than the distance across two lanes
	last := w.onEgoLanes(path.At(from).Pos())
	for s := from; s < path.Length(); {
		s = math.Min(s+step, path.Length())
		next := w.onEgoLanes(path.At(s).Pos())
		if last.ok && next.ok && (last.d < 0) != (next.d < 0) {
			return w.bisect(path, from, s-step, s)
		}
		last = next
	}
	return 0, 0, 0, false
}

// bisect finds the crossing with the ego's lane in the section lo to hi of a path.
func (w *World) bisect(path *geom.Polyline, from, lo, hi float64) (x, way, slant float64, ok bool) {
	lo = math.Max(lo, from)
	right := w.onEgoLanes(path.At(lo).Pos()).d < 0
	for range 16 {
		mid := (lo + hi) / 2
		at := w.onEgoLanes(path.At(mid).Pos())
		if !at.ok {
			return 0, 0, 0, false
		}
		if (at.d < 0) == right {
			lo = mid
		} else {
			hi = mid
		}
	}
	at := w.onEgoLanes(path.At(lo).Pos())
	return at.s, lo - from, math.Abs(math.Sin(path.At(lo).Yaw - at.yaw)), at.ok
}

// lanePoint is a point in the Frenet frame of the ego's lanes: s from the start
// of the current lane, d to the left, and the heading of the lane at s.
type lanePoint struct {
	s, d, yaw float64
	ok        bool
}

// onEgoLanes returns p in the Frenet frame of the ego's current lane and the lanes after
// it.
func (w *World) onEgoLanes(p geom.Vec) lanePoint {
	m := w.spec.Map
	lane, next := w.track.lane, m.Lanes[w.track.lane].Next
	for passed := 0.0; passed < horizon; {
		c := &m.Lanes[lane].Center
		s, d := c.Project(p)
		end := s > c.Length() && len(next) == 0
		if s >= 0 && (s <= c.Length() || end) && math.Abs(d) < maxLaneOffset {
			return lanePoint{passed + s, d, c.At(s).Yaw, true}
		}
		if len(next) == 0 {
			break
		}
		passed += c.Length()
		lane = w.onRoute(next)
		next = m.Lanes[lane].Next
	}
	return lanePoint{}
}
