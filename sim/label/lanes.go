package label

import (
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Boundary tells which boundary of the own lane, or of the lane beside it.
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
	laneAhead = 60.0 // how far boundaries are followed, m
	laneStep  = 0.5  // m
)

// Lanes returns the boundaries around a pose on the map in its frame, nearest
// points first, beginning level with it: those of the lane that runs along the
// pose and of the lanes beside it, as far as the lane goes on outside junctions. A
// boundary that does not exist, and every one inside a junction, is empty.
func (l *Labeler) Lanes(m *road.Map, ego geom.Pose) (out [NumBoundaries][]geom.Vec) {
	id, s, _, ok := m.NearestAligned(ego)
	if !ok {
		return out
	}
	for ahead := 0.0; ahead < laneAhead; {
		lane := &m.Lanes[id]
		if lane.Junction >= 0 {
			break
		}
		length := lane.Center.Length()
		for ; s < length && ahead < laneAhead; s, ahead = s+laneStep, ahead+laneStep {
			for b, d := range offsets(m, lane) {
				if d.exists {
					out[b] = append(out[b], ego.ToLocal(lane.Center.Offset(s, d.left).Pos()))
				}
			}
		}
		next, found := straightOn(m, lane)
		if !found {
			break
		}
		id, s = next, s-length
	}
	return out
}

// offset is the distance of a boundary to the left of a lane's center.
type offset struct {
	left   float64
	exists bool
}

// offsets returns where the boundaries of a lane are.
func offsets(m *road.Map, l *road.Lane) [NumBoundaries]offset {
	h := l.Width / 2
	o := [NumBoundaries]offset{Left: {h, true}, Right: {-h, true}}
	for _, left := range [...]road.LaneID{l.Left, l.Opposite} {
		if left != road.None {
			o[FarLeft] = offset{h + m.Lanes[left].Width, true}
			break
		}
	}
	if l.Right != road.None {
		o[FarRight] = offset{-h - m.Lanes[l.Right].Width, true}
	}
	return o
}

// straightOn returns the successor that goes on straight.
func straightOn(m *road.Map, l *road.Lane) (road.LaneID, bool) {
	for _, id := range l.Next {
		if m.Lanes[id].Turn == road.Straight {
			return id, true
		}
	}
	return road.None, false
}
