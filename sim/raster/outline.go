package raster

import (
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Layer orders polygons: the background is behind the ground, the ground behind
// shadows, all of them behind what is solid.
type Layer uint8

// Layers from back to front.
const (
	Background Layer = iota
	Ground
	Shadow
	Solid
)

// Corner is a vertex of a Polygon: where it is in the picture, how far along the
// optical axis, and its color, 0 to 1.
type Corner struct {
	X, Y, Depth float32
	Color       scene.RGB
}

// Polygon is a convex, projected and lit face, for renderers that have no samples
// to fill.
type Polygon struct {
	Layer   Layer
	Corners []Corner
}

// Outliner turns a display list into polygons with the light of the reference
// renderer at their corners, but without its textures. Solid polygons come in the
// order of the list; drawing them from far to near is up to the caller.
type Outliner struct {
	mount   sensor.Mount
	fill    filler
	light   light
	shader  shader
	texture texture
	polygon Polygon
}

// NewOutliner returns an outliner for pictures of w×h pixels of what the camera
// sees, without its distortion.
func NewOutliner(cal *sensor.Camera, w, h int) *Outliner {
	fx, fy := float32(w)/float32(cal.Width), float32(h)/float32(cal.Height)
	o := &Outliner{mount: cal.Mount, texture: newTexture()}
	o.fill.setCamera(pinhole{w: w, h: h, fx: fx * float32(cal.Fx), fy: fy * float32(cal.Fy), cx: fx * float32(cal.Cx), cy: fy * float32(cal.Cy)})
	o.shader.init(o.fill.cam)
	return o
}

// Outline calls yield for every polygon of the list, the background first. The
// polygon is overwritten by the next.
func (o *Outliner) Outline(list *scene.List, yield func(*Polygon)) {
	o.light.set(list)
	f := &o.fill
	f.eye, f.light = newEye(list, o.mount), &o.light
	f.faces = append(f.faces[:0], faceInfo{})
	o.shader.eye = f.eye
	o.background(yield)
	f.emit = func(id uint32, layer Layer) {
		p := &o.polygon
		p.Layer, p.Corners = layer, p.Corners[:0]
		for _, v := range f.poly {
			x, y := f.project(v)
			p.Corners = append(p.Corners, Corner{x, y, v.z, o.color(v, id, layer)})
		}
		yield(p)
	}
	f.drawGround(list)
	f.drawShadows(list)
	f.drawSolids(list)
}

// color returns the light that comes from a face at a point in camera coordinates.
func (o *Outliner) color(v vec, id uint32, layer Layer) scene.RGB {
	if layer == Shadow {
		return scene.RGB{}
	}
	e := &o.fill.eye
	ray := e.forward.add(e.right.scale(v.x / v.z)).add(e.down.scale(v.y / v.z))
	face := &o.fill.faces[id]
	face.texture = scene.Plain
	return o.bounded(o.shader.point(&o.fill, &o.light, &o.texture, id, 1/v.z, ray))
}

// bounded puts light through the curve of the camera.
func (o *Outliner) bounded(c vec) scene.RGB {
	return scene.RGB{clamp01(curve(c.x)), clamp01(curve(c.y)), clamp01(curve(c.z))}
}

// background yields sky and meadow as a grid of quads.
func (o *Outliner) background(yield func(*Polygon)) {
	const columns, rows = 16, 48
	c := &o.fill.cam
	corner := func(i, j int) Corner {
		x, y := float32(i*c.w)/columns, float32(j*c.h)/rows
		d := o.fill.eye.forward.add(o.fill.eye.right.scale((x - c.cx) / c.fx)).add(o.fill.eye.down.scale((y - c.cy) / c.fy))
		return Corner{x, y, 0, o.bounded(o.shader.open(&o.light, &o.texture, d, false))}
	}
	for j := range rows {
		for i := range columns {
			o.polygon.Layer = Background
			o.polygon.Corners = append(o.polygon.Corners[:0], corner(i, j), corner(i+1, j), corner(i+1, j+1), corner(i, j+1))
			yield(&o.polygon)
		}
	}
}

// Halos calls yield for every lamp of the list before the camera, after Outline:
// its place, its distance, the radius of its halo in pixels and its light. Lamps
// behind something are among them.
func (o *Outliner) Halos(list *scene.List, yield func(x, y, depth, radius float32, color scene.RGB)) {
	for i := range list.Glows {
		g := &list.Glows[i]
		p := o.fill.eye.toCamera(fromScene(g.Pos))
		if p.z < 1 {
			continue
		}
		x, y := o.fill.project(p)
		radius := max(1.5, 2.6*g.Radius*o.fill.cam.fx/p.z)
		c := g.Color
		for k := range c {
			c[k] *= g.Intensity
		}
		yield(x, y, p.z, 2*radius, c)
	}
}
