package inference

import (
	"math"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

const (
	// boundaryRange is the maximum distance of boundary points, m: beyond it a pixel
	// spans several meters.
	boundaryRange = 50.0
	// minPoints is the minimum number of rows of a boundary.
	minPoints = 4
	// maxDiscarded is the maximum length of a boundary that is discarded when the
	// next point does not join: the nearest points may be wrong.
	maxDiscarded = 2
)

// boundaries fills the lane boundaries of dst. In every row of cells, from the bottom
// of the image up, a boundary passes at the mean of the probability around its most
// probable cell, as in row-anchor detection (Qin et al. 2020); the ray through that
// point hits the ground at an anchor. The boundaries follow the road model fitted to
// the anchors, from the bottom of the image to the farthest anchor.
func (g *grid) boundaries(dst *perception.Image, cal *sensor.Camera, least float64) {
	var memory [maxAnchors]anchor
	var first [perception.NumSides + 1]int // anchor of each boundary
	anchors := memory[:0]
	for side := range perception.NumSides {
		anchors = g.follow(anchors, perception.Side(side), cal, least)
		if len(anchors)-first[side] < minPoints {
			anchors = anchors[:first[side]]
		}
		first[side+1] = len(anchors)
	}
	var road roadModel
	if !road.fit(anchors) {
		return
	}
	end := road.end(anchors)
	for side := range perception.NumSides {
		if on := anchors[first[side]:first[side+1]]; len(on) > 0 {
			g.place(dst, &road, on, end, cal)
		}
	}
}

// end returns the distance up to which the anchors follow the road, m.
func (r *roadModel) end(anchors []anchor) (x float64) {
	for i := range anchors {
		if r.biweight(&anchors[i], fitRounds) > 0 {
			x = math.Max(x, anchors[i].at.X)
		}
	}
	return x
}

// place appends a boundary along the road to dst.
func (g *grid) place(dst *perception.Image, road *roadModel, anchors []anchor, last float64, cal *sensor.Camera) {
	n := len(dst.Boundaries)
	if n < cap(dst.Boundaries) {
		dst.Boundaries = dst.Boundaries[:n+1]
	} else {
		dst.Boundaries = append(dst.Boundaries, perception.Boundary{})
	}
	b := &dst.Boundaries[n]
	b.Side, b.Score, b.Points = anchors[0].side, 0, b.Points[:0]
	agree := 0
	for i := range anchors {
		if road.biweight(&anchors[i], fitRounds) > 0 {
			agree++
			b.Score += anchors[i].score
		}
	}
	if agree < minPoints {
		dst.Boundaries = dst.Boundaries[:n]
		return
	}
	b.Score /= float64(agree)
	for y := g.h - 1; y >= 0; y-- {
		at, ok := cal.Ground(float64(cal.Width)/2, (float64(y)+.5)*network.Stride)
		if !ok || at.X >= last {
			break
		}
		b.Points = appendInView(b.Points, geom.Vec{X: at.X, Y: road.y(b.Side, at.X)}, cal)
	}
	b.Points = appendInView(b.Points, geom.Vec{X: last, Y: road.y(b.Side, last)}, cal)
	if len(b.Points) < 2 { // the road bends out of the image
		dst.Boundaries = dst.Boundaries[:n]
	}
}

// appendInView appends a point on the ground if the image shows it.
func appendInView(dst []geom.Vec, p geom.Vec, cal *sensor.Camera) []geom.Vec {
	if u, _, _, ok := cal.Project(p.X, p.Y, 0); !ok || u < 0 || u >= float64(cal.Width) {
		return dst
	}
	return append(dst, p)
}

// follow appends the anchors of a boundary.
func (g *grid) follow(dst []anchor, side perception.Side, cal *sensor.Camera, least float64) []anchor {
	first := len(dst)
	for y := g.h - 1; y >= 0; y-- {
		x, p := g.crossing(y, network.LaneChannel+int(side))
		if p < least {
			continue
		}
		at, ok := cal.Ground(x*network.Stride, (float64(y)+.5)*network.Stride)
		if !ok || at.X > boundaryRange {
			break
		}
		if n := len(dst) - first; n > 0 && !joins(dst[len(dst)-1].at, at) {
			if n > maxDiscarded {
				continue
			}
			dst = dst[:first]
		}
		dst = append(dst, anchor{at, side, anchorWeight(at, p, cal), p})
	}
	return dst
}

// joins reports whether q may follow p on a boundary: forward, at less than about
// 45°.
func joins(p, q geom.Vec) bool {
	return q.X > p.X && math.Abs(q.Y-p.Y) < .4+1.0*(q.X-p.X)
}

// crossing returns the position where a boundary crosses a row, in cells, and its
// probability; 0 if the edge of the image cuts its peak.
func (g *grid) crossing(y, channel int) (x, p float64) {
	best := 0
	for c := 1; c < g.w; c++ {
		if g.at(c, y, channel) > g.at(best, y, channel) {
			best = c
		}
	}
	if best == 0 || best == g.w-1 {
		return 0, 0
	}
	p = sigmoid(g.at(best, y, channel))
	sum, moment := 0.0, 0.0
	const reach = 2
	for c := max(best-reach, 0); c <= min(best+reach, g.w-1); c++ {
		q := sigmoid(g.at(c, y, channel))
		sum += q
		moment += q * (float64(c) + .5)
	}
	return moment / sum, p
}
