package video

import (
	"image/color"
	"math"
	"slices"

	"roadloop/internal/palette"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// ground holds the static parts of a map as polygons in drawing order. It is built once
// per drive.
type ground struct{ pieces []piece }

// piece is a polygon of one color. Pieces are small, so that most of them can be skipped
// as outside a view.
type piece struct {
	ring   []geom.Vec // map frame, m
	with   color.RGBA
	center geom.Vec
	radius float64 // m, of the bounding circle
}

// Sizes of paint and pieces, m.
const (
	pieceLength = 24.0 // of surfaces and solid lines
	stripStep   = 2.0  // between points along a line
	lineWidth   = .14
	dashLength  = 3.0
	dashPeriod  = 9.0
	stopWidth   = .45
	zebraStripe = .5
	overlap     = .06
	crownShare  = .22 // radius of a tree's crown in heights of the tree
)

// newGround returns the ground of a map. Painted lines are at least minWidth wide, m.
func newGround(m *road.Map, minWidth float64) *ground {
	g := new(ground)
	for _, kind := range [...]struct {
		surface road.SurfaceKind
		with    color.RGBA
	}{{road.Gravel, palette.Gravel.Dark}, {road.Sidewalk, palette.Sidewalk.Dark}, {road.Asphalt, palette.Asphalt.Dark}} {
		for i := range m.Surfaces {
			if s := &m.Surfaces[i]; s.Kind == kind.surface {
				g.strip(s.Left, s.Right, kind.with)
			}
		}
	}
	width := math.Max(lineWidth, minWidth)
	for i := range m.Lanes {
		if l := &m.Lanes[i]; l.Junction < 0 {
			g.marking(l, l.LeftMark, l.Width/2, width)
			g.marking(l, l.RightMark, -l.Width/2, width)
			g.stopLine(l)
		}
	}
	for i := range m.Crosswalks {
		g.zebra(&m.Crosswalks[i])
	}
	for i := range m.Props {
		g.prop(&m.Props[i], minWidth)
	}
	return g
}

// add appends a polygon.
func (g *ground) add(with color.RGBA, ring ...geom.Vec) {
	p := piece{ring: ring, with: with}
	lo, hi := ring[0], ring[0]
	for _, q := range ring {
		lo = geom.Vec{X: math.Min(lo.X, q.X), Y: math.Min(lo.Y, q.Y)}
		hi = geom.Vec{X: math.Max(hi.X, q.X), Y: math.Max(hi.Y, q.Y)}
	}
	p.center, p.radius = lo.Lerp(hi, .5), lo.Dist(hi)/2
	g.pieces = append(g.pieces, p)
}

// strip adds the area between two edges in pieces. Neighboring pieces overlap, so that no
// seam is visible.
func (g *ground) strip(left, right []geom.Vec, with color.RGBA) {
	for from := 0; from < len(left)-1; {
		to, length := from+1, left[from].Dist(left[from+1])
		for to < len(left)-1 && length < pieceLength {
			length += left[to].Dist(left[to+1])
			to++
		}
		ring := extended(left[from : to+1])
		back := extended(right[from : to+1])
		slices.Reverse(back)
		g.add(with, append(ring, back...)...)
		from = to
	}
}

// extended returns a copy of a line, longer by overlap at both ends.
func extended(line []geom.Vec) []geom.Vec {
	out := slices.Clone(line)
	n := len(out)
	extend := func(end, inner geom.Vec) geom.Vec {
		d := end.Sub(inner)
		if d.Norm() < 1e-6 {
			return end
		}
		return end.Add(d.Scale(overlap / d.Norm()))
	}
	out[0], out[n-1] = extend(line[0], line[1]), extend(line[n-1], line[n-2])
	return out
}

// marking adds the paint along a lane at the offset d from its center line.
func (g *ground) marking(l *road.Lane, mark road.Marking, d, width float64) {
	with := palette.Paint.Dark
	if mark.Yellow {
		with = palette.PaintYellow.Dark
	}
	length := l.Center.Length()
	switch mark.Kind {
	case road.MarkDashed:
		for s := 1.0; s < length; s += dashPeriod {
			g.line(l, s, math.Min(s+dashLength, length), d, width, with)
		}
	case road.MarkSolid:
		g.line(l, 0, length, d, width, with)
	case road.MarkDouble:
		g.line(l, 0, length, d-math.Copysign(width, d), width, with)
	}
}

// line adds a line along a lane from one arc length to another.
func (g *ground) line(l *road.Lane, from, to, d, width float64, with color.RGBA) {
	n := max(1, int(math.Ceil((to-from)/stripStep)))
	var left, right []geom.Vec
	for i := range n + 1 {
		s := from + (to-from)*float64(i)/float64(n)
		left = append(left, l.Center.Offset(s, d+width/2).Pos())
		right = append(right, l.Center.Offset(s, d-width/2).Pos())
	}
	g.strip(left, right, with)
}

// stopLine adds the stop line of a lane that has one.
func (g *ground) stopLine(l *road.Lane) {
	if l.Control == road.Free {
		return
	}
	side := func(s, d float64) geom.Vec { return l.Center.Offset(s, d).Pos() }
	half := l.Width/2 - .1
	g.add(palette.Paint.Dark, side(l.StopS-stopWidth, half), side(l.StopS, half), side(l.StopS, -half), side(l.StopS-stopWidth, -half))
}

// zebra adds the stripes of a crosswalk, which run along the road.
func (g *ground) zebra(c *road.Crosswalk) {
	length := c.A.Dist(c.B)
	if length < zebraStripe {
		return
	}
	along := c.B.Sub(c.A).Scale(1 / length)
	side := along.Left().Scale(c.Width / 2)
	for s := zebraStripe / 2; s+zebraStripe <= length; s += 2 * zebraStripe {
		p, q := c.A.Add(along.Scale(s)), c.A.Add(along.Scale(s+zebraStripe))
		g.add(palette.Paint.Dark, p.Add(side), q.Add(side), q.Sub(side), p.Sub(side))
	}
}

// prop adds the footprint of a building, a tree or a barrier. It skips smaller props.
func (g *ground) prop(p *road.Prop, minWidth float64) {
	box := geom.OBB{Center: p.Pose.Pos(), Yaw: p.Pose.Yaw, Length: p.Length, Width: p.Width}
	switch p.Kind {
	case road.Building:
		ring := box.Corners()
		g.add(palette.Building.Dark, ring[:]...)
	case road.Barrier, road.Fence:
		box.Width = math.Max(box.Width, minWidth)
		ring := box.Corners()
		g.add(palette.Building.Dark, ring[:]...)
	case road.Tree:
		const corners = 12
		var ring [corners]geom.Vec
		for i := range ring {
			ring[i] = box.Center.Add(geom.Unit(2 * math.Pi * float64(i) / corners).Scale(crownShare * p.Height))
		}
		g.add(palette.Tree.Dark, ring[:]...)
	}
}

// draw draws the pieces that intersect a view.
func (g *ground) draw(v *topView) {
	w, h := v.size()
	var ring []geom.Vec
	for i := range g.pieces {
		p := &g.pieces[i]
		at, r := v.at(p.center), p.radius*v.perMeter
		if at.X < -r || at.Y < -r || at.X > w+r || at.Y > h+r {
			continue
		}
		ring = ring[:0]
		for _, q := range p.ring {
			ring = append(ring, v.at(q))
		}
		v.fill(p.with, ring...)
	}
}
