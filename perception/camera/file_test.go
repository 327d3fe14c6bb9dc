package camera_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/perception/camera"
)

const (
	kittiText = `P2: 721.5377 0 609.5593 44.85728 0 721.5377 172.854 0.2163791 0 0 1 0.002745884
R0_rect: 0.9999239 0.00983776 -0.007445048 -0.009869795 0.9999421 -0.004278459 0.007402527 0.004351614 0.9999631
Tr_velo_to_cam: 0.007533745 -0.9999714 -0.000616602 -0.004069766 0.01480249 0.0007280733 -0.9998902 -0.07631618 0.9998621 0.00752379 0.01480755 -0.2717806
`
	openCVText = `%YAML:1.0
---
calibration_time: "Mon"
image_width: 1280
image_height: 720
camera_matrix: !!opencv-matrix
   rows: 3
   cols: 3
   dt: d
   data: [ 1158., 0., 670., 0., 1155., 388., 0., 0., 1. ]
distortion_coefficients: !!opencv-matrix
   rows: 5
   cols: 1
   dt: d
   data: [ -2.4e-01, -5e-02, -1e-03, 1e-04, 2e-02 ]
`
	openCVJSON = `{"cameraMatrix": [[900, 0, 640], [0, 901, 360], [0, 0, 1]], "distCoeffs": [[0.1, 0.2, 0, 0]], "image_size": [1280, 720]}`
	rosText    = `image_width: 640
image_height: 480
distortion_model: equidistant
camera_matrix: {rows: 3, cols: 3, data: [300, 0, 320, 0, 300, 240, 0, 0, 1]}
distortion_coefficients: {rows: 1, cols: 4, data: [0.01, 0.02, 0.03, 0.04]}
`
	blockText = `{"camera": {"Width": 320, "Height": 192, "Fx": 251, "Fy": 251, "Cx": 160, "Cy": 88, "Mount": {"X": 1.7, "Z": 1.4, "Pitch": 0.02}}}`
	// The rotation of a camera that looks forward, and one turned by 90° to the left.
	nuScenesText = `[
{"token": "lidar", "sensor_token": "s", "translation": [0.9, 0, 1.8], "rotation": [1, 0, 0, 0], "camera_intrinsic": []},
{"token": "front", "sensor_token": "f", "translation": [1.7, 0.01, 1.51], "rotation": [0.5, -0.5, 0.5, -0.5], "camera_intrinsic": [[1266.4, 0, 816.3], [0, 1266.4, 491.5], [0, 0, 1]]},
{"token": "left", "sensor_token": "l", "translation": [1, 0.5, 1.5], "rotation": [0.7071067811865476, -0.7071067811865476, 0, 0], "camera_intrinsic": [[1260, 0, 800], [0, 1260, 450], [0, 0, 1]]}
]`
)

