package raster

import (
	"math"

	"roadloop/sim/scene"
)

// Reflection of polished surfaces: the share at normal incidence, and that at grazing angles,
// where a camera sees a blurred sky.
const (
	mirror0, mirror1 = .05, .55
	sunSpot          = 1.6 // strength of the sun's highlight
)

// finish completes the color of a face of an instance: static objects may shade it, and a
// polished face reflects the surroundings, the same over the whole face. At night it does not:
// headlights light faces by their color in white light.
func (f *filler) finish(info *faceInfo, mat *scene.Material, m *scene.Mesh, face *scene.Face, in *scene.Instance) {
	if in.Shaded {
		info.shaded, info.color = true, info.shade
	}
	if mat.Gloss == 0 || f.light.headlights {
		return
	}
	v := m.Verts[m.Index[face.First]]
	s64, c64 := math.Sincos(in.Yaw)
	s, c := float32(s64), float32(c64)
	x, y := float32(v.X*in.Scale.X), float32(v.Y*in.Scale.Y)
	at := vec{in.Pos.X + float32(c*x) - float32(s*y), in.Pos.Y + float32(s*x) + float32(c*y), in.Pos.Z + float32(v.Z*in.Scale.Z)}
	info.sheen = f.light.reflection(at.sub(f.eye.pos), info.normal, in.Shaded).scale(mat.Gloss)
	info.color, info.shade = info.color.add(info.sheen), info.shade.add(info.sheen)
}

// reflection returns the light that a polished surface with a normal mirrors toward an eye that
// looks along view. The reflectance is Schlick's approximation (1994) of Fresnel's.
func (l *light) reflection(view, normal vec, shaded bool) vec {
	view = view.scale(1 / float32(math.Sqrt(float64(view.dot(view)))))
	cosine := -view.dot(normal)
	if cosine <= 0 {
		return vec{}
	}
	r := view.add(normal.scale(2 * cosine))
	share := mirror0 + float32((mirror1-mirror0)*fourth(1-cosine))
	light := l.surroundings(r).scale(share)
	if spot := r.dot(l.sun); spot > .8 && !shaded {
		light = light.add(l.sunColor.scale(float32(sunSpot * share * fourth(float32((spot-.8)*5)))))
	}
	return vec{clamp01(light.x), clamp01(light.y), clamp01(light.z)}
}

func fourth(v float32) float32 { return float32(float32(v*v) * float32(v*v)) }

// surroundings returns the light from a direction of unit length: sky, or the road and what
// stands at its side.
func (l *light) surroundings(d vec) vec {
	ground := l.ambient.scale(.3)
	side := mix(ground, l.horizon.scale(.5), .5)
	if d.z <= 0 {
		return mix(side, ground, clamp01(float32(-d.z*4)))
	}
	k := clamp01(float32(d.z * 2.2))
	return mix(side, mix(l.horizon, l.zenith, float32(k*(2-k))), clamp01(float32(d.z*6)))
}

// tint applies the sky of a list to the light. Fog keeps its visibility, because labels know
// no other.
func (l *light) tint(sky *scene.SkyTint, fog bool) {
	if *sky == (scene.SkyTint{}) {
		return
	}
	l.zenith, l.horizon = l.zenith.mul(fromRGB(sky.Zenith)), l.horizon.mul(fromRGB(sky.Horizon))
	l.hazeColor = l.hazeColor.mul(fromRGB(sky.Horizon))
	if !fog {
		l.haze *= sky.Haze
	}
}
