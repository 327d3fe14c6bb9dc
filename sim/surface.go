package sim

import (
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// lanesAt appends the lanes that hold p.
func lanesAt(m *road.Map, dst []road.LaneID, p geom.Vec) []road.LaneID {
	for i := range m.Lanes {
		l := &m.Lanes[i]
		s, d := l.Center.Project(p)
		if s >= 0 && s <= l.Center.Length() && math.Abs(d) <= l.Width/2 {
			dst = append(dst, l.ID)
		}
	}
	return dst
}

// drivable reports whether p is on a lane.
func drivable(m *road.Map, p geom.Vec) bool {
	return len(lanesAt(m, nil, p)) > 0
}
