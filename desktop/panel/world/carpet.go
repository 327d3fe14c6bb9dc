package world

import (
	"roadloop/desktop/ui"
	"roadloop/planning"
	"roadloop/scenarios/tape"
	"roadloop/sim/geom"
	"roadloop/sim/scene"
)

// Sizes of the carpet, m: half its width, and where it begins before the rear axle.
const (
	carpetHalf  = .8
	carpetStart = 3.9
)

// carpet returns the way that the ego means to go as paint on the ground, so that cars
// hide it; nil where there is none.
func carpet(t *ui.Theme, f *tape.Frame) *scene.Mesh {
	if f.Plan == nil || len(f.Plan.Waypoints) < 2 {
		return nil
	}
	col := t.Plan
	if f.Plan.Emergency || f.Guard.Active {
		col = t.Bad
	}
	m := &scene.Mesh{Materials: []scene.Material{{Class: scene.Road,
		Color: scene.RGB{float32(col.R) / 255, float32(col.G) / 255, float32(col.B) / 255}}}}
	lay(m, f.Plan.Waypoints)
	if len(m.Faces) == 0 {
		return nil
	}
	bound(m)
	return m
}

// lay adds a quad for every stretch of a way that gets on.
func lay(m *scene.Mesh, way []planning.Waypoint) {
	const leastWay = .3 // m
	last := way[0].Pose
	edge(m, last)
	for _, w := range way[1:] {
		if w.Pose.Pos().Dist(last.Pos()) < leastWay {
			continue
		}
		last = w.Pose
		edge(m, last)
		n := uint16(len(m.Verts))
		m.Faces = append(m.Faces, scene.Face{First: uint16(len(m.Index)), N: 4, Normal: scene.Vec3{Z: 1}})
		m.Index = append(m.Index, n-4, n-3, n-1, n-2)
	}
}

// edge adds the two corners of the carpet at a pose.
func edge(m *scene.Mesh, p geom.Pose) {
	for _, y := range [...]float64{carpetHalf, -carpetHalf} {
		q := p.ToWorld(geom.Vec{X: carpetStart, Y: y})
		m.Verts = append(m.Verts, scene.Vec3{X: float32(q.X), Y: float32(q.Y)})
	}
}

// bound sets the sphere around a mesh.
func bound(m *scene.Mesh) {
	lo, hi := m.Verts[0], m.Verts[0]
	for _, v := range m.Verts {
		lo = scene.Vec3{X: min(lo.X, v.X), Y: min(lo.Y, v.Y)}
		hi = scene.Vec3{X: max(hi.X, v.X), Y: max(hi.Y, v.Y)}
	}
	m.Center = scene.Vec3{X: (lo.X + hi.X) / 2, Y: (lo.Y + hi.Y) / 2}
	m.Radius = hi.X - lo.X + hi.Y - lo.Y
}
