package raster

import (
	"math"

	"roadloop/sim/scene"
)

// Near is the depth of the near plane, m.
const Near = 0.15

// shadowed is the bit in the face number of a sample in shadow.
const shadowed = 1 << 31

// faceInfo holds the data of a drawn face for shading and labels.
type faceInfo struct {
	color    vec // in the light of this frame
	shade    vec // in shadow
	albedo   vec // in white light, if headlights are on
	normal   vec
	plane    plane // inverse depth by the position in samples
	texture  scene.Texture
	class    scene.Class
	mark     scene.MarkID
	instance uint16
	wear     float32
	shines   bool
	shaded   bool // by a static object
	sheen    vec  // reflection, part of both colors
}

// filler finds the visible face of each sample.
type filler struct {
	kernels kernels
	cam     pinhole // in samples
	samples int     // along each axis of a pixel
	stride  int     // samples from one row to the next
	// Extent of the view at unit distance: left and right, up and down.
	reachX, reachY [2]float32
	eye            eye
	light          *light
	iz             []float32 // inverse depth, 0 at infinity
	face           []uint32  // index into faces, possibly with the shadowed bit; 0 is the background
	faces          []faceInfo
	firstSolid     uint32 // lower face numbers are ground
	ground         plane  // of all ground faces

	// shapes holds the drawn shape of each face if labels are on.
	labels  bool
	shapes  []shape
	corners outline // of the shapes

	// emit, if set, receives the polygons, and no samples are filled; bare then
	// holds the colors of faces in white light, or of shining lamps.
	emit func(p plane, id uint32, layer Layer)
	bare []vec

	verts  vertices // of the current mesh
	poly   []vec    // camera coordinates of a polygon that crosses the near plane
	spare  []vec
	corner vec     // a corner of the current polygon in camera coordinates
	screen outline // of the current polygon
	left   []float32
	right  []float32
	limits [4]float32 // size of the image twice
	x0, x1 []int32    // samples of each row that lie in the current polygon: from x0 to x1-1

	//lint:ignore U1000 the vector form uses it
	edges
	placed placement
}

// outline is the outline of convex polygons in samples. The last corner of a polygon is
// also before its first, so that corner i of an edge ends at i+1.
type outline struct{ u, v []float32 }

// open begins a polygon, close ends it.
func (o *outline) open() { o.u, o.v = append(o.u[:0], 0), append(o.v[:0], 0) }

func (o *outline) add(u, v float32) { o.u, o.v = append(o.u, u), append(o.v, v) }

func (o *outline) close() {
	n := len(o.u) - 1
	o.u[0], o.v[0] = o.u[n], o.v[n]
}

// lanes is the number of pixels or samples in a vector. Rows begin at its multiples, and
// buffers hold one more vector, so that vectors at the end of a row stay within them.
const lanes = 8

// padded returns the length of a row of n with its padding.
func padded(n int) int { return (n + lanes - 1) / lanes * lanes }

func (f *filler) init(p pinhole, samples int) {
	k := float32(samples)
	f.samples = samples
	f.setCamera(pinhole{w: p.w * samples, h: p.h * samples, fx: p.fx * k, fy: p.fy * k, cx: p.cx * k, cy: p.cy * k})
	f.stride = samples * padded(p.w)
	f.iz = make([]float32, f.stride*f.cam.h+lanes)
	f.face = make([]uint32, f.stride*f.cam.h+lanes)
	f.left, f.right = make([]float32, f.cam.h), make([]float32, f.cam.h)
	f.x0, f.x1 = make([]int32, f.cam.h+lanes), make([]int32, f.cam.h+lanes)
	f.screen.u, f.screen.v = make([]float32, 0, 4*lanes), make([]float32, 0, 4*lanes)
	w, h := float32(f.cam.w), float32(f.cam.h)
	f.limits = [4]float32{w, h, w, h}
}

// setCamera sets the camera in samples and the extent of its view.
func (f *filler) setCamera(c pinhole) {
	f.cam = c
	f.reachX = [2]float32{c.cx / c.fx, (float32(c.w) - c.cx) / c.fx}
	f.reachY = [2]float32{c.cy / c.fy, (float32(c.h) - c.cy) / c.fy}
}

// sample returns the index of the first sample after the center of a pixel.
func (f *filler) sample(x, y int) int {
	n := f.samples
	return (y*n+n/2)*f.stride + x*n + n/2
}

