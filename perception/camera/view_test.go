package camera_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"roadloop/perception"
	"roadloop/perception/camera"
	"roadloop/sim/sensor"
)

// dashcam returns a camera of 1280×720 px with a field of view of about 58°.
func dashcam() camera.Camera {
	return camera.Camera{
		Mount: sensor.Mount{X: 1.7, Z: 1.3, Pitch: -.05}, Width: 1280, Height: 720, Fx: 1158, Fy: 1155, Cx: 670, Cy: 390,
	}
}

// lenses are cameras with distortion. The coefficients of the first are those that OpenCV's
// calibration finds for such a camera.
func lenses() map[string]camera.Camera {
	brown, rational, fisheye := dashcam(), dashcam(), dashcam()
	copy(brown.Distortion[:], []float64{-.24, -.05, -.001, .0001, .02})
	copy(rational.Distortion[:], []float64{.3, .1, .0005, -.0003, .01, .6, .2, .02, .001, -.0005, .0008, .0002})
	fisheye.Lens, fisheye.Fx, fisheye.Fy = camera.Fisheye, 420, 420
	copy(fisheye.Distortion[:], []float64{-.02, .005, -.002, .0003})
	return map[string]camera.Camera{"none": dashcam(), "brown": brown, "rational": rational, "fisheye": fisheye}
}

// The formulas of OpenCV's documentation, by hand for one point: x = 0.2, y = −0.1.
func TestPixelOfADistortedPoint(t *testing.T) {
	c := camera.Camera{Mount: sensor.Mount{Z: 1}, Width: 100, Height: 100, Fx: 1000, Fy: 1000}
	copy(c.Distortion[:], []float64{.1, .01, .002, .003, .001, 0, 0, 0, .004, 0, .005, 0})
	// The camera looks along x: z = 10, x = −y = 2, y = 1 − z = −1.
	u, v, ok := c.Project(10, -2, 2)
	const q = .05 // 0.2² + 0.1²
	const f = 1 + .1*q + .01*q*q + .001*q*q*q
	wantU := 1000 * (.2*f + 2*.002*.2*-.1 + .003*(q+2*.04) + .004*q)
	wantV := 1000 * (-.1*f + .002*(q+2*.01) + 2*.003*.2*-.1 + .005*q)
	if !ok || math.Abs(u-wantU) > 1e-9 || math.Abs(v-wantV) > 1e-9 {
		t.Errorf("%.6f, %.6f, want %.6f, %.6f", u, v, wantU, wantV)
	}
	// A fisheye without coefficients is equidistant: the radius is the angle.
	e := camera.Camera{Mount: sensor.Mount{Z: 1}, Width: 100, Height: 100, Fx: 100, Fy: 100, Lens: camera.Fisheye}
	if u, _, ok := e.Project(0, -5, 1); !ok || math.Abs(u-100*math.Pi/2) > 1e-9 {
		t.Errorf("90° to the right at %g px, want %g", u, 100*math.Pi/2)
	}
}

// The ground point of a pixel projects to the pixel again, with every lens.
func TestGroundInvertsProject(t *testing.T) {
	for name, c := range lenses() {
		for y := 460.0; y < 720; y += 37 {
			for x := 3.0; x < 1280; x += 59 {
				px, py, ok := c.Ground(x, y)
				if !ok {
					if name != "fisheye" { // its edge sees the horizon lower
						t.Errorf("%s: no ground at %g, %g", name, x, y)
					}
					continue
				}
				u, v, ok := c.Project(px, py, 0)
				if !ok || math.Hypot(u-x, v-y) > 1e-3 {
					t.Fatalf("%s: %g, %g shows %g, %g, which projects to %g, %g", name, x, y, px, py, u, v)
				}
			}
		}
	}
}

