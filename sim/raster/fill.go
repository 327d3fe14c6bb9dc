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
	normal   vec
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
	cam     pinhole // in samples
	samples int     // along each axis of a pixel
	// Extent of the view at unit distance: left and right, up and down.
	reachX, reachY [2]float32
	eye            eye
	light          *light
	iz             []float32 // inverse depth, 0 at infinity
	face           []uint32  // index into faces, possibly with the shadowed bit; 0 is the background
	faces          []faceInfo
	firstSolid     uint32 // lower face numbers are ground

	// shapes holds the drawn shape of each face if labels are on.
	labels  bool
	shapes  []shape
	corners [][2]float32 // of the shapes, in samples

	// emit, if set, receives the polygons, and no samples are filled; bare then
	// holds the colors of faces in white light, or of shining lamps.
	emit func(p plane, id uint32, layer Layer)
	bare []vec

	points []vec // vertices of the current mesh in camera coordinates
	poly   []vec // the current polygon, clipped
	spare  []vec
	screen [][2]float32 // its corners in samples
	left   []float32    // bounds of the current polygon by row
	right  []float32
}

func (f *filler) init(p pinhole, samples int) {
	k := float32(samples)
	f.samples = samples
	f.setCamera(pinhole{w: p.w * samples, h: p.h * samples, fx: p.fx * k, fy: p.fy * k, cx: p.cx * k, cy: p.cy * k})
	f.iz = make([]float32, f.cam.w*f.cam.h)
	f.face = make([]uint32, f.cam.w*f.cam.h)
	f.left = make([]float32, f.cam.h)
	f.right = make([]float32, f.cam.h)
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
	return (y*n+n/2)*f.cam.w + x*n + n/2
}

// start begins a frame.
func (f *filler) start(e eye, l *light) {
	f.eye, f.light = e, l
	clear(f.iz)
	clear(f.face)
	f.faces = append(f.faces[:0], faceInfo{})
	f.shapes, f.corners = append(f.shapes[:0], shape{}), f.corners[:0]
}

