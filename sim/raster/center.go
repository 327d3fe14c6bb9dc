package raster

import "slices"

// shape is the outline of a drawn face.
type shape struct {
	first, n int32 // edges in filler.corners
}

// keepShape stores the outline of the last drawn polygon as the shape of the newest
// face, for tests of pixel centers.
func (f *filler) keepShape() {
	c := &f.corners
	f.shapes = append(f.shapes, shape{int32(len(c.u)), int32(len(f.screen.u) - 1)})
	c.u, c.v = append(c.u, f.screen.u...), append(c.v, f.screen.v...)
	if n := len(c.u); cap(c.u) < n+2*lanes || cap(c.v) < n+2*lanes { // vectors read beyond the end
		c.u, c.v = slices.Grow(c.u, n+2*lanes), slices.Grow(c.v, n+2*lanes)
	}
}

// center returns the face at the center of a pixel and its inverse depth there. It
// considers only faces that the samples of the pixel show, so that labels never name
// a face that is not in the color. Face 0 is the background.
func (f *filler) center(x, y int) (id uint32, iz float32) {
	if f.samples == 1 { // the sample is the center
		id = f.face[y*f.stride+x] &^ shadowed
		return id, f.faces[id].plane.at(float32(x)+.5, float32(y)+.5)
	}
	i := 2*y*f.stride + 2*x
	j := i + f.stride
	upper, lower := f.face[i:i+2:i+2], f.face[j:j+2:j+2]
	a := upper[0]
	if ((a^upper[1])|(a^lower[0])|(a^lower[1]))&^shadowed == 0 {
		a &^= shadowed
		return a, f.faces[a].plane.at(float32(2*x+1), float32(2*y+1))
	}
	return f.mixedCenter(x, y, i, j)
}

// mixedCenter is center for a pixel with samples of different faces: i and i+1 in the
// upper row, j and j+1 in the lower row.
func (f *filler) mixedCenter(x, y, i, j int) (id uint32, iz float32) {
	ids := [4]uint32{f.face[i], f.face[i+1], f.face[j], f.face[j+1]}
	for k := range ids {
		ids[k] &^= shadowed
	}
	if id, iz = f.covering(&ids, float32(2*x+1), float32(2*y+1)); id != 0 {
		return id, iz
	}
	// No face of the samples covers the center: the visible face there is between the
	// samples and behind them.
	first := true
	for k, s := range [4]int{i, i + 1, j, j + 1} {
		if first || f.iz[s] < iz {
			id, iz, first = ids[k], f.iz[s], false
		}
	}
	if id != 0 && id < f.firstSolid { // all ground faces are in one plane
		iz = f.faces[id].plane.at(float32(2*x+1), float32(2*y+1))
	}
	return id, iz
}

// covering returns the visible one of the faces at a point given in samples, and
// its inverse depth there; 0 if none covers the point. A later ground face covers
// an earlier one. Of other faces the nearest is visible.
func (f *filler) covering(ids *[4]uint32, x, y float32) (best uint32, iz float32) {
	for k, id := range ids {
		if id == 0 || id == best || k > 0 && id == ids[k-1] || k > 1 && id == ids[k-2] {
			continue
		}
		v := f.faces[id].plane.at(x, y)
		nearer := v > iz
		if id < f.firstSolid && best < f.firstSolid {
			nearer = id > best
		}
		if nearer && f.kernels.covers(f, id, x, y) {
			best, iz = id, v
		}
	}
	return best, iz
}

// covers reports whether the convex outline of a face contains a point given in
// samples.
func (f *filler) covers(id uint32, x, y float32) bool {
	s := &f.shapes[id]
	u, v := f.corners.u[s.first:s.first+s.n+1], f.corners.v[s.first:s.first+s.n+1]
	var left, right bool
	for i := 1; i < len(u); i++ {
		side := float32((u[i]-u[i-1])*(y-v[i-1])) - float32((v[i]-v[i-1])*(x-u[i-1]))
		left, right = left || side < 0, right || side > 0
	}
	return !left || !right
}
