package label

import (
	"image"
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// point is a point in the camera frame: x right, y down, z forward, m.
type point struct{ x, y, z float64 }

func (p point) add(q point) point             { return point{p.x + q.x, p.y + q.y, p.z + q.z} }
func (p point) sub(q point) point             { return point{p.x - q.x, p.y - q.y, p.z - q.z} }
func (p point) scale(f float64) point         { return point{f * p.x, f * p.y, f * p.z} }
func (p point) dot(q point) float64           { return p.x*q.x + p.y*q.y + p.z*q.z }
func (p point) lerp(q point, t float64) point { return p.add(q.sub(p).scale(t)) }

// rect bounds points of the image, px.
type rect struct{ x0, y0, x1, y1 float64 }

// add widens the bounds by a point.
func (r *rect) add(p geom.Vec) {
	*r = rect{math.Min(r.x0, p.X), math.Min(r.y0, p.Y), math.Max(r.x1, p.X), math.Max(r.y1, p.Y)}
}

// cut returns the part of r in q.
func (r rect) cut(q rect) rect {
	return rect{math.Max(r.x0, q.x0), math.Max(r.y0, q.y0), math.Min(r.x1, q.x1), math.Min(r.y1, q.y1)}
}

// nowhere bounds no point.
var nowhere = rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}

// shape projects what renderers draw of an instance: the faces of its mesh that are seen
// from the front. It reuses its buffers.
type shape struct {
	cal   *sensor.Camera
	sides [5]point // normals of the planes that bound the view, pointing inward
	verts []point  // of the mesh
	poly  []point  // the face that is being projected
	spare []point
	edges []geom.Vec // its outline in the image, px
	left  []float64  // bounds of the outline by row of pixels
	right []float64
	out   rect
	// marks holds for each pixel the number of the last instance that covers it.
	marks   []uint32
	current uint32          // number of the instance at hand
	pixels  int             // that it covers
	mask    image.Rectangle // bounds of the pixels that it covers or that show it
}

// look sets the camera.
func (s *shape) look(cal *sensor.Camera) {
	s.cal = cal
	if n := cal.Width * cal.Height; len(s.marks) != n {
		s.marks, s.current = make([]uint32, n), 0
		s.left, s.right = make([]float64, cal.Height), make([]float64, cal.Height)
	}
	// With distortion, the middle of an edge of the image can see farther out than its ends.
	reach := nowhere
	for _, u := range [...]float64{0, cal.Cx, float64(cal.Width)} {
		for _, v := range [...]float64{0, cal.Cy, float64(cal.Height)} {
			x, y := cal.Ray(u, v)
			reach.add(geom.Vec{X: x, Y: y})
		}
	}
	s.sides = [...]point{{0, 0, 1}, {1, 0, -reach.x0}, {-1, 0, reach.x1}, {0, 1, -reach.y0}, {0, -1, reach.y1}}
}

// project returns the bounds of an instance in the image and the number of centers of
// pixels that it covers, as if nothing hid it; ok is false if it is out of view. The bounds
// end within half a pixel of these pixels and of those that show it: what reaches
// farther is too thin to show in any, as a wheel seen from behind. The ego is the
// carrier of the camera.
func (s *shape) project(in *scene.Instance, ego geom.Pose, shown image.Rectangle) (bounds rect, pixels int, ok bool) {
	origin, axes := s.frame(in, ego)
	s.verts = s.verts[:0]
	for _, v := range in.Mesh.Verts {
		p := axes[0].scale(float64(v.X * in.Scale.X))
		p = p.add(axes[1].scale(float64(v.Y * in.Scale.Y)))
		s.verts = append(s.verts, origin.add(p).add(axes[2].scale(float64(v.Z*in.Scale.Z))))
	}
	s.out, s.pixels, s.mask = nowhere, 0, shown
	s.current++
	for i := range in.Mesh.Faces {
		f := &in.Mesh.Faces[i]
		n := axes[0].scale(float64(f.Normal.X / in.Scale.X))
		n = n.add(axes[1].scale(float64(f.Normal.Y / in.Scale.Y))).add(axes[2].scale(float64(f.Normal.Z / in.Scale.Z)))
		corners := in.Mesh.Index[f.First : f.First+f.N]
		if n.dot(s.verts[corners[0]]) < 0 {
			s.face(corners)
		}
	}
	from, to := s.mask.Min, s.mask.Max
	bounds = s.out.cut(rect{float64(from.X) - .5, float64(from.Y) - .5, float64(to.X) + .5, float64(to.Y) + .5})
	bounds = bounds.cut(rect{0, 0, float64(s.cal.Width), float64(s.cal.Height)})
	return bounds, s.pixels, bounds.x0 < bounds.x1 && bounds.y0 < bounds.y1
}

