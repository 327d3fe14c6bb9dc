package geom_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"roadloop/sim/geom"
)

func TestIntersectionByHand(t *testing.T) {
	a := geom.OBB{Length: 4, Width: 2}
	for _, c := range []struct {
		name string
		b    geom.OBB
		want float64
	}{
		{"itself", a, 8},
		{"moved along", geom.OBB{Center: geom.Vec{X: 1}, Length: 4, Width: 2}, 6},
		{"across", geom.OBB{Yaw: math.Pi / 2, Length: 4, Width: 2}, 4},
		{"within", geom.OBB{Yaw: .7, Length: 1, Width: .5}, .5},
		{"apart", geom.OBB{Center: geom.Vec{X: 5}, Length: 4, Width: 2}, 0},
		// A square rotated by 45° in the center of a strip as wide as its side:
		// the upper and lower corners, isosceles triangles, are cut off.
		{"diamond", geom.OBB{Yaw: math.Pi / 4, Length: 2, Width: 2}, 4 - 2*math.Pow(math.Sqrt2-1, 2)},
	} {
		if got := geom.Intersection(a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %.6f m², want %.6f", c.name, got, c.want)
		}
	}
}

// IoU is symmetric, at most 1, and 1 for a box with itself.
func TestIoUProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawBox(t, "a"), drawBox(t, "b")
		ab, ba := geom.IoU(a, b), geom.IoU(b, a)
		if math.Abs(ab-ba) > 1e-9 || ab < 0 || ab > 1+1e-9 {
			t.Fatalf("IoU %g one way, %g the other", ab, ba)
		}
		if (ab > 1e-9) && !geom.Overlap(a, b) {
			t.Fatalf("IoU %g of boxes apart", ab)
		}
		if s := geom.IoU(a, a); a.Length*a.Width > 1e-6 && math.Abs(s-1) > 1e-9 {
			t.Fatalf("IoU of a box with itself is %g", s)
		}
	})
}
