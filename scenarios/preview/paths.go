package preview

import (
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/scene"
)

// Colors of the paths on the ground (Okabe and Ito 2008).
var (
	egoColor    = scene.RGB{.95, .45, .05}
	personColor = scene.RGB{.95, .70, .10}
	otherColor  = scene.RGB{.35, .75, .98}
)

// pathMeshes returns the paths of the ego and the named actors around a time, as ribbons
// on the ground.
func pathMeshes(p *Preview, t clock.Tick) []*scene.Mesh {
	var out []*scene.Mesh
	add := func(id actor.ID, width float64, color scene.RGB) {
		path := p.Path(id, max(0, t-pathTime/4), t+pathTime)
		if m := ribbon(path, width, color); m != nil {
			out = append(out, m)
		}
	}
	add(actor.Ego, .5, egoColor)
	for id := actor.ID(1); id < p.Plan.FirstTraffic; id++ {
		color, width := otherColor, .4
		if p.Log.Actors[id].Kind.Vulnerable() {
			color, width = personColor, .25
		}
		add(id, width, color)
	}
	return out
}

// ribbon returns a strip along a path, nil for a path shorter than 0.5 m.
func ribbon(path []geom.Vec, width float64, color scene.RGB) *scene.Mesh {
	line, err := geom.NewPolyline(path)
	if err != nil || line.Length() < .5 {
		return nil
	}
	const piece = 1.0 // m
	m := &scene.Mesh{Materials: []scene.Material{{Color: color, Class: scene.Marking}}}
	for s := 0.0; s <= line.Length() && len(m.Verts) < 4000; s += piece {
		for _, d := range [...]float64{width / 2, -width / 2} {
			q := line.Offset(s, d)
			m.Verts = append(m.Verts, scene.Vec3{X: float32(q.X), Y: float32(q.Y)})
		}
		n := uint16(len(m.Verts))
		if n < 4 {
			continue
		}
		m.Faces = append(m.Faces, scene.Face{First: uint16(len(m.Index)), N: 4, Normal: scene.Vec3{Z: 1}})
		m.Index = append(m.Index, n-4, n-3, n-1, n-2)
	}
	bound(m)
	return m
}

// bound sets the bounding sphere.
func bound(m *scene.Mesh) {
	lo, hi := m.Verts[0], m.Verts[0]
	for _, v := range m.Verts {
		lo.X, lo.Y = min(lo.X, v.X), min(lo.Y, v.Y)
		hi.X, hi.Y = max(hi.X, v.X), max(hi.Y, v.Y)
	}
	m.Center = scene.Vec3{X: (lo.X + hi.X) / 2, Y: (lo.Y + hi.Y) / 2}
	half := geom.Vec{X: float64(hi.X-lo.X) / 2, Y: float64(hi.Y-lo.Y) / 2}
	m.Radius = float32(half.Norm())
}
