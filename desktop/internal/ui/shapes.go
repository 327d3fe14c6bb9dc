package ui

import "math"

// at converts a point of the canvas to pixels of the target.
func (c *Canvas) at(q Point) pixel {
	k := c.p.scale
	return pixel{float32((c.area.X + q.X) * k), float32((c.area.Y + q.Y) * k)}
}

// Fill fills the canvas.
func (c *Canvas) Fill(col Color) { c.Rect(c.Bounds(), col) }

// Rect fills a rectangle. Its edges are rounded to pixels, so that they are sharp.
func (c *Canvas) Rect(r Rect, col Color) {
	if r.Empty() || c.hidden(r) {
		return
	}
	a, b := c.at(Point{r.X, r.Y}), c.at(Point{r.Right(), r.Bottom()})
	x0, y0, x1, y1 := round32(a.x), round32(a.y), round32(b.x), round32(b.y)
	if x1 == x0 {
		x1++
	}
	if y1 == y0 {
		y1++
	}
	c.block(x0, y0, x1, y1, paintOf(col))
}

// block fills whole pixels.
func (c *Canvas) block(x0, y0, x1, y1 float32, k paint) {
	p := c.painter()
	i := p.vertex(pixel{x0, y0}, k)
	p.vertex(pixel{x1, y0}, k)
	p.vertex(pixel{x1, y1}, k)
	p.vertex(pixel{x0, y1}, k)
	p.quad(i, i+1, i+2, i+3)
}

// Frame draws the border of a rectangle, inside it.
func (c *Canvas) Frame(r Rect, width float64, col Color) {
	w := min(width, r.W/2, r.H/2)
	c.Rect(r.CutTop(w), col)
	c.Rect(r.CutBottom(w), col)
	c.Rect(r.CutLeft(w), col)
	c.Rect(r.CutRight(w), col)
}

// RoundRect fills a rectangle with round corners.
func (c *Canvas) RoundRect(r Rect, radius float64, col Color) {
	if r.Empty() || c.hidden(r) {
		return
	}
	c.convex(c.rounded(r, radius), paintOf(col))
}

// RoundFrame draws the border of a rectangle with round corners, inside it.
func (c *Canvas) RoundFrame(r Rect, radius, width float64, col Color) {
	if r.Empty() || c.hidden(r) {
		return
	}
	c.stroke(c.rounded(r.Inset(width/2), radius-width/2), true, width, paintOf(col))
}

// Plate fills a rectangle with round corners and draws its border.
func (c *Canvas) Plate(r Rect, radius float64, fill, edge Color) {
	c.RoundRect(r, radius, fill)
	c.RoundFrame(r, radius, 1, edge)
}

// Cross draws a cross around a point. radius is half its width.
func (c *Canvas) Cross(at Point, radius, width float64, col Color) {
	d := Point{radius, radius}
	c.Line(at.Sub(d), at.Add(d), width, col)
	d.Y = -radius
	c.Line(at.Sub(d), at.Add(d), width, col)
}

// Tick draws a tick mark around a point. radius is half its width.
func (c *Canvas) Tick(at Point, radius, width float64, col Color) {
	line := [3]Point{{at.X - radius, at.Y}, {at.X - .25*radius, at.Y + .75*radius}, {at.X + radius, at.Y - .8*radius}}
	c.Polyline(line[:], width, col)
}

// rounded returns the outline of a rectangle with round corners. The next shape
// overwrites it.
func (c *Canvas) rounded(r Rect, radius float64) []pixel {
	radius = max(0, min(radius, r.W/2, r.H/2))
	out := c.p.scratch[:0]
	n := 1 + int(math.Ceil(math.Sqrt(radius*c.p.scale)*1.2))
	for corner, at := range [4]Point{{r.Right() - radius, r.Bottom() - radius}, {r.X + radius, r.Bottom() - radius},
		{r.X + radius, r.Y + radius}, {r.Right() - radius, r.Y + radius}} {
		for i := range n + 1 {
			sin, cos := math.Sincos(math.Pi / 2 * (float64(corner) + float64(i)/float64(n)))
			out = append(out, c.at(Point{at.X + radius*cos, at.Y + radius*sin}))
		}
	}
	c.p.scratch = out
	return distinct(out, true) // round ends meet if a side has length 0
}

// Circle fills a circle.
func (c *Canvas) Circle(center Point, radius float64, col Color) {
	c.Ellipse(center, radius, radius, 0, col)
}

// Ring draws a circle line centered on the radius.
func (c *Canvas) Ring(center Point, radius, width float64, col Color) {
	c.EllipseFrame(center, radius, radius, 0, width, col)
}

// Ellipse fills an ellipse with half axes a and b. angle is the direction of a, in
// radians clockwise from x.
func (c *Canvas) Ellipse(center Point, a, b, angle float64, col Color) {
	r := max(a, b)
	if r <= 0 || c.hidden(Rect{center.X - r, center.Y - r, 2 * r, 2 * r}) {
		return
	}
	c.convex(c.oval(center, a, b, angle), paintOf(col))
}

// EllipseFrame draws the outline of an ellipse; see Ellipse.
func (c *Canvas) EllipseFrame(center Point, a, b, angle, width float64, col Color) {
	r := max(a, b) + width
	if r <= 0 || c.hidden(Rect{center.X - r, center.Y - r, 2 * r, 2 * r}) {
		return
	}
	c.stroke(c.oval(center, a, b, angle), true, width, paintOf(col))
}

// oval returns the outline of an ellipse. The next shape overwrites it.
func (c *Canvas) oval(center Point, a, b, angle float64) []pixel {
	out := c.p.scratch[:0]
	n := max(8, min(96, int(4*math.Sqrt(max(a, b)*c.p.scale))))
	ts, tc := math.Sincos(angle)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		x, y := a*cos, b*sin
		out = append(out, c.at(Point{center.X + x*tc - y*ts, center.Y + x*ts + y*tc}))
	}
	c.p.scratch = out
	return out
}

func round32(x float32) float32 { return float32(math.Round(float64(x))) }
