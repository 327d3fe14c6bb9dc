package sim

import (
	"math"
	"slices"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// track is the lane position of the ego's rear axle, tracked from tick to tick
// along lanes of the ego's direction. The route selects the branch where branches
// overlap.
type track struct {
	m     *road.Map     // shared, never changed
	route []road.LaneID // shared, never changed
	lane  road.LaneID
	s, d  float64
	base  float64 // added to s to get the progress, m
}

// startTrack finds the lane position at the start.
func startTrack(m *road.Map, route []road.LaneID, s *Start, pose geom.Pose) track {
	if s.Pose == nil {
		return track{m: m, route: route, lane: s.Lane, s: s.S, d: s.D}
	}
	t := track{m: m, route: route}
	t.relocate(pose)
	t.base = 0
	return t
}

// here returns the current lane.
func (t *track) here() *road.Lane { return &t.m.Lanes[t.lane] }

// follow moves the track to pose.
func (t *track) follow(pose geom.Pose) {
	l := t.here()
	t.s, t.d = l.Center.ProjectNear(pose.Pos(), t.s-5, t.s+5)
	if length := l.Center.Length(); t.s >= length && len(l.Next) > 0 {
		t.base += length
		t.enter(t.pick(l.Next, pose), pose)
	} else if t.s < 0 && len(l.Prev) > 0 {
		t.enter(t.pick(l.Prev, pose), pose)
		t.base -= t.here().Center.Length()
	}
	t.changeLane(pose)
	if math.Abs(t.d) > 12 {
		t.relocate(pose)
	}
}

// enter puts the track on lane id.
func (t *track) enter(id road.LaneID, pose geom.Pose) {
	t.lane = id
	t.s, t.d = t.here().Center.Project(pose.Pos())
}

// changeLane moves the track to a neighboring lane, or in a junction to another
// branch, when the ego has changed to it. The progress does not jump.
func (t *track) changeLane(pose geom.Pose) {
	l := t.here()
	to := t.lane
	switch half := l.Width / 2; {
	case t.d > half && l.Left != road.None:
		to = l.Left
	case t.d < -half && l.Right != road.None:
		to = l.Right
	case l.Junction >= 0 && len(l.Prev) > 0 && t.s < l.Center.Length():
		to = t.branch(l, pose)
	}
	if to == t.lane {
		return
	}
	progress := t.base + t.s
	t.enter(to, pose)
	t.base = progress - t.s
}

// branch returns the lane from l's predecessor that fits the pose clearly
// better than l, or l itself.
func (t *track) branch(l *road.Lane, pose geom.Pose) road.LaneID {
	const clearly = 0.4
	id := t.pick(t.m.Lanes[l.Prev[0]].Next, pose)
	if t.cost(id, pose)+clearly < t.cost(l.ID, pose) {
		return id
	}
	return l.ID
}

// pick returns the lane among ids that fits the pose best; ids is not empty.
func (t *track) pick(ids []road.LaneID, pose geom.Pose) road.LaneID {
	best, least := ids[0], math.Inf(1)
	if len(ids) == 1 {
		return best
	}
	for _, id := range ids {
		if cost := t.cost(id, pose); cost < least {
			best, least = id, cost
		}
	}
	return best
}

// cost returns the cost of a pose on lane id: its distance in meters plus
// twice its heading difference in radians, minus 0.5 for lanes on the route.
func (t *track) cost(id road.LaneID, pose geom.Pose) float64 {
	c := &t.m.Lanes[id].Center
	s, d := c.Project(pose.Pos())
	cost := math.Abs(d) + 2*math.Abs(geom.WrapAngle(pose.Yaw-c.At(s).Yaw))
	if slices.Contains(t.route, id) {
		cost -= 0.5
	}
	return cost
}

// relocate finds the lane that fits the pose best anywhere on the map.
func (t *track) relocate(pose geom.Pose) {
	progress := t.base + t.s
	if lane, s, d, ok := t.m.NearestAligned(pose); ok {
		t.lane, t.s, t.d = lane, s, d
	}
	t.base = progress - t.s
}

// front returns the lane and the arc length of the center of the front of a vehicle with the
// given shape.
func (t *track) front(shape *actor.Shape) (road.LaneID, float64) {
	l, front := t.here(), t.s+shape.RearToCenter+shape.Length/2
	if length := l.Center.Length(); front > length && len(l.Next) > 0 {
		return t.onRoute(l.Next), front - length
	}
	return t.lane, front
}

// onRoute returns the lane in next that is on the route, or else the first.
func (t *track) onRoute(next []road.LaneID) road.LaneID {
	for _, id := range next {
		if slices.Contains(t.route, id) {
			return id
		}
	}
	return next[0]
}

// horizon is the range within which distances from the ego are measured along lanes, m.
const horizon = 400.0

// ahead yields the current lane and the lanes after it, up to the horizon, each with the
// arc length of its start from the start of the current lane.
func (t *track) ahead(yield func(l *road.Lane, passed float64) bool) {
	l := t.here()
	for passed := 0.0; passed < horizon && yield(l, passed) && len(l.Next) > 0; {
		passed += l.Center.Length()
		l = &t.m.Lanes[t.onRoute(l.Next)]
	}
}

// lanePoint is a point in the Frenet frame of the track: s from the start
// of the current lane, d to the left, and the heading of the lane at s.
type lanePoint struct {
	s, d, yaw float64
	ok        bool
}

// maxLaneOffset is the maximum distance of a point from the center of a lane for a
// projection on the lane, m.
const maxLaneOffset = 20.0

// project returns p in the Frenet frame of the current lane and the lanes after it.
func (t *track) project(p geom.Vec) lanePoint {
	for l, passed := range t.ahead {
		s, d := l.Center.Project(p)
		end := s > l.Center.Length() && len(l.Next) == 0
		if s >= 0 && (s <= l.Center.Length() || end) && math.Abs(d) < maxLaneOffset {
			return lanePoint{passed + s, d, l.Center.At(s).Yaw, true}
		}
	}
	return lanePoint{}
}

// behind returns the arc length of p from the start of the current lane; negative
// on the lanes before it.
func (t *track) behind(p geom.Vec) (float64, bool) {
	l := t.here()
	for passed := 0.0; -passed < horizon; {
		s, d := l.Center.Project(p)
		if (s >= 0 || len(l.Prev) == 0) && s <= l.Center.Length() && math.Abs(d) < maxLaneOffset {
			return passed + s, true
		}
		if len(l.Prev) == 0 {
			break
		}
		l = &t.m.Lanes[l.Prev[0]]
		passed -= l.Center.Length()
	}
	return 0, false
}

// crossing finds the crossing of a pedestrian's path, from arc length from on, with the
// track. x is its arc length from the start of the current lane,
// way is the distance that the pedestrian walks to it, and slant is the sine of
// the crossing angle.
func (t *track) crossing(path *geom.Polyline, from float64) (x, way, slant float64, ok bool) {
	const step = 4.0 // m, shorter than the distance across two lanes
	last := t.project(path.At(from).Pos())
	for s := from; s < path.Length(); {
		s = math.Min(s+step, path.Length())
		next := t.project(path.At(s).Pos())
		if last.ok && next.ok && (last.d < 0) != (next.d < 0) {
			return t.bisect(path, from, s-step, s)
		}
		last = next
	}
	return 0, 0, 0, false
}

// bisect finds the crossing in the section lo to hi of a path.
func (t *track) bisect(path *geom.Polyline, from, lo, hi float64) (x, way, slant float64, ok bool) {
	lo = math.Max(lo, from)
	right := t.project(path.At(lo).Pos()).d < 0
	for range 16 {
		mid := (lo + hi) / 2
		at := t.project(path.At(mid).Pos())
		if !at.ok {
			return 0, 0, 0, false
		}
		if (at.d < 0) == right {
			lo = mid
		} else {
			hi = mid
		}
	}
	at := t.project(path.At(lo).Pos())
	return at.s, lo - from, math.Abs(math.Sin(path.At(lo).Yaw - at.yaw)), at.ok
}
