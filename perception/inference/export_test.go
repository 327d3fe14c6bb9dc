package inference_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	ort "github.com/yalue/onnxruntime_go"

	"roadloop/assets"
	"roadloop/internal/opencv"
	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/training/synth"
	"roadloop/sim/sensor"
)

// runtimeLibrary is the environment variable with the path of ONNX Runtime's shared library.
// The npm package onnxruntime-node contains one.
const runtimeLibrary = "ONNXRUNTIME_LIB"

// startRuntime loads ONNX Runtime, or skips the test if this machine has none.
func startRuntime(t *testing.T) {
	t.Helper()
	path := os.Getenv(runtimeLibrary)
	for _, usual := range []string{"/usr/lib/libonnxruntime.so", "/usr/local/lib/libonnxruntime.so"} {
		if _, err := os.Stat(usual); path == "" && err == nil {
			path = usual
		}
	}
	if path == "" {
		t.Skipf("no ONNX Runtime: set %s to its shared library", runtimeLibrary)
	}
	ort.SetSharedLibraryPath(path)
	if err := ort.InitializeEnvironment(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ort.DestroyEnvironment(); err != nil {
			t.Error(err)
		}
	})
}

// models returns the bundled networks by name.
func models(t *testing.T) map[string]*network.Weights {
	t.Helper()
	camera, err := assets.Model()
	if err != nil {
		t.Fatal(err)
	}
	small, err := assets.SmallModel()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*network.Weights{"camera": camera, "small": small}
}

// tilted returns a camera with a pitch, a yaw and a roll.
func tilted() sensor.Camera {
	c := sensor.FrontCamera()
	c.Mount.Yaw, c.Mount.Pitch, c.Mount.Roll, c.Mount.Y, c.Fx = .06, .03, -.02, .2, c.Fx*1.02
	return c
}

// tele returns a camera with twice the focal length of the front camera.
func tele() sensor.Camera {
	c := sensor.FrontCamera()
	c.Fx, c.Fy = 2*c.Fx, 2*c.Fy
	return c
}

// frames returns n simulated frames as one input, NCHW, and one by one, NHWC.
func frames(t *testing.T, c network.Config, n int) (batch []float32, images [][]float32) {
	t.Helper()
	m, err := synth.NewGenerator(synth.Stream{Config: c, Seed: 5, Split: synth.HeldOut})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		f, err := m.Frame(int64(i * synth.FramesPerMap))
		if err != nil {
			t.Fatal(err)
		}
		image := make([]float32, c.ImageSize())
		network.Scale(image, f.Image.RGB)
		images = append(images, image)
		for k := range 3 {
			for p := range c.Width * c.Height {
				batch = append(batch, image[3*p+k])
			}
		}
	}
	return batch, images
}