// start begins a frame.
func (f *filler) start(e eye, l *light) {
	f.eye, f.light = e, l
	clear(f.iz)
	clear(f.face)
	f.faces = append(f.faces[:0], faceInfo{})
	f.shapes = append(f.shapes[:0], shape{})
	f.corners.u, f.corners.v = f.corners.u[:0], f.corners.v[:0]
	f.setGround()
}

// setGround sets the plane of the ground, z = 0.
func (f *filler) setGround() {
	f.ground, _ = f.plane(f.eye.turn(vec{0, 0, 1}), -f.eye.pos.z)
}

// drawGround paints the flat meshes in order, later ones over earlier ones.
func (f *filler) drawGround(list *scene.List) {
	up := vec{0, 0, 1}
	f.placed = placement{affine: f.eye.affine()}
	for _, m := range list.Ground {
		if !f.sees(m) {
			continue
		}
		f.transform(m)
		for i := range m.Faces {
			face := &m.Faces[i]
			if !f.gather(m, face) {
				continue
			}
			if top, bottom, ok := f.extent(); ok {
				id := f.add(m, face, nil, up, f.ground)
				f.put(f.ground, id, Ground, top, bottom)
			}
		}
	}
}

// drawShadows marks the ground in shadow.
func (f *filler) drawShadows(list *scene.List) {
	start := 0
	for _, end := range list.ShadowEnds {
		f.poly = f.poly[:0]
		for _, p := range list.Shadows[start:end] {
			f.poly = append(f.poly, f.eye.toCamera(vec{float32(p.X), float32(p.Y), 0}))
		}
		start = end
		if !f.clip() {
			continue
		}
		if top, bottom, ok := f.extent(); ok {
			f.put(plane{}, shadowed, Shadow, top, bottom)
		}
	}
}

// put fills the current polygon, or passes it to emit.
func (f *filler) put(p plane, id uint32, layer Layer, top, bottom int) {
	if f.emit != nil {
		f.emit(p, id, layer)
		return
	}
	f.kernels.spans(f, top, bottom)
	switch layer {
	case Ground:
		f.kernels.paint(f, p, id, top, bottom)
	case Shadow:
		f.kernels.darken(f, top, bottom)
		return
	default:
		f.kernels.draw(f, p, id, top, bottom)
	}
	if f.labels {
		f.keepShape()
	}
}

// drawSolids draws static meshes and instances with a depth test.
func (f *filler) drawSolids(list *scene.List) {
	f.firstSolid = uint32(len(f.faces))
	f.placed = placement{affine: f.eye.affine()}
	f.placed.normals = f.placed.rows
	for _, m := range list.Static {
		if f.sees(m) {
			f.drawMesh(m)
		}
	}
	for i := range list.Instances {
		f.placed = f.eye.place(&list.Instances[i])
		f.drawMesh(list.Instances[i].Mesh)
	}
}

// sees reports whether the bounding sphere of a mesh may be in view.
func (f *filler) sees(m *scene.Mesh) bool {
	c := f.eye.toCamera(fromScene(m.Center))
	// A plane through the eye with slope k is r·√(1+k²) away from the sphere's edge.
	side := func(v, k float32) bool {
		return v-float32(k*c.z) > float32(m.Radius*float32(math.Sqrt(float64(1+float32(k*k)))))
	}
	return c.z > Near-m.Radius && !side(-c.x, f.reachX[0]) && !side(c.x, f.reachX[1]) &&
		!side(-c.y, f.reachY[0]) && !side(c.y, f.reachY[1])
}

// transform converts the vertices of a mesh at the current placement.
func (f *filler) transform(m *scene.Mesh) {
	f.verts.of(m.Verts)
	f.kernels.transform(&f.verts, &f.placed.affine, &f.cam, f.reachX, f.reachY)
}

// drawMesh draws the faces of a closed surface that look toward the camera.
func (f *filler) drawMesh(m *scene.Mesh) {
	p := &f.placed
	f.transform(m)
	for i := range m.Faces {
		face := &m.Faces[i]
		n := p.normal(fromScene(face.Normal))
		first := f.verts.at(m.Index[face.First])
		distance := n.dot(first)
		if distance >= 0 || !f.gather(m, face) {
			continue
		}
		top, bottom, ok := f.extent()
		if !ok {
			continue
		}
		if at, ok := f.plane(n, distance); ok {
			f.put(at, f.add(m, face, p.in, p.world(face.Normal), at), Solid, top, bottom)
		}
	}
}

