package geom

import "math"

// CurveSegment is a section of a curve with a curvature that changes linearly with arc
// length: a straight line (0, 0), an arc (k, k) or a clothoid (k0, k1).
type CurveSegment struct {
	Length float64 // m
	K0, K1 float64 // curvature at the start and at the end, 1/m, positive to the left
}

// SampleCurve returns points along consecutive pieces from start, at most step meters
// apart, both ends included. Headings are integrated exactly and positions by
// Simpson's rule, with an error below 1 µm per step of 1 m for the curvatures
// of roads.
func SampleCurve(start Pose, pieces []CurveSegment, step float64) []Vec {
	pts := []Vec{start.Pos()}
	at := start
	for _, p := range pieces {
		n := max(1, int(math.Ceil(p.Length/step)))
		h := p.Length / float64(n)
		yaw := func(s float64) float64 { return at.Yaw + p.K0*s + (p.K1-p.K0)*s*s/(2*p.Length) }
		pos := at.Pos()
		for i := range n {
			s := float64(i) * h
			a, b, c := Unit(yaw(s)), Unit(yaw(s+h/2)), Unit(yaw(s+h))
			pos = pos.Add(a.Add(b.Scale(4)).Add(c).Scale(h / 6))
			pts = append(pts, pos)
		}
		at = Pose{pos.X, pos.Y, yaw(p.Length)}
	}
	return pts
}

// Connect returns points, about step meters apart, of a cubic Bézier curve between
// two poses. If an arc joins the poses, the curve approximates that arc.
func Connect(from, to Pose, step float64) []Vec {
	chord := from.Pos().Dist(to.Pos())
	h := chord / 3
	if turn := math.Abs(WrapAngle(to.Yaw - from.Yaw)); turn > 0.01 && turn < 3 {
		h = 4.0 / 3 * math.Tan(turn/4) * chord / (2 * math.Sin(turn/2))
	}
	p0, p3 := from.Pos(), to.Pos()
	p1, p2 := p0.Add(from.Forward().Scale(h)), p3.Sub(to.Forward().Scale(h))
	n := max(2, int(math.Ceil(1.1*chord/step)))
	pts := make([]Vec, 0, n+1)
	for i := range n + 1 {
		t := float64(i) / float64(n)
		u := 1 - t
		pts = append(pts, p0.Scale(u*u*u).Add(p1.Scale(3*u*u*t)).Add(p2.Scale(3*u*t*t)).Add(p3.Scale(t*t*t)))
	}
	return pts
}

// InConvex reports whether p lies inside or on the border of the convex polygon
// with the given corners, clockwise or counter-clockwise.
func InConvex(p Vec, corners ...Vec) bool {
	var left, right bool
	for i, a := range corners {
		b := corners[(i+1)%len(corners)]
		switch c := b.Sub(a).Cross(p.Sub(a)); {
		case c > 1e-9:
			left = true
		case c < -1e-9:
			right = true
		}
	}
	return !(left && right)
}
