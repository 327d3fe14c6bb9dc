package fusion

import (
	"testing"

	"roadloop/sim/sensor"
)

// The lidar is at 1.75 m. The ring at -0.2 rad is 0.6 m above the ground at 5.67 m
// and hits it at 8.63 m; the ring at -0.12 rad hits it at 14.51 m; the ring at -0.06
// rad is 0.6 m high at 19.14 m.
func TestRayHeights(t *testing.T) {
	l := sensor.RoofLidar()
	for _, c := range []struct {
		height, dist float64
		want         bool
	}{
		{0.6, 4, false}, {0.6, 5.5, false}, {0.6, 7, true}, {0.6, 12, true}, {0.6, 14.4, false},
		{0.6, 16.5, false}, {0.6, 20, true}, {1.8, 1, true}, {1.8, 16.5, true},
	} {
		if got := raysHit(&l, c.height, c.dist); got != c.want {
			t.Errorf("%.1f m high, %.1f m away: met is %v, want %v", c.height, c.dist, got, c.want)
		}
	}
	if got := nextRayAbove(&l, 0.6, 16.5); got < 0.75 || got > 0.77 { // 1.75 - 16.5·tan(0.06) = 0.759
		t.Errorf("next ray at %.3f m", got)
	}
}

func TestLowHits(t *testing.T) {
	var tr track
	for range 2 {
		tr.measureHeight(0.5, 1.0, &defaults)
	}
	if !tr.low() || tr.minHeight(&defaults) != 0.5 {
		t.Errorf("low is %v, height %.2f", tr.low(), tr.minHeight(&defaults))
	}
	tr.measureHeight(0.8, 1.3, &defaults) // may be either
	if !tr.low() {
		t.Error("an inconclusive ray reset the low hits")
	}
	tr.measureHeight(1.05, 1.6, &defaults)
	if tr.low() || tr.minHeight(&defaults) != defaults.MinPersonHeight {
		t.Errorf("met at 1.05 m, low is %v, height %.2f", tr.low(), tr.minHeight(&defaults))
	}
}

// At 18.1 m the rings are at 0.66, 1.12, 1.39 and 1.93 m, the others in the ground:
// the last three would have hit a post of 2.1 m.
func TestHeightMismatch(t *testing.T) {
	l := sensor.RoofLidar()
	for _, c := range []struct {
		name    string
		top     float64 // of the cluster
		track   track
		misfits float64 // rings
	}{
		{"a rail where a post was", 0.66, track{top: 2.1}, 3},
		{"a person where a post was", 1.39, track{top: 2.1}, 1},
		{"the post", 1.93, track{top: 2.1}, 0},
		{"a post where a rail was", 1.93, track{top: 0.66}, 0},
		{"not measured by lidar yet", 0.66, track{}, 0},
		{"confirmed", 0.66, track{top: 2.1, confirmed: true}, 0},
	} {
		one := heightMismatch(&l, &cluster{top: 0.66, rangeTo: 18.1}, &track{top: 1.3}) // by one ring
		if got := heightMismatch(&l, &cluster{top: c.top, rangeTo: 18.1}, &c.track); got != c.misfits*one || one <= 0 {
			t.Errorf("%s: %g, want %g times %g", c.name, got, c.misfits, one)
		}
	}
}