// gather projects the corners of a face and reports whether it may be in view.
func (f *filler) gather(m *scene.Mesh, face *scene.Face) bool {
	index := m.Index[face.First : face.First+face.N]
	v := &f.verts
	all, some := int32(-1), int32(0)
	for _, k := range index {
		all, some = all&v.out[k], some|v.out[k]
	}
	if all != 0 {
		return false
	}
	f.corner = v.at(index[0])
	if some&behind != 0 {
		f.poly = f.poly[:0]
		for _, k := range index {
			f.poly = append(f.poly, v.at(k))
		}
		return f.clip()
	}
	f.screen.open()
	for _, k := range index {
		f.screen.add(v.u[k], v.v[k])
	}
	f.screen.close()
	return true
}

// clip clips poly at the near plane (Sutherland and Hodgman 1974), projects the rest,
// and reports whether any is left.
func (f *filler) clip() bool {
	n := len(f.poly)
	f.corner = f.poly[0]
	f.spare = f.spare[:0]
	for i, p := range f.poly {
		q := f.poly[(i+1)%n]
		if p.z >= Near {
			f.spare = append(f.spare, p)
		}
		if (p.z >= Near) != (q.z >= Near) {
			t := (Near - p.z) / (q.z - p.z)
			f.spare = append(f.spare, p.add(q.sub(p).scale(t)))
		}
	}
	f.screen.open()
	for _, p := range f.spare {
		f.screen.add(f.cam.project(p))
	}
	f.screen.close()
	return len(f.spare) >= 3
}

// plane holds the inverse depth of a plane as a linear function of the sample:
// iz = a·x + b·y + c.
type plane struct{ a, b, c float32 }

// at returns the inverse depth at a point given in samples.
func (p plane) at(x, y float32) float32 { return float32(p.a*x) + p.row(y) }

// row returns the inverse depth at the beginning of a row.
func (p plane) row(y float32) float32 { return float32(p.b*y) + p.c }

// plane returns the inverse depth of the plane with normal n, of any length, in camera
// coordinates, and n·p = distance for its points. ok is false for a plane seen edge-on.
func (f *filler) plane(n vec, distance float32) (plane, bool) {
	if distance > -1e-6 && distance < 1e-6 {
		return plane{}, false
	}
	a, b := n.x/float32(distance*f.cam.fx), n.y/float32(distance*f.cam.fy)
	return plane{a, b, n.z/distance - float32(a*f.cam.cx) - float32(b*f.cam.cy)}, true
}

// add records a face for shading and returns its number.
func (f *filler) add(m *scene.Mesh, face *scene.Face, in *scene.Instance, normal vec, at plane) uint32 {
	mat := &m.Materials[face.Mat]
	color := mat.Color
	f.faces = append(f.faces, faceInfo{normal: normal, plane: at, texture: mat.Texture, class: mat.Class, mark: mat.Mark, wear: mat.Wear})
	info := &f.faces[len(f.faces)-1]
	if in != nil {
		info.instance = in.ID
		if mat.Slot != scene.Own {
			color = in.Colors[mat.Slot-scene.First]
		}
		info.shines = mat.Lamp&in.Lamps != 0
	}
	if info.shines {
		info.color = lampColor(mat.Lamp & in.Lamps)
	} else {
		info.color, info.shade = f.light.on(fromRGB(color), normal, mat.Texture)
		if f.light.headlights {
			info.albedo = f.light.albedo(info.shade, normal)
		}
		if in != nil {
			f.finish(info, mat, m, face, in)
		}
	}
	if f.emit != nil {
		f.bare = append(f.bare, f.ownColor(info, color))
	}
	return uint32(len(f.faces) - 1)
}

// ownColor returns the unlit color of a face.
func (f *filler) ownColor(info *faceInfo, color scene.RGB) vec {
	if info.shines {
		return info.color
	}
	return fromRGB(color)
}

// ceil returns the least integer not below v.
func ceil(v float32) int32 {
	i := int32(v)
	if v > float32(i) {
		i++
	}
	return i
}

// extent returns the rows of samples between the uppermost and the lowest corner of the
// current polygon; ok is false if its bounding box contains no sample.
func (f *filler) extent() (top, bottom int, ok bool) {
	if f.emit != nil { // small polygons count, too
		return 0, 0, f.inView()
	}
	return f.kernels.bounds(f)
}

// inView reports whether the bounding box of the current polygon overlaps the image.
func (f *filler) inView() bool {
	x0, x1, y0, y1 := f.box()
	return x0 < float32(f.cam.w) && x1 > 0 && y0 < float32(f.cam.h) && y1 > 0
}

