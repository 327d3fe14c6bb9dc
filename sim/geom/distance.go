package geom

import "math"

// Distance returns the shortest distance between two boxes, 0 when they touch.
func Distance(a, b OBB) float64 {
	if Overlap(a, b) {
		return 0
	}
	return math.Min(cornersTo(a, b), cornersTo(b, a))
}

// cornersTo returns the smallest distance of a corner of a from b. The nearest
// points of two disjoint convex polygons include a corner of one of them.
func cornersTo(a, b OBB) float64 {
	best := math.Inf(1)
	for _, c := range a.Corners() {
		best = math.Min(best, b.DistanceTo(c))
	}
	return best
}

// DistanceTo returns the distance of p from the box, 0 inside.
func (b OBB) DistanceTo(p Vec) float64 {
	q := Pose{b.Center.X, b.Center.Y, b.Yaw}.ToLocal(p)
	dx := math.Max(0, math.Abs(q.X)-b.Length/2)
	dy := math.Max(0, math.Abs(q.Y)-b.Width/2)
	return math.Sqrt(dx*dx + dy*dy)
}

// TimeToContact returns the time until two boxes with constant velocities va and
// vb and without rotation first touch, s; +Inf if never. The result is exact:
// along each separating axis the boxes overlap for one time interval, and they
// touch while they overlap along all four axes.
func TimeToContact(a OBB, va Vec, b OBB, vb Vec) float64 {
	d, v := b.Center.Sub(a.Center), vb.Sub(va)
	t0, t1 := 0.0, math.Inf(1)
	for _, box := range [2]OBB{a, b} {
		for _, axis := range [2]Vec{Unit(box.Yaw), Unit(box.Yaw).Left()} {
			if !clipSlab(d.Dot(axis), v.Dot(axis), a.extent(axis)+b.extent(axis), &t0, &t1) {
				return math.Inf(1)
			}
		}
	}
	return t0
}

// extent returns half the length of the box's projection on the unit vector axis.
func (b OBB) extent(axis Vec) float64 {
	f := Unit(b.Yaw)
	return (math.Abs(f.Dot(axis))*b.Length + math.Abs(f.Left().Dot(axis))*b.Width) / 2
}
