package safety_test

import (
	"fmt"
	"math"
	"testing"

	"roadloop/scenarios/metrics/safety"
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
		{"THW 30 m at 20 m/s", safety.TimeHeadway(30, 20), 1.5},
		{"THW standing", safety.TimeHeadway(30, 0), nan},
		{"DRAC 10 m/s over 25 m", safety.DRAC(25, 10), 2},
		{"DRAC falling back", safety.DRAC(25, -1), 0},
		{"DRAC in contact", safety.DRAC(0, 5), nan},
		{"MTTC without acceleration is TTC", safety.MTTC(30, 10, 0), 3},
		{"MTTC within the fallback", safety.MTTC(30, 10, 0.1), 3},
		{"MTTC without closing", safety.MTTC(30, 0, 0.05), never},
		// 24 = 10 t + t² has the root 2.
		{"MTTC gaining 2 m/s²", safety.MTTC(24, 10, 2), 2},
		// 12 = -4 t + 2 t²: t = (4 + √112)/4.
		{"MTTC falling back, but gaining 4 m/s²", safety.MTTC(12, -4, 4), (4 + math.Sqrt(112)) / 4},
		// 16 = 10 t - t²: the roots are 2 and 8, the first counts.
		{"MTTC braking too little", safety.MTTC(16, 10, -2), 2},
		{"MTTC braking enough", safety.MTTC(26, 10, -2), never},
		{"MTTC falling back and braking", safety.MTTC(10, -3, -1), never},
		{"MTTC in contact", safety.MTTC(0, 3, 1), 0},
		{"R157 at 60 km/h", safety.R157Gap(60 / 3.6), 60 / 3.6 * 1.6},
		{"R157 at 50 km/h", safety.R157Gap(50 / 3.6), 50 / 3.6 * 1.5},
		{"R157 at 40 km/h", safety.R157Gap(40 / 3.6), 40 / 3.6 * 1.4},
		{"R157 at 30 km/h", safety.R157Gap(30 / 3.6), 30 / 3.6 * 1.3},
		{"R157 at 20 km/h", safety.R157Gap(20 / 3.6), 20 / 3.6 * 1.2},
		{"R157 at 10 km/h", safety.R157Gap(10 / 3.6), 10 / 3.6 * 1.1},
		{"R157 at 7.2 km/h", safety.R157Gap(2), 2},
		{"R157 standing", safety.R157Gap(0), 2},
		{"R157 beyond its table", safety.R157Gap(30), 48},
	} {
		if !same(c.got, c.want) {
			t.Errorf("%s: %g, want %g", c.name, c.got, c.want)
		}
	}
}

func ExampleDRAC() {
	fmt.Printf("%.2f m/s²\n", safety.DRAC(20, 10)) // 20 m behind a lead that is 10 m/s slower
	// Output: 2.50 m/s²
}
