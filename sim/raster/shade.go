package raster

import (
	"math"

	"roadloop/sim/scene"
)

// shader computes linear light per pixel from faces. Each method that is named for a
// vector form, such as grain8 for grain, has the same result for each of its lanes.
type shader struct {
	cam     pinhole
	eye     eye
	light   *light
	texture *texture
	surroundings
	stride  int       // pixels from one row to the next
	r, g, b []float32 // the light, by row
	dirX    []float32 // direction of the ray, right per forward, by column
	dirY    []float32 // down per forward, by row

	//lint:ignore U1000 the vector form uses it
	scratch
}

// surroundings are colors that are constant in a frame.
type surroundings struct {
	grass, grassShade vec // unpainted ground
	road              vec // under worn paint
	hills             vec
}

func (s *shader) init(p pinhole) {
	s.cam = p
	s.stride = padded(p.w)
	n := s.stride*p.h + lanes // halos begin at any pixel
	s.r, s.g, s.b = make([]float32, n), make([]float32, n), make([]float32, n)
	s.dirX, s.dirY = make([]float32, s.stride), make([]float32, p.h)
	for x := range s.dirX {
		s.dirX[x] = (float32(x) + .5 - p.cx) / p.fx
	}
	for y := range s.dirY {
		s.dirY[y] = (float32(y) + .5 - p.cy) / p.fy
	}
}

// bare is the color of unpainted ground in white light.
var bare = vec{.25, .36, .15}

// start begins a frame.
func (s *shader) start(e eye, l *light, t *texture) {
	s.eye, s.light, s.texture = e, l, t
	up := vec{0, 0, 1}
	s.grass, s.grassShade = l.on(bare, up, scene.Grass)
	s.road, _ = l.on(vec{.27, .27, .28}, up, scene.Asphalt)
	hills, _ := l.on(vec{.16, .24, .16}, up, scene.Foliage)
	s.hills = mix(hills, l.hazeColor, clamp01(.55+float32(l.haze*120)))
}

// background returns the label of a pixel that shows no face: grass up to the
// horizon, sky above.
func (s *shader) background(x, y int) (scene.Class, float32) {
	d := s.ray(x, y)
	if d.z >= horizon {
		return scene.Sky, float32(math.Inf(1))
	}
	return scene.Terrain, -s.eye.pos.z / d.z
}

// horizon is the upward part of rays that meet the ground at the horizon.
const horizon = -1e-4

// rayOf returns the part of a ray's direction that is common to a row.
func (s *shader) rayOf(row int) vec { return s.eye.forward.add(s.eye.down.scale(s.dirY[row])) }

// ray returns the world direction of a pixel, of unit length along the axis.
func (s *shader) ray(x, y int) vec { return s.rayOf(y).add(s.eye.right.scale(s.dirX[x])) }

// shadeRow computes the light of a row of pixels.
func (s *shader) shadeRow(f *filler, y int) {
	common := s.rayOf(y)
	for x := range s.cam.w {
		d := common.add(s.eye.right.scale(s.dirX[x]))
		var c vec
		if f.samples == 1 {
			c = s.point(f, f.face[y*f.stride+x], float32(x)+.5, float32(y)+.5, d)
		} else {
			c = s.pixel(f, x, y, d)
		}
		i := y*s.stride + x
		s.r[i], s.g[i], s.b[i] = c.x, c.y, c.z
	}
}

// pixel returns the light of a pixel.
func (s *shader) pixel(f *filler, x, y int, d vec) vec {
	i := 2*y*f.stride + 2*x
	j := i + f.stride
	ids := [4]uint32{f.face[i], f.face[i+1], f.face[j], f.face[j+1]}
	if ids[0] == ids[1] && ids[0] == ids[2] && ids[0] == ids[3] {
		return s.point(f, ids[0], float32(2*x+1), float32(2*y+1), d)
	}
	return s.mixed(f, &ids, x, y, d)
}

// mixed averages the light of the samples of a pixel. A face is shaded once, at its
// first sample.
func (s *shader) mixed(f *filler, ids *[4]uint32, x, y int, d vec) vec {
	var c [4]vec
	var done [4]bool
	for a := range ids {
		if done[a] {
			continue
		}
		light := s.point(f, ids[a], float32(2*x+a%2)+.5, float32(2*y+a/2)+.5, d)
		for b := a; b < len(ids); b++ {
			if ids[b] == ids[a] {
				c[b], done[b] = light, true
			}
		}
	}
	return c[0].add(c[1]).add(c[2].add(c[3])).scale(.25)
}