func parse(t testing.TB, text, token string) camera.Camera {
	t.Helper()
	c, err := camera.Parse([]byte(text), token)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParse(t *testing.T) {
	k := parse(t, "\ufeff"+kittiText, "")
	if math.Abs(k.Fx-721.54) > .01 || math.Abs(k.Mount.Z-1.65) > .02 || math.Abs(k.Mount.X-.27) > .02 || k.Width != 0 {
		t.Errorf("KITTI: %+v", k)
	}
	alone := parse(t, strings.Split(kittiText, "\n")[0], "")
	if alone.Mount.Z != 0 || math.Abs(alone.Cx-609.56) > .01 {
		t.Errorf("P2 alone: %+v", alone)
	}
	for name, text := range map[string]string{"LF": openCVText, "CR LF": strings.ReplaceAll(openCVText, "\n", "\r\n")} {
		o := parse(t, text, "")
		if o.Fx != 1158 || o.Fy != 1155 || o.Cx != 670.5 || o.Cy != 388.5 || o.Width != 1280 || o.Height != 720 || o.Distortion[4] != .02 || o.Lens == camera.Fisheye {
			t.Errorf("OpenCV, %s: %+v", name, o)
		}
	}
	if j := parse(t, openCVJSON, ""); j.Fy != 901 || j.Distortion[1] != .2 || j.Height != 720 {
		t.Errorf("OpenCV JSON: %+v", j)
	}
	if r := parse(t, rosText, ""); r.Lens != camera.Fisheye || r.Distortion[3] != .04 || r.Width != 640 {
		t.Errorf("ROS: %+v", r)
	}
	if b := parse(t, blockText, ""); b.Cx != 160 || b.Mount.Pitch != .02 || b.Width != 320 {
		t.Errorf("block: %+v", b)
	}
	f, l := parse(t, nuScenesText, "front"), parse(t, nuScenesText, "left")
	for name, x := range map[string][2]float64{
		"yaw": {f.Mount.Yaw, 0}, "pitch": {f.Mount.Pitch, 0}, "roll": {f.Mount.Roll, 0}, "height": {f.Mount.Z, 1.51}, "focal": {f.Fx, 1266.4},
		"cx": {f.Cx, 816.3}, "cy": {f.Cy, 491.5}, // nothing is added, unlike for OpenCV
		"left yaw": {l.Mount.Yaw, math.Pi / 2}, "left roll": {l.Mount.Roll, 0}, "left pitch": {l.Mount.Pitch, 0},
	} {
		if math.Abs(x[0]-x[1]) > 1e-9 {
			t.Errorf("nuScenes: %s %g, want %g", name, x[0], x[1])
		}
	}
}

// Every bad calibration is refused with the file and the field.
func TestBadCalibrations(t *testing.T) {
	replace := func(text, from, to string) string { return strings.Replace(text, from, to, 1) }
	for _, c := range []struct{ text, token, want string }{
		{"", "", "the file is empty"},
		{"hello", "", "neither KITTI's calib"},
		{"a: b", "", "neither KITTI's calib"},
		{"\xff\xfeP", "", "UTF-16"},
		{"P2: 1 2 3", "", "line 1: P2: 3 values, want 12"},
		{replace(kittiText, "721.5377", "x"), "", `line 1: P2: value 1: "x" is not a finite number`},
		{replace(kittiText, "721.5377 0 609.5593", "0 0 0"), "", "P2: "},
		{replace(openCVText, "1158.", ".nan"), "", ""},
		{replace(openCVText, "1158.", "0"), "", "fx: 0 px"},
		{replace(openCVText, ", 1. ]", "]"), "", "camera_matrix: 8 numbers, want 9"},
		{replace(openCVText, "0., 1. ]", "0., 2. ]"), "", "camera_matrix: "},
		{replace(openCVText, "-1e-03, ", ""), "", "distortion_coefficients: 4"},
		{replace(openCVText, "-1e-03, 1e-04, 2e-02", "1"), "", "distortion_coefficients: 3 coefficients"},
		{replace(openCVText, "1280", "12.5"), "", "image_width: 12.5"},
		{replace(openCVText, "image_width: 1280\n", ""), "", "image_width: 0"},
		{replace(rosText, "equidistant", "omni"), "", `distortion_model: "omni"`},
		{`{"Fx": 1`, "", "line 1: "},
		{`{"Fx": "1"}`, "", "Fx: found string"},
		{`{"Fx": 100}`, "", "Fy is missing"},
		{replace(blockText, "251", "-3"), "", "fx: -3 px"},
		{nuScenesText, "", "token: 2 cameras, choose one by its token after the name of the file, as FILE#front"},
		{nuScenesText, "rear", `token: there is no "rear" among 3 entries`},
		{nuScenesText, "lidar", "neither"},
		{replace(nuScenesText, "0.5, -0.5, 0.5, -0.5", "1, 1, 1, 1"), "front", "rotation: a quaternion of length 2"},
		{replace(nuScenesText, "[1.7, 0.01, 1.51]", "[1.7]"), "front", "translation: 1 numbers"},
		{"[]", "", "camera_intrinsic: no entry has one"},
	} {
		path := filepath.Join(t.TempDir(), "calib")
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		name := path
		if c.token != "" {
			name += "#" + c.token
		}
		got, err := camera.ReadFile(name)
		if c.want == "distortion_coefficients: 4" {
			if err != nil { // four coefficients are k1, k2, p1, p2
				t.Errorf("four coefficients: %v", err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "calib") {
			t.Errorf("%.60q: %+v, %v; want %q", c.text, got, err, c.want)
		}
	}
	if _, err := camera.ReadFile(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("folder: %v", err)
	}
	if _, err := camera.ReadFile("none.yaml"); err == nil || !strings.Contains(err.Error(), "none.yaml") {
		t.Errorf("missing: %v", err)
	}
}

// What the parser accepts is a camera that maps pixels without panic or NaN.
func FuzzParse(f *testing.F) {
	for _, text := range []string{kittiText, openCVText, openCVJSON, rosText, blockText, nuScenesText, `{"K":[1,0,1,0,1,1,0,0,1]}`, "K: [9,0,1,0,9,1,0,0,1]\nD: [1,2,3,4,5]"} {
		f.Add([]byte(text), "front")
	}
	f.Fuzz(func(t *testing.T, data []byte, token string) {
		c, err := camera.Parse(data, token)
		if err != nil {
			return
		}
		h := camera.Hints{Calibration: &c}
		w, height := c.Width, c.Height
		if w == 0 {
			w, height = 64, 48
		}
		full, _, err := h.Camera(w, height, nil)
		if err != nil {
			return
		}
		if x, y, ok := full.Ground(float64(w)/2, float64(height)-1); ok && (math.IsNaN(x) || math.IsNaN(y)) {
			t.Fatalf("%+v sees %g, %g", full, x, y)
		}
		if w*height > 1<<22 {
			return
		}
		v, err := camera.NewView(full, full.Target(32, 16, 1, 0))
		if err != nil {
			return
		}
		if err := v.Resample(make([]byte, 3*32*16), make([]byte, 3*w*height)); err != nil {
			t.Fatal(err)
		}
	})
}
