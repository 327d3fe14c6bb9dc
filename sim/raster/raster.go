// Package raster is the software renderer: it renders a display list to pixels
// and, in the same pass, to depth, class, instance and marking channels. It
// runs on one core and needs no display. It is the reference for other
// renderers.
//
// Visibility and light are separate steps. Convex polygons are first filled into
// a buffer of inverse depths and face numbers, with several samples per pixel;
// then every pixel is shaded once for each face that it shows. Labels are read
// from the same buffer, so that they agree with the pixels by construction.
//
// All channels share the center of a pixel, (x+0.5, y+0.5). Color is the mean of four
// samples around it. Depth, class, instance and marking are those of the visible face
// at the center, among the faces of the four samples. The depth of a plane is exact
// there.
package raster

import (
	"math"

	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Channels selects the outputs of a Renderer in addition to color.
type Channels struct {
	Depth, Class, Instance, Marking bool
	// Uncolored leaves the color out: RGB is empty, and rendering is faster.
	Uncolored bool
	// Coarse takes one sample per pixel instead of four: rendering is faster,
	// without antialiasing.
	Coarse bool
}

// AllChannels selects every channel.
var AllChannels = Channels{Depth: true, Class: true, Instance: true, Marking: true}

// labels reports whether any label channel is selected.
func (c Channels) labels() bool { return c.Depth || c.Class || c.Instance || c.Marking }

// Image is a rendered frame. Its buffers belong to the Renderer, and the next frame
// overwrites them. Channels that are not selected are empty.
type Image struct {
	Width, Height int
	RGB           []byte         // 3·Width·Height, row by row
	Depth         []float32      // m along the optical axis; +Inf is the sky
	Class         []scene.Class  // semantic class
	Instance      []uint16       // scene.Instance.ID; 0 is none
	Marking       []scene.MarkID // paint on the road
}

// fineSamples is the number of samples along each axis of a pixel, unless coarse.
const fineSamples = 2

// Renderer draws frames for one camera. It is not safe for concurrent use; use
// one for each goroutine.
type Renderer struct {
	cal      sensor.Camera
	channels Channels
	pinhole  pinhole // the drawn view; wider than the image if the lens distorts
	lens     []int32 // for each pixel of the image its pixel in the pinhole's image; nil without distortion
	source   []int32 // the same as an index into the shader's buffers

	kernels kernels
	fill    filler
	light   light
	shader  shader
	noise   noise
	image   Image
	texture *texture
}

// pinhole is an ideal camera in pixels.
type pinhole struct {
	w, h           int
	fx, fy, cx, cy float32
}

// New returns a renderer for a camera.
func New(cal *sensor.Camera, ch Channels) *Renderer {
	r := &Renderer{cal: *cal, channels: ch}
	r.pinhole, r.lens = undistort(cal)
	w, h := cal.Width, cal.Height
	r.image = Image{Width: w, Height: h}
	if !ch.Uncolored {
		r.image.RGB = make([]byte, 3*w*h+noisePad)[:3*w*h]
		r.noise.init(w * h)
	}
	if ch.Depth {
		r.image.Depth = make([]float32, w*h)
	}
	if ch.Class {
		r.image.Class = make([]scene.Class, w*h)
	}
	if ch.Instance {
		r.image.Instance = make([]uint16, w*h)
	}
	if ch.Marking {
		r.image.Marking = make([]scene.MarkID, w*h)
	}
	r.texture = standardTexture()
	r.setKernels(newKernels())
	samples := fineSamples
	if ch.Coarse {
		samples = 1
	}
	r.fill.init(r.pinhole, samples)
	r.fill.labels = ch.labels() && samples > 1
	r.shader.init(r.pinhole)
	for _, i := range r.lens {
		w := int32(r.pinhole.w)
		r.source = append(r.source, i/w*int32(r.shader.stride)+i%w)
	}
	return r
}

// setKernels selects the inner loops.
func (r *Renderer) setKernels(k kernels) { r.kernels, r.fill.kernels = k, k }

// Render draws a list. The image is valid until the next call.
func (r *Renderer) Render(list *scene.List) *Image {
	eye := newEye(list, r.cal.Mount)
	r.light.set(list)
	r.fill.start(eye, &r.light)
	r.fill.drawGround(list)
	r.fill.drawShadows(list)
	r.fill.drawSolids(list)
	r.shader.start(eye, &r.light, r.texture)
	if !r.channels.Uncolored {
		for y := range r.shader.cam.h {
			r.kernels.shade(&r.shader, &r.fill, y)
		}
		r.shader.glow(list, &r.fill, &r.light)
		r.shader.weather(list, r.texture)
		r.toneMap(list)
	}
	r.readChannels()
	return &r.image
}

// readChannels copies the labels of the center of each pixel.
func (r *Renderer) readChannels() {
	if !r.channels.labels() {
		return
	}
	row := r.kernels.label
	if r.lens != nil {
		row = (*Renderer).labelRow
	}
	for y := range r.image.Height {
		row(r, y)
	}
}

// labelRow copies the labels of a row of the image.
func (r *Renderer) labelRow(row int) {
	for column := range r.image.Width {
		r.label(column, row)
	}
}

// label copies the labels of a pixel.
func (r *Renderer) label(column, row int) {
	ch, im := r.channels, &r.image
	i := row*im.Width + column
	x, y := column, row
	if r.lens != nil {
		x, y = int(r.lens[i])%r.pinhole.w, int(r.lens[i])/r.pinhole.w
	}
	id, iz := r.fill.center(x, y)
	info := &r.fill.faces[id]
	class, depth := info.class, 1/iz
	if id == 0 {
		class, depth = r.shader.background(x, y)
	}
	if ch.Depth {
		im.Depth[i] = depth
	}
	if ch.Class {
		im.Class[i] = class
	}
	if ch.Instance {
		im.Instance[i] = info.instance
	}
	if ch.Marking {
		im.Marking[i] = info.mark
	}
}

// vec is a point or direction.
type vec struct{ x, y, z float32 }

func (a vec) sub(b vec) vec       { return vec{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vec) add(b vec) vec       { return vec{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec) scale(f float32) vec { return vec{float32(f * a.x), float32(f * a.y), float32(f * a.z)} }
func (a vec) mul(b vec) vec       { return vec{float32(a.x * b.x), float32(a.y * b.y), float32(a.z * b.z)} }
func (a vec) dot(b vec) float32 {
	return float32(a.x*b.x) + float32(a.y*b.y) + float32(a.z*b.z)
}
func fromRGB(c scene.RGB) vec    { return vec{c[0], c[1], c[2]} }
func fromScene(v scene.Vec3) vec { return vec{v.X, v.Y, v.Z} }

// eye is the camera pose: its position and the world directions of its axes
// right, down and forward.
type eye struct {
	pos                  vec
	right, down, forward vec
}

// newEye returns the eye of a camera with mount m on the ego.
func newEye(list *scene.List, m sensor.Mount) eye {
	ego := list.View.Ego
	sy, cy := math.Sincos(ego.Yaw)
	yaw := ego.Yaw + m.Yaw
	sw, cw := math.Sincos(yaw)
	sp, cp := math.Sincos(m.Pitch)
	sr, cr := math.Sincos(m.Roll)
	e := eye{
		pos:     vec{float32(ego.X + cy*m.X - sy*m.Y), float32(ego.Y + sy*m.X + cy*m.Y), float32(m.Z)},
		forward: vec{float32(cw * cp), float32(sw * cp), float32(-sp)},
	}
	right := vec{float32(sw), float32(-cw), 0}
	down := vec{float32(-cw * sp), float32(-sw * sp), float32(-cp)}
	e.right = right.scale(float32(cr)).add(down.scale(float32(sr)))
	e.down = down.scale(float32(cr)).add(right.scale(float32(-sr)))
	return e
}

// toCamera returns a world point in camera coordinates: right, down, forward.
func (e *eye) toCamera(p vec) vec {
	d := p.sub(e.pos)
	return vec{d.dot(e.right), d.dot(e.down), d.dot(e.forward)}
}

// turn rotates a world direction into camera coordinates.
func (e *eye) turn(d vec) vec { return vec{d.dot(e.right), d.dot(e.down), d.dot(e.forward)} }
