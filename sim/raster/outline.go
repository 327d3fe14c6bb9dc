package raster

import (
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Layer is the drawing order of polygons: ground, shadows, solid faces.
type Layer uint8

// Layers from back to front.
const (
	Ground Layer = iota
	Shadow
	Solid
)

// Corner is a vertex of a Polygon: its position in samples and its inverse depth
// along the optical axis, 1/m. The inverse depth is linear over the image.
type Corner struct{ X, Y, Inverse float32 }

// Polygon is a convex face in the image. Later ground polygons cover earlier
// ones; of the solid polygons the nearest is visible.
type Polygon struct {
	Layer   Layer
	Surface int // index into Surfaces; 0 (none) for shadows
	Corners []Corner
}

// Surface is the unlit appearance of a face.
type Surface struct {
	Color  [3]float32 // in white light; for a shining lamp, its light
	Normal [3]float32
	// Distance is the distance of the plane from the eye along the normal, m. For a ray
	// with unit length along the optical axis, the depth of the plane is
	// Distance/(Normal·ray).
	Distance float32
	Texture  scene.Texture
	Wear     float32 // of scene.Paint: fraction that is worn off
	Shines   bool
	Shaded   bool       // by a static object: sunlight does not reach it
	Sheen    [3]float32 // reflected light, in sun and in shadow
}

// Outliner converts a display list into the input of a GPU renderer with the same
// result: image polygons, surfaces, light, halos and rain. It keeps the eye and the
// light of the last outlined list. It is not safe for concurrent use.
type Outliner struct {
	cal     sensor.Camera // in pixels of the image
	pinhole pinhole
	lens    []int32
	rain    pinhole // the pixels of rain streaks
	fill    filler
	light   light
	shader  shader
	texture *texture
	polygon Polygon

	distances []float32 // of the planes of faces
}

// NewOutliner returns an outliner for images of w×h pixels of the camera's
// view, with the given number of samples along each axis of a pixel.
func NewOutliner(cal *sensor.Camera, w, h, samples int) *Outliner {
	o := &Outliner{cal: *cal, texture: standardTexture()}
	o.rain, _ = undistort(cal)
	fx, fy := float64(w)/float64(cal.Width), float64(h)/float64(cal.Height)
	o.cal.Width, o.cal.Height = w, h
	o.cal.Fx, o.cal.Fy, o.cal.Cx, o.cal.Cy = fx*cal.Fx, fy*cal.Fy, fx*cal.Cx, fy*cal.Cy
	o.pinhole, o.lens = undistort(&o.cal)
	k := float32(samples)
	p := o.pinhole
	o.fill.setCamera(pinhole{w: p.w * samples, h: p.h * samples, fx: p.fx * k, fy: p.fy * k, cx: p.cx * k, cy: p.cy * k})
	o.shader.init(p)
	o.fill.kernels = newKernels()
	return o
}

// Move changes the mount of the camera on its vehicle.
func (o *Outliner) Move(m sensor.Mount) { o.cal.Mount = m }

// Pinhole returns the size in pixels, the focal lengths and the principal point of
// the ideal camera. Its view is larger than the image if the lens distorts.
func (o *Outliner) Pinhole() (w, h int, fx, fy, cx, cy float32) {
	p := &o.pinhole
	return p.w, p.h, p.fx, p.fy, p.cx, p.cy
}

// Lens returns, for each pixel of the image, row by row, the index of the
// corresponding pixel of the ideal camera; nil for a lens without distortion.
func (o *Outliner) Lens() []int32 { return o.lens }

// Outline calls yield for every polygon of the list, in the order of Layer. The
// next polygon overwrites the argument.
func (o *Outliner) Outline(list *scene.List, yield func(*Polygon)) {
	o.light.set(list)
	f := &o.fill
	f.eye, f.light = newEye(list, o.cal.Mount), &o.light
	f.faces, f.bare = append(f.faces[:0], faceInfo{}), append(f.bare[:0], vec{})
	o.distances = append(o.distances[:0], 0)
	o.shader.eye = f.eye
	f.setGround()
	f.emit = func(at plane, id uint32, layer Layer) {
		if layer != Shadow { // shadows are not faces
			o.distances = append(o.distances, f.eye.turn(f.faces[id].normal).dot(f.corner))
		}
		p := &o.polygon
		p.Layer, p.Surface, p.Corners = layer, int(id&^shadowed), p.Corners[:0]
		for i, u := range f.screen.u[1:] {
			v := f.screen.v[1+i]
			p.Corners = append(p.Corners, Corner{u, v, at.at(u, v)})
		}
		yield(p)
	}
	f.drawGround(list)
	f.drawShadows(list)
	f.drawSolids(list)
}

// Surfaces returns the number of surfaces of the last outlined list. Index 0 means
// no surface.
func (o *Outliner) Surfaces() int { return len(o.fill.faces) }

// Surface returns surface i of the last outlined list.
func (o *Outliner) Surface(i int) Surface {
	f := &o.fill.faces[i]
	return Surface{o.fill.bare[i].array(), f.normal.array(), o.distances[i], f.texture, f.wear, f.shines, f.shaded, f.sheen.array()}
}

func (a vec) array() [3]float32 { return [3]float32{a.x, a.y, a.z} }
