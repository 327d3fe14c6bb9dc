package fusion

import (
	"math"
	"testing"

	"roadloop/sim/geom"
	"roadloop/sim/rng"
)

// Known answer in one dimension: P = diag(1, 4), dt = 1, no process noise gives P⁻ =
// [5 4; 4 4] along x. A measured position 6 with prediction 2 and variance 5 gives
// the gain [0.5, 0.4], x = (4, 3.6), P = [2.5 2; 2 2.4].
func TestKalmanStepByHand(t *testing.T) {
	f := filter{x: vec4{0, 0, 2, 0}}
	f.p[0][0], f.p[2][2], f.p[1][1], f.p[3][3] = 1, 4, 1, 4
	f.predict(1, 0)
	f.update(along(geom.Vec{X: 1}, 0), 6, 5)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"x", f.x[0], 4}, {"vx", f.x[2], 3.6},
		{"var x", f.p[0][0], 2.5}, {"cov x vx", f.p[0][2], 2}, {"var vx", f.p[2][2], 2.4},
		{"var y", f.p[1][1], 5}, {"cov x y", f.p[0][1], 0},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s = %g, want %g", c.name, c.got, c.want)
		}
	}
}

// White noise acceleration of density q over dt: dt³/3, dt²/2, dt (Bar-Shalom
// et al. 2001, eq. 6.2.2-4).
func TestProcessNoise(t *testing.T) {
	var f filter
	f.predict(2, 3)
	for _, c := range [][3]float64{{f.p[0][0], 8}, {f.p[0][2], 6}, {f.p[2][2], 6}} {
		if math.Abs(c[0]-c[1]) > 1e-12 {
			t.Errorf("got %g, want %g", c[0], c[1])
		}
	}
}

// The update with a fix equals the full matrix equations for any orientation of its
// axes.
func TestFixUpdateEqualsMatrixUpdate(t *testing.T) {
	r := rng.New(1, "filter", "test")
	for range 200 {
		f := filter{x: vec4{r.Norm(), r.Norm(), r.Norm(), r.Norm()}, p: randomCovariance(&r)}
		z := fix{pos: geom.Vec{X: r.Norm(), Y: r.Norm()}, axis: geom.Unit(r.Range(-3, 3)),
			varAlong: r.Range(0.1, 2), varAcross: r.Range(0.1, 2), lag: r.Range(0, 0.3)}
		want := matrixUpdate(f, z)
		f.correct(&z)
		for i := range 4 {
			if math.Abs(f.x[i]-want.x[i]) > 1e-9 {
				t.Fatalf("x[%d] = %g, want %g", i, f.x[i], want.x[i])
			}
			for j := range 4 {
				if math.Abs(f.p[i][j]-want.p[i][j]) > 1e-9 {
					t.Fatalf("P[%d][%d] = %g, want %g", i, j, f.p[i][j], want.p[i][j])
				}
			}
		}
	}
}

func randomCovariance(r *rng.Stream) (p mat4) {
	var a mat4
	for i := range 4 {
		for j := range 4 {
			a[i][j] = r.Norm()
		}
	}
	for i := range 4 {
		for j := range 4 {
			for k := range 4 {
				p[i][j] += a[i][k] * a[j][k]
			}
		}
		p[i][i] += 0.1
	}
	return p
}

// matrixUpdate is the textbook update with H = [I, -lag·I] and the noise
// covariance in map axes.
func matrixUpdate(f filter, z fix) filter {
	u, w := z.axis, z.axis.Left()
	cov := func(a, b, c, d float64) float64 { return z.varAlong*a*b + z.varAcross*c*d }
	h := [2]vec4{{1, 0, -z.lag, 0}, {0, 1, 0, -z.lag}}
	s := [2][2]float64{
		{f.covariance(h[0], h[0]) + cov(u.X, u.X, w.X, w.X), f.covariance(h[0], h[1]) + cov(u.X, u.Y, w.X, w.Y)},
		{f.covariance(h[1], h[0]) + cov(u.X, u.Y, w.X, w.Y), f.covariance(h[1], h[1]) + cov(u.Y, u.Y, w.Y, w.Y)},
	}
	det := s[0][0]*s[1][1] - s[0][1]*s[1][0]
	inv := [2][2]float64{{s[1][1] / det, -s[0][1] / det}, {-s[1][0] / det, s[0][0] / det}}
	e := [2]float64{z.pos.X - f.apply(h[0]), z.pos.Y - f.apply(h[1])}
	out := f
	for i := range 4 {
		var unit vec4
		unit[i] = 1
		ph := [2]float64{f.covariance(unit, h[0]), f.covariance(unit, h[1])}
		k := [2]float64{ph[0]*inv[0][0] + ph[1]*inv[1][0], ph[0]*inv[0][1] + ph[1]*inv[1][1]}
		out.x[i] += k[0]*e[0] + k[1]*e[1]
		for j := range 4 {
			var other vec4
			other[j] = 1
			out.p[i][j] -= k[0]*f.covariance(h[0], other) + k[1]*f.covariance(h[1], other)
		}
	}
	return out
}

