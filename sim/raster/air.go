package raster

import "roadloop/sim/scene"

// Lighting is the light and weather of a list, for other renderers that implement the
// shading of this package. Directions are in the world frame, colors are linear
// light.
type Lighting struct {
	Eye, Right, Down, Forward [3]float32 // position and axes of the camera
	Sun, SunColor, Ambient    [3]float32
	Zenith, Horizon, Haze     [3]float32
	Dark, Wet, Cloud, Clouds  float32 // Clouds is the brightness of clouds
	Extinction                float32 // 1/m
	Headlights                bool
	From, Beam                [2]float32   // of the headlights, on the ground
	Lamps                     [][3]float32 // street lamps
	Exposure                  float32
	Glare, DazzleX, DazzleY   float32 // DazzleX and DazzleY are the pixel of the sun
}

// Lighting returns the light and weather of the last outlined list. The next call
// overwrites its lamps.
func (o *Outliner) Lighting(list *scene.List, lamps [][3]float32) Lighting {
	l, e := &o.light, &o.shader.eye
	a := Lighting{
		Eye: e.pos.array(), Right: e.right.array(), Down: e.down.array(), Forward: e.forward.array(),
		Sun: l.sun.array(), SunColor: l.sunColor.array(), Ambient: l.ambient.array(),
		Zenith: l.zenith.array(), Horizon: l.horizon.array(), Haze: l.hazeColor.array(),
		Dark: l.dark, Wet: l.wet, Cloud: l.cloud, Clouds: l.clouds, Extinction: l.haze,
		Headlights: l.headlights, From: l.from, Beam: l.beam, Exposure: exposure(list),
	}
	for _, p := range l.lamps.all {
		lamps = append(lamps, p.array())
	}
	a.Lamps = lamps
	if x, y, ok := o.shader.sunPixel(&list.Conditions); ok {
		a.Glare, a.DazzleX, a.DazzleY = float32(list.Conditions.Glare), x, y
	}
	return a
}

// Noise returns the table of random values from -1 to 1 for textures.
func (o *Outliner) Noise() []float32 { return o.texture.value[:] }

// Halo is the glow around a lamp, or its mirror image on a wet road: an ellipse that
// fades to zero at its border. It is visible only if the lamp is not occluded.
type Halo struct {
	LampX, LampY           int     // pixel of the lamp
	LampDepth              float32 // m
	X, Y, RadiusX, RadiusY float32 // px
	Color                  [3]float32
}

// Halos calls yield for every halo of the last outlined list with its lamp in the
// image. The next halo overwrites the argument.
func (o *Outliner) Halos(list *scene.List, yield func(*Halo)) {
	c := &o.shader.cam
	var out Halo
	o.shader.halos(list, &o.light, func(h halo) {
		x, y, ok := o.shader.pixelOf(h.lamp)
		if !ok {
			return
		}
		out = Halo{LampX: x, LampY: y, LampDepth: h.lamp.z,
			X: c.fx*h.center.x/h.center.z + c.cx, Y: c.fy*h.center.y/h.center.z + c.cy,
			RadiusX: 2 * h.rx, RadiusY: 2 * h.ry, Color: h.color.array()}
		yield(&out)
	})
}

// Rain calls yield for every pixel of the rain streaks of the list, as a rectangle
// in the image. Blend color over it with opacity cover.
func (o *Outliner) Rain(list *scene.List, yield func(x0, y0, x1, y1 float32)) (color [3]float32, cover float32) {
	sx, sy := float32(o.pinhole.w)/float32(o.rain.w), float32(o.pinhole.h)/float32(o.rain.h)
	if list.Conditions.Rain > 0 || list.Conditions.Snow > 0 {
		streaks(list, o.texture, o.rain.w, o.rain.h, func(u, v int) {
			x, y := float32(u), float32(v)
			yield(x*sx, y*sy, (x+1)*sx, (y+1)*sy)
		})
	}
	return rainColor.array(), rainOpacity
}
