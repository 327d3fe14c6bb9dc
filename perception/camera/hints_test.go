package camera_test

import (
	"math"
	"path/filepath"
	"testing"

	"roadloop/internal/imagefile"
	"roadloop/perception/camera"
	"roadloop/sim/sensor"
)

func pointer[T any](v T) *T { return &v }

// Hints override the calibration, and the horizon is where they state it.
func TestHints(t *testing.T) {
	find := func() (float64, bool) { return 300, true }
	lens := &camera.Camera{Fx: 900, Fy: 900, Cx: 640, Cy: 360, Width: 1280, Height: 720}
	full := *lens
	full.Mount = sensor.Mount{X: 1, Z: 1.6, Pitch: .1}
	for name, c := range map[string]struct {
		h                  camera.Hints
		focal, row, height float64
		known              camera.Knowledge
	}{
		"nothing":          {camera.Hints{}, 640 / math.Tan(math.Pi/6), 300, 1.4, camera.Knowledge{Focal: camera.Assumed, Horizon: camera.Estimated, Height: camera.Assumed}},
		"focal length":     {camera.Hints{Focal: 1158, Height: 1.2}, 1158, 300, 1.2, camera.Knowledge{Focal: camera.Given, Horizon: camera.Estimated, Height: camera.Given}},
		"of wide pictures": {camera.Hints{Focal: 1158, FocalWidth: 2560}, 579, 300, 1.4, camera.Knowledge{Focal: camera.Given, Horizon: camera.Estimated, Height: camera.Assumed}},
		"field of view":    {camera.Hints{FOV: math.Pi / 2}, 640, 300, 1.4, camera.Knowledge{Focal: camera.Given, Horizon: camera.Estimated, Height: camera.Assumed}},
		"horizon share":    {camera.Hints{Horizon: &camera.Row{Value: .58, Share: true}}, 640 / math.Tan(math.Pi/6), .58 * 720, 1.4, camera.Knowledge{Focal: camera.Assumed, Horizon: camera.Given, Height: camera.Assumed}},
		"horizon px":       {camera.Hints{Focal: 700, Horizon: &camera.Row{Value: 418}}, 700, 418, 1.4, camera.Knowledge{Focal: camera.Given, Horizon: camera.Given, Height: camera.Assumed}},
		"pitch":            {camera.Hints{Focal: 1000, Pitch: pointer(math.Atan(.1))}, 1000, 260, 1.4, camera.Knowledge{Focal: camera.Given, Horizon: camera.Given, Height: camera.Assumed}},
		"lens alone":       {camera.Hints{Calibration: lens}, 900, 300, 1.4, camera.Knowledge{Focal: camera.Calibrated, Horizon: camera.Estimated, Height: camera.Assumed}},
		"calibration":      {camera.Hints{Calibration: &full}, 900, 360 - 900*math.Tan(.1), 1.6, camera.Knowledge{Focal: camera.Calibrated, Horizon: camera.Calibrated, Height: camera.Calibrated}},
		"and a flag":       {camera.Hints{Calibration: &full, Horizon: &camera.Row{Value: 400}}, 900, 400, 1.6, camera.Knowledge{Focal: camera.Calibrated, Horizon: camera.Given, Height: camera.Calibrated}},
	} {
		got, k, err := c.h.Camera(1280, 720, find)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		row, ok := got.Horizon()
		if !ok || math.Abs(got.Fx-c.focal) > 1e-6 || math.Abs(row-c.row) > 1e-6 || got.Mount.Z != c.height || k != c.known {
			t.Errorf("%s: focal %.2f, row %.2f, height %.2f, %+v; want %.2f, %.2f, %.2f, %+v", name, got.Fx, row, got.Mount.Z, k, c.focal, c.row, c.height, c.known)
		}
	}
	// Reduced pictures have the same camera; cropped ones do not.
	small := camera.Hints{Calibration: lens}
	if got, _, err := small.Camera(640, 360, nil); err != nil || got.Fx != 450 || got.Cy != 180 {
		t.Errorf("reduced: %+v, %v", got, err)
	}
	if _, _, err := small.Camera(640, 480, nil); err == nil {
		t.Error("a calibration for another shape was accepted")
	}
}

func TestParseRow(t *testing.T) {
	for text, want := range map[string]camera.Row{
		"0.58": {Value: .58, Share: true}, "58%": {Value: .58, Share: true}, "58 %": {Value: .58, Share: true},
		"418": {Value: 418}, "418px": {Value: 418}, "-20px": {Value: -20}, "1": {Value: 1, Share: true}, "1px": {Value: 1}, "110%": {Value: 1.1, Share: true},
	} {
		if got, err := camera.ParseRow(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "x", "%", "nan", "1e300", "58 percent"} {
		if got, err := camera.ParseRow(text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func FuzzParseRow(f *testing.F) {
	for _, s := range []string{"0.58", "58%", "418px", "1e9", "-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := camera.ParseRow(text)
		if err != nil {
			return
		}
		if again, err := camera.ParseRow(r.String()); err != nil || math.Abs(again.Value-r.Value) > 1e-9*math.Abs(r.Value) || again.Share != r.Share {
			t.Fatalf("%q is %+v, written %q, read %+v (%v)", text, r, r.String(), again, err)
		}
	})
}

// The lines of a drawn road meet at the horizon.
func TestHorizonOfADrawnRoad(t *testing.T) {
	for _, want := range []float64{230, 300, 420} {
		c := camera.Camera{Mount: sensor.Mount{Z: 1.4}, Width: 960, Height: 600, Fx: 800, Fy: 800, Cx: 480, Cy: 300}
		c.Mount.Pitch = math.Atan((c.Cy - want) / c.Fy)
		rgb := make([]byte, 3*c.Width*c.Height)
		for v := range c.Height {
			for u := range c.Width {
				value := byte(150) // sky
				if x, y, ok := c.Ground(float64(u)+.5, float64(v)+.5); ok {
					value = 80
					for _, line := range []float64{-5.2, -1.7, 1.8, 5.3} {
						if math.Abs(y-line) < .1 && (line < -2 || math.Mod(x, 9) < 4) {
							value = 230
						}
					}
				}
				for k := range 3 {
					rgb[3*(v*c.Width+u)+k] = value
				}
			}
		}
		if row, ok := camera.FindHorizon(rgb, c.Width, c.Height); !ok || math.Abs(row-want) > 4 {
			t.Errorf("row %.1f, %v; want %.0f", row, ok, want)
		}
	}
	if row, ok := camera.FindHorizon(make([]byte, 3*320*200), 320, 200); ok {
		t.Errorf("a black picture has its horizon at %g", row)
	}
	if _, ok := camera.FindHorizon(nil, 320, 200); ok {
		t.Error("no picture at all")
	}
}

// The horizon of real highways is found, by hand 57–60 % of the height.
func TestHorizonOfRealFrames(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "frames", "udacity", "images", "*.jpg"))
	if len(files) == 0 {
		t.Skip("the real frames are missing")
	}
	for _, path := range files {
		im, err := imagefile.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		w, h := im.Bounds().Dx(), im.Bounds().Dy()
		row, ok := camera.FindHorizon(imagefile.RGB(nil, im), w, h)
		if share := row / float64(h); !ok || share < .56 || share > .61 {
			t.Errorf("%s: %.3f of the height, %v", filepath.Base(path), share, ok)
		}
	}
}
