package network

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func modelFile(t testing.TB) ([]byte, *Weights) {
	t.Helper()
	w, err := NewWeights(Config{Width: 32, Height: 32, Widths: [6]int{2, 2, 2, 2, 2, 2}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	data, err := w.Encode(Meta{Seed: 4, Steps: 9, Data: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return data, w
}

func TestModelFileRoundTrip(t *testing.T) {
	data, w := modelFile(t)
	got, meta, err := Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(w, got); d != "" {
		t.Error(d)
	}
	if meta.Seed != 4 || meta.Steps != 9 || meta.Data != "test" {
		t.Errorf("meta is %+v", meta)
	}
}

func TestReadRejectsBadFiles(t *testing.T) {
	good, _ := modelFile(t)
	flipped := bytes.Clone(good)
	flipped[len(good)/2] ^= 4
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":     {nil, "not a roadloop model"},
		"other":     {[]byte("ONNX"), "not a roadloop model"},
		"version":   {[]byte("roadloop model 7\n"), "another version"},
		"magic":     {[]byte(fileMagic), "cut short"},
		"line":      {append([]byte("roadloop model 1\x02"), good[len(fileMagic):]...), "first line names no version"},
		"beginning": {[]byte("roadloop model "), "first line names no version"},
		"truncated": {good[:len(good)-100], "damaged or cut short"},
		"flipped":   {flipped, "damaged or cut short"},
	} {
		if _, _, err := Read(bytes.NewReader(c.data)); err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 200 {
			t.Errorf("%s: error %v, want one that says %q", name, err, c.want)
		}
	}
	if _, _, err := Read(strings.NewReader("roadloop model 7\n")); !errors.Is(err, ErrVersion) {
		t.Errorf("error %v does not wrap ErrVersion", err)
	}
}

func TestCheckDriving(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		meta   Meta
		want   string // in the error, "" for none
	}{
		{"before heads were named", Config{}, Meta{}, ""},
		{"driving", Config{}, Meta{Heads: DrivingHeads()}, ""},
		{"without lanes", Config{}, Meta{Heads: []string{"objects", "drivable"}}, "lanes is missing"},
		{"another task", Config{Heads: 48}, Meta{}, "another task"},
		{"named task", Config{Heads: 48}, Meta{Heads: []string{"masked pixels"}}, "masked pixels"},
	} {
		err := c.config.CheckDriving(&c.meta)
		if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, ErrHeads) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want ErrHeads with %q", c.name, err, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	data, _ := modelFile(f)
	f.Add(data)
	f.Add([]byte(fileMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		w, _, err := Read(bytes.NewReader(data))
		if err == nil && w.Count() == 0 {
			t.Error("a model without parameters was read")
		}
	})
}

func FuzzCheckONNX(f *testing.F) {
	_, w := modelFile(f)
	onnx, err := w.ONNX()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(onnx)
	f.Add(onnx[:len(onnx)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = CheckONNX(data) // must not panic
	})
}

func TestCheckONNX(t *testing.T) {
	_, w := modelFile(t)
	onnx, err := w.ONNX()
	if err != nil {
		t.Fatal(err)
	}
	if c, err := CheckONNX(onnx); err != nil || c.Width != w.Config.Width || c.Height != w.Config.Height {
		t.Errorf("image of %d×%d, %v; want %d×%d", c.Width, c.Height, err, w.Config.Width, w.Config.Height)
	}
	_, gh := w.Config.Grid()
	channels := func(n byte) []byte { return []byte{8, n, 10, 2, 8, byte(gh)} } // and the next dimension
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"cut":            {onnx[:len(onnx)-30], "cut short"},
		"other heads":    {bytes.ReplaceAll(onnx, channels(HeadChannels), channels(7)), fmt.Sprintf("want [1 %d ", HeadChannels)},
		"no input image": {bytes.ReplaceAll(onnx, []byte("image"), []byte("other")), `no "image"`},
		"no heads":       {bytes.ReplaceAll(onnx, []byte("heads"), []byte("other")), `no "heads"`},
		"empty":          {nil, "missing"},
	} {
		if _, err := CheckONNX(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", name, err, c.want)
		}
	}
}

// Calibrated weights say logits x as (x − shift)/temperature for objects, and the same
// for all else.
func TestCalibrate(t *testing.T) {
	w, err := NewWeights(tiny(), 4)
	if err != nil {
		t.Fatal(err)
	}
	run := func(w *Weights) []float32 {
		r, err := NewRunner(w)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		image, heads := make([]float32, w.Config.ImageSize()), make([]float32, w.Config.HeadSize())
		for i := range image {
			image[i] = float32(i%7) - 3
		}
		if err := r.Run(image, heads); err != nil {
			t.Fatal(err)
		}
		return heads
	}
	before := run(w)
	if err := w.Calibrate(.25, -.5); err != nil {
		t.Fatal(err)
	}
	for i, got := range run(w) {
		want := before[i]
		if i%HeadChannels < OffsetChannel {
			want = (want + .5) / .25
		}
		if math.Abs(float64(got-want)) > 1e-4*(1+math.Abs(float64(want))) {
			t.Fatalf("channel %d: %g, want %g", i%HeadChannels, got, want)
		}
	}
	for _, bad := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if w.Calibrate(bad, 0) == nil {
			t.Errorf("temperature %g was accepted", bad)
		}
	}
}
