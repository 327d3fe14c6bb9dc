package scene

import (
	"math"

	"roadloop/sim/geom"
)

// at returns the point (x, y, z).
func at(x, y, z float32) Vec3 { return Vec3{X: x, Y: y, Z: z} }

// builder assembles a mesh face by face.
type builder struct {
	mesh Mesh
}

// material returns the index of m among the mesh's materials, adding it if new.
func (b *builder) material(m Material) uint8 {
	for i := range b.mesh.Materials {
		if b.mesh.Materials[i] == m {
			return uint8(i)
		}
	}
	b.mesh.Materials = append(b.mesh.Materials, m)
	return uint8(len(b.mesh.Materials) - 1)
}

// full reports whether another face of n vertices, or a new material, might exceed the
// limits of a mesh.
func (b *builder) full(n int) bool {
	return len(b.mesh.Verts)+n > 60000 || len(b.mesh.Index)+n > 60000 || len(b.mesh.Materials) >= 250
}

// face adds a convex polygon with corners counter-clockwise as seen from outside.
func (b *builder) face(m Material, pts ...Vec3) {
	f := Face{First: uint16(len(b.mesh.Index)), N: uint16(len(pts)), Mat: b.material(m), Normal: normal(pts)}
	for _, p := range pts {
		b.mesh.Index = append(b.mesh.Index, uint16(len(b.mesh.Verts)))
		b.mesh.Verts = append(b.mesh.Verts, p)
	}
	b.mesh.Faces = append(b.mesh.Faces, f)
}

// normal returns the unit normal of a polygon by Newell's method.
func normal(pts []Vec3) Vec3 {
	var n Vec3
	for i, p := range pts {
		q := pts[(i+1)%len(pts)]
		n.X += (p.Y - q.Y) * (p.Z + q.Z)
		n.Y += (p.Z - q.Z) * (p.X + q.X)
		n.Z += (p.X - q.X) * (p.Y + q.Y)
	}
	if l := float32(math.Sqrt(float64(n.X*n.X + n.Y*n.Y + n.Z*n.Z))); l > 0 {
		n.X, n.Y, n.Z = n.X/l, n.Y/l, n.Z/l
	}
	return n
}

// block is an axis-aligned box in the model frame.
type block struct{ x0, x1, y0, y1, z0, z1 float32 }

// box adds the five visible faces of a block; the bottom is never visible.
func (b *builder) box(m Material, k block) {
	b.sides(m, k)
	b.top(m, k)
}

func (b *builder) top(m Material, k block) {
	b.face(m, at(k.x0, k.y0, k.z1), at(k.x1, k.y0, k.z1), at(k.x1, k.y1, k.z1), at(k.x0, k.y1, k.z1))
}

func (b *builder) sides(m Material, k block) {
	b.face(m, at(k.x1, k.y0, k.z0), at(k.x1, k.y1, k.z0), at(k.x1, k.y1, k.z1), at(k.x1, k.y0, k.z1))
	b.face(m, at(k.x0, k.y1, k.z0), at(k.x0, k.y0, k.z0), at(k.x0, k.y0, k.z1), at(k.x0, k.y1, k.z1))
	b.face(m, at(k.x1, k.y1, k.z0), at(k.x0, k.y1, k.z0), at(k.x0, k.y1, k.z1), at(k.x1, k.y1, k.z1))
	b.face(m, at(k.x0, k.y0, k.z0), at(k.x1, k.y0, k.z0), at(k.x1, k.y0, k.z1), at(k.x0, k.y0, k.z1))
}

// disc adds a regular polygon around c that faces +y or -y.
func (b *builder) disc(m Material, c Vec3, radius float32, side float32) {
	const n = 8
	pts := make([]Vec3, n)
	for i := range pts {
		a := -2 * math.Pi * float64(i) / n * float64(side)
		pts[i] = at(c.X+radius*float32(math.Cos(a)), c.Y, c.Z+radius*float32(math.Sin(a)))
	}
	b.face(m, pts...)
}

// prism adds a vertical polygonal column around c that tapers from radius r0 at
// the bottom to r1 at the top.
func (b *builder) prism(m Material, c Vec3, r0, r1, height float32) {
	const n = 6
	ring := func(r, z float32) (pts [n]Vec3) {
		for i := range pts {
			a := 2 * math.Pi * float64(i) / n
			pts[i] = at(c.X+r*float32(math.Cos(a)), c.Y+r*float32(math.Sin(a)), c.Z+z)
		}
		return pts
	}
	lo, hi := ring(r0, 0), ring(r1, height)
	for i := range n {
		j := (i + 1) % n
		b.face(m, lo[i], lo[j], hi[j], hi[i])
	}
	if r1 > 0.01 {
		b.face(m, hi[:]...)
	}
}

// flat adds a polygon on the ground.
func (b *builder) flat(m Material, pts ...geom.Vec) {
	out := make([]Vec3, len(pts))
	for i, p := range pts {
		out[i] = Vec3{X: float32(p.X), Y: float32(p.Y)}
	}
	if normal(out).Z < 0 {
		for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
			out[i], out[j] = out[j], out[i]
		}
	}
	b.face(m, out...)
}

// build returns the mesh with its bounding sphere, or nil if it is empty.
func (b *builder) build() *Mesh {
	m := &b.mesh
	if len(m.Faces) == 0 {
		return nil
	}
	for _, v := range m.Verts {
		n := float32(len(m.Verts))
		m.Center.X += v.X / n
		m.Center.Y += v.Y / n
		m.Center.Z += v.Z / n
	}
	for _, v := range m.Verts {
		dx, dy, dz := v.X-m.Center.X, v.Y-m.Center.Y, v.Z-m.Center.Z
		m.Radius = max(m.Radius, float32(math.Sqrt(float64(dx*dx+dy*dy+dz*dz))))
	}
	return m
}

// placed adds a scaled copy of another mesh at a pose, with fixed slot colors.
func (b *builder) placed(src *Mesh, pose geom.Pose, scale Vec3, first RGB) {
	s, c := math.Sincos(pose.Yaw)
	pts := make([]Vec3, 0, 8)
	for i := range src.Faces {
		f := &src.Faces[i]
		m := src.Materials[f.Mat]
		if m.Slot == First {
			m.Color, m.Slot = first, Own
		}
		pts = pts[:0]
		for _, k := range src.Index[f.First : f.First+f.N] {
			v := src.Verts[k]
			x, y := float64(v.X*scale.X), float64(v.Y*scale.Y)
			pts = append(pts, Vec3{X: float32(pose.X + c*x - s*y), Y: float32(pose.Y + s*x + c*y), Z: v.Z * scale.Z})
		}
		b.face(m, pts...)
	}
}
