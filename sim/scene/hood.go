package scene

import "roadloop/sim/geom"

// Hood is the part of the ego in front of a camera behind its windshield.
type Hood struct {
	Color RGB
	Reach float64 // of its front edge before the camera, m
	Drop  float64 // of its front edge below the camera, m
	Width float64 // m
}

// hoodMesh returns a hood: x from 0, below the camera, to 1, the front edge; y from -0.5 to
// 0.5; z from 0 at the front edge up to 1 at the windshield.
func hoodMesh() *Mesh {
	b := &builder{}
	m := Material{Slot: First, Class: Car}
	across := [...]float32{-.5, -.3, 0, .3, .5}
	along := [...][2]float32{{.3, .9}, {.75, .55}, {1, 0}} // x and z
	z := func(k int, up float32) float32 {
		y := across[k]
		return up - .5*y*y*4*.6
	}
	for i := range len(along) - 1 {
		p, q := along[i], along[i+1]
		for k := range len(across) - 1 {
			y0, y1 := across[k], across[k+1]
			// Triangles, since the surface is curved.
			b.face(m, at(p[0], y0, z(k, p[1])), at(q[0], y0, z(k, q[1])), at(q[0], y1, z(k+1, q[1])))
			b.face(m, at(p[0], y0, z(k, p[1])), at(q[0], y1, z(k+1, q[1])), at(p[0], y1, z(k+1, p[1])))
		}
	}
	return b.build()
}

// composeHood adds the hood of the ego.
func (st *Builder) composeHood(dst *List, v *FrameState) {
	h, mount := v.Hood, &v.Cal.Mount
	if h == nil {
		return
	}
	p := v.Ego.Compose(geom.Pose{X: mount.X, Y: mount.Y, Yaw: mount.Yaw})
	const rise = .16 // m, from the front edge to the windshield
	dst.Instances = append(dst.Instances, Instance{
		Mesh: st.models.hood, Yaw: p.Yaw, Pos: at(float32(p.X), float32(p.Y), float32(mount.Z-h.Drop)),
		Scale: at(float32(h.Reach), float32(h.Width), rise), Colors: [3]RGB{h.Color},
	})
}
