package geom

import "math"

// OBB is an oriented bounding box: a rectangle centered at Center with Length
// along Yaw and Width across it.
type OBB struct {
	Center        Vec
	Yaw           float64
	Length, Width float64 // full extents, m
}

// Corners returns the corners counter-clockwise from front left: front left,
// rear left, rear right, front right.
func (b OBB) Corners() [4]Vec {
	f := Unit(b.Yaw).Scale(b.Length / 2)
	l := Unit(b.Yaw).Left().Scale(b.Width / 2)
	c := b.Center
	return [4]Vec{c.Add(f).Add(l), c.Sub(f).Add(l), c.Sub(f).Sub(l), c.Add(f).Sub(l)}
}

// Contains reports whether p lies in the box, its border included.
func (b OBB) Contains(p Vec) bool {
	// Most points are outside the circle around the box, with a margin for rounding, and need
	// no rotation.
	if d := p.Sub(b.Center); 4*d.Dot(d) > 1.000001*(b.Length*b.Length+b.Width*b.Width) {
		return false
	}
	q := Pose{b.Center.X, b.Center.Y, b.Yaw}.ToLocal(p)
	return math.Abs(q.X) <= b.Length/2 && math.Abs(q.Y) <= b.Width/2
}

// Inflate returns the box grown by dl at each end and dw on each side.
func (b OBB) Inflate(dl, dw float64) OBB {
	b.Length += 2 * dl
	b.Width += 2 * dw
	return b
}

// Overlap reports whether two boxes share a point, by the separating axis
// theorem: two boxes are disjoint exactly if a side of one of them separates
// them.
func Overlap(a, b OBB) bool {
	reach := math.Hypot(a.Length, a.Width) + math.Hypot(b.Length, b.Width)
	d := b.Center.Sub(a.Center)
	if 4*d.Dot(d) > reach*reach {
		return false
	}
	return !separated(a, b, d) && !separated(b, a, d)
}

// separated reports whether one of a's two axes separates a from b; d is the
// vector between the centers.
func separated(a, b OBB, d Vec) bool {
	ax := Unit(a.Yaw)
	s, c := math.Sincos(b.Yaw - a.Yaw)
	s, c = math.Abs(s), math.Abs(c)
	return math.Abs(d.Dot(ax)) > (a.Length+c*b.Length+s*b.Width)/2 ||
		math.Abs(d.Dot(ax.Left())) > (a.Width+s*b.Length+c*b.Width)/2
}

// RayOBB returns the distance from origin in direction yaw to the first
// intersection with the box, and whether the ray hits the box. The distance is
// 0 for an origin inside the box.
func RayOBB(origin Vec, yaw float64, b OBB) (float64, bool) {
	frame := Pose{b.Center.X, b.Center.Y, b.Yaw}
	o := frame.ToLocal(origin)
	dir := Unit(yaw - b.Yaw)
	t0, t1 := 0.0, math.Inf(1)
	if !clipSlab(o.X, dir.X, b.Length/2, &t0, &t1) || !clipSlab(o.Y, dir.Y, b.Width/2, &t0, &t1) {
		return 0, false
	}
	return t0, true
}

// clipSlab narrows [t0, t1] to the part of the ray o + t·d with |o + t·d| <= h.
func clipSlab(o, d, h float64, t0, t1 *float64) bool {
	if d == 0 {
		return math.Abs(o) <= h
	}
	a, b := (-h-o)/d, (h-o)/d
	if a > b {
		a, b = b, a
	}
	*t0, *t1 = math.Max(*t0, a), math.Min(*t1, b)
	return *t0 <= *t1
}
