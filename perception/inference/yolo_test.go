package inference

import (
	"math"
	"slices"
	"strings"
	"testing"

	"roadloop/internal/onnx"
	"roadloop/internal/opencv"
	"roadloop/perception"
	"roadloop/perception/camera"
	"roadloop/sim/sensor"
)

// yoloModel returns a model with two classes and eight boxes that returns the given output
// for every picture: a convolution with kernels of 0 and the output as bias.
func yoloModel(out []float32, names string) []byte {
	const side, channels = 32, 6
	var g onnx.Graph
	g.Node("Conv", []string{"images", "kernel", "bias"}, "flat", onnx.Ints("kernel_shape", side, side), onnx.Ints("strides", side, side))
	g.Node("Reshape", []string{"flat", "shape"}, "output0")
	g.Name("yolo")
	g.Floats("kernel", []int{len(out), 3, side, side}, make([]float32, len(out)*3*side*side))
	g.Floats("bias", []int{len(out)}, out)
	g.Ints("shape", 1, channels, len(out)/channels)
	g.Input("images", 1, 3, side, side)
	g.Output("output0", 1, channels, len(out)/channels)
	m := g.Model(11)
	entry := append([]byte{0x0a, 5}, "names"...)
	entry = append(append(entry, 0x12, byte(len(names))), names...)
	return append(append(m, 14<<3|2, byte(len(entry))), entry...)
}

const twoNames = "{0: 'person', 1: \"sports car\"}"

func twoClasses(name string) (perception.Class, bool) {
	return map[string]perception.Class{"person": perception.Pedestrian, "sports car": perception.Car}[name], name != "kite"
}

// eightBoxes is an output channel by channel: a car at the middle of the input, a worse
// duplicate of it, a person, and nothing.
func eightBoxes() []float32 {
	return []float32{
		16, 16.2, 4, 0, 0, 0, 0, 0, // x of the middle
		20, 20, 20, 0, 0, 0, 0, 0, // y
		8, 8, 2, 0, 0, 0, 0, 0, // width
		4, 4, 6, 0, 0, 0, 0, 0, // height
		.1, .1, .6, .1, 0, 0, 0, 0, // person
		.9, .8, .1, .2, 0, 0, 0, 0, // car
	}
}

// A model of another program finds what it finds in pixels of the picture, with distances.
func TestYOLO(t *testing.T) {
	if !opencv.Included {
		t.Skip(opencv.ErrNotIncluded)
	}
	y, err := NewYOLO(yoloModel(eightBoxes(), twoNames), nil, twoClasses)
	if err != nil {
		t.Fatal(err)
	}
	defer y.Close()
	// 320×160 px in 32×32: a tenth, between bars of 8 px.
	c := camera.Camera{Mount: sensor.Mount{Z: 1.5}, Width: 320, Height: 160, Fx: 200, Fy: 200, Cx: 160, Cy: 80}
	var found Found
	if err := y.Detect(make([]byte, 3*320*160), &c, &found); err != nil {
		t.Fatal(err)
	}
	d := found.Detections
	if len(d) != 2 || d[0].Class != perception.Car || d[1].Class != perception.Pedestrian {
		t.Fatalf("%+v", d)
	}
	if want := (perception.Box{X0: 120, Y0: 100, X1: 200, Y1: 140}); d[0].Box.IoU(want) < .999 || math.Abs(d[0].Score-.9) > 1e-6 {
		t.Errorf("%+v, want %+v", d[0], want)
	}
	// Its lower edge is 60 px below the horizon: 200·1.5/60 m.
	if math.Abs(d[0].Distance-5) > 1e-6 || math.Abs(d[0].Pos.Y) > 1e-6 {
		t.Errorf("distance %g, position %v; want 5 m straight ahead", d[0].Distance, d[0].Pos)
	}
}

func TestBadYOLO(t *testing.T) {
	good := yoloModel(eightBoxes(), twoNames)
	for _, c := range []struct {
		model []byte
		names []string
		want  string
	}{
		{[]byte("text"), nil, "ONNX model: "},
		{nil, nil, "it has no graph"},
		{good[:len(good)/2], nil, "ONNX model: damaged or cut short"},
		{yoloModel(eightBoxes(), ""), nil, "0 names of classes, its output [1 6 8] has 2 classes"},
		{good, []string{"a"}, "1 names of classes"},
		{good, []string{"kite", "kite"}, "none of its classes is a road user: kite, kite"},
		{yoloModel(eightBoxes()[:24], twoNames), nil, "its outputs are [[1 6 4]], want [1 4+classes boxes]"},
	} {
		if _, err := NewYOLO(c.model, c.names, twoClasses); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

func TestParseNames(t *testing.T) {
	for text, want := range map[string][]string{
		"{0: 'a', 1: \"b's\"}": {"a", "b's"}, "{1: 'b', 0: 'a'}": {"a", "b"}, "{2: 'a'}": nil, "{0: 'a', 0: 'b'}": nil, "": {},
	} {
		if got := parseNames(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzYOLO(f *testing.F) {
	f.Add(yoloModel(eightBoxes(), twoNames))
	f.Fuzz(func(t *testing.T, model []byte) {
		info, err := parseYOLO(model)
		if err == nil && (info.width < 1 || info.height < 1 || info.channels < 5) {
			t.Fatalf("%+v", info)
		}
	})
}
