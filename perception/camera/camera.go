// Package camera describes the cameras that pictures come from, and resamples their pictures
// to the camera of the network: the network knows the place of the horizon and the size of
// road users at each distance only in the frames of one camera.
//
// A Camera is a calibration with OpenCV's models of lenses. ReadFile reads one from a file,
// Hints completes what is known of one, FindHorizon estimates the horizon of a picture, and a
// View resamples pictures and maps boxes and points in both directions.
//
// Pixels are in the convention of package sensor: (0, 0) is the upper left corner of the
// picture, so that the center of the first pixel is (0.5, 0.5). The camera frame is x right,
// y down, z forward; the vehicle frame has its origin on the ground, x forward, y left, z up.
package camera

import (
	"fmt"
	"math"

	"roadloop/sim/sensor"
)

// Lens is a model of a lens.
type Lens string

// Lenses. The zero value is Pinhole.
const (
	// Pinhole is OpenCV's model of calibrateCamera: radial, tangential and thin-prism
	// distortion (Brown 1971, and OpenCV's rational terms). Its coefficients are in OpenCV's
	// order k1, k2, p1, p2, k3, k4, k5, k6, s1, s2, s3, s4.
	Pinhole Lens = "pinhole"
	// Fisheye is OpenCV's fisheye model (Kannala and Brandt 2006), with k1, k2, k3, k4.
	Fisheye Lens = "fisheye"
)

// Coefficients is the number of distortion coefficients of the richest lens.
const Coefficients = 12

// Camera is the calibration of a camera.
type Camera struct {
	Mount         sensor.Mount
	Width, Height int     // px
	Fx, Fy        float64 // focal lengths, px
	Cx, Cy        float64 // principal point, px
	Lens          Lens
	Distortion    [Coefficients]float64 // in the order of Lens; missing ones are 0
}

// New returns the camera of a calibration of package sensor.
func New(c *sensor.Camera) Camera {
	return Camera{
		Mount: c.Mount, Width: c.Width, Height: c.Height, Fx: c.Fx, Fy: c.Fy, Cx: c.Cx, Cy: c.Cy,
		Distortion: [Coefficients]float64{c.K1, c.K2},
	}
}

// Bounds of plausible calibrations.
const (
	maxFocal  = 1e6  // px
	maxMount  = 200  // m
	minHeight = 0.05 // m: below it, no picture shows the road
	maxAngle  = 2 * math.Pi
)

// Check returns an error for the first field that no camera can have.
func (c *Camera) Check() error {
	if c.Width < 1 || c.Height < 1 {
		return fmt.Errorf("size: %d×%d px, want at least 1", c.Width, c.Height)
	}
	if c.Lens != "" && c.Lens != Pinhole && c.Lens != Fisheye {
		return fmt.Errorf("lens: %q, want %s or %s", c.Lens, Pinhole, Fisheye)
	}
	m := &c.Mount
	for _, v := range []struct {
		name      string
		v, lo, hi float64
		unit      string
	}{
		{"fx", c.Fx, 1, maxFocal, " px"}, {"fy", c.Fy, 1, maxFocal, " px"},
		{"cx", c.Cx, -maxFocal, maxFocal, " px"}, {"cy", c.Cy, -maxFocal, maxFocal, " px"},
		{"x", m.X, -maxMount, maxMount, " m"}, {"y", m.Y, -maxMount, maxMount, " m"}, {"height", m.Z, minHeight, maxMount, " m"},
		{"yaw", m.Yaw, -maxAngle, maxAngle, " rad"}, {"pitch", m.Pitch, -math.Pi / 2, math.Pi / 2, " rad"}, {"roll", m.Roll, -maxAngle, maxAngle, " rad"},
	} {
		if !(v.v >= v.lo && v.v <= v.hi) {
			return fmt.Errorf("%s: %g%s, want %.4g to %.4g", v.name, v.v, v.unit, v.lo, v.hi)
		}
	}
	for i, k := range c.Distortion {
		if math.IsNaN(k) || math.Abs(k) > 1e6 {
			return fmt.Errorf("distortion: coefficient %d is %g", i+1, k)
		}
	}
	return nil
}

// Scaled returns the camera for pictures of another size with the same content, such as
// reduced ones.
func (c *Camera) Scaled(width, height int) Camera {
	out := *c
	sx, sy := float64(width)/float64(c.Width), float64(height)/float64(c.Height)
	out.Width, out.Height = width, height
	out.Fx, out.Cx, out.Fy, out.Cy = c.Fx*sx, c.Cx*sx, c.Fy*sy, c.Cy*sy
	return out
}

// Horizon returns the row of the horizon straight ahead, px; ok is false if the camera looks
// up or down so far that there is none.
func (c *Camera) Horizon() (row float64, ok bool) {
	p := newProjection(c)
	x, y, z := c.Mount.ToSensor(c.Mount.X+math.Cos(c.Mount.Yaw), c.Mount.Y+math.Sin(c.Mount.Yaw), c.Mount.Z)
	_, row, ok = p.pixel(x, y, z)
	return row, ok
}

// Ground returns the point of the ground that a pixel shows, in the vehicle frame; ok is
// false at and above the horizon.
func (c *Camera) Ground(u, v float64) (x, y float64, ok bool) {
	p := newProjection(c)
	rx, ry, rz, ok := p.ray(u, v)
	if !ok {
		return 0, 0, false
	}
	dx, dy, dz := c.Mount.ToVehicle(rx, ry, rz)
	if dz > -1e-3 {
		return 0, 0, false
	}
	t := -c.Mount.Z / dz
	return c.Mount.X + t*dx, c.Mount.Y + t*dy, true
}

// Project returns the pixel of a point in the vehicle frame; ok is false if the camera
// cannot show it. The pixel may lie outside of the picture.
func (c *Camera) Project(px, py, pz float64) (u, v float64, ok bool) {
	p := newProjection(c)
	return p.pixel(c.Mount.ToSensor(px, py, pz))
}

// Pinhole returns the calibration without the distortion of the lens.
func (c *Camera) Pinhole() sensor.Camera {
	return sensor.Camera{Mount: c.Mount, Width: c.Width, Height: c.Height, Fx: c.Fx, Fy: c.Fy, Cx: c.Cx, Cy: c.Cy}
}
