package raster

import (
	"math"

	"roadloop/sim/scene"
)

// vertices are the vertices of a mesh.
type vertices struct {
	model   []scene.Vec3
	x, y, z []float32 // camera coordinates
	u, v    []float32 // position in samples, if not behind the near plane
	out     []int32   // sides of the view on which the vertex is outside
}

// Sides of the view.
const (
	behind = 1 << iota
	leftOf
	rightOf
	above
	below
)

// of starts with the vertices of a mesh.
func (v *vertices) of(model []scene.Vec3) {
	v.model = model
	n := padded(len(model))
	if n > len(v.x) {
		n += n / 2
		v.x, v.y, v.z = make([]float32, n), make([]float32, n), make([]float32, n)
		v.u, v.v = make([]float32, n), make([]float32, n)
		v.out = make([]int32, n)
	}
}

// at returns the camera coordinates of a vertex.
func (v *vertices) at(i uint16) vec { return vec{v.x[i], v.y[i], v.z[i]} }

// affine maps a point p to rows·(p-origin) + shift.
type affine struct {
	origin vec
	rows   [3]vec
	shift  vec
}

func (m *affine) apply(p vec) vec {
	d := p.sub(m.origin)
	return vec{m.rows[0].dot(d), m.rows[1].dot(d), m.rows[2].dot(d)}.add(m.shift)
}

// affine returns the map from the world to camera coordinates. It subtracts the position
// first, because world coordinates may be large.
func (e *eye) affine() affine {
	return affine{origin: e.pos, rows: [3]vec{e.right, e.down, e.forward}}
}

// placement is the position of a mesh relative to the camera.
type placement struct {
	affine
	normals      [3]vec // maps normals to camera coordinates, up to their length
	in           *scene.Instance
	sine, cosine float32 // of the yaw of in
}

// place returns the placement of an instance.
func (e *eye) place(in *scene.Instance) placement {
	s64, c64 := math.Sincos(in.Yaw)
	s, c := float32(s64), float32(c64)
	p := placement{in: in, sine: s, cosine: c}
	p.shift = e.toCamera(fromScene(in.Pos))
	for i, axis := range [3]vec{e.right, e.down, e.forward} {
		local := vec{float32(axis.x*c) + float32(axis.y*s), float32(axis.y*c) - float32(axis.x*s), axis.z}
		p.rows[i] = local.mul(fromScene(in.Scale))
		p.normals[i] = vec{local.x / in.Scale.X, local.y / in.Scale.Y, local.z / in.Scale.Z}
	}
	return p
}

// normal returns the normal of a face in camera coordinates, up to its length.
func (p *placement) normal(n vec) vec {
	return vec{p.normals[0].dot(n), p.normals[1].dot(n), p.normals[2].dot(n)}
}

// world returns the normal of a face in the world, of unit length.
func (p *placement) world(of scene.Vec3) vec {
	if p.in == nil {
		return fromScene(of)
	}
	k := &p.in.Scale
	n := vec{of.X / k.X, of.Y / k.Y, of.Z / k.Z}
	n = vec{float32(p.cosine*n.x) - float32(p.sine*n.y), float32(p.sine*n.x) + float32(p.cosine*n.y), n.z}
	return n.scale(1 / float32(math.Sqrt(float64(n.dot(n)))))
}

// far is the largest distance of a position from the image, in samples, so that
// positions can be converted to integers.
const far = 1 << 19

// project returns the position of a camera point.
func (c *pinhole) project(p vec) (u, v float32) {
	u = float32(c.fx*p.x)/p.z + c.cx
	v = float32(c.fy*p.y)/p.z + c.cy
	return greater(lesser(u, far), -far), greater(lesser(v, far), -far)
}

// transform converts the vertices to camera coordinates by m and projects them.
func (v *vertices) transform(m *affine, cam *pinhole, reachX, reachY [2]float32) {
	for i := range v.model {
		v.transformOne(i, m, cam, reachX, reachY)
	}
}

// transformOne converts vertex i.
func (v *vertices) transformOne(i int, m *affine, cam *pinhole, reachX, reachY [2]float32) {
	c := m.apply(fromScene(v.model[i]))
	v.x[i], v.y[i], v.z[i] = c.x, c.y, c.z
	v.u[i], v.v[i] = cam.project(c)
	out := int32(0)
	if c.z < Near {
		out |= behind
	}
	if c.x < float32(-reachX[0]*c.z) {
		out |= leftOf
	}
	if c.x > float32(reachX[1]*c.z) {
		out |= rightOf
	}
	if c.y < float32(-reachY[0]*c.z) {
		out |= above
	}
	if c.y > float32(reachY[1]*c.z) {
		out |= below
	}
	v.out[i] = out
}
