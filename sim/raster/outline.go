package raster

import (
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Layer orders polygons: the ground is behind shadows, both are behind what is solid.
type Layer uint8

// Layers from back to front.
const (
	Ground Layer = iota
	Shadow
	Solid
)

// Corner is a vertex of a Polygon: where it is, in samples, and its inverse depth
// along the optical axis, 1/m, which is linear over the picture.
type Corner struct{ X, Y, Inverse float32 }

// Polygon is a convex face in the picture. Ground polygons come in the order in
// which they cover each other; the nearest of the solid ones is seen.
type Polygon struct {
	Layer   Layer
	Surface int // index into Surfaces; 0, which is none, for shadows
	Corners []Corner
}

// Surface is what a face looks like before light falls on it.
type Surface struct {
	Color  [3]float32 // in white light; of a lamp that shines, its own
	Normal [3]float32
	// Distance is that of the plane from the eye along the normal, m: along a ray of
	// unit length along the optical axis, the plane is at the depth Distance/(Normal·ray).
	Distance float32
	Texture  scene.Texture
	Wear     float32 // of scene.Paint: fraction that is gone
	Shines   bool
}

// Outliner turns a display list into what a renderer on other hardware needs in
// order to show the same: polygons in the picture, surfaces, light, halos, rain. It
// keeps the eye and the light of the list last outlined. It is not safe for
// concurrent use.
type Outliner struct {
	cal     sensor.Camera // in pixels of the picture
	pinhole pinhole
	lens    []int32
	rain    pinhole // in whose pixels it rains
	fill    filler
	light   light
	shader  shader
	texture texture
	polygon Polygon

	distances []float32 // of the planes of faces
}

// NewOutliner returns an outliner for pictures of w×h pixels of what the camera
// sees, with the given number of samples along each axis of a pixel.
func NewOutliner(cal *sensor.Camera, w, h, samples int) *Outliner {
	o := &Outliner{cal: *cal, texture: newTexture()}
	o.rain, _ = undistort(cal)
	fx, fy := float64(w)/float64(cal.Width), float64(h)/float64(cal.Height)
	o.cal.Width, o.cal.Height = w, h
	o.cal.Fx, o.cal.Fy, o.cal.Cx, o.cal.Cy = fx*cal.Fx, fy*cal.Fy, fx*cal.Cx, fy*cal.Cy
	o.pinhole, o.lens = undistort(&o.cal)
	k := float32(samples)
	p := o.pinhole
	o.fill.setCamera(pinhole{w: p.w * samples, h: p.h * samples, fx: p.fx * k, fy: p.fy * k, cx: p.cx * k, cy: p.cy * k})
	o.shader.init(p)
	return o
}

// Move mounts the camera elsewhere on its vehicle.
func (o *Outliner) Move(m sensor.Mount) { o.cal.Mount = m }

// Pinhole returns the size in pixels, the focal lengths and the principal point of
// the ideal camera that is drawn with. It sees more than the picture where the lens
// distorts.
func (o *Outliner) Pinhole() (w, h int, fx, fy, cx, cy float32) {
	p := &o.pinhole
	return p.w, p.h, p.fx, p.fy, p.cx, p.cy
}

// Lens returns for each pixel of the picture, row by row, the index of the pixel of
// the ideal camera that it shows; nil for a lens that does not distort.
func (o *Outliner) Lens() []int32 { return o.lens }

// Outline calls yield for every polygon of the list, in the order of Layer. The
// polygon is overwritten by the next.
func (o *Outliner) Outline(list *scene.List, yield func(*Polygon)) {
	o.light.set(list)
	f := &o.fill
	f.eye, f.light = newEye(list, o.cal.Mount), &o.light
	f.faces, f.bare = append(f.faces[:0], faceInfo{}), append(f.bare[:0], vec{})
	o.distances = append(o.distances[:0], 0)
	o.shader.eye = f.eye
	f.emit = func(at plane, id uint32, layer Layer) {
		if layer != Shadow { // which are no faces
			o.distances = append(o.distances, f.eye.turn(f.faces[id].normal).dot(f.poly[0]))
		}
		p := &o.polygon
		p.Layer, p.Surface, p.Corners = layer, int(id&^shadowed), p.Corners[:0]
		for _, v := range f.poly {
			x, y := f.project(v)
			p.Corners = append(p.Corners, Corner{x, y, at.a*x + at.b*y + at.c})
		}
		yield(p)
	}
	f.drawGround(list)
	f.drawShadows(list)
	f.drawSolids(list)
}

// Surfaces returns the number of surfaces of the polygons, and a way to read them;
// number 0 is none.
func (o *Outliner) Surfaces() int { return len(o.fill.faces) }

// Surface returns a surface of the list last outlined.
func (o *Outliner) Surface(i int) Surface {
	f := &o.fill.faces[i]
	return Surface{o.fill.bare[i].array(), f.normal.array(), o.distances[i], f.texture, f.wear, f.shines}
}

func (a vec) array() [3]float32 { return [3]float32{a.x, a.y, a.z} }
