// Package sensor defines the messages of sensors and their calibration. It
// holds types only: the sensor models are in sim/rig, and these messages are
// the only input of the driving stack.
//
// Every message carries its measurement time; it reaches the driver after the
// sensor's latency. The vehicle frame has its origin at the rear axle on the
// ground, x forward, y left, z up.
package sensor

import (
	"math"
	"slices"

	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// Mount is the pose of a sensor in the vehicle frame.
type Mount struct {
	X, Y, Z          float64 // m
	Yaw, Pitch, Roll float64 // rad; pitch is positive nose down, roll positive right side down
}

// Camera is the calibration of a pinhole camera with radial distortion. Pixel
// (0, 0) is the upper left corner of the image; u grows right and v down. The
// model is u = Fx·x·(1 + K1·r² + K2·r⁴) + Cx with x = X/Z, r² = x² + y² (Brown 1971).
type Camera struct {
	Name          string
	Mount         Mount
	Width, Height int     // px
	Fx, Fy        float64 // focal lengths, px
	Cx, Cy        float64 // principal point, px
	K1, K2        float64 // radial distortion
}

// FrontCamera returns the default camera: 320×192 pixels, 65° of horizontal
// field of view, behind the windshield at 1.4 m height.
func FrontCamera() Camera {
	const w, h, fov = 320, 192, 65 * math.Pi / 180
	f := w / 2 / math.Tan(fov/2)
	return Camera{
		Name: "front", Mount: Mount{X: 1.7, Z: 1.4, Pitch: 0.02},
		Width: w, Height: h, Fx: f, Fy: f, Cx: w / 2, Cy: h/2 - 8,
	}
}

// Frame is a camera image.
type Frame struct {
	Time clock.Tick // of the exposure
	Cal  *Camera    // shared and constant
	Pix  []byte     // RGB, row by row, 3·Width·Height bytes
	// Truth is the world at the time of the exposure, for layers with ground truth: a
	// *rig.Exposure, or nil. The driving stack cannot read it.
	Truth any
}

// Point is a lidar return in the vehicle frame at the time of the scan.
type Point struct {
	X, Y, Z   float32 // m
	Intensity float32 // 0..1
}

// Scan is one revolution of the lidar, motion-compensated to Time.
type Scan struct {
	Time   clock.Tick
	Points []Point
}

// Clone returns a deep copy of the scan.
func (s Scan) Clone() Scan {
	s.Points = slices.Clone(s.Points)
	return s
}

// RadarTarget is a radar return, in polar coordinates about the radar's mount.
type RadarTarget struct {
	Range     float64 // m
	Azimuth   float64 // rad, positive to the left of the radar's axis
	RangeRate float64 // m/s relative to the moving radar, negative when approaching
	RCS       float64 // radar cross section, dBsm
}

// RadarScan is one measurement cycle of a radar.
type RadarScan struct {
	Time    clock.Tick
	Mount   Mount
	Targets []RadarTarget
}

// Clone returns a deep copy of the scan.
func (s RadarScan) Clone() RadarScan {
	s.Targets = slices.Clone(s.Targets)
	return s
}

// Odometry is a measurement of wheel speed, steering and IMU.
type Odometry struct {
	Time    clock.Tick
	Speed   float64 // m/s, from the wheels
	YawRate float64 // rad/s, from the gyroscope
	Accel   float64 // m/s², along the heading
	Steer   float64 // road wheel angle, rad
}

// GNSS is a satellite position fix of the rear axle with heading, map frame.
type GNSS struct {
	Time   clock.Tick
	Pose   geom.Pose
	StdPos float64 // standard deviation per axis, m
	StdYaw float64 // rad
}

// Observation is the set of messages that arrived since the driver's last decision, each
// list in order of arrival. Its buffers belong to the rig; the next observation overwrites
// them.
type Observation struct {
	Now      clock.Tick
	Frames   []Frame
	Scans    []Scan
	Radars   []RadarScan
	Odometry []Odometry
	GNSS     []GNSS
}

// Pixel returns the pixel of the direction (x, y, 1) in the camera frame: x
// right, y down, relative to the depth along the optical axis.
func (c *Camera) Pixel(x, y float64) (u, v float64) {
	r2 := x*x + y*y
	f := 1 + c.K1*r2 + c.K2*r2*r2
	return c.Fx*x*f + c.Cx, c.Fy*y*f + c.Cy
}

// Ray is the inverse of Pixel: it returns the direction (x, y, 1) of a pixel.
// It inverts the distortion by fixed-point iteration.
func (c *Camera) Ray(u, v float64) (x, y float64) {
	xd, yd := (u-c.Cx)/c.Fx, (v-c.Cy)/c.Fy
	x, y = xd, yd
	if c.K1 == 0 && c.K2 == 0 {
		return x, y
	}
	for range 12 {
		r2 := x*x + y*y
		f := 1 + c.K1*r2 + c.K2*r2*r2
		x, y = xd/f, yd/f
	}
	return x, y
}

// Project returns the pixel of a point given in the vehicle frame and its
// distance along the optical axis; ok is false for a point behind the camera.
func (c *Camera) Project(px, py, pz float64) (u, v, depth float64, ok bool) {
	x, y, z := c.Mount.ToSensor(px, py, pz)
	if z < 0.1 {
		return 0, 0, z, false
	}
	u, v = c.Pixel(x/z, y/z)
	return u, v, z, true
}

// Ground returns the intersection of the ray of a pixel with the ground, in the
// vehicle frame; ok is false at or above the horizon.
func (c *Camera) Ground(u, v float64) (p geom.Vec, ok bool) {
	x, y := c.Ray(u, v)
	dx, dy, dz := c.Mount.ToVehicle(x, y, 1)
	if dz > -1e-3 {
		return geom.Vec{}, false
	}
	t := -c.Mount.Z / dz
	return geom.Vec{X: c.Mount.X + t*dx, Y: c.Mount.Y + t*dy}, true
}

// axes returns the directions of a mounted camera's axes right, down and forward
// in the vehicle frame.
func (m *Mount) axes() (right, down, forward [3]float64) {
	sw, cw := math.Sincos(m.Yaw)
	sp, cp := math.Sincos(m.Pitch)
	sr, cr := math.Sincos(m.Roll)
	forward = [3]float64{cw * cp, sw * cp, -sp}
	r := [3]float64{sw, -cw, 0}
	d := [3]float64{-cw * sp, -sw * sp, -cp}
	for i := range 3 {
		right[i] = cr*r[i] + sr*d[i]
		down[i] = cr*d[i] - sr*r[i]
	}
	return right, down, forward
}

// ToSensor maps a point of the vehicle frame to the camera frame of the mount: x
// right, y down, z forward.
func (m *Mount) ToSensor(px, py, pz float64) (x, y, z float64) {
	r, d, f := m.axes()
	px, py, pz = px-m.X, py-m.Y, pz-m.Z
	return r[0]*px + r[1]*py + r[2]*pz, d[0]*px + d[1]*py + d[2]*pz, f[0]*px + f[1]*py + f[2]*pz
}

// ToVehicle maps a direction of the camera frame of the mount to the vehicle frame.
func (m *Mount) ToVehicle(x, y, z float64) (dx, dy, dz float64) {
	r, d, f := m.axes()
	return r[0]*x + d[0]*y + f[0]*z, r[1]*x + d[1]*y + f[1]*z, r[2]*x + d[2]*y + f[2]*z
}
