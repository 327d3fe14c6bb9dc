// Package detmath has mathematical functions with bit-identical results on every
// processor, so that a drive recorded on one machine repeats on another machine or
// in a web browser. The functions of package math have processor-specific
// implementations with different rounding. It also appends the exact bytes of numbers,
// little endian: the states of worlds and the digests of traces are made of them.
package detmath

import "math"

// Exp returns e^x within an ulp or two. For x below -700 it returns 0, and above 700
// +Inf.
//
// The method is that of N. Shibata, "Efficient evaluation methods of elementary
// functions suitable for SIMD computation", ISC'10, pp. 25-32 (2010): the argument
// is reduced by multiples of ln 2 and divided by 16, e^y-1 is computed by its
// Taylor series, and y is doubled four times by (e^y-1)(e^y+1) = e^2y-1.
func Exp(x float64) float64 {
	const (
		log2e   = 1.4426950408889634073599246810018920
		ln2High = 0.69314718055966295651160180568695068359375
		ln2Low  = 0.28235290563031577122588448175013436025525412068e-12
	)
	switch {
	case x < -700:
		return 0
	case x > 700:
		return math.Inf(1)
	}
	n := math.RoundToEven(x * log2e)
	y := math.FMA(-n, ln2High, x)
	y = math.FMA(-n, ln2Low, y) * 0.0625
	sum := taylor[0]
	for _, c := range taylor[1:] {
		sum = math.FMA(sum, y, c)
	}
	y *= sum
	for range 3 {
		y *= y + 2
	}
	return math.Ldexp(math.FMA(y+2, y, 1), int(n))
}

// taylor are the coefficients 1/8! to 1/1! of (e^y-1)/y, highest power first.
var taylor = [...]float64{
	2.4801587301587301587e-5, 1.9841269841269841270e-4, 1.3888888888888888889e-3, 8.3333333333333333333e-3,
	4.1666666666666666667e-2, 1.6666666666666666667e-1, 0.5, 1,
}
