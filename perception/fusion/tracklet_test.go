package fusion

import (
	"math"
	"testing"

	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Nine scans, 0.1 s apart, of ends that are 1.8 m apart at first: by hand, a body at
// 3 m/s moves 2.4 m until the last one.
func TestTrackletVelocityRequiresRigidMotion(t *testing.T) {
	at := func(x, y float64) geom.Vec { return geom.Vec{X: x, Y: y} }
	for _, c := range []struct {
		name string
		ends func(s float64) [2]geom.Vec // after s seconds
		want geom.Vec
		ok   bool
	}{
		{"a body", func(s float64) [2]geom.Vec { return [2]geom.Vec{at(3*s, 4*s), at(3*s+1.8, 4*s)} }, at(3, 4), true},
		{"static", func(float64) [2]geom.Vec { return [2]geom.Vec{at(0, 0), at(1.8, 0)} }, at(0, 0), false},
		{"not far enough", func(s float64) [2]geom.Vec { return [2]geom.Vec{at(0.9*s, 0), at(0.9*s+1.8, 0)} }, at(0, 0), false},
		{"one end comes into view", func(s float64) [2]geom.Vec { return [2]geom.Vec{at(0, 0), at(1.8+3*s, 0)} }, at(0, 0), false},
		{"the other goes out of view", func(s float64) [2]geom.Vec { return [2]geom.Vec{at(2*s, 0), at(1.8, 0)} }, at(0, 0), false},
		{"it grows", func(s float64) [2]geom.Vec { return [2]geom.Vec{at(1.5*s, 0), at(1.8+3*s, 0)} }, at(0, 0), false},
		{"one end jumps at last", func(s float64) [2]geom.Vec { return [2]geom.Vec{at(3*s, 0), at(3*s+1.8+1.05*math.Floor(s/0.79), 0)} }, at(0, 0), false},
		{"both jump once", func(s float64) [2]geom.Vec {
			x := 1.5 * math.Round(s)
			return [2]geom.Vec{at(x, 0), at(x+1.8, 0)}
		}, at(0, 0), false},
		{"back and forth", func(s float64) [2]geom.Vec {
			x := 1.2 * math.Sin(3*math.Pi/2*s/0.8)
			return [2]geom.Vec{at(x, 0), at(x+1.8, 0)}
		}, at(0, 0), false},
	} {
		var m tracklet
		for k := range 9 {
			tick := clock.Tick(10 * k)
			m.add(tick, c.ends(tick.Seconds()))
			if _, ok := m.velocity(&defaults.Tracklets); ok && m.n < defaults.Tracklets.MinScans {
				t.Errorf("%s: %d scans", c.name, m.n)
			}
		}
		v, ok := m.velocity(&defaults.Tracklets)
		if ok != c.ok || ok && v.Dist(c.want) > 1e-9 {
			t.Errorf("%s: moves at %v is %v, want %v at %v", c.name, v, ok, c.ok, c.want)
		}
	}
}

// Rays that hit a wall at a flat angle are too far apart to show its end; their
// returns move along with the car.
func TestOnlyClustersWithVisibleEndsAreRideable(t *testing.T) {
	m, err := road.Generate(road.Params{Kind: road.KindStraight, Length: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		box  geom.OBB
		want bool
	}{
		{"a bicycle from the side", geom.OBB{Center: geom.Vec{X: 35, Y: -8}, Yaw: math.Pi / 2, Length: 1.9, Width: 0.5}, true},
		{"a bicycle from the side, near", geom.OBB{Center: geom.Vec{X: 1, Y: -8}, Length: 1.9, Width: 0.5}, true},
		{"a piece of a wall", geom.OBB{Center: geom.Vec{X: -34, Y: -7.4}, Length: 3, Width: 0.2}, false},
		{"too long", geom.OBB{Center: geom.Vec{X: 1, Y: -8}, Length: 3, Width: 0.5}, false},
		{"too small", geom.OBB{Center: geom.Vec{X: 1, Y: -8}, Length: 0.5, Width: 0.5}, false},
		{"too far", geom.OBB{Center: geom.Vec{X: 50, Y: -8}, Yaw: math.Pi / 2, Length: 1.9, Width: 0.5}, false},
	} {
		f, err := New(Config{Map: m})
		if err != nil {
			t.Fatal(err)
		}
		scan := scanOf(c.box)
		for i := range scan.Points {
			scan.Points[i].Z = 1
		}
		f.polar.read(scan, geom.Vec{}, defaults.SectorDepth)
		w := lidarUpdate{scan: scan}
		for _, got := range f.polar.clusters(nil, &defaults) {
			if f.rideable(&w, &got) != c.want {
				t.Errorf("%s: %d returns over %.1f m: rideable is %v, want %v", c.name, got.points, got.span, !c.want, c.want)
			}
		}
	}
}

// A tracklet keeps one second of history and extrapolates from it.
func TestTrackletHistoryIsBounded(t *testing.T) {
	var m tracklet
	for k := range 30 {
		x := 0.4 * float64(k)
		m.add(clock.Tick(10*k), [2]geom.Vec{{X: x}, {X: x + 1.8}})
	}
	if m.n != trackletHistory || m.seen[0] != 200 || m.seen[m.last()] != 290 {
		t.Errorf("%d scans from %v to %v", m.n, m.seen[0], m.seen[m.last()])
	}
	if at, doubt := m.predict(310, &defaults.Tracklets); math.Abs(at.X-(0.4*31+0.9)) > 1e-9 || doubt != 2*defaults.Tracklets.Noise {
		t.Errorf("expected at %v within %g m", at, doubt)
	}
}
