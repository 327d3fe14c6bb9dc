package panel

import (
	"roadloop/desktop/internal/ui"
	"roadloop/planning"
	"roadloop/scenarios/timeline"
	"roadloop/sim/geom"
	"roadloop/sim/scene"
)

// Size of the planned path, m: half its width, and its start ahead of the rear axle.
const (
	pathHalfWidth = .8
	pathStart     = 3.9
)

// plannedPath returns the planned path as paint on the ground, so that cars hide it; nil for
// none.
func plannedPath(t *ui.Theme, f *timeline.Step) *scene.Mesh {
	if f.Plan == nil || len(f.Plan.Waypoints) < 2 {
		return nil
	}
	col := t.Plan
	if f.Plan.Emergency || f.Guard.Active {
		col = t.Bad
	}
	m := &scene.Mesh{Materials: []scene.Material{{Class: scene.Road,
		Color: scene.RGB{float32(col.R) / 255, float32(col.G) / 255, float32(col.B) / 255}}}}
	addQuads(m, f.Plan.Waypoints)
	if len(m.Faces) == 0 {
		return nil
	}
	boundMesh(m)
	return m
}

// addQuads adds a quad for every stretch with progress.
func addQuads(m *scene.Mesh, way []planning.Waypoint) {
	const minLength = .3 // m
	last := way[0].Pose
	pathEdge(m, last)
	for _, w := range way[1:] {
		if w.Pose.Pos().Dist(last.Pos()) < minLength {
			continue
		}
		last = w.Pose
		pathEdge(m, last)
		n := uint16(len(m.Verts))
		m.Faces = append(m.Faces, scene.Face{First: uint16(len(m.Index)), N: 4, Normal: scene.Vec3{Z: 1}})
		m.Index = append(m.Index, n-4, n-3, n-1, n-2)
	}
}

// pathEdge adds the two corners of the path at a pose.
func pathEdge(m *scene.Mesh, p geom.Pose) {
	for _, y := range [...]float64{pathHalfWidth, -pathHalfWidth} {
		q := p.ToWorld(geom.Vec{X: pathStart, Y: y})
		m.Verts = append(m.Verts, scene.Vec3{X: float32(q.X), Y: float32(q.Y)})
	}
}

// boundMesh sets the bounding sphere of a mesh.
func boundMesh(m *scene.Mesh) {
	lo, hi := m.Verts[0], m.Verts[0]
	for _, v := range m.Verts {
		lo = scene.Vec3{X: min(lo.X, v.X), Y: min(lo.Y, v.Y)}
		hi = scene.Vec3{X: max(hi.X, v.X), Y: max(hi.Y, v.Y)}
	}
	m.Center = scene.Vec3{X: (lo.X + hi.X) / 2, Y: (lo.Y + hi.Y) / 2}
	m.Radius = hi.X - lo.X + hi.Y - lo.Y
}
