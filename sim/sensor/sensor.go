// Package sensor defines the messages of sensors and their calibration. It
// holds types only: the sensor models are in sim/rig, and these messages are
// the only input of the driving stack.
//
// Every message carries the name of its sensor and its measurement time; it reaches the
// driver after the sensor's latency. The vehicle frame has its origin at the rear axle on the
// ground, x forward, y left, z up.
package sensor

import (
	"math"
	"slices"

	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// Names of the sensors of the default rig.
const (
	DefaultCamera   = "camera"
	DefaultLidar    = "lidar"
	DefaultRadar    = "radar"
	DefaultOdometry = "odometry"
	DefaultGNSS     = "gnss"
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

// forwardYaw is the largest yaw of a camera that looks forward, rad: about half of the
// field of view of FrontCamera, so that its image shows the road straight ahead.
const forwardYaw = math.Pi / 6

// LooksForward reports whether the camera looks along the road ahead. Only such cameras
// show the own lane and the signals that apply to it.
func (c *Camera) LooksForward() bool { return math.Abs(geom.WrapAngle(c.Mount.Yaw)) < forwardYaw }

// Zoom returns the focal length as a factor of that of FrontCamera, for images of equal width.
func (c *Camera) Zoom() float64 {
	front := FrontCamera()
	return c.Fx * float64(front.Width) / (front.Fx * float64(c.Width))
}

// Frame is a camera image.
type Frame struct {
	Sensor string     // the camera's name in the rig
	Time   clock.Tick // of the exposure
	Cal    *Camera    // shared and constant
	Pix    []byte     // RGB, row by row, 3·Width·Height bytes
	// Truth is the world at the time of the exposure, for layers with ground truth: a
	// *rig.Exposure, or nil. The driving stack cannot read it.
	Truth any
}

// Lidar is the calibration of a lidar.
type Lidar struct {
	Mount Mount
	Rings []float64 // elevations of the rays, rad
}

// RoofLidar returns the lidar of the default rig: 1.75 m high, with six rings.
func RoofLidar() Lidar {
	return Lidar{Mount: Mount{X: 1.2, Z: 1.75}, Rings: []float64{-.2, -.12, -.06, -.035, -.02, .01}}
}

// Point is a lidar return in the vehicle frame at the time of the scan.
type Point struct {
	X, Y, Z   float32 // m
	Intensity float32 // 0..1
}

// Scan is one revolution of the lidar, motion-compensated to Time.
type Scan struct {
	Sensor string
	Time   clock.Tick
	Cal    *Lidar // shared and constant
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
	Sensor    string
	Time      clock.Tick
	Mount     Mount
	HalfAngle float64 // of the field of view, rad; 0 if unknown
	Targets   []RadarTarget
}

// Clone returns a deep copy of the scan.
func (s RadarScan) Clone() RadarScan {
	s.Targets = slices.Clone(s.Targets)
	return s
}

// Odometry is a measurement of wheel speed, steering and IMU.
type Odometry struct {
	Sensor  string
	Time    clock.Tick
	Speed   float64 // m/s, from the wheels
	YawRate float64 // rad/s, from the gyroscope
	Accel   float64 // m/s², along the heading
	Steer   float64 // road wheel angle, rad
}

// GNSS is a satellite position fix of the rear axle with heading, map frame.
type GNSS struct {
	Sensor string
	Time   clock.Tick
	Pose   geom.Pose
	StdPos float64 // standard deviation per axis, m
	StdYaw float64 // rad
}

// Message is a message of a sensor of another kind than those above.
type Message struct {
	Sensor string
	Time   clock.Tick
	Value  Value
}

// Value is the content of a Message.
type Value interface {
	// AppendBytes appends bytes that determine the value: traces hash them.
	AppendBytes(dst []byte) []byte
	// Clone returns a deep copy.
	Clone() Value
}

// Observation is the set of messages that arrived since the driver's last decision. Each
// list is in order of arrival; messages that arrive together are in the order of the
// rig's sensors. Its buffers belong to the rig; the next observation overwrites them.
type Observation struct {
	Now      clock.Tick
	Frames   []Frame
	Scans    []Scan
	Radars   []RadarScan
	Odometry []Odometry
	GNSS     []GNSS
	Other    []Message // of sensors of other kinds
}

// Frame returns the newest frame of a camera, nil if none arrived.
func (o *Observation) Frame(camera string) *Frame {
	for i := len(o.Frames) - 1; i >= 0; i-- {
		if o.Frames[i].Sensor == camera {
			return &o.Frames[i]
		}
	}
	return nil
}

// Messages yields the sensor and the time of measurement of every message, by kind and in
// order of arrival.
func (o *Observation) Messages(yield func(sensor string, at clock.Tick) bool) {
	_ = each(o.Frames, func(m *Frame) bool { return yield(m.Sensor, m.Time) }) &&
		each(o.Scans, func(m *Scan) bool { return yield(m.Sensor, m.Time) }) &&
		each(o.Radars, func(m *RadarScan) bool { return yield(m.Sensor, m.Time) }) &&
		each(o.Odometry, func(m *Odometry) bool { return yield(m.Sensor, m.Time) }) &&
		each(o.GNSS, func(m *GNSS) bool { return yield(m.Sensor, m.Time) }) &&
		each(o.Other, func(m *Message) bool { return yield(m.Sensor, m.Time) })
}

// each calls do for the elements of a list until it returns false, and reports whether it
// never did.
func each[T any](list []T, do func(*T) bool) bool {
	for i := range list {
		if !do(&list[i]) {
			return false
		}
	}
	return true
}

// Drop removes the messages of a sensor.
func (o *Observation) Drop(name string) {
	o.Frames = slices.DeleteFunc(o.Frames, func(m Frame) bool { return m.Sensor == name })
	o.Scans = slices.DeleteFunc(o.Scans, func(m Scan) bool { return m.Sensor == name })
	o.Radars = slices.DeleteFunc(o.Radars, func(m RadarScan) bool { return m.Sensor == name })
	o.Odometry = slices.DeleteFunc(o.Odometry, func(m Odometry) bool { return m.Sensor == name })
	o.GNSS = slices.DeleteFunc(o.GNSS, func(m GNSS) bool { return m.Sensor == name })
	o.Other = slices.DeleteFunc(o.Other, func(m Message) bool { return m.Sensor == name })
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
