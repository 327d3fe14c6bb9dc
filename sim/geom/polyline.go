package geom

import (
	"fmt"
	"math"
	"sort"
)

// Polyline is a curve through points, parametrized by arc length s in meters
// from its first point. It defines the Frenet frame of a lane: s along the
// curve, d to its left. It is immutable.
type Polyline struct {
	pts []Vec
	s   []float64 // arc length at each point
	yaw []float64 // tangent at each point, unwrapped so that it interpolates
	// blocks are circles around blockSize segments each, by which a projection leaves out
	// those that are far.
	blocks []circle
}

// blockSize is the number of segments of a block.
const blockSize = 16

// circle is a bounding circle.
type circle struct {
	center Vec
	radius float64
}

// NewPolyline returns the polyline through pts. It drops points closer than 1
// mm to their predecessor. It returns an error for fewer than two distinct
// points or a coordinate that is not finite.
func NewPolyline(pts []Vec) (Polyline, error) {
	var l Polyline
	for i, p := range pts {
		if math.IsNaN(p.X+p.Y) || math.IsInf(p.X+p.Y, 0) {
			return Polyline{}, fmt.Errorf("polyline: point %d is (%g, %g), not finite", i, p.X, p.Y)
		}
		n := len(l.pts)
		if n > 0 && p.Dist(l.pts[n-1]) < 1e-3 {
			continue
		}
		if n == 0 {
			l.s = append(l.s, 0)
		} else {
			l.s = append(l.s, l.s[n-1]+p.Dist(l.pts[n-1]))
		}
		l.pts = append(l.pts, p)
	}
	if len(l.pts) < 2 {
		return Polyline{}, fmt.Errorf("polyline: %d distinct points, want at least 2", len(l.pts))
	}
	l.yaw = tangents(l.pts)
	for i := 0; i+blockSize < len(l.pts); i += blockSize {
		l.blocks = append(l.blocks, around(l.pts[i:i+blockSize+1]))
	}
	return l, nil
}

// around returns a circle around points.
func around(pts []Vec) circle {
	c := circle{center: pts[0].Lerp(pts[len(pts)-1], .5)}
	for _, p := range pts {
		c.radius = max(c.radius, p.Dist(c.center))
	}
	return c
}

// tangents returns the heading at every point: that of the adjacent segment at
// the ends, the mean of both segments inside.
func tangents(pts []Vec) []float64 {
	yaw := make([]float64, len(pts))
	seg := pts[1].Sub(pts[0]).Angle()
	yaw[0] = seg
	for i := 1; i < len(pts)-1; i++ {
		next := seg + WrapAngle(pts[i+1].Sub(pts[i]).Angle()-seg)
		yaw[i] = (seg + next) / 2
		seg = next
	}
	yaw[len(pts)-1] = seg
	return yaw
}

// Length returns the arc length of the polyline.
func (l *Polyline) Length() float64 {
	if len(l.s) == 0 {
		return 0
	}
	return l.s[len(l.s)-1]
}

// Points returns the vertices; the caller must not change them.
func (l *Polyline) Points() []Vec { return l.pts }

// segment returns the index i of the segment pts[i], pts[i+1] that contains s,
// and the fraction along it. Outside the curve the fraction extrapolates.
func (l *Polyline) segment(s float64) (int, float64) {
	n := len(l.s) - 2
	// Points are mostly even, and the guess is then right or next to it.
	i := max(0, min(int(s/l.s[n+1]*float64(n+1)), n))
	for tries := 0; l.s[i] >= s && i > 0 || l.s[i+1] < s && i < n; tries++ {
		if tries == 4 {
			i = max(0, min(sort.SearchFloat64s(l.s, s)-1, n))
			break
		}
		if l.s[i] >= s {
			i--
		} else {
			i++
		}
	}
	return i, (s - l.s[i]) / (l.s[i+1] - l.s[i])
}

// At returns the point at s with the heading of the curve. Before the start and
// past the end it extrapolates straight.
func (l *Polyline) At(s float64) Pose {
	i, t := l.segment(s)
	p := l.pts[i].Lerp(l.pts[i+1], t)
	t = max(0, min(1, t))
	return Pose{p.X, p.Y, WrapAngle(l.yaw[i] + t*(l.yaw[i+1]-l.yaw[i]))}
}

// Offset returns the point at s, d meters to the left of the curve, with the
// heading of the curve.
func (l *Polyline) Offset(s, d float64) Pose {
	p := l.At(s)
	n := p.Forward().Left().Scale(d)
	return Pose{p.X + n.X, p.Y + n.Y, p.Yaw}
}

// Curvature returns the curvature at s in 1/m, positive to the left.
func (l *Polyline) Curvature(s float64) float64 {
	i, _ := l.segment(s)
	return (l.yaw[i+1] - l.yaw[i]) / (l.s[i+1] - l.s[i])
}

// Project returns the Frenet coordinates of p: the arc length of the nearest
// point of the curve and the signed distance to it, positive to the left.
// Beyond the ends the first and last segments are extended.
func (l *Polyline) Project(p Vec) (s, d float64) {
	return l.ProjectNear(p, 0, l.Length())
}

// ProjectNear is Project restricted to the part of the curve between s0 and s1.
func (l *Polyline) ProjectNear(p Vec, s0, s1 float64) (s, d float64) {
	first, _ := l.segment(s0)
	last, _ := l.segment(s1)
	bound := math.Inf(1)
	if last-first >= 2*blockSize {
		bound = l.bound(p, first, last)
	}
	best := math.Inf(1)
	for i := first; i <= last; i++ {
		if !math.IsInf(bound, 1) && i%blockSize == 0 && l.far(p, i, last, bound) {
			i += blockSize - 1
			continue
		}
		a, b := l.pts[i], l.pts[i+1]
		ab := b.Sub(a)
		t := p.Sub(a).Dot(ab) / ab.Dot(ab)
		if i > 0 {
			t = max(0, t)
		}
		if i < len(l.pts)-2 {
			t = min(1, t)
		}
		q := a.Lerp(b, t)
		if dist := p.Dist(q); dist < best {
			best = dist
			s = l.s[i] + t*(l.s[i+1]-l.s[i])
			d = math.Copysign(dist, ab.Cross(p.Sub(a)))
		}
	}
	return s, d
}

// bound returns a distance within which the segments from first to last come to p: that of the
// far side of a block.
func (l *Polyline) bound(p Vec, first, last int) float64 {
	bound := math.Inf(1)
	for k := (first + blockSize - 1) / blockSize; k < len(l.blocks) && (k+1)*blockSize <= last+1; k++ {
		bound = min(bound, p.Dist(l.blocks[k].center)+l.blocks[k].radius)
	}
	return bound
}

// far reports whether the segments of the block that begins at segment i are all farther from p
// than bound. The ends of the curve, which are extended, are never far.
func (l *Polyline) far(p Vec, i, last int, bound float64) bool {
	const rounding = 1e-6 // m
	k := i / blockSize
	if i == 0 || k >= len(l.blocks) || i+blockSize > last || i+blockSize >= len(l.pts)-1 {
		return false
	}
	return p.Dist(l.blocks[k].center)-l.blocks[k].radius > bound+rounding
}
