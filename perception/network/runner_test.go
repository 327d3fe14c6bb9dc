package network

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"roadloop/internal/onednn"
	"roadloop/sim/rng"
)

// noise returns n random values.
func noise(n int, seed uint64) []float32 {
	r := rng.New(seed, "test", "noise")
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.Norm())
	}
	return x
}

// testWeights returns weights with scales, shifts and statistics other than 1 and 0.
func testWeights(t testing.TB, c Config) *Weights {
	t.Helper()
	w, err := NewWeights(c, 4)
	if err != nil {
		t.Fatal(err)
	}
	r := rng.New(1, "test", "weights")
	for _, p := range w.tensors() {
		for k := range p.Data {
			if strings.HasSuffix(p.Name, ".var") {
				p.Data[k] += float32(.5 * r.Float64())
			} else {
				p.Data[k] += float32(.05 * r.Norm())
			}
		}
	}
	return w
}

func newTestRunner(t testing.TB, w *Weights, c RunnerConfig) *Runner {
	t.Helper()
	r, err := NewRunnerWith(w, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// heads runs images one by one.
func heads(t testing.TB, r *Runner, images []float32) []float32 {
	t.Helper()
	c := r.Config()
	n := len(images) / c.ImageSize()
	out := make([]float32, n*c.HeadSize())
	for i := range n {
		if err := r.Run(images[i*c.ImageSize():][:c.ImageSize()], out[i*c.HeadSize():][:c.HeadSize()]); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// With the statistics of the batch as running statistics, a runner computes the heads
// of the training graph on gorgonia.
func TestRunnerEqualsGraph(t *testing.T) {
	forEachBlock(t, func(t *testing.T, c Config) {
		w := testWeights(t, c)
		g := newTestGraph(t, w, Gorgonia)
		randomBatch(g, &c, 1)
		// gorgonia's graph keeps no statistics: take those of the oneDNN graph.
		f := newTestGraph(t, w, OneDNN)
		copy(f.Images, g.Images)
		copy(f.Targets, g.Targets)
		for _, g := range []*Graph{f, g} {
			if err := g.Step(); err != nil {
				t.Fatal(err)
			}
		}
		for i := range w.Stats {
			copy(w.Stats[i].Data, f.Stats[i])
		}
		compare(t, "heads", heads(t, newTestRunner(t, w, RunnerConfig{}), g.Images), g.Heads())
	})
}

// The heads of an image are the same bytes alone, at any position of any batch, after
// any other image, and while other runners run.
func TestRunnerIsRepeatable(t *testing.T) {
	forEachBlock(t, func(t *testing.T, c Config) {
		w := testWeights(t, c)
		const n = 5
		images := noise(n*c.ImageSize(), 3)
		want := heads(t, newTestRunner(t, w, RunnerConfig{}), images)
		var wg sync.WaitGroup
		for range 4 {
			r := newTestRunner(t, w, RunnerConfig{})
			wg.Go(func() {
				for size := 1; size <= n; size++ {
					for at := 0; at+size <= n; at++ {
						got := make([]float32, size*c.HeadSize())
						if err := r.RunBatch(images[at*c.ImageSize():][:size*c.ImageSize()], got); err != nil {
							t.Error(err)
						}
						if !slices.Equal(got, want[at*c.HeadSize():][:size*c.HeadSize()]) {
							t.Errorf("a batch of %d from image %d differs", size, at)
						}
					}
				}
			})
		}
		wg.Wait()
	})
}

func TestRunnerRejectsBadInput(t *testing.T) {
	c := tiny()
	r := newTestRunner(t, testWeights(t, c), RunnerConfig{})
	if err := r.Run(make([]float32, 3), make([]float32, c.HeadSize())); err == nil {
		t.Error("accepted an image that is too small")
	}
	if err := r.RunBatch(make([]float32, 2*c.ImageSize()), make([]float32, c.HeadSize())); err == nil {
		t.Error("accepted two images with heads for one")
	}
}

// Inference and training steps do not allocate.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	forEachBlock(t, func(t *testing.T, c Config) {
		w := testWeights(t, c)
		r := newTestRunner(t, w, RunnerConfig{})
		image, out := noise(c.ImageSize(), 1), make([]float32, c.HeadSize())
		if n := testing.AllocsPerRun(5, func() { _ = r.Run(image, out) }); n != 0 {
			t.Errorf("an image allocates %g times", n)
		}
		g := newTestGraph(t, w, OneDNN)
		randomBatch(g, &c, 1)
		if n := testing.AllocsPerRun(5, func() { _ = g.Step() }); n != 0 {
			t.Errorf("a step allocates %g times", n)
		}
	})
}

// A repeated step gives the same bytes, also while other graphs run.
func TestGraphIsRepeatable(t *testing.T) {
	forEachBlock(t, func(t *testing.T, c Config) {
		w := testWeights(t, c)
		graphs := make([]*Graph, 4)
		for i := range graphs {
			graphs[i] = newTestGraph(t, w, OneDNN)
			randomBatch(graphs[i], &c, 1)
		}
		if err := graphs[0].Step(); err != nil {
			t.Fatal(err)
		}
		want := make([][]float32, len(w.Params))
		for i := range want {
			want[i] = slices.Clone(graphs[0].Gradients[i])
		}
		var wg sync.WaitGroup
		for _, g := range graphs {
			wg.Go(func() {
				for range 3 {
					if err := g.Step(); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for k, g := range graphs {
			for i := range want {
				if !slices.Equal(g.Gradients[i], want[i]) {
					t.Errorf("graph %d: the gradient of %s differs", k, w.Params[i].Name)
				}
			}
		}
	})
}

// bf16 computes about the same heads and losses, or returns an error.
func TestBF16(t *testing.T) {
	forEachBlock(t, func(t *testing.T, c Config) {
		w := testWeights(t, c)
		if !HasBF16() {
			if _, err := NewRunnerWith(w, RunnerConfig{BF16: true}); !errors.Is(err, onednn.ErrNoBF16) {
				t.Errorf("error %v, want %v", err, onednn.ErrNoBF16)
			}
			if _, err := NewGraph(w, GraphConfig{Batch: 1, Loss: drivingLoss(), BF16: true}); !errors.Is(err, onednn.ErrNoBF16) {
				t.Errorf("error %v, want %v", err, onednn.ErrNoBF16)
			}
			return
		}
		images := noise(2*c.ImageSize(), 3)
		want := heads(t, newTestRunner(t, w, RunnerConfig{}), images)
		near(t, "heads", heads(t, newTestRunner(t, w, RunnerConfig{BF16: true}), images), want, .03)
		exact := newTestGraph(t, w, OneDNN)
		rounded, err := NewGraph(w, GraphConfig{Batch: testBatch, Loss: drivingLoss(), BF16: true})
		if err != nil {
			t.Fatal(err)
		}
		defer rounded.Close()
		for _, g := range []*Graph{exact, rounded} {
			randomBatch(g, &c, 1)
			if err := g.Step(); err != nil {
				t.Fatal(err)
			}
		}
		last := len(w.Params) - 2 // the kernel of the heads
		near(t, "gradient of the heads", rounded.Gradients[last], exact.Gradients[last], .1)
		if math.Abs(rounded.Losses.Total-exact.Losses.Total) > .05*exact.Losses.Total {
			t.Errorf("loss %.4f in bf16, %.4f in float32", rounded.Losses.Total, exact.Losses.Total)
		}
	})
	if _, err := NewGraph(testWeights(t, tiny()), GraphConfig{Batch: 1, Loss: drivingLoss(), BF16: true, Backend: Gorgonia}); err == nil {
		t.Error("gorgonia's operators accepted bf16")
	}
}

// near fails unless got differs from want by more than 0 and at most a share of its
// norm.
func near(t *testing.T, name string, got, want []float32, share float64) {
	t.Helper()
	var diff, norm float64
	for i := range want {
		diff += math.Pow(float64(got[i]-want[i]), 2)
		norm += math.Pow(float64(want[i]), 2)
	}
	if d := math.Sqrt(diff / norm); !(d > 0 && d <= share) {
		t.Errorf("%s: differs by %.2g of its norm, want above 0 and at most %g", name, d, share)
	}
}

// pinnedISAEnv makes the test binary print a hash of heads, pinned to AVX2.
const pinnedISAEnv = "ROADLOOP_TEST_PINNED"

// Pinned to AVX2, the heads equal the bytes computed before on another machine, with
// the version of oneDNN named in the file.
func TestPinnedHeads(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("instruction sets can be pinned on x86-64 only")
	}
	if os.Getenv(pinnedISAEnv) != "" {
		printPinnedHeads(t)
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestPinnedHeads$", "-test.v")
	cmd.Env = append(os.Environ(), pinnedISAEnv+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	file, err := os.ReadFile("testdata/pinned.txt")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for line := range strings.Lines(string(file)) {
		want, ok := strings.CutPrefix(strings.TrimSpace(line), onednn.Version()+" ")
		if !ok {
			continue
		}
		checked++
		if !strings.Contains(string(out), "heads "+want+"\n") {
			t.Errorf("want heads %s, got\n%s", want, out)
		}
	}
	if checked == 0 {
		t.Skipf("no reference heads for oneDNN %s; computed\n%s", onednn.Version(), out)
	}
}

func printPinnedHeads(t *testing.T) {
	if err := PinISA("avx2"); err != nil {
		t.Fatal(err)
	}
	if HasBF16() {
		t.Error("AVX2 has bf16")
	}
	forEachBlock(t, func(t *testing.T, c Config) {
		sum := sha256.New()
		_ = binary.Write(sum, binary.LittleEndian, heads(t, newTestRunner(t, testWeights(t, c), RunnerConfig{}), noise(c.ImageSize(), 3)))
		os.Stdout.WriteString("heads " + c.Block + ":" + hex.EncodeToString(sum.Sum(nil)) + "\n")
	})
	if err := PinISA("avx512"); err == nil {
		t.Error("the instruction set was pinned a second time")
	}
}

func TestPinISARejectsUnknownName(t *testing.T) {
	if err := PinISA("mmx"); err == nil || !strings.Contains(err.Error(), "avx2") {
		t.Errorf("error %v, want one that names the known ones", err)
	}
	if err := PinISA(""); err != nil {
		t.Error(err)
	}
}