// drawGround paints the flat meshes in order, later ones over earlier ones.
func (f *filler) drawGround(list *scene.List) {
	for _, m := range list.Ground {
		if !f.sees(m) {
			continue
		}
		f.transform(m)
		for i := range m.Faces {
			face := &m.Faces[i]
			f.gather(m, face)
			if !f.clip() {
				continue
			}
			if p, ok := f.plane(vec{0, 0, 1}); ok {
				f.put(p, f.add(m, face, nil, vec{0, 0, 1}), Ground)
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
		f.put(plane{}, shadowed, Shadow)
	}
}

// put fills the current polygon, or passes it to emit.
func (f *filler) put(p plane, id uint32, layer Layer) {
	switch {
	case f.emit != nil:
		f.emit(p, id, layer)
		return
	case layer == Ground:
		f.paint(p, id)
	case layer == Shadow:
		f.shade()
		return
	default:
		f.draw(p, id)
	}
	if f.labels {
		f.keepShape(p)
	}
}

// drawSolids draws static meshes and instances with a depth test.
func (f *filler) drawSolids(list *scene.List) {
	f.firstSolid = uint32(len(f.faces))
	for _, m := range list.Static {
		if !f.sees(m) {
			continue
		}
		f.transform(m)
		for i := range m.Faces {
			face := &m.Faces[i]
			f.solid(m, face, nil, fromScene(face.Normal))
		}
	}
	for i := range list.Instances {
		f.drawInstance(&list.Instances[i])
	}
}

// sees reports whether the bounding sphere of a mesh may be in view.
func (f *filler) sees(m *scene.Mesh) bool {
	c := f.eye.toCamera(fromScene(m.Center))
	// A plane through the eye with slope k is r·√(1+k²) away from the sphere's edge.
	side := func(v, k float32) bool {
		return v-k*c.z > m.Radius*float32(math.Sqrt(float64(1+k*k)))
	}
	return c.z > Near-m.Radius && !side(-c.x, f.reachX[0]) && !side(c.x, f.reachX[1]) &&
		!side(-c.y, f.reachY[0]) && !side(c.y, f.reachY[1])
}

// transform converts the vertices of a mesh from world to camera coordinates.
func (f *filler) transform(m *scene.Mesh) {
	f.points = f.points[:0]
	for _, v := range m.Verts {
		f.points = append(f.points, f.eye.toCamera(fromScene(v)))
	}
}

// drawInstance draws a mesh instance.
func (f *filler) drawInstance(in *scene.Instance) {
	s64, c64 := math.Sincos(in.Yaw)
	s, c := float32(s64), float32(c64)
	pos := fromScene(in.Pos)
	f.points = f.points[:0]
	for _, v := range in.Mesh.Verts {
		x, y := v.X*in.Scale.X, v.Y*in.Scale.Y
		f.points = append(f.points, f.eye.toCamera(vec{pos.x + c*x - s*y, pos.y + s*x + c*y, pos.z + v.Z*in.Scale.Z}))
	}
	for i := range in.Mesh.Faces {
		face := &in.Mesh.Faces[i]
		n := vec{face.Normal.X / in.Scale.X, face.Normal.Y / in.Scale.Y, face.Normal.Z / in.Scale.Z}
		n = vec{c*n.x - s*n.y, s*n.x + c*n.y, n.z}
		f.solid(in.Mesh, face, in, n.scale(1/float32(math.Sqrt(float64(n.dot(n))))))
	}
}

// solid draws a face of a closed surface unless it faces away from the camera.
func (f *filler) solid(m *scene.Mesh, face *scene.Face, in *scene.Instance, normal vec) {
	first := f.points[m.Index[face.First]]
	if f.eye.turn(normal).dot(first) >= 0 {
		return
	}
	f.gather(m, face)
	if !f.clip() {
		return
	}
	if p, ok := f.plane(normal); ok {
		f.put(p, f.add(m, face, in, normal), Solid)
	}
}

// gather copies the corners of a face to poly.
func (f *filler) gather(m *scene.Mesh, face *scene.Face) {
	f.poly = f.poly[:0]
	for _, k := range m.Index[face.First : face.First+face.N] {
		f.poly = append(f.poly, f.points[k])
	}
}

// clip clips poly at the near plane (Sutherland and Hodgman 1974) and reports
// whether the rest may be in view.
func (f *filler) clip() bool {
	var behind, left, right, above, below int
	for _, p := range f.poly {
		if p.z < Near {
			behind++
		}
		if p.x < -f.reachX[0]*p.z {
			left++
		} else if p.x > f.reachX[1]*p.z {
			right++
		}
		if p.y < -f.reachY[0]*p.z {
			above++
		} else if p.y > f.reachY[1]*p.z {
			below++
		}
	}
	n := len(f.poly)
	if behind == n || behind == 0 && (left == n || right == n || above == n || below == n) {
		return false
	}
	if behind == 0 {
		return true
	}
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
	f.poly, f.spare = f.spare, f.poly
	return len(f.poly) >= 3
}

// plane holds the inverse depth of a plane as a linear function of the sample:
// iz = a·x + b·y + c.
type plane struct{ a, b, c float32 }

// at returns the inverse depth at a point given in samples.
func (p plane) at(x, y float32) float32 { return p.a*x + p.b*y + p.c }

// plane returns the inverse depth of the plane through poly with the given world
// normal; ok is false for a plane seen edge-on.
func (f *filler) plane(normal vec) (plane, bool) {
	n := f.eye.turn(normal)
	d := n.dot(f.poly[0])
	if d > -1e-6 && d < 1e-6 {
		return plane{}, false
	}
	a, b := n.x/(d*f.cam.fx), n.y/(d*f.cam.fy)
	return plane{a, b, n.z/d - a*f.cam.cx - b*f.cam.cy}, true
}

// add records a face for shading and returns its number.
func (f *filler) add(m *scene.Mesh, face *scene.Face, in *scene.Instance, normal vec) uint32 {
	mat := &m.Materials[face.Mat]
	color := mat.Color
	info := faceInfo{normal: normal, texture: mat.Texture, class: mat.Class, mark: mat.Mark, wear: mat.Wear}
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
		if in != nil {
			f.finish(&info, mat, m, face, in)
		}
	}
	f.faces = append(f.faces, info)
	if f.emit != nil {
		f.bare = append(f.bare, f.ownColor(&info, color))
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

// edges finds the left and right bounds of poly for each row from top to bottom-1.
func (f *filler) edges() (top, bottom int) {
	const big = 1 << 20
	lo, hi := float32(big), float32(-big)
	f.screen = f.screen[:0]
	for _, p := range f.poly {
		x, y := f.project(p)
		f.screen = append(f.screen, [2]float32{x, y})
		lo, hi = min(lo, y), max(hi, y)
	}
	top, bottom = max(int(ceil(max(lo, -1)-.5)), 0), min(int(ceil(min(hi, float32(f.cam.h)+1)-.5)), f.cam.h)
	for y := top; y < bottom; y++ {
		f.left[y], f.right[y] = big, -big
	}
	if top >= bottom {
		return top, bottom
	}
	last := f.screen[len(f.screen)-1]
	for _, p := range f.screen {
		f.edge(last[0], last[1], p[0], p[1])
		last = p
	}
	return top, bottom
}

// edge widens the bounds of the rows that an edge crosses.
func (f *filler) edge(x0, y0, x1, y1 float32) {
	if y0 > y1 {
		x0, y0, x1, y1 = x1, y1, x0, y0
	}
	if y1 < 0 || y0 > float32(f.cam.h) || y0 == y1 {
		return
	}
	slope := (x1 - x0) / (y1 - y0)
	first := max(int(ceil(max(y0, -1)-.5)), 0)
	last := min(int(ceil(min(y1, float32(f.cam.h)+1)-.5)), f.cam.h)
	for y := first; y < last; y++ {
		x := x0 + (float32(y)+.5-y0)*slope
		f.left[y], f.right[y] = min(f.left[y], x), max(f.right[y], x)
	}
}

// project returns the position of a camera point in samples, kept within what
// can be converted to integers.
func (f *filler) project(p vec) (x, y float32) {
	const far = 1 << 19
	x = f.cam.fx*p.x/p.z + f.cam.cx
	y = f.cam.fy*p.y/p.z + f.cam.cy
	return min(max(x, -far), far), min(max(y, -far), far)
}

// paint fills poly without a depth test.
func (f *filler) paint(p plane, id uint32) {
	top, bottom := f.edges()
	for y := top; y < bottom; y++ {
		x0, x1 := f.span(y)
		if x1 <= x0 {
			continue
		}
		row := y * f.cam.w
		iz := p.a*(float32(x0)+.5) + p.b*(float32(y)+.5) + p.c
		izs, ids := f.iz[row+x0:row+x1], f.face[row+x0:row+x1]
		for i := range izs {
			izs[i] = iz
			ids[i] = id
			iz += p.a
		}
	}
}

// draw fills the samples of poly with a depth test.
func (f *filler) draw(p plane, id uint32) {
	top, bottom := f.edges()
	for y := top; y < bottom; y++ {
		x0, x1 := f.span(y)
		if x1 <= x0 {
			continue
		}
		row := y * f.cam.w
		iz := p.a*(float32(x0)+.5) + p.b*(float32(y)+.5) + p.c
		izs, ids := f.iz[row+x0:row+x1], f.face[row+x0:row+x1]
		for i := range izs {
			if iz > izs[i] {
				izs[i] = iz
				ids[i] = id
			}
			iz += p.a
		}
	}
}

// span returns the samples of a row that lie in poly.
func (f *filler) span(y int) (x0, x1 int) {
	return max(int(ceil(f.left[y]-.5)), 0), min(int(ceil(f.right[y]-.5)), f.cam.w)
}

// shade marks the samples of poly as shadowed.
func (f *filler) shade() {
	top, bottom := f.edges()
	for y := top; y < bottom; y++ {
		x0, x1 := f.span(y)
		for i := y*f.cam.w + x0; i < y*f.cam.w+x1; i++ {
			f.face[i] |= shadowed
		}
	}
}
