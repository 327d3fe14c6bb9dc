package dataset

import (
	"image"
	"math"
	"testing"

	"pgregory.net/rapid"

	"roadloop/sim/sensor"
)

// blank returns a black picture.
func blank(t testing.TB, w, h int) []byte {
	t.Helper()
	data, err := encodePNG(image.NewNRGBA(image.Rect(0, 0, w, h)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

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
		written, err := newCalibration(&cal, nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := parseCalibration(written.String())
		if err != nil {
			t.Fatal(err)
		}
		v, err := c.view()
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range [][2]float64{{cal.Fx, v.camera.Fx}, {cal.Fy, v.camera.Fy}, {cal.Cx, v.camera.Cx}, {cal.Cy, v.camera.Cy}, {m.X, v.camera.Mount.X},
			{m.Z, v.camera.Mount.Z}, {m.Yaw, v.camera.Mount.Yaw}, {m.Pitch, v.camera.Mount.Pitch}, {m.Roll, v.camera.Mount.Roll}} {
			if math.Abs(x[0]-x[1]) > 1e-8*math.Max(1, math.Abs(x[0])) {
				t.Fatalf("camera %+v is read as %+v", cal, v.camera)
			}
		}
		px, py, pz := rapid.Float64Range(8, 60).Draw(t, "x"), rapid.Float64Range(-3, 3).Draw(t, "y"), rapid.Float64Range(0, 4).Draw(t, "z")
		level := levelled(&cal)
		x, y, z := level.ToSensor(px, py, pz)
		p, _ := split(c.p[2][:])
		q := p.mul(vec3{x, y, z})
		if u, w, _, ok := cal.Project(px, py, pz); ok && (math.Abs(q[0]/q[2]-u) > 1e-6*math.Max(1, math.Abs(u)) || math.Abs(q[1]/q[2]-w) > 1e-6*math.Max(1, math.Abs(w))) {
			t.Fatalf("P2 projects (%g, %g, %g) to %g, %g; the camera to %g, %g", px, py, pz, q[0]/q[2], q[1]/q[2], u, w)
		}
		back := v.point(vec3{x, y, z})
		if math.Abs(back[0]-px)+math.Abs(back[1]-py)+math.Abs(back[2]-pz) > 1e-7 {
			t.Fatalf("(%g, %g, %g) is transformed back to %v", px, py, pz, back)
		}
	})
}

// KITTI's camera 2, from its calibration: 6 cm left of camera 0, which is 27 cm ahead
// of the lidar, 8 cm lower than it and turned by less than a degree.
func TestOriginalKITTICalibration(t *testing.T) {
	c, err := parseCalibration(calib)
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.view()
	if err != nil {
		t.Fatal(err)
	}
	m := v.camera.Mount
	for name, x := range map[string][2]float64{"x": {m.X, .27}, "y": {m.Y, .06}, "z": {m.Z, 1.65}, "yaw": {m.Yaw, 0}, "pitch": {m.Pitch, 0}, "roll": {m.Roll, 0}, "fx": {v.camera.Fx, 721.54}} {
		if math.Abs(x[0]-x[1]) > .02 {
			t.Errorf("%s is %.3f, want %.2f", name, x[0], x[1])
		}
	}
}

func TestCalibrationRejectsDistortion(t *testing.T) {
	c := testCamera()
	c.K1 = -.1
	if _, err := newCalibration(&c, nil); err == nil {
		t.Error("accepted a distorted camera")
	}
}
