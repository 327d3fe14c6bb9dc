package camera

import (
	"fmt"
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// View resamples the pictures of a camera to those of a camera at the same place with
// another direction, field of view and resolution: the camera of the network. Lens distortion
// is removed. Parts that the picture does not show are gray. A View is not changed by its use
// and may be shared.
type View struct {
	From Camera
	To   sensor.Camera

	from, to projection
	target   Camera
	// turn rotates directions from the frame of To to that of From, and back inverts it.
	turn, back rotation
	same       bool // the pixels of the view are those of the picture

	// samples are, for each pixel of the view, the indices of side×side pixels of the picture,
	// -1 outside of it. With side 1 the picture is interpolated at the positions of points.
	side    int
	samples []int32
	points  [][2]float32
	unseen  []bool // by pixel of the view
	missing int    // number of unseen pixels
}

// gray is the value of what a picture does not show: close to 0 in the network's input.
const gray = 128

// Target returns the camera at the place of c to which its pictures are resampled for the
// network: like sensor.FrontCamera of the given size, looking along the road and level. zoom
// is the factor of the focal length, 1 for the network's own; the horizon stays in the
// network's row. yaw turns the view to the left, rad.
//
// Cameras that look to the side keep their yaw.
func (c *Camera) Target(width, height int, zoom, yaw float64) sensor.Camera {
	t := sensor.FrontCamera()
	sx, sy := float64(width)/float64(t.Width), float64(height)/float64(t.Height)
	pitch := t.Mount.Pitch
	t.Width, t.Height = width, height
	t.Fx, t.Cx, t.Fy, t.Cy = t.Fx*sx*zoom, t.Cx*sx, t.Fy*sy*zoom, t.Cy*sy
	direction := sensor.Camera{Mount: c.Mount}
	t.Mount = sensor.Mount{X: c.Mount.X, Y: c.Mount.Y, Z: c.Mount.Z, Yaw: c.Mount.Yaw, Pitch: math.Atan(math.Tan(pitch) / zoom)}
	if direction.LooksForward() {
		t.Mount.Yaw = 0
	}
	t.Mount.Yaw = geom.WrapAngle(t.Mount.Yaw + yaw)
	return t
}

// Native returns the calibration of a camera with pictures that the network sees as they are;
// ok is false if they must be resampled. Such pictures have the size of the network's, no
// distortion, and about the horizon and the field of view of its frames: those of roadloop's
// own data sets, also of wider ranges of cameras.
func (c *Camera) Native(width, height int) (cal sensor.Camera, ok bool) {
	const rows, focal, roll = .08, 1.7, .1 // of the height; a factor; rad
	cal = sensor.Camera{Mount: c.Mount, Width: c.Width, Height: c.Height, Fx: c.Fx, Fy: c.Fy, Cx: c.Cx, Cy: c.Cy}
	if c.Width != width || c.Height != height || c.Lens == Fisheye {
		return cal, false
	}
	cal.K1, cal.K2 = c.Distortion[0], c.Distortion[1]
	if c.Distortion != [Coefficients]float64{cal.K1, cal.K2} || math.Abs(cal.K1) > .3 || math.Abs(cal.K2) > .3 {
		return cal, false
	}
	t := c.Target(width, height, 1, 0)
	network := New(&t)
	want, _ := network.Horizon()
	row, shown := c.Horizon()
	f := c.Fx / t.Fx
	return cal, shown && math.Abs(row-want) <= rows*float64(height) && f <= focal && f >= 1/focal && math.Abs(c.Mount.Roll) <= roll
}

// NewView returns the view of a camera. It returns an error if the picture shows no part of
// it.
func NewView(from Camera, to sensor.Camera) (*View, error) {
	if err := from.Check(); err != nil {
		return nil, fmt.Errorf("camera: %w", err)
	}
	v := &View{From: from, To: to, target: New(&to)}
	v.from, v.to = newProjection(&v.From), newProjection(&v.target)
	a, b := from.Mount, to.Mount
	a.X, a.Y, a.Z, b.X, b.Y, b.Z = 0, 0, 0, 0, 0, 0
	for i, axis := range [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
		x, y, z := a.ToSensor(b.ToVehicle(axis[0], axis[1], axis[2]))
		v.turn[0][i], v.turn[1][i], v.turn[2][i] = x, y, z
		v.back[i] = [3]float64{x, y, z}
	}
	v.same = v.target.normalized() == from.normalized()
	v.unseen = make([]bool, to.Width*to.Height)
	if !v.same {
		v.prepare()
	}
	if v.missing == len(v.unseen) {
		return nil, fmt.Errorf("camera: the picture shows nothing of the road ahead: it looks %.0f° to the left and %.0f° down",
			from.Mount.Yaw*180/math.Pi, from.Mount.Pitch*180/math.Pi)
	}
	return v, nil
}

// normalized returns the camera with the zero value for the default lens.
func (c Camera) normalized() Camera {
	if c.Lens == Pinhole {
		c.Lens = ""
	}
	return c
}

// Identity reports whether pictures need no resampling.
func (v *View) Identity() bool { return v.same }

// Scale returns the number of pixels of the picture for a pixel of the view, along an axis, in
// the middle of the view just below the horizon.
func (v *View) Scale() float64 {
	x, y := float64(v.To.Width)/2, float64(v.To.Height)/2
	a, b, ok := v.ToPicture(x-.5, y)
	c, d, ok2 := v.ToPicture(x+.5, y)
	if !ok || !ok2 {
		return 0
	}
	return math.Hypot(c-a, d-b)
}

// SeenShare returns the share of the view that the picture shows, 0 to 1.
func (v *View) SeenShare() float64 { return 1 - float64(v.missing)/float64(len(v.unseen)) }

// Seen reports whether the picture shows a pixel of the view.
func (v *View) Seen(x, y float64) bool {
	i, j := int(math.Floor(x)), int(math.Floor(y))
	return i >= 0 && j >= 0 && i < v.To.Width && j < v.To.Height && !v.unseen[j*v.To.Width+i]
}

// ToPicture maps a pixel of the view to the picture; ok is false if the lens cannot show it.
// The pixel may lie outside of the picture.
func (v *View) ToPicture(x, y float64) (u, w float64, ok bool) {
	if v.same {
		return x, y, true
	}
	return mapPixel(&v.to, &v.from, &v.turn, x, y)
}

// FromPicture maps a pixel of the picture to the view; ok is false if the view cannot show
// it. The pixel may lie outside of the view.
func (v *View) FromPicture(u, w float64) (x, y float64, ok bool) {
	if v.same {
		return u, w, true
	}
	return mapPixel(&v.from, &v.to, &v.back, u, w)
}

// rotation is a matrix that rotates directions from the frame of a camera to that of another.
type rotation [3][3]float64

// mapPixel maps a pixel of a camera to another one at the same place; ok is false if one of
// them cannot show it.
func mapPixel(from, to *projection, t *rotation, x, y float64) (u, w float64, ok bool) {
	rx, ry, rz, ok := from.ray(x, y)
	if !ok {
		return 0, 0, false
	}
	return to.pixel(t[0][0]*rx+t[0][1]*ry+t[0][2]*rz, t[1][0]*rx+t[1][1]*ry+t[1][2]*rz, t[2][0]*rx+t[2][1]*ry+t[2][2]*rz)
}

// BoxToPicture maps a box of the view to the picture and clips it; ok is false if the picture
// shows nothing of it. The sides of the box pass through the middles of the sides of the
// mapped one: road users touch their boxes there rather than at the corners.
func (v *View) BoxToPicture(b perception.Box) (perception.Box, bool) {
	if v.same {
		return b, true
	}
	return mapBox(b, v.ToPicture, float64(v.From.Width), float64(v.From.Height))
}

// BoxFromPicture maps a box of the picture to the view and clips it; ok is false if the view
// shows nothing of it. It is the inverse of BoxToPicture up to the distortion of the lens
// within the box.
func (v *View) BoxFromPicture(b perception.Box) (perception.Box, bool) {
	if v.same {
		return b, true
	}
	return mapBox(b, v.FromPicture, float64(v.To.Width), float64(v.To.Height))
}

// Uncut maps a box of the picture to the view as BoxFromPicture does, without clipping; cut
// reports whether the view cuts it.
func (v *View) Uncut(b perception.Box) (whole perception.Box, cut bool) {
	if v.same {
		return b, false
	}
	whole, ok := mapSides(b, v.FromPicture)
	w, h := float64(v.To.Width), float64(v.To.Height)
	return whole, ok && (whole.X0 < 0 || whole.Y0 < 0 || whole.X1 > w || whole.Y1 > h)
}

// mapBox maps a box and clips the result to a size.
func mapBox(b perception.Box, to func(x, y float64) (float64, float64, bool), width, height float64) (perception.Box, bool) {
	m, ok := mapSides(b, to)
	if !ok {
		return perception.Box{}, false
	}
	out := perception.Box{X0: max(m.X0, 0), Y0: max(m.Y0, 0), X1: min(m.X1, width), Y1: min(m.Y1, height)}
	return out, out.X1 > out.X0 && out.Y1 > out.Y0
}

// mapSides maps the middles of the sides of a box.
func mapSides(b perception.Box, to func(x, y float64) (float64, float64, bool)) (out perception.Box, ok bool) {
	cx, cy := (b.X0+b.X1)/2, (b.Y0+b.Y1)/2
	x0, _, ok0 := to(b.X0, cy)
	x1, _, ok1 := to(b.X1, cy)
	_, y0, ok2 := to(cx, b.Y0)
	_, y1, ok3 := to(cx, b.Y1)
	return perception.Box{X0: min(x0, x1), Y0: min(y0, y1), X1: max(x0, x1), Y1: max(y0, y1)}, ok0 && ok1 && ok2 && ok3
}
