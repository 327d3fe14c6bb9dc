package inference

import (
	"math"
	"testing"

	"roadloop/perception/network"
	"roadloop/sim/rng"
)

// Both engines compute the same heads, to what float32 sums in another order allow.
func TestEnginesAgree(t *testing.T) {
	c := network.Config{Width: 96, Height: 64, Widths: [6]int{8, 12, 16, 20, 24, 8}}
	w, err := network.NewWeights(c, 4)
	if err != nil {
		t.Fatal(err)
	}
	r := rng.New(1, "test", "weights")
	for i := range w.Params { // scales and shifts other than 1 and 0, so that folding shows
		for k := range w.Params[i].Data {
			w.Params[i].Data[k] += float32(.05 * r.Norm())
		}
	}
	for i := range w.Stats {
		for k := range w.Stats[i].Data {
			w.Stats[i].Data[k] += float32(.2 * r.Float64())
		}
	}
	native, err := NewNative(w)
	if err != nil {
		t.Fatal(err)
	}
	defer native.Close()
	onnx, err := w.ONNX()
	if err != nil {
		t.Fatal(err)
	}
	cv, err := NewOpenCV(onnx, c)
	if err != nil {
		t.Fatal(err)
	}
	defer cv.Close()
	image := make([]float32, c.ImageSize())
	a, b := make([]float32, c.HeadSize()), make([]float32, c.HeadSize())
	for range 3 {
		for i := range image {
			image[i] = float32(r.Norm())
		}
		if err := native.Infer(image, a); err != nil {
			t.Fatal(err)
		}
		if err := cv.Infer(image, b); err != nil {
			t.Fatal(err)
		}
		for i := range a {
			if math.Abs(float64(a[i]-b[i])) > 2e-4*(1+math.Abs(float64(b[i]))) {
				t.Fatalf("head %d: %g native, %g OpenCV", i, a[i], b[i])
			}
		}
	}
}

func TestOpenCVRefuses(t *testing.T) {
	for name, data := range map[string][]byte{"empty": nil, "garbage": []byte("not a model")} {
		if e, err := NewOpenCV(data, network.DefaultConfig()); err == nil {
			e.Close()
			t.Errorf("%s: no error", name)
		}
	}
}

// BenchmarkInfer measures the shipped network at batch 1 on one core.
func BenchmarkInfer(b *testing.B) {
	c := network.DefaultConfig()
	w, err := network.NewWeights(c, 1)
	if err != nil {
		b.Fatal(err)
	}
	onnx, err := w.ONNX()
	if err != nil {
		b.Fatal(err)
	}
	native, err := NewNative(w)
	if err != nil {
		b.Fatal(err)
	}
	cv, err := NewOpenCV(onnx, c)
	if err != nil {
		b.Fatal(err)
	}
	image, heads := make([]float32, c.ImageSize()), make([]float32, c.HeadSize())
	for _, e := range []struct {
		name string
		Engine
	}{{"native", native}, {"opencv", cv}} {
		b.Run(e.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := e.Infer(image, heads); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
		})
	}
}
