package scene

import (
	"math"

	"roadloop/sim/geom"
)

// minRibbonPiece is the least length of a piece of a ribbon, m. A standing car makes none.
const minRibbonPiece = .3

// Ribbon returns a strip on the ground along poses, such as a path, nil if it has no length.
func Ribbon(poses []geom.Pose, width float64, m Material) *Mesh {
	r := &Mesh{Materials: []Material{m}}
	var last geom.Pose
	for i, p := range poses {
		if i > 0 && p.Pos().Dist(last.Pos()) < minRibbonPiece {
			continue
		}
		last = p
		for _, y := range [...]float64{width / 2, -width / 2} {
			q := p.ToWorld(geom.Vec{Y: y})
			r.Verts = append(r.Verts, Vec3{X: float32(q.X), Y: float32(q.Y)})
		}
		if n := uint16(len(r.Verts)); n > 2 {
			r.Faces = append(r.Faces, Face{First: uint16(len(r.Index)), N: 4, Normal: Vec3{Z: 1}})
			r.Index = append(r.Index, n-4, n-3, n-1, n-2)
		}
	}
	if len(r.Faces) == 0 {
		return nil
	}
	lo, hi := r.Verts[0], r.Verts[0]
	for _, v := range r.Verts {
		lo = Vec3{X: min(lo.X, v.X), Y: min(lo.Y, v.Y)}
		hi = Vec3{X: max(hi.X, v.X), Y: max(hi.Y, v.Y)}
	}
	r.Center = Vec3{X: (lo.X + hi.X) / 2, Y: (lo.Y + hi.Y) / 2}
	r.Radius = float32(math.Hypot(float64(hi.X-lo.X), float64(hi.Y-lo.Y)) / 2)
	return r
}
