package ui

import "math"

// Point is a place or a distance in points.
type Point struct{ X, Y float64 }

// Add returns p+q.
func (p Point) Add(q Point) Point { return Point{p.X + q.X, p.Y + q.Y} }

// Sub returns p-q.
func (p Point) Sub(q Point) Point { return Point{p.X - q.X, p.Y - q.Y} }

// Mul returns k·p.
func (p Point) Mul(k float64) Point { return Point{k * p.X, k * p.Y} }

// Dist returns the distance between p and q.
func (p Point) Dist(q Point) float64 { return math.Hypot(p.X-q.X, p.Y-q.Y) }

// Rect is a rectangle by its upper left corner and its size.
type Rect struct{ X, Y, W, H float64 }

// Right returns the x of the right edge.
func (r Rect) Right() float64 { return r.X + r.W }

// Bottom returns the y of the lower edge.
func (r Rect) Bottom() float64 { return r.Y + r.H }

func (r Rect) Center() Point { return Point{r.X + r.W/2, r.Y + r.H/2} }

// Contains reports whether p is inside, upper and left edges included.
func (r Rect) Contains(p Point) bool {
	return p.X >= r.X && p.X < r.X+r.W && p.Y >= r.Y && p.Y < r.Y+r.H
}

// Inset returns r without a border of the given width. The size is at least 0.
func (r Rect) Inset(d float64) Rect { return r.Inset2(d, d) }

// Inset2 returns r without borders of dx to the left and right, dy above and below.
func (r Rect) Inset2(dx, dy float64) Rect {
	dx, dy = min(dx, r.W/2), min(dy, r.H/2)
	return Rect{r.X + dx, r.Y + dy, r.W - 2*dx, r.H - 2*dy}
}

// Move returns r moved by d.
func (r Rect) Move(d Point) Rect { return Rect{r.X + d.X, r.Y + d.Y, r.W, r.H} }

// Intersect returns the intersection of r and q. Its size is 0 if it is empty.
func (r Rect) Intersect(q Rect) Rect {
	x0, y0 := max(r.X, q.X), max(r.Y, q.Y)
	x1, y1 := min(r.Right(), q.Right()), min(r.Bottom(), q.Bottom())
	return Rect{x0, y0, max(0, x1-x0), max(0, y1-y0)}
}

// Empty reports whether r has no area.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// CutTop takes h off the top of r and returns it.
func (r *Rect) CutTop(h float64) Rect {
	h = max(0, min(h, r.H))
	cut := Rect{r.X, r.Y, r.W, h}
	r.Y, r.H = r.Y+h, r.H-h
	return cut
}

// CutBottom takes h off the bottom of r and returns it.
func (r *Rect) CutBottom(h float64) Rect {
	h = max(0, min(h, r.H))
	r.H -= h
	return Rect{r.X, r.Y + r.H, r.W, h}
}

// CutLeft takes w off the left of r and returns it.
func (r *Rect) CutLeft(w float64) Rect {
	w = max(0, min(w, r.W))
	cut := Rect{r.X, r.Y, w, r.H}
	r.X, r.W = r.X+w, r.W-w
	return cut
}

// CutRight takes w off the right of r and returns it.
func (r *Rect) CutRight(w float64) Rect {
	w = max(0, min(w, r.W))
	r.W -= w
	return Rect{r.X + r.W, r.Y, w, r.H}
}

// Centered returns a rectangle of the given size in the middle of r.
func (r Rect) Centered(w, h float64) Rect {
	return Rect{r.X + (r.W-w)/2, r.Y + (r.H-h)/2, w, h}
}

// Fit returns the largest rectangle with the aspect ratio w:h, centered in r.
func (r Rect) Fit(w, h float64) Rect {
	k := min(r.W/w, r.H/h)
	return r.Centered(k*w, k*h)
}

// Clip returns the part of the line from a to b inside r; ok is false if there is none
// (Liang and Barsky 1984).
func (r Rect) Clip(a, b Point) (from, to Point, ok bool) {
	d := b.Sub(a)
	enter, leave := 0.0, 1.0
	for _, edge := range [...]struct{ speed, way float64 }{
		{-d.X, a.X - r.X}, {d.X, r.Right() - a.X}, {-d.Y, a.Y - r.Y}, {d.Y, r.Bottom() - a.Y},
	} {
		switch t := edge.way / edge.speed; {
		case edge.speed < 0:
			enter = max(enter, t)
		case edge.speed > 0:
			leave = min(leave, t)
		case edge.way < 0:
			return a, b, false // outside
		}
	}
	return a.Add(d.Mul(enter)), a.Add(d.Mul(leave)), enter <= leave
}
