package leaderboard

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// smoother is the filter of Savitzky and Golay (Analytical Chemistry 36, 1964). It fits a
// polynomial to the window around each sample and evaluates it there; near the ends it
// uses the first and the last window. Polynomials of the degree are reproduced exactly.
// A window longer than the samples is cut to them, and a degree too high for the window
// is lowered.
//
// An even window has one sample more before its center than after it. SciPy, which
// nuPlan uses, evaluates such a window between samples and so shifts the result by half a
// sample.
//
// The map caches the weights of each fit.
type smoother map[fit][][]float64

// fit is a filter: the derivative of order deriv of a polynomial.
type fit struct{ window, degree, deriv int }

// smooth returns the filtered derivative of samples dt apart.
func (s smoother) smooth(samples []float64, f fit, dt float64) []float64 {
	n := len(samples)
	f.window = min(f.window, n)
	f.degree = min(f.degree, f.window-1)
	out := make([]float64, n)
	if f.deriv > f.degree {
		return out
	}
	weights, ok := s[f]
	if !ok {
		weights = make([][]float64, f.window)
		s[f] = weights
	}
	scale := math.Pow(dt, float64(f.deriv))
	for i := range samples {
		start := max(0, min(i-f.window/2, n-f.window))
		at := i - start
		if weights[at] == nil {
			weights[at] = f.weights(at)
		}
		for k, w := range weights[at] {
			out[i] += w * samples[start+k]
		}
		out[i] /= scale
	}
	return out
}

// weights returns the weights of the samples of a window, 1 apart, for the derivative of
// the fitted polynomial at sample at. It solves the normal equations.
func (f fit) weights(at int) []float64 {
	scale := math.Max(1, float64(f.window)/2) // keeps the powers near 1
	powers := make([][]float64, f.window)
	sums := make([]float64, 2*f.degree+1)
	for i := range powers {
		powers[i] = make([]float64, len(sums))
		p := 1.0
		for j := range sums {
			powers[i][j] = p
			sums[j] += p
			p *= float64(i-at) / scale
		}
	}
	normal := mat.NewSymDense(f.degree+1, nil)
	for j := range f.degree + 1 {
		for k := j; k <= f.degree; k++ {
			normal.SetSym(j, k, sums[j+k])
		}
	}
	pick := mat.NewVecDense(f.degree+1, nil)
	pick.SetVec(f.deriv, math.Gamma(float64(f.deriv+1))/math.Pow(scale, float64(f.deriv)))
	var c mat.Cholesky
	var coefficients mat.VecDense
	c.Factorize(normal)                   // more samples than coefficients make it positive definite
	_ = c.SolveVecTo(&coefficients, pick) // the error only reports a poor condition
	out := make([]float64, f.window)
	for i := range out {
		for j := range f.degree + 1 {
			out[i] += coefficients.AtVec(j) * powers[i][j]
		}
	}
	return out
}