// A point of the ground is at the same place whether it is read in the picture or in the view.
func TestViewShowsTheSameGround(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := lenses()[rapid.SampledFrom([]string{"none", "brown", "rational", "fisheye"}).Draw(t, "lens")]
		c.Mount.Pitch = rapid.Float64Range(-.1, .1).Draw(t, "pitch")
		c.Mount.Roll = rapid.Float64Range(-.1, .1).Draw(t, "roll")
		c.Mount.Yaw = rapid.Float64Range(-.3, .3).Draw(t, "yaw")
		v, err := camera.NewView(c, c.Target(80, 48, rapid.Float64Range(.7, 2.5).Draw(t, "zoom"), 0))
		if err != nil {
			t.Fatal(err)
		}
		x, y := rapid.Float64Range(6, 60).Draw(t, "x"), rapid.Float64Range(-3, 3).Draw(t, "y")
		a, b, _, ok := v.To.Project(x, y, 0)
		if !ok {
			return
		}
		u, w, ok := v.ToPicture(a, b)
		pu, pw, shown := c.Project(x, y, 0)
		if !ok || !shown || math.Hypot(u-pu, w-pw) > 1e-6 {
			t.Fatalf("(%g, %g) is at %g, %g in the view, which is %g, %g in the picture; want %g, %g", x, y, a, b, u, w, pu, pw)
		}
		if a2, b2, ok := v.FromPicture(u, w); !ok || math.Hypot(a2-a, b2-b) > 1e-3 {
			t.Fatalf("%g, %g comes back as %g, %g", a, b, a2, b2)
		}
	})
}

// The horizon of every view is in the row of training: 88 − 251·tan(0.02) of 192.
func TestHorizonOfAView(t *testing.T) {
	front := sensor.FrontCamera()
	want := front.Cy - front.Fy*math.Tan(front.Mount.Pitch)
	for _, zoom := range []float64{.7, 1, 2.5} {
		for name, c := range lenses() {
			to := c.Target(320, 192, zoom, 0)
			target := camera.New(&to)
			if row, ok := target.Horizon(); !ok || math.Abs(row-want) > 1e-9 {
				t.Errorf("%s, zoom %g: row %.3f, want %.3f", name, zoom, row, want)
			}
			if to.Mount.Z != c.Mount.Z || to.Mount.Yaw != 0 {
				t.Errorf("%s: mount %+v", name, to.Mount)
			}
		}
	}
	side := dashcam()
	side.Mount.Yaw = 1.2
	if to := side.Target(320, 192, 1, 0); to.Mount.Yaw != 1.2 {
		t.Errorf("a camera to the side has a view with a yaw of %g", to.Mount.Yaw)
	}
}

// A picture of a checkerboard on the ground is resampled to the view of the same checkerboard:
// pixels in the middle of a square have its color.
func TestResampledPixels(t *testing.T) {
	square := func(x, y float64) byte {
		if (int(math.Floor(x/2))+int(math.Floor(y/2)))%2 == 0 {
			return 220
		}
		return 30
	}
	for name, c := range lenses() {
		c = c.Scaled(640, 360)
		picture := make([]byte, 3*c.Width*c.Height)
		for v := range c.Height {
			for u := range c.Width {
				if x, y, ok := c.Ground(float64(u)+.5, float64(v)+.5); ok {
					for k := range 3 {
						picture[3*(v*c.Width+u)+k] = square(x, y)
					}
				}
			}
		}
		v, err := camera.NewView(c, c.Target(320, 192, 1, 0))
		if err != nil {
			t.Fatal(err)
		}
		out := make([]byte, 3*320*192)
		if err := v.Resample(out, picture); err != nil {
			t.Fatal(err)
		}
		checked := 0
		for i := range 320 * 192 {
			x, y := float64(i%320)+.5, float64(i/320)+.5
			at, ok := v.To.Ground(x, y)
			if !v.Seen(x, y) {
				if out[3*i] != 128 || out[3*i+2] != 128 {
					t.Fatalf("%s: an unseen pixel is %d", name, out[3*i])
				}
				continue
			}
			inside := math.Abs(math.Mod(math.Abs(at.X), 2)-1) < .5 && math.Abs(math.Mod(math.Abs(at.Y), 2)-1) < .5
			if ok && inside && at.X < 12 {
				checked++
				if got := out[3*i]; math.Abs(float64(got)-float64(square(at.X, at.Y))) > 40 {
					t.Fatalf("%s: (%.1f, %.1f) is %d, want about %d", name, at.X, at.Y, got, square(at.X, at.Y))
				}
			}
		}
		if checked < 300 {
			t.Errorf("%s: only %d pixels checked", name, checked)
		}
	}
}

