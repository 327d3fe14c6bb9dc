package raster

import (
	"math"

	"roadloop/sim/detmath"
	"roadloop/sim/scene"
)

// shader computes linear light per pixel from faces and depths.
type shader struct {
	cam  pinhole
	eye  eye
	rgb  []vec
	dirX []float32 // direction of the ray, right per forward, by column
	dirY []float32 // down per forward, by row
	fade [1024]float32
}

func (s *shader) init(p pinhole) {
	s.cam = p
	s.rgb = make([]vec, p.w*p.h)
	s.dirX, s.dirY = make([]float32, p.w), make([]float32, p.h)
	for x := range s.dirX {
		s.dirX[x] = (float32(x) + .5 - p.cx) / p.fx
	}
	for y := range s.dirY {
		s.dirY[y] = (float32(y) + .5 - p.cy) / p.fy
	}
	for i := range s.fade { // transmission by optical depth, 0 to 8
		s.fade[i] = float32(detmath.Exp(-8 * float64(i) / float64(len(s.fade))))
	}
}

// background returns the label of a pixel that shows no face: grass up to the
// horizon, sky above.
func (s *shader) background(x, y int) (scene.Class, float32) {
	d := s.ray(x, y)
	if d.z >= -1e-4 {
		return scene.Sky, float32(math.Inf(1))
	}
	return scene.Terrain, -s.eye.pos.z / d.z
}

// ray returns the world direction of a pixel, of unit length along the axis.
func (s *shader) ray(x, y int) vec {
	return s.eye.forward.add(s.eye.right.scale(s.dirX[x])).add(s.eye.down.scale(s.dirY[y]))
}

// shade computes the light of every pixel.
func (s *shader) shade(f *filler, l *light, t *texture, list *scene.List) {
	for y := range s.cam.h {
		rowRay := s.eye.forward.add(s.eye.down.scale(s.dirY[y]))
		for x := range s.cam.w {
			d := rowRay.add(s.eye.right.scale(s.dirX[x]))
			if f.samples == 1 {
				i := y*f.cam.w + x
				s.rgb[i] = s.point(f, l, t, f.face[i], f.iz[i], d)
				continue
			}
			s.rgb[y*s.cam.w+x] = s.pixel(f, l, t, (2*y)*f.cam.w+2*x, d)
		}
	}
}

// pixel returns the light of a pixel; i is the first of its four samples.
func (s *shader) pixel(f *filler, l *light, t *texture, i int, d vec) vec {
	j := i + f.cam.w
	ids := [4]uint32{f.face[i], f.face[i+1], f.face[j], f.face[j+1]}
	if ids[0] == ids[1] && ids[0] == ids[2] && ids[0] == ids[3] {
		return s.point(f, l, t, ids[0], .5*(f.iz[i]+f.iz[j+1]), d)
	}
	izs := [4]float32{f.iz[i], f.iz[i+1], f.iz[j], f.iz[j+1]}
	return s.mixed(f, l, t, &ids, &izs, d)
}

// mixed averages the faces that the samples of a pixel show, each shaded once.
func (s *shader) mixed(f *filler, l *light, t *texture, ids *[4]uint32, izs *[4]float32, d vec) vec {
	var sum vec
	var done [4]bool
	for a := range ids {
		if done[a] {
			continue
		}
		n := float32(0)
		for b := a; b < len(ids); b++ {
			if ids[b] == ids[a] {
				done[b] = true
				n++
			}
		}
		sum = sum.add(s.point(f, l, t, ids[a], izs[a], d).scale(n / 4))
	}
	return sum
}

// point returns the light that comes from a face along a ray.
func (s *shader) point(f *filler, l *light, t *texture, id uint32, iz float32, d vec) vec {
	if id&^shadowed == 0 {
		return s.open(l, t, d, id != 0)
	}
	face := &f.faces[id&^shadowed]
	z := 1 / iz
	if face.shines {
		return s.hazy(l, face.color, .5*z)
	}
	p := s.eye.pos.add(d.scale(z))
	c := face.color
	if id&shadowed != 0 {
		c = face.shade
	}
	if face.texture != scene.Plain {
		c = s.pattern(l, t, face, c, p, z)
	}
	if l.headlights {
		c = c.add(face.albedo(l).scale(l.artificial(p)))
	}
	return s.hazy(l, c, z)
}

// albedo returns the color of a face in white light, recovered from its shade.
func (f *faceInfo) albedo(l *light) vec {
	k := 1 / (1.35 * (.68 + .32*f.normal.z))
	return vec{f.shade.x * k / l.ambient.x, f.shade.y * k / l.ambient.y, f.shade.z * k / l.ambient.z}
}

// hazy blends in the haze between eye and object.
func (s *shader) hazy(l *light, c vec, z float32) vec {
	k := int(l.haze * z * float32(len(s.fade)) / 8)
	return mix(l.hazeColor, c, s.fade[min(k, len(s.fade)-1)])
}

// open returns the light of a ray that hits no face: grass or sky.
func (s *shader) open(l *light, t *texture, d vec, shadow bool) vec {
	if d.z < -1e-4 {
		z := -s.eye.pos.z / d.z
		p := s.eye.pos.add(d.scale(z))
		c, shade := l.on(vec{.25, .36, .15}, vec{0, 0, 1}, scene.Grass)
		if shadow {
			c = shade
		}
		if z < 120 {
			c = c.scale(1 + .16*t.smooth(p.x*.7, p.y*.7) + .10*t.at(floor(p.x*9), floor(p.y*9))*clamp01(25/z))
		}
		if l.headlights {
			c = c.add(vec{.25, .36, .15}.scale(l.artificial(p)))
		}
		return s.hazy(l, c, z)
	}
	return s.sky(l, t, d)
}

