package label

import (
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Boundary is a boundary of the ego lane or of an adjacent lane.
type Boundary uint8

// Boundaries from left to right.
const (
	FarLeft Boundary = iota
	Left
	Right
	FarRight
	NumBoundaries = iota
)

const (
	laneAhead = 50.0 // length of the boundaries, m; beyond, a pixel spans several meters
	laneStep  = 0.5  // m
)

// Lanes returns the lane boundaries around a pose on the map, in the frame of the
// pose, from the pose forward: the boundaries of the ego lane and of the adjacent
// lanes, up to the point where the road does not continue straight. Across a
// junction they continue to the boundaries of the road behind it, as a human
// annotator would draw them. A boundary that does not exist is empty. ok is false
// while the vehicle turns in a junction, and off the map.
func (l *Labeler) Lanes(m *road.Map, ego geom.Pose) (out [NumBoundaries][]geom.Vec, ok bool) {
	id, s, _, ok := m.NearestAligned(ego)
	if !ok {
		return out, false
	}
	o, ok := offsets(m, id)
	if !ok {
		return out, false
	}
	for ahead := 0.0; ok && ahead < laneAhead; {
		lane := &m.Lanes[id]
		length := lane.Center.Length()
		for ; s < length && ahead < laneAhead; s, ahead = s+laneStep, ahead+laneStep {
			for b, d := range o {
				if d.exists {
					out[b] = append(out[b], ego.ToLocal(lane.Center.Offset(s, d.left).Pos()))
				}
			}
		}
		if id, ok = straightOn(m, lane); ok && m.Lanes[id].Junction < 0 {
			o, ok = offsets(m, id)
		}
		s -= length
	}
	return out, true
}

// UnpaintedSection returns the section of the road straight ahead of a pose in which the next
// junction leaves boundaries unpainted, in m from the pose; from equals to if no
// junction is near.
func (l *Labeler) UnpaintedSection(m *road.Map, ego geom.Pose) (from, to float64) {
	id, s, _, ok := m.NearestAligned(ego)
	for ahead := -s; ok && ahead < laneAhead; {
		lane := &m.Lanes[id]
		end := ahead + lane.Center.Length()
		if lane.Junction >= 0 {
			return max(ahead, 0), end
		}
		ahead = end
		id, ok = straightOn(m, lane)
	}
	return 0, 0
}

// UnpaintedBoundaries returns which of the boundaries around a pose exist on the map only,
// without paint along the vehicle's lane, or along the next lane if the vehicle is
// in a junction.
func (l *Labeler) UnpaintedBoundaries(m *road.Map, ego geom.Pose) (out [NumBoundaries]bool) {
	id, _, _, ok := m.NearestAligned(ego)
	if !ok {
		return out
	}
	o, ok := offsets(m, id)
	for b := range o {
		out[b] = ok && o[b].exists && o[b].mark == road.MarkNone
	}
	return out
}

// offset is the distance of a boundary to the left of a lane's center line, and
// its marking.
type offset struct {
	left   float64
	exists bool
	mark   road.MarkKind
}

// offsets returns the offsets of the boundaries of a lane. For a lane that
// crosses a junction, they are those of the lane behind it. ok is false for a
// lane that turns.
func offsets(m *road.Map, id road.LaneID) (o [NumBoundaries]offset, ok bool) {
	l := &m.Lanes[id]
	if l.Junction >= 0 {
		if l.Turn != road.Straight {
			return o, false
		}
		if id, ok = straightOn(m, l); !ok {
			return o, false
		}
		l = &m.Lanes[id]
	}
	h := l.Width / 2
	o[Left], o[Right] = offset{h, true, l.LeftMark.Kind}, offset{-h, true, l.RightMark.Kind}
	if l.Left != road.None {
		o[FarLeft] = offset{h + m.Lanes[l.Left].Width, true, m.Lanes[l.Left].LeftMark.Kind}
	} else if l.Opposite != road.None { // in the oncoming direction this boundary is on the right
		o[FarLeft] = offset{h + m.Lanes[l.Opposite].Width, true, m.Lanes[l.Opposite].RightMark.Kind}
	}
	if l.Right != road.None {
		o[FarRight] = offset{-h - m.Lanes[l.Right].Width, true, m.Lanes[l.Right].RightMark.Kind}
	}
	return o, true
}

// straightOn returns the successor that continues straight.
func straightOn(m *road.Map, l *road.Lane) (road.LaneID, bool) {
	for _, id := range l.Next {
		if m.Lanes[id].Turn == road.Straight {
			return id, true
		}
	}
	return road.None, false
}