// point returns the light that comes from a face along the ray d, at a point given in
// samples.
func (s *shader) point(f *filler, id uint32, x, y float32, d vec) vec {
	if id&^shadowed == 0 {
		return s.open(d, id != 0)
	}
	face := &f.faces[id&^shadowed]
	z := 1 / face.plane.at(x, y)
	if face.shines {
		return s.hazy(face.color, float32(.5*z))
	}
	c := face.color
	if id&shadowed != 0 {
		c = face.shade
	}
	p := s.eye.pos.add(d.scale(z))
	c = s.pattern(face, c, p, z)
	if s.light.headlights {
		c = c.add(face.albedo.scale(s.light.artificial(p)))
	}
	return s.hazy(c, z)
}

// hazy blends in the haze between eye and object.
func (s *shader) hazy(c vec, z float32) vec {
	return mix(s.light.hazeColor, c, transmission(float32(s.light.haze*z)))
}

// open returns the light of a ray that hits no face: grass or sky.
func (s *shader) open(d vec, shadow bool) vec {
	if d.z >= horizon {
		return s.sky(d)
	}
	z := -s.eye.pos.z / d.z
	p := s.eye.pos.add(d.scale(z))
	c := s.grass
	if shadow {
		c = s.grassShade
	}
	if z < 120 {
		c = c.scale(s.grain(p, z, &openGrain))
	}
	if s.light.headlights {
		c = c.add(bare.scale(s.light.artificial(p)))
	}
	return s.hazy(c, z)
}

// sky returns the light of the sky, with clouds and a line of hills.
func (s *shader) sky(d vec) vec {
	l := s.light
	length := sqrt(d.dot(d))
	up := d.z / length
	if up < highestHill && up < s.skyline(d) {
		return s.hills
	}
	k := clamp01(float32(up * 2.6))
	c := mix(l.horizon, l.zenith, float32(k*(2-k)))
	if l.cloud < .97 {
		m := d.z + float32(.12*length)
		u, v := d.x/m, d.y/m
		n := float32(.62*s.texture.smooth(float32(u*1.3), float32(v*1.3))) +
			float32(.38*s.texture.smooth(float32(u*3.1)+7, float32(v*3.1)))
		cover := clamp01(float32((n - .35 + float32(1.1*l.cloud)) * 1.6))
		c = mix(c, vec{.93, .94, .96}.scale(l.clouds), float32(float32(cover*.85)*clamp01(float32(up*9))))
	}
	if halo := d.dot(l.sun) / length; halo > .9 && l.cloud < .8 && l.dark < .9 {
		g := float32((halo - .9) * 10)
		c = c.add(l.sunColor.scale(float32(float32(float32(g*g)*g) * .8)))
	}
	if l.haze > .012 {
		c = mix(c, l.hazeColor, clamp01(float32(float32(l.haze*60)*(1-up))))
	}
	return c
}

// highestHill is above the skyline in any direction.
const highestHill = .03

// skyline returns the height of the hills in the direction d, as the sine of
// their elevation.
func (s *shader) skyline(d vec) float32 {
	h := float32(d.x*d.x) + float32(d.y*d.y)
	if h < 1e-6 {
		return 0
	}
	n := 1 / sqrt(h)
	a, b := float32((d.x+d.y)*n), float32((d.x-d.y)*n)
	return .012 + float32(.010*s.texture.smooth(float32(a*6), float32(b*6))) +
		float32(.006*s.texture.smooth(float32(a*23), float32(b*23)))
}

// pattern applies the texture of a face to its color. A new texture is a case here and
// in pattern8, with a function and its vector form.
func (s *shader) pattern(f *faceInfo, c, p vec, z float32) vec {
	switch f.texture {
	case scene.Asphalt:
		return s.wetness(c.scale(s.grain(p, z, &asphaltGrain)), z)
	case scene.Pavement:
		return s.pavement(c, p, z)
	case scene.Grass:
		return c.scale(s.grain(p, z, &grassGrain))
	case scene.Foliage:
		return c.scale(s.grain(p, z, &foliageGrain))
	case scene.Paint:
		return s.paint(c, p, z, f.wear)
	case scene.Facade:
		return s.facade(f, c, p)
	}
	return c
}