// outputs runs a model in ONNX Runtime on n images.
func outputs(t *testing.T, model []byte, c network.Config, batch []float32, n int, names ...string) []ort.Value {
	t.Helper()
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(model, []string{"image"}, names, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Destroy()
	in, err := ort.NewTensor(ort.NewShape(int64(n), 3, int64(c.Height), int64(c.Width)), batch)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Destroy()
	out := make([]ort.Value, len(names))
	if err := session.Run([]ort.Value{in}, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func values(v ort.Value) []float32 { return v.(*ort.Tensor[float32]).GetData() }

// near compares with a relative and absolute tolerance of 1e-4.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-4*(1+math.Abs(b)) }

// ONNX Runtime decodes the objects, the lanes and the drivable area of a batch as Decode
// does, and computes the heads as oneDNN does.
func TestExportInONNXRuntime(t *testing.T) {
	startRuntime(t)
	const n = 6
	objects, dropped := 0, 0
	for name, w := range models(t) {
		for _, cal := range []sensor.Camera{sensor.FrontCamera(), tilted(), tele()} {
			e := inference.Export{Camera: cal}
			model, err := e.ONNX(w)
			if err != nil {
				t.Fatal(err)
			}
			batch, images := frames(t, w.Config, n)
			out := outputs(t, model, w.Config, batch, n, "heads", "boxes", "scores", "classes", "distance", "drivable", "lanes")
			engine, err := inference.NewOneDNN(w)
			if err != nil {
				t.Fatal(err)
			}
			defer engine.Close()
			gw, gh := w.Config.Grid()
			for i := range n {
				part := func(k, size int) []float32 { return values(out[k])[i*size:][:size] }
				heads := channelsLast(part(0, w.Config.HeadSize()), gw*gh)
				own := make([]float32, len(heads))
				if err := engine.Infer(images[i], own); err != nil {
					t.Fatal(err)
				}
				for k := range own {
					if math.Abs(float64(own[k]-heads[k])) > 2e-3*(1+math.Abs(float64(own[k]))) {
						t.Fatalf("%s: head %d of image %d is %g, oneDNN computes %g", name, k, i, heads[k], own[k])
					}
				}
				var want perception.Image
				inference.Decode(heads, &cal, &want)
				const most = inference.DecodedObjects
				classes := out[3].(*ort.Tensor[int64]).GetData()[i*most:][:most]
				boxes, scores, distances := part(1, 4*most), part(2, most), part(4, most)
				for k := range most {
					if k >= len(want.Detections) {
						if scores[k] != 0 || classes[k] != -1 {
							t.Errorf("%s: image %d: an object too many: class %d, score %g", name, i, classes[k], scores[k])
						}
						continue
					}
					d := &want.Detections[k]
					b := boxes[4*k:]
					if int(classes[k]) != int(d.Class) || !near(float64(scores[k]), d.Score) || !near(float64(distances[k]), d.Distance) ||
						!near(float64(b[0]), d.Box.X0) || !near(float64(b[1]), d.Box.Y0) || !near(float64(b[2]), d.Box.X1) || !near(float64(b[3]), d.Box.Y1) {
						t.Errorf("%s: image %d: object %d: class %d at %v, score %g, %g m; want %+v", name, i, k, classes[k], b[:4], scores[k], distances[k], d)
					}
				}
				objects += len(want.Detections)
				dropped += peaksAbove(heads, gw, gh) - len(want.Detections)
				for k, v := range part(5, gw*gh) {
					if !near(float64(v), float64(want.Drivable[k])) {
						t.Fatalf("%s: image %d: drivable area of cell %d is %g, want %g", name, i, k, v, want.Drivable[k])
					}
				}
				for k, v := range part(6, perception.NumSides*gw*gh) {
					x := heads[k%(gw*gh)*network.HeadChannels+network.LaneChannel+k/(gw*gh)]
					if p := 1 / (1 + math.Exp(-float64(x))); !near(float64(v), p) {
						t.Fatalf("%s: image %d: lane value %d is %g, want %g", name, i, k, v, p)
					}
				}
			}
			for _, v := range out {
				v.Destroy()
			}
		}
	}
	if objects < 60 || dropped < 5 {
		t.Errorf("only %d objects were compared, and %d duplicates", objects, dropped)
	}
}

// channelsLast returns heads with the channels of a cell next to each other.
func channelsLast(heads []float32, cells int) []float32 {
	out := make([]float32, len(heads))
	for i, v := range heads {
		out[i%cells*network.HeadChannels+i/cells] = v
	}
	return out
}

// peaksAbove counts the peaks of the heat map above the minimum score, duplicates included.
func peaksAbove(heads []float32, w, h int) (n int) {
	at := func(x, y, k int) float32 {
		if x < 0 || y < 0 || x >= w || y >= h {
			return float32(math.Inf(-1))
		}
		return heads[(y*w+x)*network.HeadChannels+k]
	}
	least := float32(math.Log(inference.DefaultMinScore / (1 - inference.DefaultMinScore)))
	for y := range h {
		for x := range w {
			for k := range perception.NumClasses {
				v, highest := at(x, y, k), true
				for i := range 9 {
					highest = highest && at(x+i%3-1, y+i/3-1, k) <= v
				}
				if v >= least && highest {
					n++
				}
			}
		}
	}
	return n
}

// OpenCV computes the heads of an export. It reads raw ones as they are, and the engine
// takes the decoding off others.
func TestExportInOpenCV(t *testing.T) {
	if !opencv.Included {
		t.Skip(opencv.ErrNotIncluded)
	}
	for name, w := range models(t) {
		e := inference.Export{Raw: name == "small", Camera: sensor.FrontCamera()}
		model, err := e.ONNX(w)
		if err != nil {
			t.Fatal(err)
		}
		cv, err := inference.NewOpenCV(model)
		if err != nil {
			t.Fatal(err)
		}
		defer cv.Close()
		native, err := inference.NewOneDNN(w)
		if err != nil {
			t.Fatal(err)
		}
		defer native.Close()
		_, images := frames(t, w.Config, 2)
		a, b := make([]float32, w.Config.HeadSize()), make([]float32, w.Config.HeadSize())
		for _, image := range images {
			if err := native.Infer(image, a); err != nil {
				t.Fatal(err)
			}
			if err := cv.Infer(image, b); err != nil {
				t.Fatal(err)
			}
			for i := range a {
				if math.Abs(float64(a[i]-b[i])) > 2e-3*(1+math.Abs(float64(a[i]))) {
					t.Fatalf("%s: head %d: %g in OpenCV, want %g", name, i, b[i], a[i])
				}
			}
		}
	}
}

// The properties of a model describe its inputs and outputs, for runtimes that show them.
func TestExportProperties(t *testing.T) {
	startRuntime(t)
	w := models(t)["small"]
	e := inference.Export{Camera: sensor.FrontCamera(), Name: "small", License: "MIT", Meta: network.Meta{Data: "simulated frames, seed 1"}}
	model, err := e.ONNX(w)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "small.onnx")
	if err := os.WriteFile(path, model, 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := ort.GetModelMetadata(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Destroy()
	property := func(key string) string {
		v, ok, err := m.LookupCustomMetadataMap(key)
		if err != nil || !ok {
			t.Errorf("%s: present: %v, %v", key, ok, err)
		}
		return v
	}
	for key, want := range map[string]string{
		"model": "small", "license": "MIT", "training_data": "simulated frames, seed 1", "stride": "4",
		"image_size": `{"height":192,"width":320}`, "normalization": `{"color":"RGB","mean":0.5,"scale":0.00392156862745098,"std":0.25}`,
	} {
		if got := property(key); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
	var names []string
	if err := json.Unmarshal([]byte(property("names")), &names); err != nil || len(names) != perception.NumClasses || names[0] != "car" {
		t.Errorf("names %v (%v)", names, err)
	}
	var c sensor.Camera
	if err := json.Unmarshal([]byte(property("camera")), &c); err != nil || c != sensor.FrontCamera() {
		t.Errorf("camera %+v (%v)", c, err)
	}
	in, out, err := ort.GetInputOutputInfo(path)
	if err != nil {
		t.Fatal(err)
	}
	if in[0].Dimensions[0] != -1 {
		t.Errorf("the input is %v, want a free number of images", in[0].Dimensions)
	}
	for _, o := range out {
		if o.Dimensions[0] != -1 {
			t.Errorf("the output %s is %v, want a free number of images", o.Name, o.Dimensions)
		}
	}
}

func TestBadExports(t *testing.T) {
	w := models(t)["small"]
	pretrained := w.Config
	pretrained.Heads = 48
	masked, err := network.NewWeights(pretrained, 1)
	if err != nil {
		t.Fatal(err)
	}
	good := sensor.FrontCamera()
	large, fisheye, left := good, good, good
	large.Width, fisheye.K1, left.Mount.Yaw = 640, .1, 2
	for _, c := range []struct {
		w    *network.Weights
		cal  sensor.Camera
		want string
	}{
		{w, large, "640×192"}, {w, fisheye, "lens distortion"}, {w, left, "does not look forward"}, {masked, good, "no heads for driving"},
	} {
		e := inference.Export{Camera: c.cal}
		if _, err := e.ONNX(c.w); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}
