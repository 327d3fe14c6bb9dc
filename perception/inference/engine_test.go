package inference

import (
	"math"
	"slices"
	"testing"

	"roadloop/internal/opencv"
	"roadloop/perception/network"
	"roadloop/sim/rng"
)

// Both engines compute the same heads, within the rounding of float32 sums in another
// order.
func TestEnginesAgree(t *testing.T) {
	for _, block := range []string{"", network.Depthwise} {
		t.Run("block="+block, func(t *testing.T) {
			enginesAgree(t, network.Config{Width: 96, Height: 64, Widths: [6]int{8, 12, 16, 20, 24, 8}, Block: block})
		})
	}
}

func enginesAgree(t *testing.T, c network.Config) {
	w, err := network.NewWeights(c, 4)
	if err != nil {
		t.Fatal(err)
	}
	r := rng.New(1, "test", "weights")
	for i := range w.Params { // scales and shifts other than 1 and 0, to test folding
		for k := range w.Params[i].Data {
			w.Params[i].Data[k] += float32(.05 * r.Norm())
		}
	}
	for i := range w.Stats {
		for k := range w.Stats[i].Data {
			w.Stats[i].Data[k] += float32(.2 * r.Float64())
		}
	}
	native, cv := engines(t, w)
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
		if err := native.InferBatch(image, b); err != nil || !slices.Equal(a, b) {
			t.Errorf("a batch of one differs from the image alone (error %v)", err)
		}
	}
}

// engines returns both engines for a network. It skips the test in a build without OpenCV.
func engines(t testing.TB, w *network.Weights) (*OneDNN, Engine) {
	t.Helper()
	if !opencv.Included {
		t.Skip(opencv.ErrNotIncluded)
	}
	native, err := NewOneDNN(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { native.Close() })
	onnx, err := w.ONNX()
	if err != nil {
		t.Fatal(err)
	}
	cv, err := NewOpenCV(onnx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cv.Close() })
	return native, cv
}

func TestOpenCVRejectsBadModels(t *testing.T) {
	for name, data := range map[string][]byte{"empty": nil, "garbage": []byte("not a model")} {
		if e, err := NewOpenCV(data); err == nil {
			e.Close()
			t.Errorf("%s: no error", name)
		}
	}
}

// BenchmarkInfer measures the bundled networks with random weights. oneDNN runs on
// one core; to run OpenCV on one core too, use taskset -c 0.
func BenchmarkInfer(b *testing.B) {
	for _, size := range []struct {
		name string
		network.Config
	}{{"default", network.DefaultConfig()}, {"small", network.SmallConfig()}} {
		w, err := network.NewWeights(size.Config, 1)
		if err != nil {
			b.Fatal(err)
		}
		native, cv := engines(b, w)
		benchmarkInfer(b, size.name+"/native", 1, native.Infer, w.Config)
		benchmarkInfer(b, size.name+"/native/batch=8", 8, native.InferBatch, w.Config)
		benchmarkInfer(b, size.name+"/opencv", 1, cv.Infer, w.Config)
		if !network.HasBF16() {
			continue
		}
		narrow, err := NewOneDNNWith(w, network.RunnerConfig{BF16: true})
		if err != nil {
			b.Fatal(err)
		}
		benchmarkInfer(b, size.name+"/native/bf16", 1, narrow.Infer, w.Config)
		narrow.Close()
	}
}

func benchmarkInfer(b *testing.B, name string, batch int, infer func(images, heads []float32) error, c network.Config) {
	images, heads := make([]float32, batch*c.ImageSize()), make([]float32, batch*c.HeadSize())
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := infer(images, heads); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(batch*b.N)/b.Elapsed().Seconds(), "frames/s")
	})
}
