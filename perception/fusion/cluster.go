package fusion

import (
	"math"

	"roadloop/sim/geom"
)

// cluster is a group of neighboring lidar returns: the visible side of an object.
type cluster struct {
	first, n int // sectors, modulo sectors; n includes sectors without a return
	points   int
	mid      geom.Vec // mean of the returns, vehicle frame
	span     float64  // between the first and the last return, m
	rangeTo  float64  // distance from the lidar to the nearest return, m
	near     geom.Vec // nearest return
	top      float64  // height of the highest return, m
}

// sectorHoles is the maximum number of consecutive sectors without a return in one cluster:
// single rays lose their echo. startSector looks for one more.
const sectorHoles = 2

// clusters splits the scan where neighboring returns are far apart (Borges, Aldon
// 2004). It starts at a gap.
func (p *polarScan) clusters(dst []cluster, params *Params) []cluster {
	start := p.startSector(params)
	var c cluster
	last, holes := -1, 0
	for k := range sectors {
		i := wrapSector(start + k)
		if math.IsInf(p.near[i], 1) {
			holes++
			continue
		}
		if c.points > 0 && (holes > sectorHoles || !p.connected(last, i, params)) {
			dst = append(dst, p.finish(c, last))
			c = cluster{}
		}
		if c.points == 0 {
			c.first, c.rangeTo = i, math.Inf(1)
		}
		c.points++
		c.mid = c.mid.Add(p.pts[i])
		c.top = math.Max(c.top, p.top[i])
		if p.near[i] < c.rangeTo {
			c.rangeTo, c.near = p.near[i], p.pts[i]
		}
		last, holes = i, 0
	}
	if c.points > 0 {
		dst = append(dst, p.finish(c, last))
	}
	return dst
}

// startSector returns a sector that begins a cluster, 0 if there is none.
func (p *polarScan) startSector(params *Params) int {
	for i := range sectors {
		prev := wrapSector(i - 1)
		if math.IsInf(p.near[prev], 1) && math.IsInf(p.near[wrapSector(i-2)], 1) && math.IsInf(p.near[wrapSector(i-3)], 1) ||
			!math.IsInf(p.near[prev], 1) && !math.IsInf(p.near[i], 1) && !p.connected(prev, i, params) {
			return i
		}
	}
	return 0
}

// connected reports whether the returns of two sectors belong to one cluster.
func (p *polarScan) connected(i, j int, params *Params) bool {
	limit := math.Max(params.ClusterGap, params.ClusterScale*math.Min(p.near[i], p.near[j])*2*math.Pi/sectors)
	return p.pts[i].Dist(p.pts[j]) < limit
}

func (p *polarScan) finish(c cluster, last int) cluster {
	c.mid = c.mid.Scale(1 / float64(c.points))
	c.n = wrapSector(last-c.first) + 1
	c.span = p.pts[c.first].Dist(p.pts[last])
	return c
}

// extent is the extent of a cluster along and across a heading, in the map frame.
type extent struct {
	along, across span
	sensor        geom.Vec // position of the lidar in the same axes
	forward       geom.Vec
}

// span is an interval, m.
type span struct{ lo, hi float64 }

func (s span) size() float64 { return s.hi - s.lo }

func (s span) join(o span) span { return span{math.Min(s.lo, o.lo), math.Max(s.hi, o.hi)} }

// extent returns the extent of a cluster along and across yaw; ego is the pose of the
// car at the time of the scan.
func (p *polarScan) extent(c *cluster, ego geom.Pose, mount geom.Vec, yaw float64) extent {
	e := extent{forward: geom.Unit(yaw)}
	left := e.forward.Left()
	e.along, e.across = span{math.Inf(1), math.Inf(-1)}, span{math.Inf(1), math.Inf(-1)}
	for k := range c.n {
		i := wrapSector(c.first + k)
		if math.IsInf(p.near[i], 1) {
			continue
		}
		q := ego.ToWorld(p.pts[i])
		a, b := q.Dot(e.forward), q.Dot(left)
		e.along = span{math.Min(e.along.lo, a), math.Max(e.along.hi, a)}
		e.across = span{math.Min(e.across.lo, b), math.Max(e.across.hi, b)}
	}
	from := ego.ToWorld(mount)
	e.sensor = geom.Vec{X: from.Dot(e.forward), Y: from.Dot(left)}
	return e
}

// middle returns the middle of a box of the given size with this visible extent. On
// each axis, the side that faces the lidar is where it was measured; the far side is
// not. Alongside the lidar neither end need be visible: then guess, clamped to the
// measured interval, is used and knownAlong or knownAcross is false.
func (e *extent) middle(length, width float64, guess geom.Vec) (mid geom.Vec, knownAlong, knownAcross bool) {
	left := e.forward.Left()
	a, knownAlong := anchor(e.along, e.sensor.X, length, guess.Dot(e.forward))
	b, knownAcross := anchor(e.across, e.sensor.Y, width, guess.Dot(left))
	return e.forward.Scale(a).Add(left.Scale(b)), knownAlong, knownAcross
}

// anchor returns the middle of an interval of the given size of which s was measured.
func anchor(s span, from, size, guess float64) (mid float64, known bool) {
	const slack = 0.3 // m
	switch {
	case s.size() > size-slack:
		return (s.lo + s.hi) / 2, true
	case from < s.lo:
		return s.lo + size/2, true
	case from > s.hi:
		return s.hi - size/2, true
	}
	least, most := s.hi-size/2, s.lo+size/2
	return math.Max(least, math.Min(most, guess)), guess < least || guess > most
}
