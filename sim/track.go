package sim

import (
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// track is the lane position of the ego's rear axle, tracked from tick to tick
// along lanes of the ego's direction.
type track struct {
	lane road.LaneID
	s, d float64
	base float64 // added to s to get the progress, m
}

// startTrack finds the ego's lane position at the start.
func startTrack(m *road.Map, s *Start, pose geom.Pose) track {
	if s.Pose == nil {
		t := track{lane: s.Lane, s: s.S, d: s.D}
		return t
	}
	t := track{lane: 0}
	t.relocate(m, pose)
	t.base = 0
	return t
}

// follow moves the track to pose. The route selects the branch where branches
// overlap.
func (t *track) follow(m *road.Map, pose geom.Pose, route []road.LaneID) {
	l := &m.Lanes[t.lane]
	t.s, t.d = l.Center.ProjectNear(pose.Pos(), t.s-5, t.s+5)
	if length := l.Center.Length(); t.s >= length && len(l.Next) > 0 {
		t.base += length
		t.enter(m, pickLane(m, l.Next, pose, route), pose)
	} else if t.s < 0 && len(l.Prev) > 0 {
		t.enter(m, pickLane(m, l.Prev, pose, route), pose)
		t.base -= m.Lanes[t.lane].Center.Length()
	}
	t.changeLane(m, pose, route)
	if math.Abs(t.d) > 12 {
		t.relocate(m, pose)
	}
}

// enter puts the track on lane id.
func (t *track) enter(m *road.Map, id road.LaneID, pose geom.Pose) {
	t.lane = id
	t.s, t.d = m.Lanes[id].Center.Project(pose.Pos())
}

// changeLane moves the track to a neighboring lane, or in a junction to another
// branch, when the ego has changed to it. The progress does not jump.
func (t *track) changeLane(m *road.Map, pose geom.Pose, route []road.LaneID) {
	l := &m.Lanes[t.lane]
	to := t.lane
	switch half := l.Width / 2; {
	case t.d > half && l.Left != road.None:
		to = l.Left
	case t.d < -half && l.Right != road.None:
		to = l.Right
	case l.Junction >= 0 && len(l.Prev) > 0 && t.s < l.Center.Length():
		to = t.branch(m, l, pose, route)
	}
	if to == t.lane {
		return
	}
	progress := t.base + t.s
	t.enter(m, to, pose)
	t.base = progress - t.s
}

// branch returns the lane from l's predecessor that fits the pose clearly
// better than l, or l itself.
func (t *track) branch(m *road.Map, l *road.Lane, pose geom.Pose, route []road.LaneID) road.LaneID {
	const clearly = 0.4
	id := pickLane(m, m.Lanes[l.Prev[0]].Next, pose, route)
	if laneCost(m, id, pose, route)+clearly < laneCost(m, l.ID, pose, route) {
		return id
	}
	return l.ID
}

// pickLane returns the lane among ids that fits the pose best; ids is not empty.
func pickLane(m *road.Map, ids []road.LaneID, pose geom.Pose, route []road.LaneID) road.LaneID {
	best, least := ids[0], math.Inf(1)
	if len(ids) == 1 {
		return best
	}
	for _, id := range ids {
		if cost := laneCost(m, id, pose, route); cost < least {
			best, least = id, cost
		}
	}
	return best
}

// laneCost returns the cost of a pose on lane id: its distance in meters plus
// twice its heading difference in radians, minus 0.5 for lanes on the route.
func laneCost(m *road.Map, id road.LaneID, pose geom.Pose, route []road.LaneID) float64 {
	c := &m.Lanes[id].Center
	s, d := c.Project(pose.Pos())
	cost := math.Abs(d) + 2*math.Abs(geom.WrapAngle(pose.Yaw-c.At(s).Yaw))
	for _, r := range route {
		if r == id {
			return cost - 0.5
		}
	}
	return cost
}

// relocate finds the lane that fits the pose best anywhere on the map.
func (t *track) relocate(m *road.Map, pose geom.Pose) {
	progress := t.base + t.s
	if lane, s, d, ok := m.NearestAligned(pose); ok {
		t.lane, t.s, t.d = lane, s, d
	}
	t.base = progress - t.s
}