// sky returns the light of the sky, with clouds and a line of hills.
func (s *shader) sky(l *light, t *texture, d vec) vec {
	length := float32(math.Sqrt(float64(d.dot(d))))
	up := d.z / length
	if hill := s.skyline(t, d); up < hill {
		c, _ := l.on(vec{.16, .24, .16}, vec{0, 0, 1}, scene.Foliage)
		return mix(c, l.hazeColor, clamp01(.55+l.haze*120))
	}
	k := clamp01(up * 2.6)
	c := mix(l.horizon, l.zenith, k*(2-k))
	if l.cloud < .97 {
		u, v := d.x/(d.z+.12*length), d.y/(d.z+.12*length)
		n := .62*t.smooth(u*1.3, v*1.3) + .38*t.smooth(u*3.1+7, v*3.1)
		cover := clamp01((n - .35 + 1.1*l.cloud) * 1.6)
		c = mix(c, vec{.93, .94, .96}.scale(l.clouds), cover*.85*clamp01(up*9))
	}
	if halo := d.dot(l.sun) / length; halo > .9 && l.cloud < .8 && l.dark < .9 {
		g := (halo - .9) * 10
		c = c.add(l.sunColor.scale(g * g * g * .8))
	}
	if l.haze > .012 {
		c = mix(c, l.hazeColor, clamp01(l.haze*60*(1-up)))
	}
	return c
}

// skyline returns the height of the hills in the direction d, as the sine of
// their elevation.
func (s *shader) skyline(t *texture, d vec) float32 {
	a := d.x + d.y
	b := d.x - d.y
	if d.x*d.x+d.y*d.y < 1e-6 {
		return 0
	}
	n := float32(1 / math.Sqrt(float64(d.x*d.x+d.y*d.y)))
	return .012 + .010*t.smooth(a*n*6, b*n*6) + .006*t.smooth(a*n*23, b*n*23)
}

// pattern applies the texture of a face to its color.
func (s *shader) pattern(l *light, t *texture, f *faceInfo, c, p vec, z float32) vec {
	near := clamp01(18 / z) // patterns finer than a pixel fade out
	switch f.texture {
	case scene.Asphalt:
		c = c.scale(1 + .07*t.smooth(p.x*.45, p.y*.45) + .09*near*t.at(floor(p.x*14), floor(p.y*14)))
		return s.wetness(l, c, z)
	case scene.Pavement:
		gap := float32(1)
		if z < 25 && (frac(p.x*1.6) < .05 || frac(p.y*1.6) < .05) {
			gap = .84
		}
		return c.scale(gap * (1 + .05*t.smooth(p.x*1.1, p.y*1.1) + .05*near*t.at(floor(p.x*9), floor(p.y*9))))
	case scene.Grass:
		return c.scale(1 + .18*t.smooth(p.x*.7, p.y*.7) + .12*near*t.at(floor(p.x*9), floor(p.y*9)))
	case scene.Foliage:
		return c.scale(.92 + .22*t.smooth(p.x*2.1+p.z, p.y*2.1+p.z*1.7) + .22*clamp01(30/z)*t.at(floor(p.x*5+p.z*2), floor(p.y*5+p.z*3)))
	case scene.Paint:
		gone := f.wear*1.6 - .45 - .55*t.smooth(p.x*3.1, p.y*3.1) - .3*t.at(floor(p.x*11), floor(p.y*11))
		road, _ := l.on(vec{.27, .27, .28}, vec{0, 0, 1}, scene.Asphalt)
		if f.wear > 0 {
			c = mix(c, road, clamp01(gone)*.9+.1*f.wear)
		}
		return s.wetness(l, c.scale(1+.04*t.at(floor(p.x*12), floor(p.y*12))), z)
	case scene.Facade:
		return s.facade(l, t, f, c, p)
	}
	return c
}

func frac(v float32) float32 { return v - float32(floor(v)) }

// wetness darkens a wet road and adds the reflection of the sky at a grazing angle.
func (s *shader) wetness(l *light, c vec, z float32) vec {
	if l.wet == 0 {
		return c
	}
	grazing := clamp01(1 - 2.2*s.eye.pos.z/z)
	return mix(c.scale(1-.35*l.wet), l.horizon, .38*l.wet*grazing*grazing)
}

// facade draws rows of windows on a wall; some are lit at night.
func (s *shader) facade(l *light, t *texture, f *faceInfo, c, p vec) vec {
	along := (p.y*f.normal.x - p.x*f.normal.y) / 2.6
	storey := (p.z - .2) / 3
	u, v := frac(along), frac(storey)
	c = c.scale(1 + .04*t.smooth(p.x*.8+p.z, p.y*.8))
	if u < .28 || u > .74 || v < .30 || v > .80 || storey < 0 {
		if storey < .08 {
			return c.scale(.72)
		}
		return c
	}
	if u < .33 || u > .69 || v < .35 {
		return c.scale(1.18)
	}
	which := t.at(floor(along)+131*floor(storey), floor(p.x*f.normal.x+p.y*f.normal.y))
	if l.dark > .5 && which > .35 {
		return vec{.95, .78, .45}.scale(.55 + .35*which)
	}
	return mix(c.scale(.25), l.zenith, .45+.15*which)
}