// The normalized estimation error squared of a filter whose model holds is
// chi-squared with 4 degrees of freedom, and the innovation's with 2 (Bar-Shalom
// et al. 2001, §5.4). Over 400 runs the 99.9 % interval of the mean is about ±0.5
// and ±0.35.
func TestConsistency(t *testing.T) {
	r := rng.New(3, "consistency", "test")
	const runs, steps, dt, q = 400, 30, 0.1, 2.0
	nees, nis := 0.0, 0.0
	for range runs {
		truth := vec4{0, 0, 5 * r.Norm(), 5 * r.Norm()}
		z := fix{axis: geom.Unit(0.7), varAlong: 0.5, varAcross: 0.1}
		measure := func() {
			n := z.axis.Scale(math.Sqrt(z.varAlong) * r.Norm()).Add(z.axis.Left().Scale(math.Sqrt(z.varAcross) * r.Norm()))
			z.pos = geom.Vec{X: truth[0], Y: truth[1]}.Add(n)
		}
		measure()
		f := newFilter(&z, 5, 5)
		for range steps {
			truth = drift(truth, dt, q, &r)
			f.predict(dt, q)
			measure()
			nis += f.distance2(&z) / runs / steps
			f.correct(&z)
		}
		nees += mahalanobis(&f, truth) / runs
	}
	if math.Abs(nees-4) > 0.5 {
		t.Errorf("mean normalized estimation error squared is %.2f, want 4±0.5", nees)
	}
	if math.Abs(nis-2) > 0.1 {
		t.Errorf("mean normalized innovation squared is %.3f, want 2±0.1", nis)
	}
}

// drift advances a state under white-noise acceleration, sampled exactly.
func drift(x vec4, dt, q float64, r *rng.Stream) vec4 {
	for a := range 2 {
		n1, n2 := r.Norm(), r.Norm()
		dv := math.Sqrt(q*dt) * n1
		dp := dt/2*dv + math.Sqrt(q*dt*dt*dt/12)*n2
		x[a] += dt*x[a+2] + dp
		x[a+2] += dv
	}
	return x
}

// mahalanobis returns eᵀP⁻¹e by adding the components of the error one by one.
func mahalanobis(f *filter, truth vec4) float64 {
	g, sum := *f, 0.0
	for i := range 4 {
		var h vec4
		h[i] = 1
		e := truth[i] - g.x[i]
		sum += e * e / g.covariance(h, h)
		g.update(h, truth[i], 1e-12)
	}
	return sum
}

// Without process noise, a late fix gives the same filter as a fix in time.
func TestLateFixEqualsInOrder(t *testing.T) {
	start := filter{x: vec4{1, 2, 6, -3}}
	for i := range 4 {
		start.p[i][i] = 2
	}
	z := fix{pos: geom.Vec{X: 2, Y: 1}, axis: geom.Unit(0.3), varAlong: 1, varAcross: 0.2}
	inOrder, late := start, start
	inOrder.predict(0.1, 0)
	inOrder.correct(&z)
	inOrder.predict(0.2, 0)
	late.predict(0.3, 0)
	z.lag = 0.2
	late.correct(&z)
	for i := range 4 {
		if math.Abs(inOrder.x[i]-late.x[i]) > 1e-9 {
			t.Errorf("x[%d] = %g late, %g in order", i, late.x[i], inOrder.x[i])
		}
		for j := range 4 {
			if math.Abs(inOrder.p[i][j]-late.p[i][j]) > 1e-9 {
				t.Errorf("P[%d][%d] = %g late, %g in order", i, j, late.p[i][j], inOrder.p[i][j])
			}
		}
	}
}

// A filter from a late fix equals a filter from a fix in time, advanced by the delay.
func TestFilterFromLateFix(t *testing.T) {
	z := fix{pos: geom.Vec{X: 3, Y: -2}, axis: geom.Unit(0.4), varAlong: 0.3, varAcross: 0.1}
	want := newFilter(&z, 12, 5)
	want.predict(0.3, 0)
	z.lag = 0.3
	if got := newFilter(&z, 12, 5); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	// Along the axis: 0.3 + 0.3²·12² = 13.26 m², 0.3·12² = 43.2 m²/s and 144 m²/s².
	u := geom.Unit(0.4)
	at, speed := vec4{u.X, u.Y}, vec4{2: u.X, 3: u.Y}
	for i, v := range []float64{want.covariance(at, at) - 13.26, want.covariance(at, speed) - 43.2, want.covariance(speed, speed) - 144} {
		if math.Abs(v) > 1e-9 {
			t.Errorf("moment %d is %g off", i, v)
		}
	}
}
