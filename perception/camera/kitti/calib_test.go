package kitti

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"roadloop/sim/sensor"
)

// testCamera returns a camera with some yaw, pitch and roll.
func testCamera() sensor.Camera {
	c := sensor.FrontCamera()
	c.Mount.Yaw, c.Mount.Pitch, c.Mount.Roll = .1, .05, -.03
	return c
}

// P2 projects a point of the level frame to the camera's pixel, and the written
// calibration is read as the same camera.
func TestCalibrationKeepsTheCamera(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		angle := rapid.Float64Range(-.3, .3)
		cal := testCamera()
		m := &cal.Mount
		m.Yaw, m.Pitch, m.Roll = angle.Draw(t, "yaw"), angle.Draw(t, "pitch"), angle.Draw(t, "roll")
		cal.Fx, cal.Fy = rapid.Float64Range(100, 900).Draw(t, "fx"), rapid.Float64Range(100, 900).Draw(t, "fy")
		written, err := NewCalibration(&cal, sensor.Mount{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(written.String())
		if err != nil {
			t.Fatal(err)
		}
		v, err := c.View()
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range [][2]float64{{cal.Fx, v.Camera.Fx}, {cal.Fy, v.Camera.Fy}, {cal.Cx, v.Camera.Cx}, {cal.Cy, v.Camera.Cy}, {m.X, v.Camera.Mount.X},
			{m.Z, v.Camera.Mount.Z}, {m.Yaw, v.Camera.Mount.Yaw}, {m.Pitch, v.Camera.Mount.Pitch}, {m.Roll, v.Camera.Mount.Roll}} {
			if math.Abs(x[0]-x[1]) > 1e-8*math.Max(1, math.Abs(x[0])) {
				t.Fatalf("camera %+v is read as %+v", cal, v.Camera)
			}
		}
		px, py, pz := rapid.Float64Range(8, 60).Draw(t, "x"), rapid.Float64Range(-3, 3).Draw(t, "y"), rapid.Float64Range(0, 4).Draw(t, "z")
		level := Levelled(&cal)
		x, y, z := level.ToSensor(px, py, pz)
		p, _ := split(c.p[2][:])
		q := p.Mul(Vec3{x, y, z})
		if u, w, _, ok := cal.Project(px, py, pz); ok && (math.Abs(q[0]/q[2]-u) > 1e-6*math.Max(1, math.Abs(u)) || math.Abs(q[1]/q[2]-w) > 1e-6*math.Max(1, math.Abs(w))) {
			t.Fatalf("P2 projects (%g, %g, %g) to %g, %g; the camera to %g, %g", px, py, pz, q[0]/q[2], q[1]/q[2], u, w)
		}
		back := v.Point(Vec3{x, y, z})
		if math.Abs(back[0]-px)+math.Abs(back[1]-py)+math.Abs(back[2]-pz) > 1e-7 {
			t.Fatalf("(%g, %g, %g) is transformed back to %v", px, py, pz, back)
		}
	})
}

// KITTI's camera 2, from its calibration: 6 cm left of camera 0, which is 27 cm ahead
// of the lidar, 8 cm lower than it and turned by less than a degree.
func TestOriginalKITTICalibration(t *testing.T) {
	c, err := Parse(calib)
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.View()
	if err != nil {
		t.Fatal(err)
	}
	m := v.Camera.Mount
	for name, x := range map[string][2]float64{"x": {m.X, .27}, "y": {m.Y, .06}, "z": {m.Z, 1.65}, "yaw": {m.Yaw, 0}, "pitch": {m.Pitch, 0}, "roll": {m.Roll, 0}, "fx": {v.Camera.Fx, 721.54}} {
		if math.Abs(x[0]-x[1]) > .02 {
			t.Errorf("%s is %.3f, want %.2f", name, x[0], x[1])
		}
	}
}

func TestCalibrationRejectsDistortion(t *testing.T) {
	c := testCamera()
	c.K1 = -.1
	if _, err := NewCalibration(&c, sensor.Mount{}); err == nil {
		t.Error("accepted a distorted camera")
	}
}

func FuzzCalibration(f *testing.F) {
	f.Add(calib)
	cal := testCamera()
	own, err := NewCalibration(&cal, sensor.Mount{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(own.String())
	f.Add(trackingCalib)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err != nil {
			return
		}
		v, err := c.View()
		if err != nil {
			return
		}
		m := &v.Camera.Mount
		for _, x := range []float64{m.X, m.Y, m.Z, m.Yaw, m.Pitch, m.Roll, v.Camera.Fx, v.Camera.Fy} {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				t.Fatalf("camera %+v of\n%s", v.Camera, text)
			}
		}
	})
}

// calib is a calibration of the object benchmark.
const calib = `P0: 721.5377 0 609.5593 0 0 721.5377 172.854 0 0 0 1 0
P1: 721.5377 0 609.5593 -387.5744 0 721.5377 172.854 0 0 0 1 0
P2: 721.5377 0 609.5593 44.85728 0 721.5377 172.854 0.2163791 0 0 1 0.002745884
P3: 721.5377 0 609.5593 -339.5242 0 721.5377 172.854 2.199936 0 0 1 0.002729905
R0_rect: 0.9999239 0.00983776 -0.007445048 -0.009869795 0.9999421 -0.004278459 0.007402527 0.004351614 0.9999631
Tr_velo_to_cam: 0.007533745 -0.9999714 -0.000616602 -0.004069766 0.01480249 0.0007280733 -0.9998902 -0.07631618 0.9998621 0.00752379 0.01480755 -0.2717806
Tr_imu_to_velo: 0.9999976 0.0007553071 -0.002035826 -0.8086759 -0.0007854027 0.9998898 -0.01482298 0.3195559 0.002024406 0.01482454 0.9998881 -0.7997231

`

// trackingCalib is the same in the format of the tracking benchmark.
var trackingCalib = strings.NewReplacer("R0_rect:", "R_rect", "Tr_velo_to_cam:", "Tr_velo_cam", "Tr_imu_to_velo:", "Tr_imu_velo").Replace(calib)
