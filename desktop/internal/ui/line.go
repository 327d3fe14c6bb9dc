package ui

import "math"

// Line draws a straight line. Horizontal and vertical lines are aligned to pixels.
func (c *Canvas) Line(a, b Point, width float64, col Color) {
	switch {
	case a.X == b.X:
		c.Rect(Rect{a.X - width/2, min(a.Y, b.Y), width, math.Abs(b.Y - a.Y)}, col)
	case a.Y == b.Y:
		c.Rect(Rect{min(a.X, b.X), a.Y - width/2, math.Abs(b.X - a.X), width}, col)
	default:
		pair := [2]Point{a, b}
		c.Polyline(pair[:], width, col)
	}
}

// Polyline draws a line through points.
func (c *Canvas) Polyline(points []Point, width float64, col Color) {
	c.path(points, false, width, col)
}

// Outline draws a closed line through points.
func (c *Canvas) Outline(points []Point, width float64, col Color) {
	c.path(points, true, width, col)
}

// Dashes draws a dashed line with dashes of length on and gaps of length off.
func (c *Canvas) Dashes(points []Point, width, on, off float64, col Color) {
	if len(points) < 2 || on <= 0 || off <= 0 || c.hidden(boundsOf(points)) {
		return
	}
	left, drawn := on, true
	dash := append(c.p.dashes[:0], points[0])
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		length := a.Dist(b)
		for s := 0.0; s < length; {
			step := min(left, length-s)
			s, left = s+step, left-step
			q := a.Add(b.Sub(a).Mul(s / length))
			if drawn {
				dash = append(dash, q)
			}
			if left > 0 {
				continue
			}
			if drawn {
				c.Polyline(dash, width, col)
				left = off
			} else {
				left = on
			}
			drawn = !drawn
			dash = append(dash[:0], q)
		}
	}
	if drawn && len(dash) > 1 {
		c.Polyline(dash, width, col)
	}
	c.p.dashes = dash
}

// Arrow draws a line with an arrowhead of length size at b.
func (c *Canvas) Arrow(a, b Point, width, size float64, col Color) {
	length := a.Dist(b)
	if length == 0 {
		return
	}
	d := b.Sub(a).Mul(1 / length)
	n := Point{-d.Y, d.X}
	neck := b.Sub(d.Mul(min(size, length)))
	c.Line(a, neck, width, col)
	head := [3]Point{b, neck.Add(n.Mul(size * .45)), neck.Sub(n.Mul(size * .45))}
	c.Polygon(head[:], col)
}

func (c *Canvas) path(points []Point, closed bool, width float64, col Color) {
	if len(points) < 2 {
		return
	}
	b := boundsOf(points)
	if c.hidden(Rect{b.X - width, b.Y - width, b.W + 2*width, b.H + 2*width}) {
		return
	}
	c.stroke(c.pixels(points), closed, width, paintOf(col))
}

// stroke draws a line in pixels: a solid core, and on each side a band that fades out.
// A line thinner than a pixel is drawn fainter instead.
func (c *Canvas) stroke(line []pixel, closed bool, width float64, k paint) {
	line = distinct(line, closed)
	n := uint32(len(line))
	if n < 2 {
		return
	}
	p := c.painter()
	w := float32(width * c.p.scale)
	if w < 1 {
		k, w = k.faded(w), 1
	}
	core, rim := (w-1)/2, (w+1)/2
	normals := c.miters(line, closed)
	first := uint32(len(p.vertices))
	for i, q := range line {
		d := normals[i]
		p.vertex(pixel{q.x + rim*d.x, q.y + rim*d.y}, paint{})
		p.vertex(pixel{q.x + core*d.x, q.y + core*d.y}, k)
		p.vertex(pixel{q.x - core*d.x, q.y - core*d.y}, k)
		p.vertex(pixel{q.x - rim*d.x, q.y - rim*d.y}, paint{})
	}
	last := n - 1
	if closed {
		last = n
	}
	for i := range last {
		a, b := first+4*i, first+4*((i+1)%n)
		for band := range uint32(3) {
			p.quad(a+band, a+band+1, b+band+1, b+band)
		}
	}
}

// distinct removes points that equal the previous one, in place.
func distinct(line []pixel, closed bool) []pixel {
	out := line[:1]
	for _, q := range line[1:] {
		if d := out[len(out)-1]; math.Abs(float64(q.x-d.x))+math.Abs(float64(q.y-d.y)) > .01 {
			out = append(out, q)
		}
	}
	if closed && len(out) > 2 {
		a, b := out[0], out[len(out)-1]
		if math.Abs(float64(a.x-b.x))+math.Abs(float64(a.y-b.y)) <= .01 {
			out = out[:len(out)-1]
		}
	}
	return out
}

// miterLimit limits the length of a miter, in half widths.
const miterLimit = 2.5

// miters returns the miter vector at each point of a line, to its left on the screen
// with y down. Offset by these, the line keeps its width. The next shape overwrites
// them.
func (c *Canvas) miters(line []pixel, closed bool) []pixel {
	out := c.p.normals[:0]
	n := len(line)
	for i := range line {
		before, after := i-1, i+1
		if closed {
			before, after = (i+n-1)%n, (i+1)%n
		}
		in, on := normal(line, before, i), normal(line, i, after)
		if before < 0 {
			in = on
		}
		if after >= n {
			on = in
		}
		out = append(out, miter(in, on))
	}
	c.p.normals = out
	return out
}

// miter returns the miter of two segments with the given normals.
func miter(a, b pixel) pixel {
	sum := pixel{a.x + b.x, a.y + b.y}
	// |sum|² = 2 + 2·cos; the miter is sum/(1+cos).
	k := (sum.x*sum.x + sum.y*sum.y) / 2
	if k < 2/(miterLimit*miterLimit) {
		if k < 1e-6 {
			return a
		}
		k = float32(math.Sqrt(float64(2*k))) / miterLimit
	}
	return pixel{sum.x / k, sum.y / k}
}

// normal returns the unit normal of the segment from line[i] to line[j], zero if there
// is no such segment.
func normal(line []pixel, i, j int) pixel {
	if i < 0 || j >= len(line) {
		return pixel{}
	}
	dx, dy := line[j].x-line[i].x, line[j].y-line[i].y
	l := float32(math.Hypot(float64(dx), float64(dy)))
	if l == 0 {
		return pixel{}
	}
	return pixel{dy / l, -dx / l}
}
