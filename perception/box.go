package perception

import "math"

// Area returns the area of the box, 0 if X1 < X0 or Y1 < Y0.
func (b Box) Area() float64 { return math.Max(0, b.X1-b.X0) * math.Max(0, b.Y1-b.Y0) }

// Intersection returns the area common to two boxes, px².
func (b Box) Intersection(c Box) float64 {
	w := math.Min(b.X1, c.X1) - math.Max(b.X0, c.X0)
	h := math.Min(b.Y1, c.Y1) - math.Max(b.Y0, c.Y0)
	return math.Max(0, w) * math.Max(0, h)
}

// IoU returns the intersection of two boxes over their union (Jaccard index).
func (b Box) IoU(c Box) float64 {
	common := b.Intersection(c)
	if common == 0 {
		return 0
	}
	return common / (b.Area() + c.Area() - common)
}