// box returns the bounding box of the current polygon.
func (f *filler) box() (x0, x1, y0, y1 float32) {
	us := f.screen.u[1:]
	vs := f.screen.v[1:][:len(us)]
	x0, x1, y0, y1 = us[0], us[0], vs[0], vs[0]
	for i, u := range us {
		x0, x1 = lesser(u, x0), greater(u, x1)
		y0, y1 = lesser(vs[i], y0), greater(vs[i], y1)
	}
	return x0, x1, y0, y1
}

// bounds is extent for samples.
func (f *filler) bounds() (top, bottom int, ok bool) {
	x0, x1, y0, y1 := f.box()
	top, bottom = within(y0, f.cam.h), within(y1, f.cam.h)
	return top, bottom, top < bottom && within(x0, f.cam.w) < within(x1, f.cam.w)
}

// within returns the first sample at or after a position, from 0 to n.
func within(v float32, n int) int {
	return min(max(int(ceil(greater(lesser(v, float32(n)+1), -1)-.5)), 0), n)
}

// lesser and greater return the smaller and the larger of two finite numbers. Unlike min
// and max they do not order zeros, which is faster.
func lesser(a, b float32) float32 {
	if a < b {
		return a
	}
	return b
}

func greater(a, b float32) float32 {
	if a > b {
		return a
	}
	return b
}

// spans finds the samples of each row from top to bottom-1 that lie in the current
// polygon.
func (f *filler) spans(top, bottom int) {
	const big = 1 << 20
	left, right := f.left[top:bottom], f.right[top:bottom]
	for i := range left {
		left[i], right[i] = big, -big
	}
	u, v := f.screen.u, f.screen.v
	for i := 1; i < len(u); i++ {
		f.edge(u[i-1], v[i-1], u[i], v[i])
	}
	for i := range left {
		f.x0[top+i], f.x1[top+i] = int32(within(left[i], f.cam.w)), int32(within(right[i], f.cam.w))
	}
}

// edge widens the bounds of the rows that an edge crosses.
func (f *filler) edge(x0, y0, x1, y1 float32) {
	if y0 > y1 {
		x0, y0, x1, y1 = x1, y1, x0, y0
	}
	first, last := within(y0, f.cam.h), within(y1, f.cam.h)
	if first >= last {
		return
	}
	slope := (x1 - x0) / (y1 - y0)
	left, right := f.left[first:last], f.right[first:last]
	right = right[:len(left)]
	for i := range left {
		x := x0 + float32((float32(first+i)+.5-y0)*slope)
		left[i], right[i] = lesser(x, left[i]), greater(x, right[i])
	}
}

// span returns the samples of a row that lie in the current polygon.
func (f *filler) span(y int) (x0, x1 int) { return int(f.x0[y]), int(f.x1[y]) }

// paint fills the current polygon without a depth test.
func (f *filler) paint(p plane, id uint32, top, bottom int) {
	for y := top; y < bottom; y++ {
		x0, x1 := f.span(y)
		if x1 <= x0 {
			continue
		}
		row := y * f.stride
		begin := p.row(float32(y) + .5)
		izs, ids := f.iz[row+x0:row+x1], f.face[row+x0:row+x1]
		ids = ids[:len(izs)]
		for i := range izs {
			izs[i] = float32(p.a*(float32(x0+i)+.5)) + begin
			ids[i] = id
		}
	}
}

// draw fills the samples of the current polygon with a depth test.
func (f *filler) draw(p plane, id uint32, top, bottom int) {
	for y := top; y < bottom; y++ {
		x0, x1 := f.span(y)
		if x1 <= x0 {
			continue
		}
		row := y * f.stride
		begin := p.row(float32(y) + .5)
		izs, ids := f.iz[row+x0:row+x1], f.face[row+x0:row+x1]
		ids = ids[:len(izs)]
		for i := range izs {
			if iz := float32(p.a*(float32(x0+i)+.5)) + begin; iz > izs[i] {
				izs[i] = iz
				ids[i] = id
			}
		}
	}
}

// darken marks the samples of the current polygon as shadowed.
func (f *filler) darken(top, bottom int) {
	for y := top; y < bottom; y++ {
		x0, x1 := f.span(y)
		for i := y*f.stride + x0; i < y*f.stride+x1; i++ {
			f.face[i] |= shadowed
		}
	}
}
