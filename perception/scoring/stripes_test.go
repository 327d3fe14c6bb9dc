package scoring

import (
	"math"
	"testing"

	"roadloop/sim/geom"
)

// upright returns a line from the lower to the upper edge of a 164×100 image, in
// which stripes are 3 px wide.
func upright(x float64) []geom.Vec { return []geom.Vec{{X: x, Y: 100}, {X: x, Y: 0}} }

func TestStripes(t *testing.T) {
	for _, c := range []struct {
		name          string
		truths, found [][]geom.Vec
		unseen        int
		want          float64
	}{
		{"the same", [][]geom.Vec{upright(50.5), upright(90.5)}, [][]geom.Vec{upright(50.5), upright(90.5)}, 0, 1},
		// Three columns each, of which two are common: 2/4 is not above 0.5.
		{"a column off", [][]geom.Vec{upright(50.5)}, [][]geom.Vec{upright(51.5)}, 0, 0},
		{"one of two", [][]geom.Vec{upright(50.5), upright(90.5)}, [][]geom.Vec{upright(50.5)}, 0, 2. / 3},
		{"one too many", [][]geom.Vec{upright(50.5)}, [][]geom.Vec{upright(20.5), upright(50.5)}, 0, 2. / 3},
		{"one excused", [][]geom.Vec{upright(50.5)}, [][]geom.Vec{upright(20.5), upright(50.5), upright(90.5)}, 1, 2. / 3},
		{"twice the same", [][]geom.Vec{upright(50.5)}, [][]geom.Vec{upright(50.5), upright(50.5)}, 0, 2. / 3},
		{"outside the image", [][]geom.Vec{upright(50.5), upright(400)}, [][]geom.Vec{upright(50.5)}, 0, 1},
		{"nothing", nil, nil, 0, math.NaN()},
	} {
		s := CULane{Width: 164, Height: 100}
		s.Add(c.truths, c.found, c.unseen)
		near(t, c.name, s.F1(), c.want)
	}
}

// A slanted stripe covers its width times its length plus rounded ends.
func TestStripeArea(t *testing.T) {
	s := CULane{Width: 1640, Height: 590}
	mask := make([]bool, 1640*590)
	s.stripe(mask, []geom.Vec{{X: 300, Y: 100}, {X: 600, Y: 500}}) // 500 px long, 30 wide
	n := 0
	for _, v := range mask {
		if v {
			n++
		}
	}
	if want := 500*30 + math.Pi*15*15; math.Abs(float64(n)-want) > .01*want {
		t.Errorf("%d pixels, want %.0f", n, want)
	}
}
