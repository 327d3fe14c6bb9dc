package geom_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"roadloop/sim/geom"
)

func drawBox(t *rapid.T, name string) geom.OBB {
	f := func(what string, lo, hi float64) float64 { return rapid.Float64Range(lo, hi).Draw(t, name+" "+what) }
	return geom.OBB{Center: geom.Vec{X: f("x", -10, 10), Y: f("y", -10, 10)}, Yaw: f("yaw", -3, 3),
		Length: f("length", 0.2, 8), Width: f("width", 0.2, 3)}
}

// sampled returns the smallest distance between points along the edges of two boxes.
func sampled(a, b geom.OBB) float64 {
	best := math.Inf(1)
	const n = 40
	edge := func(box geom.OBB, k, i int) geom.Vec {
		c := box.Corners()
		return c[k].Lerp(c[(k+1)%4], float64(i)/n)
	}
	for k := range 4 {
		for i := range n {
			for l := range 4 {
				for j := range n {
					best = math.Min(best, edge(a, k, i).Dist(edge(b, l, j)))
				}
			}
		}
	}
	return best
}

func TestDistanceAgainstSampling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawBox(t, "a"), drawBox(t, "b")
		got := geom.Distance(a, b)
		if geom.Overlap(a, b) != (got == 0) {
			t.Fatalf("distance %g of boxes whose overlap is %v", got, geom.Overlap(a, b))
		}
		if want := sampled(a, b); got > 0 && (got > want+1e-9 || want > got+0.3) {
			t.Fatalf("distance %g, by sampling %g", got, want)
		}
		if back := geom.Distance(b, a); math.Abs(back-got) > 1e-9 {
			t.Fatalf("distance %g one way and %g the other", got, back)
		}
	})
}

func TestDistanceOfKnownBoxes(t *testing.T) {
	a := geom.OBB{Length: 4, Width: 2}
	for _, c := range []struct {
		b    geom.OBB
		want float64
	}{
		{geom.OBB{Center: geom.Vec{X: 10}, Length: 4, Width: 2}, 6},
		{geom.OBB{Center: geom.Vec{X: 5, Y: 5}, Length: 2, Width: 2}, math.Hypot(2, 3)},
		{geom.OBB{Center: geom.Vec{X: 3}, Yaw: math.Pi / 4, Length: math.Sqrt2, Width: math.Sqrt2}, 0},
		{geom.OBB{Center: geom.Vec{X: 4}, Yaw: math.Pi / 4, Length: math.Sqrt2, Width: math.Sqrt2}, 1},
	} {
		if got := geom.Distance(a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("distance to %+v: %g, want %g", c.b, got, c.want)
		}
	}
}

// The moved boxes are at distance 0 at the time of contact and apart just
// before. Boxes that never touch are apart at all times.
func TestTimeToContact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawBox(t, "a"), drawBox(t, "b")
		// In whole cm/s: the contact of boxes with a smaller relative speed would last
		// longer, by rounding, than the test's time step before the contact.
		v := func(name string) geom.Vec {
			return geom.Vec{X: float64(rapid.IntRange(-900, 900).Draw(t, name)) / 100, Y: float64(rapid.IntRange(-900, 900).Draw(t, name)) / 100}
		}
		va, vb := v("va"), v("vb")
		gap := func(at float64) float64 {
			a, b := a, b
			a.Center, b.Center = a.Center.Add(va.Scale(at)), b.Center.Add(vb.Scale(at))
			return geom.Distance(a, b)
		}
		hit := geom.TimeToContact(a, va, b, vb)
		if math.IsInf(hit, 1) {
			for at := 0.0; at < 5; at += 0.05 {
				if gap(at) == 0 {
					t.Fatalf("touch after %g s", at)
				}
			}
			return
		}
		if d := gap(hit); d > 1e-6 {
			t.Fatalf("%g m apart at the time of contact, %g s", d, hit)
		}
		if hit > 1e-3 && gap(hit-1e-4) == 0 && gap(hit-1e-3) == 0 {
			t.Fatalf("touched before %g s", hit)
		}
	})
}

func TestTimeToContactOfKnownBoxes(t *testing.T) {
	a, b := geom.OBB{Length: 4, Width: 2}, geom.OBB{Center: geom.Vec{X: 24}, Length: 4, Width: 2}
	if got := geom.TimeToContact(a, geom.Vec{X: 15}, b, geom.Vec{X: 5}); got != 2 {
		t.Errorf("20 m at a difference of 10 m/s: %g s, want 2", got)
	}
	if got := geom.TimeToContact(a, geom.Vec{X: 5}, b, geom.Vec{X: 5}); !math.IsInf(got, 1) {
		t.Errorf("at equal speeds: %g s, want never", got)
	}
}
