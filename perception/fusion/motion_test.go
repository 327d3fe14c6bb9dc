package fusion

import (
	"math"
	"testing"

	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// Nine scans, 0.1 s apart, of ends that are 1.8 m apart at first: by hand, a body at
// 3 m/s has gone 2.4 m by the last.
func TestWhatMovesAsABodyDoes(t *testing.T) {
	at := func(x, y float64) geom.Vec { return geom.Vec{X: x, Y: y} }
	for _, c := range []struct {
		name string
		ends func(s float64) [2]geom.Vec // after s seconds
		want geom.Vec
		ok   bool
	}{
		{"a body", func(s float64) [2]geom.Vec { return [2]geom.Vec{at(3*s, 4*s), at(3*s+1.8, 4*s)} }, at(3, 4), true},
		{"it stands", func(float64) [2]geom.Vec { return [2]geom.Vec{at(0, 0), at(1.8, 0)} }, at(0, 0), false},
		{"not far enough", func(s float64) [2]geom.Vec { return [2]geom.Vec{at(0.9*s, 0), at(0.9*s+1.8, 0)} }, at(0, 0), false},
		{"one end comes into view", func(s float64) [2]geom.Vec { return [2]geom.Vec{at(0, 0), at(1.8+3*s, 0)} }, at(0, 0), false},
		{"the other goes out of it", func(s float64) [2]geom.Vec { return [2]geom.Vec{at(2*s, 0), at(1.8, 0)} }, at(0, 0), false},
		{"it grows", func(s float64) [2]geom.Vec { return [2]geom.Vec{at(1.5*s, 0), at(1.8+3*s, 0)} }, at(0, 0), false},
		{"one end jumps at last", func(s float64) [2]geom.Vec { return [2]geom.Vec{at(3*s, 0), at(3*s+1.8+1.05*math.Floor(s/0.79), 0)} }, at(0, 0), false},
		{"both jump once", func(s float64) [2]geom.Vec {
			x := 1.5 * math.Round(s)
			return [2]geom.Vec{at(x, 0), at(x+1.8, 0)}
		}, at(0, 0), false},
		{"there and back and there", func(s float64) [2]geom.Vec {
			x := 1.2 * math.Sin(3*math.Pi/2*s/0.8)
			return [2]geom.Vec{at(x, 0), at(x+1.8, 0)}
		}, at(0, 0), false},
	} {
		var m mover
		for k := range 9 {
			tick := clock.Tick(10 * k)
			m.add(tick, c.ends(tick.Seconds()))
			if _, ok := m.velocity(); ok && m.n < moverScans {
				t.Errorf("%s: %d scans prove it", c.name, m.n)
			}
		}
		v, ok := m.velocity()
		if ok != c.ok || ok && v.Dist(c.want) > 1e-9 {
			t.Errorf("%s: moves at %v is %v, want %v at %v", c.name, v, ok, c.ok, c.want)
		}
	}
}

// A mover remembers one second and goes on where it is expected.
func TestMoverForgets(t *testing.T) {
	var m mover
	for k := range 30 {
		x := 0.4 * float64(k)
		m.add(clock.Tick(10*k), [2]geom.Vec{{X: x}, {X: x + 1.8}})
	}
	if m.n != moverMemory || m.seen[0] != 200 || m.seen[m.last()] != 290 {
		t.Errorf("%d scans from %v to %v", m.n, m.seen[0], m.seen[m.last()])
	}
	if at, doubt := m.expect(310); math.Abs(at.X-(0.4*31+0.9)) > 1e-9 || doubt != 2*moverNoise {
		t.Errorf("expected at %v within %g m", at, doubt)
	}
}