// frame returns the origin and the axes of an instance in the camera frame.
func (s *shape) frame(in *scene.Instance, ego geom.Pose) (origin point, axes [3]point) {
	at := ego.Relative(geom.Pose{X: float64(in.Pos.X), Y: float64(in.Pos.Y), Yaw: in.Yaw})
	forward, z := geom.Unit(at.Yaw), float64(in.Pos.Z)
	toCamera := func(p geom.Vec, z float64) point {
		x, y, depth := s.cal.Mount.ToSensor(p.X, p.Y, z)
		return point{x, y, depth}
	}
	origin = toCamera(at.Pos(), z)
	axes[0] = toCamera(at.Pos().Add(forward), z).sub(origin)
	axes[1] = toCamera(at.Pos().Add(forward.Left()), z).sub(origin)
	axes[2] = toCamera(at.Pos(), z+1).sub(origin)
	return origin, axes
}

// face adds the part of a face that is in view to the bounds and the pixels.
func (s *shape) face(corners []uint16) {
	s.poly = s.poly[:0]
	for _, k := range corners {
		s.poly = append(s.poly, s.verts[k])
	}
	for i, side := range s.sides {
		least := 0.0
		if i == 0 {
			least = raster.Near
		}
		s.clip(side, least)
		if len(s.poly) == 0 {
			return
		}
	}
	s.edges = s.edges[:0]
	for i, p := range s.poly {
		s.edge(p, s.poly[(i+1)%len(s.poly)])
	}
	around := nowhere
	for _, p := range s.edges {
		around.add(p)
		s.out.add(p)
	}
	s.cover(&around)
}

// clip cuts off the part of poly beyond the plane normal·p = least (Sutherland and
// Hodgman 1974).
func (s *shape) clip(normal point, least float64) {
	s.spare = s.spare[:0]
	for i, p := range s.poly {
		q := s.poly[(i+1)%len(s.poly)]
		a, b := normal.dot(p)-least, normal.dot(q)-least
		if a >= 0 {
			s.spare = append(s.spare, p)
		}
		if (a >= 0) != (b >= 0) {
			s.spare = append(s.spare, p.lerp(q, a/(a-b)))
		}
	}
	s.poly, s.spare = s.spare, s.poly
}

// edge appends the pixels of an edge to the outline. A lens that distorts bends edges,
// so that more than their ends count.
func (s *shape) edge(p, q point) {
	const piece = 16 // px; the bend of so short a piece is far below a pixel
	at := func(p point) geom.Vec {
		u, v := s.cal.Pixel(p.x/p.z, p.y/p.z)
		return geom.Vec{X: u, Y: v}
	}
	from := at(p)
	s.edges = append(s.edges, from)
	if s.cal.K1 == 0 && s.cal.K2 == 0 {
		return
	}
	n := int(from.Dist(at(q)) / piece)
	for k := 1; k <= n; k++ {
		s.edges = append(s.edges, at(p.lerp(q, float64(k)/float64(n+1))))
	}
}

// cover marks the pixels with their center in the outline, which is convex. Its bounds
// are around.
func (s *shape) cover(around *rect) {
	top, bottom := rows(around.y0, around.y1, s.cal.Height)
	for y := top; y < bottom; y++ {
		s.left[y], s.right[y] = math.Inf(1), math.Inf(-1)
	}
	for i, p := range s.edges {
		q := s.edges[(i+1)%len(s.edges)]
		if p.Y > q.Y {
			p, q = q, p
		}
		first, last := rows(p.Y, q.Y, s.cal.Height)
		for y := first; y < last; y++ {
			x := p.X + (q.X-p.X)*(float64(y)+.5-p.Y)/(q.Y-p.Y)
			s.left[y], s.right[y] = math.Min(s.left[y], x), math.Max(s.right[y], x)
		}
	}
	for y := top; y < bottom; y++ {
		if s.left[y] >= s.right[y] {
			continue
		}
		x0, x1 := rows(s.left[y], s.right[y], s.cal.Width)
		s.mask = s.mask.Union(image.Rect(x0, y, max(x0, x1), y+1))
		for i := y*s.cal.Width + x0; i < y*s.cal.Width+x1; i++ {
			if s.marks[i] != s.current {
				s.marks[i] = s.current
				s.pixels++
			}
		}
	}
}

// rows returns the rows of n with their center between two coordinates, up to but
// without last. It serves for columns too.
func rows(from, to float64, n int) (first, last int) {
	return int(math.Ceil(math.Max(from, 0) - .5)), int(math.Ceil(math.Min(to, float64(n)) - .5))
}

// tally is what the instance channel shows of an instance.
type tally struct {
	pixels int
	bounds image.Rectangle
}

// count tallies the pixels of every instance.
func (l *Labeler) count(im *raster.Image) {
	if l.tallies == nil {
		l.tallies = make(map[uint16]tally)
	}
	clear(l.tallies)
	for y := range im.Height {
		row := im.Instance[y*im.Width : (y+1)*im.Width]
		for x := 0; x < len(row); {
			end := x + 1
			for end < len(row) && row[end] == row[x] {
				end++
			}
			if id := row[x]; id != 0 {
				t := l.tallies[id]
				l.tallies[id] = tally{t.pixels + end - x, t.bounds.Union(image.Rect(x, y, end, y+1))}
			}
			x = end
		}
	}
}
