package boxtrack

import (
	"math"

	"roadloop/perception"
)

// Noise of the filter, as shares of the height of a box (SORT's successors scale it so that
// near and far road users are filtered alike).
const (
	positionStd = .05 // of a measured position or size
	accelStd    = .5  // of the acceleration, 1/s²
	startStd    = 1.0 // of the velocity of a new track, 1/s
	leastHeight = 4.0 // px: boxes are not more exact than their pixels
)

// filter is a Kalman filter with constant velocity of the middle, the width and the height of
// a box. The four are independent, each with a value, a rate and their covariance.
type filter struct{ axis [4]axis }

// axis is one quantity, px and px/s.
type axis struct{ x, v, xx, xv, vv float64 }

func newFilter(b perception.Box) filter {
	var f filter
	s := scale(b.Y1 - b.Y0)
	for i, m := range measure(b) {
		f.axis[i] = axis{x: m, xx: square(positionStd * s), vv: square(startStd * s)}
	}
	return f
}

func square(v float64) float64 { return v * v }

func scale(height float64) float64 { return math.Max(height, leastHeight) }

// measure returns the filtered quantities of a box.
func measure(b perception.Box) [4]float64 {
	return [4]float64{(b.X0 + b.X1) / 2, (b.Y0 + b.Y1) / 2, b.X1 - b.X0, b.Y1 - b.Y0}
}

// box returns the filtered box.
func (f *filter) box() perception.Box {
	w, h := math.Max(f.axis[2].x, 1), math.Max(f.axis[3].x, 1)
	return perception.Box{X0: f.axis[0].x - w/2, Y0: f.axis[1].x - h/2, X1: f.axis[0].x + w/2, Y1: f.axis[1].x + h/2}
}

// predict advances the filter by a time, s.
func (f *filter) predict(dt float64) {
	q := square(accelStd * scale(f.axis[3].x))
	for i := range f.axis {
		a := &f.axis[i]
		a.x += a.v * dt
		a.xx += dt*(2*a.xv+dt*a.vv) + q*dt*dt*dt*dt/4
		a.xv += dt*a.vv + q*dt*dt*dt/2
		a.vv += q * dt * dt
	}
}

// correct takes a measured box over.
func (f *filter) correct(b perception.Box) {
	r := square(positionStd * scale(b.Y1-b.Y0))
	for i, m := range measure(b) {
		a := &f.axis[i]
		s := a.xx + r
		kx, kv := a.xx/s, a.xv/s
		e := m - a.x
		a.x, a.v = a.x+kx*e, a.v+kv*e
		a.vv -= kv * a.xv
		a.xv -= kv * a.xx
		a.xx -= kx * a.xx
	}
}
