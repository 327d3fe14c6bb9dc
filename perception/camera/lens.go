package camera

import "math"

// projection is a camera prepared for mapping directions to pixels.
type projection struct {
	c       *Camera
	fisheye bool
	plain   bool // no distortion
	// limit is the greatest radius, on the plane z = 1 or the greatest angle of a fisheye, rad,
	// up to which the distortion is increasing. Beyond it, a direction would be mapped to the
	// pixel of another one.
	limit float64
}

// Directions closer to the plane of the lens than this are not projected by a pinhole: its
// pixels are far outside of every picture.
const minDepth = 0.05

func newProjection(c *Camera) projection {
	p := projection{c: c, fisheye: c.Lens == Fisheye, plain: c.Distortion == [Coefficients]float64{}}
	p.limit = p.increasing()
	return p
}

// increasing returns the end of the range of radii in which the radial distortion increases.
func (p *projection) increasing() float64 {
	most, step := 4.0, .02 // a field of view of 152°
	switch {
	case p.fisheye:
		most = math.Pi
	case p.plain:
		return 1 / minDepth
	}
	last := 0.0
	for r := step; r < most; r += step {
		d := p.radius(r)
		if !(d > last) {
			return r - step
		}
		last = d
	}
	return most
}

// radius returns the distorted radius of a radius, or of an angle of a fisheye.
func (p *projection) radius(r float64) float64 {
	k := &p.c.Distortion
	q := r * r
	if p.fisheye {
		return r * (1 + q*(k[0]+q*(k[1]+q*(k[2]+q*k[3]))))
	}
	return r * p.radial(q)
}

// radial returns the radial factor of a pinhole for the square of a radius.
func (p *projection) radial(q float64) float64 {
	k := &p.c.Distortion
	return (1 + q*(k[0]+q*(k[1]+q*k[4]))) / (1 + q*(k[5]+q*(k[6]+q*k[7])))
}

// pixel returns the pixel of a direction in the camera frame; ok is false if the lens cannot
// show it.
func (p *projection) pixel(x, y, z float64) (u, v float64, ok bool) {
	c := p.c
	if p.fisheye {
		r := math.Hypot(x, y)
		angle := math.Atan2(r, z)
		if angle > p.limit {
			return 0, 0, false
		}
		f := 1.0
		if r > 0 {
			f = p.radius(angle) / r
		}
		return c.Fx*x*f + c.Cx, c.Fy*y*f + c.Cy, true
	}
	if z < minDepth*math.Hypot(math.Hypot(x, y), z) || z <= 0 {
		return 0, 0, false
	}
	x, y = x/z, y/z
	if x*x+y*y > p.limit*p.limit {
		return 0, 0, false
	}
	x, y = p.distort(x, y)
	return c.Fx*x + c.Cx, c.Fy*y + c.Cy, true
}

// distort distorts a point of the plane z = 1 by the pinhole's model.
func (p *projection) distort(x, y float64) (float64, float64) {
	if p.plain {
		return x, y
	}
	k := &p.c.Distortion
	q := x*x + y*y
	f := p.radial(q)
	p1, p2, s := k[2], k[3], k[8:]
	return x*f + 2*p1*x*y + p2*(q+2*x*x) + q*(s[0]+q*s[1]),
		y*f + p1*(q+2*y*y) + 2*p2*x*y + q*(s[2]+q*s[3])
}

// ray returns the direction of a pixel, of any length; ok is false if no direction has it.
func (p *projection) ray(u, v float64) (x, y, z float64, ok bool) {
	xd, yd := (u-p.c.Cx)/p.c.Fx, (v-p.c.Cy)/p.c.Fy
	switch {
	case p.fisheye:
		return p.fisheyeRay(xd, yd)
	case p.plain:
		return xd, yd, 1, true
	}
	return p.undistort(xd, yd)
}

// fisheyeRay inverts the fisheye by bisection: its radius increases up to the limit.
func (p *projection) fisheyeRay(xd, yd float64) (x, y, z float64, ok bool) {
	d := math.Hypot(xd, yd)
	if d == 0 {
		return 0, 0, 1, true
	}
	if d > p.radius(p.limit) {
		return 0, 0, 0, false
	}
	sin, cos := math.Sincos(bisect(0, p.limit, func(r float64) bool { return p.radius(r) < d }))
	return xd / d * sin, yd / d * sin, cos, true
}

// bisect returns the end of the part of a range for which below holds.
func bisect(lo, hi float64, below func(float64) bool) float64 {
	for range 50 {
		if mid := (lo + hi) / 2; below(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// undistort inverts distort by Newton's method, from the inverse of the radial part. The
// derivatives are numeric: the model has many terms.
func (p *projection) undistort(xd, yd float64) (x, y, z float64, ok bool) {
	d := math.Hypot(xd, yd)
	edge := p.radius(p.limit)
	if d > 1.2*edge { // tangential terms move points by less
		return 0, 0, 0, false
	}
	if d > 0 {
		r := bisect(0, p.limit, func(r float64) bool { return p.radius(r) < d })
		x, y = xd*r/d, yd*r/d
	}
	const step, close = 1e-6, 1e-9
	for range 20 {
		ax, ay := p.distort(x, y)
		ex, ey := ax-xd, ay-yd
		if math.Hypot(ex, ey) < close {
			break
		}
		bx, by := p.distort(x+step, y)
		cx, cy := p.distort(x, y+step)
		j00, j10, j01, j11 := (bx-ax)/step, (by-ay)/step, (cx-ax)/step, (cy-ay)/step
		det := j00*j11 - j01*j10
		if math.Abs(det) < 1e-12 {
			return 0, 0, 0, false
		}
		x, y = x-(j11*ex-j01*ey)/det, y-(j00*ey-j10*ex)/det
	}
	ax, ay := p.distort(x, y)
	const tolerance = 1e-6
	return x, y, 1, math.Hypot(ax-xd, ay-yd) < tolerance && math.Hypot(x, y) <= p.limit*1.0001
}
