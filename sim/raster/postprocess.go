package raster

import (
	"math"

	"roadloop/sim/scene"
)

// glow adds the halos of visible lamps, and their mirror images on a wet road.
func (s *shader) glow(list *scene.List, f *filler, l *light) {
	s.halos(list, l, func(h halo) {
		if !s.hidden(f, h.lamp) {
			s.splat(h.center, h.rx, h.ry, h.color)
		}
	})
}

// halo is the glow around a lamp, or its mirror image, in camera coordinates.
type halo struct {
	lamp, center vec
	rx, ry       float32 // half radii, px
	color        vec
}

// halos calls yield for the halos of lamps in front of the camera and for their
// mirror images on a wet road.
func (s *shader) halos(list *scene.List, l *light, yield func(halo)) {
	for i := range list.Glows {
		g := &list.Glows[i]
		p := s.eye.toCamera(fromScene(g.Pos))
		if p.z < 1 {
			continue
		}
		air := s.fade[min(int(l.haze*p.z*.5*float32(len(s.fade))/8), len(s.fade)-1)]
		radius := max(.9, 2.6*g.Radius*s.cam.fx/p.z)
		yield(halo{p, p, radius, radius, fromRGB(g.Color).scale(g.Intensity * air * min(1, 2.2*g.Radius*s.cam.fx/p.z))})
		if l.wet > .2 && g.Pos.Z < 5 {
			m := s.eye.toCamera(vec{g.Pos.X, g.Pos.Y, -g.Pos.Z})
			if m.z > 1 {
				yield(halo{p, m, radius, 3.5 * radius, fromRGB(g.Color).scale(.28 * l.wet * g.Intensity * air)})
			}
		}
	}
}

// hidden reports whether a camera point is out of view or behind a face by more
// than the size of a lamp.
func (s *shader) hidden(f *filler, p vec) bool {
	x, y, ok := s.pixelOf(p)
	return !ok || f.iz[f.sample(x, y)]*(p.z-.3) > 1
}

// pixelOf returns the pixel of a camera point; ok is false out of view. Points up to
// one pixel beyond the upper and left border count as on the border.
func (s *shader) pixelOf(p vec) (x, y int, ok bool) {
	x, y = int(s.cam.fx*p.x/p.z+s.cam.cx), int(s.cam.fy*p.y/p.z+s.cam.cy)
	return x, y, x >= 0 && y >= 0 && x < s.cam.w && y < s.cam.h
}

// splat adds an ellipse of light around a camera point that fades to its border.
func (s *shader) splat(p vec, rx, ry float32, c vec) {
	u, v := s.cam.fx*p.x/p.z+s.cam.cx, s.cam.fy*p.y/p.z+s.cam.cy
	x0, x1 := max(int(u-2*rx), 0), min(int(u+2*rx)+1, s.cam.w)
	y0, y1 := max(int(v-2*ry), 0), min(int(v+2*ry)+1, s.cam.h)
	for y := y0; y < y1; y++ {
		dy := (float32(y) + .5 - v) / ry
		for x := x0; x < x1; x++ {
			dx := (float32(x) + .5 - u) / rx
			if k := 1 - .25*(dx*dx+dy*dy); k > 0 {
				px := &s.rgb[y*s.cam.w+x]
				*px = px.add(c.scale(k * k * k))
			}
		}
	}
}

// weather adds rain and stray light in the lens.
func (s *shader) weather(list *scene.List, t *texture) {
	c := &list.Conditions
	if c.Rain > 0 || c.Snow > 0 {
		s.rain(list, t)
	}
	s.glare(list)
}

// Opacity and color of a rain streak.
const rainOpacity = .22

var rainColor = vec{.6, .65, .7}

// rain draws rain streaks, new ones in every frame.
func (s *shader) rain(list *scene.List, t *texture) {
	streaks(list, t, s.cam.w, s.cam.h, func(u, v int) {
		px := &s.rgb[v*s.cam.w+u]
		*px = px.add(rainColor.sub(*px).scale(rainOpacity))
	})
}

// streaks calls yield for every pixel of every rain streak in an image of w×h, and several
// times for every pixel of a snowflake, which is more opaque.
func streaks(list *scene.List, t *texture, w, h int, yield func(u, v int)) {
	n := int(list.Conditions.Rain * float64(w*h) / 260)
	seed := int32(list.View.NoiseSeed ^ list.View.NoiseSeed>>32)
	for i := range int32(n) {
		x := int((t.at(i, seed) + 1) / 2 * float32(w))
		y := int((t.at(i+7919, seed) + 1) / 2 * float32(h))
		length := 3 + int(6*(t.at(i, seed+1)+1)/2)
		slant := t.at(i+31, seed) * .35
		for k := range length {
			u, v := x+int(slant*float32(k)), y+k
			if u >= 0 && u < w && v < h {
				yield(u, v)
			}
		}
	}
	flakes(list, t, w, h, yield)
}

// glare adds light scattered in the lens, strongest around the sun.
func (s *shader) glare(list *scene.List) {
	u, v, ok := s.sunPixel(&list.Conditions)
	if !ok {
		return
	}
	g := float32(list.Conditions.Glare)
	scale := 1 / float32(s.cam.w*s.cam.w)
	for i := range s.rgb {
		dx, dy := float32(i%s.cam.w)-u, float32(i/s.cam.w)-v
		r2 := (dx*dx + dy*dy) * scale
		k := g * (.9/(1+60*r2) + .12)
		s.rgb[i] = s.rgb[i].add(vec{1, .93, .80}.scale(k))
	}
}

// sunPixel returns the pixel of the sun, inside or outside the image; ok is false
// if the sun causes no glare.
func (s *shader) sunPixel(c *scene.Conditions) (u, v float32, ok bool) {
	se, ce := math.Sincos(c.SunElevation)
	sa, ca := math.Sincos(c.SunAzimuth)
	d := s.eye.turn(vec{float32(ce * ca), float32(ce * sa), float32(se)})
	if c.Glare <= 0 || d.z < .05 {
		return 0, 0, false
	}
	return s.cam.fx*d.x/d.z + s.cam.cx, s.cam.fy*d.y/d.z + s.cam.cy, true
}

// toneMap converts linear light to 8-bit pixels: exposure, tone curve, noise.
func (s *shader) toneMap(im *Image, lens []int32, list *scene.List, t *texture) {
	exposure := exposure(list)
	noise := int32(list.View.Noise * 256) // in 1/65536 of an 8-bit level, with the table's 1/256
	state := uint32(list.View.NoiseSeed) ^ uint32(list.View.NoiseSeed>>32) | 1
	for i := range im.Width * im.Height {
		src := i
		if lens != nil {
			src = int(lens[i])
		}
		c := s.rgb[src]
		for k, c := range [3]float32{c.x, c.y, c.z} {
			state ^= state << 13
			state ^= state >> 17
			state ^= state << 5
			v := int32(curve(c*exposure)*255*65536) + noise*int32(t.gauss[state>>20]) + 32768
			im.RGB[3*i+k] = byte(min(max(v>>16, 0), 255))
		}
	}
}

// exposure returns the brightness factor of a list.
func exposure(list *scene.List) float32 {
	if list.View.Exposure == 0 {
		return 1
	}
	return float32(list.View.Exposure)
}

// curve compresses highlights: linear up to 0.7, then with decreasing slope.
func curve(v float32) float32 {
	const knee = .7
	if v <= knee {
		return v
	}
	x := (v - knee) / (1 - knee)
	return knee + (1-knee)*x/(1+x)*min(2, 1+.5*x)
}
