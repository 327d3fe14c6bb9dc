package geom

// IoU returns the intersection over union of the areas of two boxes, 0 when both
// are empty.
func IoU(a, b OBB) float64 {
	both := Intersection(a, b)
	either := a.Length*a.Width + b.Length*b.Width - both
	if either <= 0 {
		return 0
	}
	return both / either
}

// Intersection returns the area of the intersection of two boxes. It clips b, in
// the frame of a, at the sides of a.
func Intersection(a, b OBB) float64 {
	if !Overlap(a, b) {
		return 0
	}
	frame := Pose{a.Center.X, a.Center.Y, a.Yaw}
	var ring [4]Vec
	for i, p := range b.Corners() {
		ring[i] = frame.ToLocal(p)
	}
	return ClippedArea(ring[:], -a.Length/2, -a.Width/2, a.Length/2, a.Width/2)
}
