package scene_test

import (
	"math"
	"testing"

	"roadloop/sim/geom"
	"roadloop/sim/scene"
)

// No two faces of a model with different appearance overlap in one plane: rounding
// would decide which one is visible.
func TestModelsHaveNoCoplanarFaces(t *testing.T) {
	tested := make(map[*scene.Mesh]bool)
	for _, m := range allModels(t) {
		mesh := m.instance.Mesh
		if tested[mesh] {
			continue
		}
		tested[mesh] = true
		for a := range mesh.Faces {
			for b := range mesh.Faces[:a] {
				if at, meet := overlapInPlane(mesh, &mesh.Faces[a], &mesh.Faces[b]); meet {
					t.Errorf("%s: faces %d and %d overlap in one plane at %.3f", m.name, b, a, at)
				}
			}
		}
	}
}

// overlapInPlane returns a point inside both faces, if they differ in appearance and
// are in one plane.
func overlapInPlane(m *scene.Mesh, a, b *scene.Face) (geom.Vec, bool) {
	const flat = 1e-4 // of the size of the model
	n := a.Normal
	if a.Mat == b.Mat || dot(n, b.Normal) < 1-flat {
		return geom.Vec{}, false
	}
	level := dot(n, corner(m, a, 0))
	for i := range int(b.N) {
		if math.Abs(dot(n, corner(m, b, i))-level) > flat {
			return geom.Vec{}, false
		}
	}
	p, q := flattened(m, a, n), flattened(m, b, n)
	for _, at := range inside(p) {
		if geom.InConvex(at, q...) {
			return at, true
		}
	}
	for _, at := range inside(q) {
		if geom.InConvex(at, p...) {
			return at, true
		}
	}
	return geom.Vec{}, false
}

func dot(a, b scene.Vec3) float64 { return float64(a.X*b.X + a.Y*b.Y + a.Z*b.Z) }

func corner(m *scene.Mesh, f *scene.Face, i int) scene.Vec3 { return m.Verts[m.Index[int(f.First)+i]] }

// flattened returns the corners of a face without the dominant axis of its normal.
func flattened(m *scene.Mesh, f *scene.Face, n scene.Vec3) []geom.Vec {
	var out []geom.Vec
	for i := range int(f.N) {
		p := corner(m, f, i)
		v := geom.Vec{X: float64(p.X), Y: float64(p.Y)}
		if abs(n.X) > abs(n.Y) && abs(n.X) > abs(n.Z) {
			v = geom.Vec{X: float64(p.Y), Y: float64(p.Z)}
		} else if abs(n.Y) > abs(n.Z) {
			v.Y = float64(p.Z)
		}
		out = append(out, v)
	}
	return out
}

// inside returns sample points inside a convex polygon.
func inside(corners []geom.Vec) []geom.Vec {
	const parts = 12
	var out []geom.Vec
	for i := 2; i < len(corners); i++ {
		a, u, v := corners[0], corners[i-1].Sub(corners[0]), corners[i].Sub(corners[0])
		for j := 1; j < parts; j++ {
			for k := 1; j+k < parts; k++ {
				out = append(out, a.Add(u.Scale(float64(j)/parts)).Add(v.Scale(float64(k)/parts)))
			}
		}
	}
	return out
}
