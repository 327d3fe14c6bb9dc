package perception

import "math"

// Area returns the area of the box, 0 for one that is inside out.
func (b Box) Area() float64 { return math.Max(0, b.X1-b.X0) * math.Max(0, b.Y1-b.Y0) }

// IoU returns the intersection of two boxes over their union (Jaccard index).
func (b Box) IoU(c Box) float64 {
	w := math.Min(b.X1, c.X1) - math.Max(b.X0, c.X0)
	h := math.Min(b.Y1, c.Y1) - math.Max(b.Y0, c.Y0)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (b.Area() + c.Area() - w*h)
}
