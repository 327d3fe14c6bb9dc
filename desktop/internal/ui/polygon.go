package ui

// Polygon fills a convex polygon.
func (c *Canvas) Polygon(points []Point, col Color) {
	if len(points) > 2 && !c.hidden(boundsOf(points)) {
		c.convex(c.pixels(points), paintOf(col))
	}
}

// Strip fills the band between two lines with equal numbers of points, such as the
// borders of a lane.
func (c *Canvas) Strip(left, right []Point, col Color) {
	n := min(len(left), len(right))
	p, k := c.painter(), paintOf(col)
	for i := range n {
		a := p.vertex(c.at(left[i]), k)
		p.vertex(c.at(right[i]), k)
		if i > 0 {
			p.quad(a-2, a-1, a+1, a)
		}
	}
}

// pixels returns points in pixels. The next shape overwrites them.
func (c *Canvas) pixels(points []Point) []pixel {
	out := c.p.scratch[:0]
	for _, q := range points {
		out = append(out, c.at(q))
	}
	c.p.scratch = out
	return out
}

// convex fills a convex outline. Its edge fades over one pixel, centered on the true
// edge.
func (c *Canvas) convex(out []pixel, k paint) {
	p := c.painter()
	first := c.fringe(out, k)
	for i := 2; i < len(out); i++ {
		p.indices = append(p.indices, first, first+2*uint32(i-1), first+2*uint32(i))
	}
}

// fringe adds two vertices per corner of a closed outline, one half a pixel inside and
// a transparent one half a pixel outside, and the band between them. It returns the
// index of the first inner vertex; inner and outer vertices alternate.
func (c *Canvas) fringe(out []pixel, k paint) uint32 {
	p := c.p
	side := float32(.5)
	if turn(out) < 0 {
		side = -.5
	}
	first := uint32(len(p.vertices))
	normals := c.miters(out, true)
	n := uint32(len(out))
	for i, q := range out {
		d := normals[i]
		p.vertex(pixel{q.x - side*d.x, q.y - side*d.y}, k)
		p.vertex(pixel{q.x + side*d.x, q.y + side*d.y}, paint{})
	}
	for i := range n {
		j := (i + 1) % n
		p.quad(first+2*i, first+2*i+1, first+2*j+1, first+2*j)
	}
	return first
}

// turn returns twice the area of an outline, positive if it runs clockwise on the
// screen.
func turn(out []pixel) (area float32) {
	for i, q := range out {
		r := out[(i+1)%len(out)]
		area += q.x*r.y - q.y*r.x
	}
	return area
}

func boundsOf(points []Point) Rect {
	lo, hi := points[0], points[0]
	for _, q := range points[1:] {
		lo.X, lo.Y = min(lo.X, q.X), min(lo.Y, q.Y)
		hi.X, hi.Y = max(hi.X, q.X), max(hi.Y, q.Y)
	}
	return Rect{lo.X, lo.Y, hi.X - lo.X, hi.Y - lo.Y}
}
