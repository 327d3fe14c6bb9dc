package fusion

import "roadloop/sim/geom"

// vec4 is a state or a row of a measurement matrix over (x, y, vx, vy).
type vec4 [4]float64

// mat4 is a covariance of (x, y, vx, vy).
type mat4 [4][4]float64

// filter is a Kalman filter of a point that moves with nearly constant
// velocity (Bar-Shalom, Li, Kirubarajan, Estimation with Applications to
// Tracking and Navigation, 2001, §6.2): position in m and velocity in m/s.
type filter struct {
	x vec4
	p mat4
}

func (f *filter) pos() geom.Vec { return geom.Vec{X: f.x[0], Y: f.x[1]} }
func (f *filter) vel() geom.Vec { return geom.Vec{X: f.x[2], Y: f.x[3]} }

// predict advances the filter by dt seconds under white-noise acceleration with the
// power spectral density q, m²/s³.
func (f *filter) predict(dt, q float64) {
	f.x[0] += dt * f.x[2]
	f.x[1] += dt * f.x[3]
	p := &f.p
	for j := range 4 { // rows of F·P
		p[0][j] += dt * p[2][j]
		p[1][j] += dt * p[3][j]
	}
	for i := range 4 { // columns of (F·P)·Fᵀ
		p[i][0] += dt * p[i][2]
		p[i][1] += dt * p[i][3]
	}
	for a := range 2 {
		p[a][a] += q * dt * dt * dt / 3
		p[a][a+2] += q * dt * dt / 2
		p[a+2][a] += q * dt * dt / 2
		p[a+2][a+2] += q * dt
	}
}

// along returns the measurement row of the position, along the unit vector u, lag
// seconds ago: a late measurement shows the position at that time.
func along(u geom.Vec, lag float64) vec4 {
	return vec4{u.X, u.Y, -lag * u.X, -lag * u.Y}
}

// speedAlong returns the measurement row of the velocity along the unit vector u.
func speedAlong(u geom.Vec) vec4 { return vec4{0, 0, u.X, u.Y} }

// apply returns h·x.
func (f *filter) apply(h vec4) float64 {
	return h[0]*f.x[0] + h[1]*f.x[1] + h[2]*f.x[2] + h[3]*f.x[3]
}

// covariance returns a·P·bᵀ.
func (f *filter) covariance(a, b vec4) float64 {
	s := 0.0
	for i := range 4 {
		for j := range 4 {
			s += a[i] * f.p[i][j] * b[j]
		}
	}
	return s
}

// update corrects the filter with a scalar measurement z = h·x + noise of variance
// r. Independent measurements may be applied one after the other.
func (f *filter) update(h vec4, z, r float64) {
	var ph vec4
	for i := range 4 {
		for j := range 4 {
			ph[i] += f.p[i][j] * h[j]
		}
	}
	s := r
	for i := range 4 {
		s += h[i] * ph[i]
	}
	residual := z - f.apply(h)
	for i := range 4 {
		f.x[i] += ph[i] / s * residual
	}
	for i := range 4 {
		for j := range i + 1 {
			v := f.p[i][j] - ph[i]*ph[j]/s
			f.p[i][j], f.p[j][i] = v, v
		}
	}
}

// fix is a measured position with its error along two orthogonal directions.
type fix struct {
	pos  geom.Vec // map frame
	axis geom.Vec // unit vector
	// varAlong is the variance along axis, varAcross across it, m².
	varAlong, varAcross float64
	lag                 float64 // age of the measurement, s
}

// distance2 returns the squared Mahalanobis distance of a fix from the filter:
// chi-squared with two degrees of freedom if it is the same object.
func (f *filter) distance2(z *fix) float64 {
	a, b := along(z.axis, z.lag), along(z.axis.Left(), z.lag)
	ea := z.pos.Dot(z.axis) - f.apply(a)
	eb := z.pos.Dot(z.axis.Left()) - f.apply(b)
	saa, sbb, sab := f.covariance(a, a)+z.varAlong, f.covariance(b, b)+z.varAcross, f.covariance(a, b)
	return (ea*ea*sbb - 2*ea*eb*sab + eb*eb*saa) / (saa*sbb - sab*sab)
}

// correct updates the filter with a fix.
func (f *filter) correct(z *fix) {
	left := z.axis.Left()
	f.update(along(z.axis, z.lag), z.pos.Dot(z.axis), z.varAlong)
	f.update(along(left, z.lag), z.pos.Dot(left), z.varAcross)
}

// newFilter returns a filter initialized with a fix. The velocity has mean 0 and the
// given standard deviations along the axis of the fix and across it. A late fix adds
// position variance, which grows with the age of the fix.
func newFilter(z *fix, stdAlong, stdAcross float64) filter {
	var f filter
	f.x[0], f.x[1] = z.pos.X, z.pos.Y
	u, w := z.axis, z.axis.Left()
	f.p[0][0] = z.varAlong*u.X*u.X + z.varAcross*w.X*w.X
	f.p[1][1] = z.varAlong*u.Y*u.Y + z.varAcross*w.Y*w.Y
	f.p[0][1] = z.varAlong*u.X*u.Y + z.varAcross*w.X*w.Y
	f.p[1][0] = f.p[0][1]
	va, vb := square(stdAlong), square(stdAcross)
	f.p[2][2] = va*u.X*u.X + vb*w.X*w.X
	f.p[3][3] = va*u.Y*u.Y + vb*w.Y*w.Y
	f.p[2][3] = va*u.X*u.Y + vb*w.X*w.Y
	f.p[3][2] = f.p[2][3]
	f.predict(z.lag, 0)
	return f
}
