package metrics

import (
	"testing"

	"roadloop/sim/geom"
	"roadloop/sim/road"
)

func TestFooting(t *testing.T) {
	m, err := road.Generate(road.Params{Kind: road.KindFourWay, Lanes: 1, LaneWidth: 4, Length: 60})
	if err != nil {
		t.Fatal(err)
	}
	box := func(id road.LaneID, s, d float64) geom.OBB {
		p := m.Lanes[id].Center.Offset(s, d)
		return geom.OBB{Center: p.Pos(), Yaw: p.Yaw, Length: 4, Width: 1.8}
	}
	end := m.Lanes[0].Center.Length()
	for _, c := range []struct {
		name     string
		box      geom.OBB
		lanes    int
		drivable bool
	}{
		{"in the middle of a lane", box(0, 30, 0), 1, true},
		{"on the way from a lane into the junction", box(0, end, 0), 1, true},
		{"across the line to the other direction", box(0, 30, 2), 2, true},
		{"over the edge of the road", box(0, 30, -8), 1, false},
	} {
		if lanes, drivable := LaneOccupancy(m, c.box); lanes != c.lanes || drivable != c.drivable {
			t.Errorf("%s: %d lanes, drivable %t, want %d, %t", c.name, lanes, drivable, c.lanes, c.drivable)
		}
	}
}
