package leaderboard

import (
	"math"
	"testing"
)

// Savitzky and Golay's table: quadratic smoothing over 5 points, over 35.
func TestSmoothUsesPublishedWeights(t *testing.T) {
	for _, c := range []struct {
		window, degree, deriv int
		want                  []float64
	}{
		{5, 2, 0, []float64{-3. / 35, 12. / 35, 17. / 35, 12. / 35, -3. / 35}},
		{7, 2, 0, []float64{-2. / 21, 3. / 21, 6. / 21, 7. / 21, 6. / 21, 3. / 21, -2. / 21}},
		{5, 2, 1, []float64{-.2, -.1, 0, .1, .2}},
		{5, 3, 2, []float64{2. / 7, -1. / 7, -2. / 7, -1. / 7, 2. / 7}},
	} {
		for i, w := range (fit{c.window, c.degree, c.deriv}).weights(c.window / 2) {
			if !near(w, c.want[i]) {
				t.Errorf("window %d, degree %d, derivative %d: weight %d is %g, want %g", c.window, c.degree, c.deriv, i, w, c.want[i])
			}
		}
	}
}

func TestSmoothReproducesPolynomials(t *testing.T) {
	const dt = 0.1
	var x, dx, ddx []float64
	for i := range 30 {
		s := dt * float64(i)
		x, dx, ddx = append(x, 2+3*s-s*s), append(dx, 3-2*s), append(ddx, -2)
	}
	for _, window := range []int{3, 5, 8, 15, 30, 41} {
		for deriv, want := range [][]float64{x, dx, ddx} {
			got := make(smoother).smooth(x, fit{window, 2, deriv}, dt)
			for i := range got {
				if math.Abs(got[i]-want[i]) > 1e-8 {
					t.Errorf("window %d, derivative %d: %g at sample %d, want %g", window, deriv, got[i], i, want[i])
				}
			}
		}
	}
}

func TestSmoothOfTooFewSamples(t *testing.T) {
	if got := make(smoother).smooth([]float64{7}, fit{15, 2, 0}, 0.1); len(got) != 1 || !near(got[0], 7) {
		t.Errorf("one sample smoothed: %v", got)
	}
	if got := make(smoother).smooth([]float64{7, 8}, fit{15, 2, 2}, 0.1); got[0] != 0 || got[1] != 0 {
		t.Errorf("second derivative of two samples: %v", got)
	}
	if got := make(smoother).smooth(nil, fit{15, 2, 1}, 0.1); len(got) != 0 {
		t.Errorf("nothing smoothed: %v", got)
	}
}
