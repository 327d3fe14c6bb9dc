package metrics

import (
	"math"
	"testing"
)

func TestExposureByHand(t *testing.T) {
	times := []float64{0, 1, 2, 3, 4, 5}
	// Below 2 s at 1, 0.5 and in contact: three steps; 1/1 - 1/2 + 1/0.5 - 1/2 = 2.
	tet, tit := exposure(times, []float64{3, 1, .5, 0, math.NaN(), 2})
	if tet != 3 || tit != 2 {
		t.Errorf("TET %g s, TIT %g; want 3 s and 2", tet, tit)
	}
}

func TestSlope(t *testing.T) {
	nan := math.NaN()
	times := make([]float64, 30)
	line, bend, gap := make([]float64, 30), make([]float64, 30), make([]float64, 30)
	for i := range times {
		times[i] = float64(i) / 20
		line[i] = 3*times[i] - 7
		bend[i] = times[i] * times[i]
		gap[i] = nan
	}
	gap[3], gap[5] = line[3], line[5]
	dst := make([]float64, 30)
	slope(dst, times, line)
	for i := range dst {
		if math.Abs(dst[i]-3) > 1e-9 {
			t.Errorf("line, step %d: %g, want 3", i, dst[i])
		}
	}
	slope(dst, times, bend)
	if math.Abs(dst[15]-2*times[15]) > 1e-9 {
		t.Errorf("parabola, inside: %g, want %g", dst[15], 2*times[15])
	}
	slope(dst, times, gap)
	if math.Abs(dst[4]-3) > 1e-9 || !math.IsNaN(dst[9]) || !math.IsNaN(dst[20]) {
		t.Errorf("with two values %g, with one %g, with none %g", dst[4], dst[9], dst[20])
	}
}
