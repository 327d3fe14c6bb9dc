// Package sensor defines the messages that sensors send and the calibration
// that tells where they sit. It holds types only: the models that make the
// messages are in sim/rig, and the driving stack knows nothing but these.
//
// Every message carries the time at which it was measured; it reaches the
// driver later, by the sensor's latency. The vehicle frame has its origin at the
// rear axle on the ground, x forward, y left, z up.
package sensor

import (
	"math"

	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// Mount is where a sensor sits on the vehicle, in the vehicle frame.
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

// Odometry is what wheels, steering and IMU report.
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

// Observation is everything that arrived since the driver's last decision, each
// list in order of arrival. Its buffers belong to the rig and are overwritten by the next.
type Observation struct {
	Now      clock.Tick
	Frames   []Frame
	Scans    []Scan
	Radars   []RadarScan
	Odometry []Odometry
	GNSS     []GNSS
}
