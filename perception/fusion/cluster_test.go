package fusion

import (
	"math"
	"slices"
	"testing"

	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// scanOf returns a scan of boxes by a lidar at the origin.
func scanOf(boxes ...geom.OBB) *sensor.Scan {
	s := &sensor.Scan{}
	for k := range sectors {
		yaw := 2 * math.Pi * float64(k) / sectors
		near := math.Inf(1)
		for _, b := range boxes {
			if d, ok := geom.RayOBB(geom.Vec{}, yaw, b); ok {
				near = math.Min(near, d)
			}
		}
		if !math.IsInf(near, 1) {
			p := geom.Unit(yaw).Scale(near)
			s.Points = append(s.Points, sensor.Point{X: float32(p.X), Y: float32(p.Y)})
		}
	}
	return s
}

func car(x, y, yaw float64) geom.OBB {
	return geom.OBB{Center: geom.Vec{X: x, Y: y}, Yaw: yaw, Length: 4.4, Width: 1.8}
}

func TestOneClusterPerObject(t *testing.T) {
	boxes := []geom.OBB{car(12, 0, 0), car(12, 4, 0), car(-15, 0, 0), car(0, -8, 1), {Center: geom.Vec{X: 30, Y: -9}, Length: 0.5, Width: 0.5}}
	var p polarScan
	p.read(scanOf(boxes...), geom.Vec{}, defaults.SectorDepth)
	got := p.clusters(nil, &defaults)
	if len(got) != len(boxes) {
		t.Fatalf("%d clusters of %d objects", len(got), len(boxes))
	}
	for _, b := range boxes {
		found := false
		for i := range got {
			found = found || b.DistanceTo(got[i].mid) < 0.6
		}
		if !found {
			t.Errorf("no cluster at %v", b.Center)
		}
	}
}

// With known heading and size, the middle of a box is found from any side.
func TestMiddleFromAnySide(t *testing.T) {
	var p polarScan
	for k := range 24 {
		dir := geom.Unit(float64(k) * math.Pi / 12).Scale(15)
		b := car(dir.X, dir.Y, 0.4)
		p.read(scanOf(b), geom.Vec{}, defaults.SectorDepth)
		cs := p.clusters(nil, &defaults)
		// A side seen at a very flat angle may split into several clusters; the largest one counts.
		main := slices.MaxFunc(cs, func(a, b cluster) int { return a.points - b.points })
		e := p.extent(&main, geom.Pose{}, geom.Vec{}, 0.4)
		mid, _, _ := e.middle(4.4, 1.8, b.Center)
		if d := mid.Dist(b.Center); d > 0.15 {
			t.Errorf("from %.0f°: off by %.2f m", float64(k)*15, d)
		}
	}
}

func TestVisibilityDistinguishesOccludedFromAbsent(t *testing.T) {
	var p polarScan
	p.read(scanOf(car(10, 0, 0), car(0, 40, 0)), geom.Vec{}, defaults.SectorDepth)
	for _, c := range []struct {
		name              string
		box               geom.OBB
		blocked, seenPast bool
	}{
		{"behind the car", car(25, 0, 0), true, false},
		{"the car itself", car(10, 0, 0), false, false},
		{"nothing", car(-10, 0, 0), false, true},
		{"nothing before the car beyond", car(0, 20, 0), false, true},
	} {
		blocked, seenPast := p.visibility(c.box, geom.Vec{})
		if (blocked > 0.5) != c.blocked || (seenPast > 0.6) != c.seenPast {
			t.Errorf("%s: blocked %.2f, seen past %.2f", c.name, blocked, seenPast)
		}
	}
}