// The mean of a picture of noise stays: resampling to less resolution averages all pixels.
func TestResamplingAveragesArea(t *testing.T) {
	c := camera.New(new(sensor.FrontCamera()))
	c = c.Scaled(1280, 768)
	v, err := camera.NewView(c, sensor.FrontCamera())
	if err != nil {
		t.Fatal(err)
	}
	picture, out := make([]byte, 3*1280*768), make([]byte, 3*320*192)
	for i := range 1280 * 768 { // a pattern of single pixels, which sparse sampling would show
		if (i%1280+i/1280)%2 == 0 {
			picture[3*i] = 200
		}
	}
	if err := v.Resample(out, picture); err != nil {
		t.Fatal(err)
	}
	for i := range 320 * 192 {
		if math.Abs(float64(out[3*i])-100) > 12 || out[3*i+1] != 0 {
			t.Fatalf("pixel %d is %v, want about 100, 0, 0", i, out[3*i:3*i+3])
		}
	}
}

// Boxes come back, and what the picture does not show is cut off.
func TestBoxesComeBack(t *testing.T) {
	for name, c := range lenses() {
		v, err := camera.NewView(c, c.Target(320, 192, 1, 0))
		if err != nil {
			t.Fatal(err)
		}
		want := perception.Box{X0: 700, Y0: 380, X1: 780, Y1: 440}
		b, ok := v.BoxFromPicture(want)
		got, ok2 := v.BoxToPicture(b)
		if !ok || !ok2 || got.IoU(want) < .98 {
			t.Errorf("%s: %+v comes back as %+v", name, want, got)
		}
		if _, ok := v.BoxToPicture(perception.Box{X0: -900, Y0: 80, X1: -800, Y1: 90}); ok && name != "fisheye" { // which shows more than the view
			t.Errorf("%s: a box outside of the picture", name)
		}
	}
}

// Frames of the network's camera, and those of its tolerances, are not resampled.
func TestNativePictures(t *testing.T) {
	front := sensor.FrontCamera()
	for name, c := range map[string]struct {
		change func(c *camera.Camera)
		native bool
	}{
		"front camera": {func(*camera.Camera) {}, true},
		"tolerances":   {func(c *camera.Camera) { c.Mount.Pitch += .03; c.Fx *= 1.05; c.Mount.Z = 1.6 }, true},
		"to the side":  {func(c *camera.Camera) { c.Mount.Yaw = 1.5 }, true},
		"low horizon":  {func(c *camera.Camera) { c.Mount.Pitch -= .15 }, false},
		"telephoto":    {func(c *camera.Camera) { c.Fx *= 2; c.Fy *= 2 }, false},
		"fisheye":      {func(c *camera.Camera) { c.Lens = camera.Fisheye }, false},
		"larger":       {func(c *camera.Camera) { *c = c.Scaled(640, 384) }, false},
		"tilted":       {func(c *camera.Camera) { c.Mount.Roll = .3 }, false},
	} {
		cam := camera.New(&front)
		c.change(&cam)
		cal, ok := cam.Native(320, 192)
		if ok != c.native {
			t.Errorf("%s: native %v", name, ok)
		}
		if v, err := camera.NewView(cam, cal); c.native && (err != nil || !v.Identity()) {
			t.Errorf("%s: resampled (%v)", name, err)
		}
	}
}

// A camera that looks away, and implausible calibrations, are refused by field.
func TestRefusedCameras(t *testing.T) {
	for want, change := range map[string]func(c *camera.Camera){
		"nothing of the road ahead": func(c *camera.Camera) { c.Mount.Pitch = -1.4 },
		"fx: 0 px":                  func(c *camera.Camera) { c.Fx = 0 },
		"cy: NaN":                   func(c *camera.Camera) { c.Cy = math.NaN() },
		"height: -1 m":              func(c *camera.Camera) { c.Mount.Z = -1 },
		"lens: \"tilt\"":            func(c *camera.Camera) { c.Lens = "tilt" },
		"coefficient 3":             func(c *camera.Camera) { c.Distortion[2] = math.Inf(1) },
		"size: 0×720 px":            func(c *camera.Camera) { c.Width = 0 },
	} {
		c := dashcam()
		change(&c)
		if _, err := camera.NewView(c, dashcamTarget()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func dashcamTarget() sensor.Camera {
	c := dashcam()
	return c.Target(320, 192, 1, 0)
}

func BenchmarkResample(b *testing.B) {
	c := dashcam()
	v, err := camera.NewView(c, dashcamTarget())
	if err != nil {
		b.Fatal(err)
	}
	picture, out := make([]byte, 3*c.Width*c.Height), make([]byte, 3*320*192)
	b.ReportAllocs()
	for b.Loop() {
		if err := v.Resample(out, picture); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
}
