package raster

import (
	"math"

	"roadloop/sim/scene"
)

// glow adds the halos of visible lamps, and their mirror images on a wet road.
func (s *shader) glow(list *scene.List, f *filler, l *light) {
	splat := f.kernels.splat
	s.halos(list, l, func(h halo) {
		if !s.hidden(f, h.lamp) {
			p := h.center
			u, v := float32(s.cam.fx*p.x)/p.z+s.cam.cx, float32(s.cam.fy*p.y)/p.z+s.cam.cy
			splat(s, u, v, h.rx, h.ry, h.color)
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
		air := transmission(float32(l.haze * p.z * .5))
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
	x, y = int(float32(s.cam.fx*p.x)/p.z+s.cam.cx), int(float32(s.cam.fy*p.y)/p.z+s.cam.cy)
	return x, y, x >= 0 && y >= 0 && x < s.cam.w && y < s.cam.h
}

// splat adds an ellipse of light around a point in pixels that fades to its border.
func (s *shader) splat(u, v, rx, ry float32, c vec) {
	x0, x1 := extent(u, rx, s.cam.w)
	y0, y1 := extent(v, ry, s.cam.h)
	for y := y0; y < y1; y++ {
		dy := (float32(y) + .5 - v) / ry
		for x := x0; x < x1; x++ {
			dx := (float32(x) + .5 - u) / rx
			if k := 1 - float32(.25*(float32(dx*dx)+float32(dy*dy))); k > 0 {
				s.addLight(y*s.stride+x, c.scale(float32(float32(k*k)*k)))
			}
		}
	}
}

// extent returns the pixels of a halo along one axis, from lo to hi-1.
func extent(center, radius float32, n int) (lo, hi int) {
	return max(int(center-float32(2*radius)), 0), min(int(center+float32(2*radius))+1, n)
}

// addLight adds light to pixel i of the buffers.
func (s *shader) addLight(i int, c vec) {
	s.r[i] += c.x
	s.g[i] += c.y
	s.b[i] += c.z
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
		i := v*s.stride + u
		px := vec{s.r[i], s.g[i], s.b[i]}
		s.addLight(i, rainColor.sub(px).scale(rainOpacity))
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
	for y := range s.cam.h {
		dy := float32(y) - v
		for x := range s.cam.w {
			dx := float32(x) - u
			r2 := float32((float32(dx*dx) + float32(dy*dy)) * scale)
			k := float32(g * (.9/(1+float32(60*r2)) + .12))
			s.addLight(y*s.stride+x, vec{1, .93, .80}.scale(k))
		}
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
	return float32(s.cam.fx*d.x)/d.z + s.cam.cx, float32(s.cam.fy*d.y)/d.z + s.cam.cy, true
}

// toneMap converts linear light to 8-bit pixels: exposure, tone curve, noise.
func (r *Renderer) toneMap(list *scene.List) {
	n := &r.noise
	if n.start(&list.View); n.gain != 0 {
		r.kernels.noise(n, r.texture)
	}
	brightness := exposure(list)
	for y := range r.image.Height {
		row := 3 * r.image.Width * y
		if r.lens == nil {
			r.kernels.toneMap(&r.shader, r.image.RGB[row:row+3*r.image.Width+noisePad], brightness, n, y)
			continue
		}
		for x := range r.image.Width {
			i := y*r.image.Width + x
			r.shader.toneMapPixel(r.image.RGB[3*i:3*i+3], int(r.source[i]), brightness, n, i)
		}
	}
}

// noisePad is the number of bytes after a row that a kernel may overwrite.
const noisePad = 8

// toneMapRow converts a row of light to bytes.
func (s *shader) toneMapRow(dst []byte, brightness float32, n *noise, y int) {
	for x := range s.cam.w {
		s.toneMapPixel(dst[3*x:3*x+3], y*s.stride+x, brightness, n, y*s.cam.w+x)
	}
}

// toneMapPixel converts the light at src to the three bytes of pixel i.
func (s *shader) toneMapPixel(dst []byte, src int, brightness float32, n *noise, i int) {
	for k, c := range [3]float32{s.r[src], s.g[src], s.b[src]} {
		v := int32(float32(curve(float32(c*brightness))*(255*65536))) + n.gain*int32(n.levels[k][i]) + 32768
		dst[k] = byte(min(max(v>>16, 0), 255))
	}
}

// exposure returns the brightness factor of a list.
func exposure(list *scene.List) float32 {
	if list.View.Exposure == 0 {
		return 1
	}
	return float32(list.View.Exposure)
}

// knee is the brightness from which on the tone curve compresses.
const knee = .7

// curve compresses highlights: linear up to the knee, then with decreasing slope.
func curve(v float32) float32 {
	if v <= knee {
		return v
	}
	x := (v - knee) / (1 - knee)
	return knee + float32(float32((1-knee)*x)/(1+x)*lesser(1+float32(.5*x), 2))
}
