package inference

import (
	"math"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

const (
	// boundaryRange is how far boundaries are placed on the ground, m: beyond it a
	// pixel spans several meters.
	boundaryRange = 50.0
	// minPoints is the least number of rows that make a boundary.
	minPoints = 4
	// restart is up to how many points a boundary is given up for when the next
	// one does not join: the nearest may be wrong.
	restart = 2
)

// boundaries fills the lane boundaries of dst. In every row of cells, from the
// bottom of the image up, a boundary passes at the middle of the probability around
// its most probable cell, as in row-anchor detection (Qin et al. 2020); the ray
// through that place meets the ground at a point of the boundary.
func (g *grid) boundaries(dst *perception.Image, cal *sensor.Camera, least float64) {
	for side := range perception.NumSides {
		n := len(dst.Boundaries)
		if n < cap(dst.Boundaries) {
			dst.Boundaries = dst.Boundaries[:n+1]
		} else {
			dst.Boundaries = append(dst.Boundaries, perception.Boundary{})
		}
		b := &dst.Boundaries[n]
		b.Side = perception.Side(side)
		g.follow(b, cal, least)
		if len(b.Points) < minPoints {
			dst.Boundaries = dst.Boundaries[:n]
		}
	}
}

// follow collects the points of a boundary.
func (g *grid) follow(b *perception.Boundary, cal *sensor.Camera, least float64) {
	b.Points, b.Score = b.Points[:0], 0
	for y := g.h - 1; y >= 0; y-- {
		x, p := g.crossing(y, network.LaneChannel+int(b.Side))
		if p < least {
			continue
		}
		at, ok := cal.Ground(x*network.Stride, (float64(y)+.5)*network.Stride)
		if !ok || at.X > boundaryRange {
			break
		}
		if n := len(b.Points); n > 0 && !joins(b.Points[n-1], at) {
			if n > restart {
				continue
			}
			b.Points, b.Score = b.Points[:0], 0
		}
		b.Points = append(b.Points, at)
		b.Score += p
	}
	if len(b.Points) > 0 {
		b.Score /= float64(len(b.Points))
	}
}

// joins reports whether a boundary may go on from p to q: forward, and at less
// than about 45°.
func joins(p, q geom.Vec) bool {
	return q.X > p.X && math.Abs(q.Y-p.Y) < .4+1.0*(q.X-p.X)
}

// crossing returns where a boundary crosses a row, in cells, and how probable it
// is; 0 where its peak is cut by the edge of the image.
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