// grain is a pattern of brightness: waves of value noise, and cells with one value each.
type grain struct {
	base     float32
	waves    float32 // per m
	waveGain float32
	cells    float32 // per m
	cellGain float32
	fade     float32 // m; the gain of cells falls beyond, since they are finer than a pixel
	rise     bool    // the pattern also varies with height
}

var (
	asphaltGrain  = grain{base: 1, waves: .45, waveGain: .07, cells: 14, cellGain: .09, fade: 18}
	pavementGrain = grain{base: 1, waves: 1.1, waveGain: .05, cells: 9, cellGain: .05, fade: 18}
	grassGrain    = grain{base: 1, waves: .7, waveGain: .18, cells: 9, cellGain: .12, fade: 18}
	openGrain     = grain{base: 1, waves: .7, waveGain: .16, cells: 9, cellGain: .10, fade: 25}
	foliageGrain  = grain{base: .92, waves: 2.1, waveGain: .22, cells: 5, cellGain: .22, fade: 30, rise: true}
)

// grain returns the brightness of a pattern at a point at depth z.
func (s *shader) grain(p vec, z float32, g *grain) float32 {
	u, v := float32(p.x*g.waves), float32(p.y*g.waves)
	x, y := float32(p.x*g.cells), float32(p.y*g.cells)
	if g.rise {
		u, v = u+p.z, v+float32(p.z*1.7)
		x, y = x+float32(p.z*2), y+float32(p.z*3)
	}
	near := clamp01(g.fade / z)
	cell := s.texture.at(floor(x), floor(y))
	return g.base + float32(g.waveGain*s.texture.smooth(u, v)) + float32(float32(g.cellGain*near)*cell)
}

// pavement draws slabs with gaps.
func (s *shader) pavement(c, p vec, z float32) vec {
	gap := float32(1)
	if z < 25 && (frac(float32(p.x*1.6)) < .05 || frac(float32(p.y*1.6)) < .05) {
		gap = .84
	}
	return c.scale(float32(gap * s.grain(p, z, &pavementGrain)))
}

// paint draws paint on the road, which shows where the paint is worn off.
func (s *shader) paint(c, p vec, z, wear float32) vec {
	t := s.texture
	if wear > 0 {
		gone := float32(wear*1.6) - .45 - float32(.55*t.smooth(float32(p.x*3.1), float32(p.y*3.1))) -
			float32(.3*t.at(floor(float32(p.x*11)), floor(float32(p.y*11))))
		c = mix(c, s.road, float32(clamp01(gone)*.9)+float32(.1*wear))
	}
	speckle := 1 + float32(.04*t.at(floor(float32(p.x*12)), floor(float32(p.y*12))))
	return s.wetness(c.scale(speckle), z)
}

// wetness darkens a wet road and adds the reflection of the sky at a grazing angle.
func (s *shader) wetness(c vec, z float32) vec {
	l := s.light
	if l.wet == 0 {
		return c
	}
	grazing := clamp01(1 - float32(2.2*s.eye.pos.z)/z)
	return mix(c.scale(1-float32(.35*l.wet)), l.horizon, float32(float32(float32(.38*l.wet)*grazing)*grazing))
}

// facade draws rows of windows on a wall; some are lit at night.
func (s *shader) facade(f *faceInfo, c, p vec) vec {
	l, t := s.light, s.texture
	along := (float32(p.y*f.normal.x) - float32(p.x*f.normal.y)) / 2.6
	storey := (p.z - .2) / 3
	u, v := frac(along), frac(storey)
	c = c.scale(1 + float32(.04*t.smooth(float32(p.x*.8)+p.z, float32(p.y*.8))))
	if u < .28 || u > .74 || v < .30 || v > .80 || storey < 0 {
		if storey < .08 {
			return c.scale(.72)
		}
		return c
	}
	if u < .33 || u > .69 || v < .35 {
		return c.scale(1.18)
	}
	which := t.at(floor(along)+131*floor(storey), floor(float32(p.x*f.normal.x)+float32(p.y*f.normal.y)))
	if l.dark > .5 && which > .35 {
		return vec{.95, .78, .45}.scale(.55 + float32(.35*which))
	}
	return mix(c.scale(.25), l.zenith, .45+float32(.15*which))
}
