package metrics_test

import (
	"fmt"
	"math"
	"testing"

	"roadloop/scenarios/metrics"
)

// same compares values of which both may be undefined or infinite.
func same(a, b float64) bool {
	return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 1e-9
}

func TestFormulasByHand(t *testing.T) {
	nan, never := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"THW 30 m at 20 m/s", metrics.TimeHeadway(30, 20), 1.5},
		{"THW standing", metrics.TimeHeadway(30, 0), nan},
		{"DRAC 10 m/s over 25 m", metrics.DRAC(25, 10), 2},
		{"DRAC falling back", metrics.DRAC(25, -1), 0},
		{"DRAC in contact", metrics.DRAC(0, 5), nan},
		{"MTTC without acceleration is TTC", metrics.MTTC(30, 10, 0), 3},
		{"MTTC within the fallback", metrics.MTTC(30, 10, 0.1), 3},
		{"MTTC without closing", metrics.MTTC(30, 0, 0.05), never},
		// 24 = 10 t + t² has the root 2.
		{"MTTC gaining 2 m/s²", metrics.MTTC(24, 10, 2), 2},
		// 12 = -4 t + 2 t²: t = (4 + √112)/4.
		{"MTTC falling back, but gaining 4 m/s²", metrics.MTTC(12, -4, 4), (4 + math.Sqrt(112)) / 4},
		// 16 = 10 t - t²: the roots are 2 and 8, the first counts.
		{"MTTC braking too little", metrics.MTTC(16, 10, -2), 2},
		{"MTTC braking enough", metrics.MTTC(26, 10, -2), never},
		{"MTTC falling back and braking", metrics.MTTC(10, -3, -1), never},
		{"MTTC in contact", metrics.MTTC(0, 3, 1), 0},
		{"R157 at 60 km/h", metrics.R157Gap(60 / 3.6), 60 / 3.6 * 1.6},
		{"R157 at 50 km/h", metrics.R157Gap(50 / 3.6), 50 / 3.6 * 1.5},
		{"R157 at 40 km/h", metrics.R157Gap(40 / 3.6), 40 / 3.6 * 1.4},
		{"R157 at 30 km/h", metrics.R157Gap(30 / 3.6), 30 / 3.6 * 1.3},
		{"R157 at 20 km/h", metrics.R157Gap(20 / 3.6), 20 / 3.6 * 1.2},
		{"R157 at 10 km/h", metrics.R157Gap(10 / 3.6), 10 / 3.6 * 1.1},
		{"R157 at 7.2 km/h", metrics.R157Gap(2), 2},
		{"R157 standing", metrics.R157Gap(0), 2},
		{"R157 beyond its table", metrics.R157Gap(30), 48},
	} {
		if !same(c.got, c.want) {
			t.Errorf("%s: %g, want %g", c.name, c.got, c.want)
		}
	}
}

func ExampleDRAC() {
	fmt.Printf("%.2f m/s²\n", metrics.DRAC(20, 10)) // 20 m behind a lead that is 10 m/s slower
	// Output: 2.50 m/s²
}
