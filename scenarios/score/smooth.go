package score

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// smooth returns the derivative of order deriv of samples dt apart by the filter of
// Savitzky and Golay (Analytical Chemistry 36, 1964): a polynomial is fitted to the
// window around each sample and evaluated there; near the ends, to the first and the
// last window. Polynomials of the degree are reproduced exactly. A window longer than
// the samples is cut to them, and a degree that the window cannot hold is lowered.
//
// An even window reaches one sample farther back than ahead. SciPy, which nuPlan uses,
// evaluates such a window between samples and so shifts its result by half a sample.
func smooth(samples []float64, window, degree, deriv int, dt float64) []float64 {
	n := len(samples)
	window = min(window, n)
	degree = min(degree, window-1)
	out := make([]float64, n)
	if deriv > degree {
		return out
	}
	weights := make([][]float64, window)
	for i := range samples {
		start := max(0, min(i-window/2, n-window))
		at := i - start
		if weights[at] == nil {
			weights[at] = fitWeights(window, degree, deriv, at, dt)
		}
		for k, w := range weights[at] {
			out[i] += w * samples[start+k]
		}
	}
	return out
}

// fitWeights returns with what to weigh the samples of a window to get the derivative
// of the fitted polynomial at sample at.
func fitWeights(window, degree, deriv, at int, dt float64) []float64 {
	scale := math.Max(1, float64(window)/2) // keeps the powers near 1
	powers := mat.NewDense(window, degree+1, nil)
	for i := range window {
		x, p := float64(i-at)/scale, 1.0
		for j := range degree + 1 {
			powers.Set(i, j, p)
			p *= x
		}
	}
	identity := mat.NewDiagDense(window, nil)
	factorial := 1.0
	for i := range window {
		identity.SetDiag(i, 1)
	}
	for k := 2; k <= deriv; k++ {
		factorial *= float64(k)
	}
	var qr mat.QR
	qr.Factorize(powers)
	var fit mat.Dense
	// The powers of distinct samples are independent: the system has full rank.
	if err := qr.SolveTo(&fit, false, identity); err != nil {
		return make([]float64, window)
	}
	row := mat.Row(nil, deriv, &fit)
	for i := range row {
		row[i] *= factorial / math.Pow(scale*dt, float64(deriv))
	}
	return row
}
