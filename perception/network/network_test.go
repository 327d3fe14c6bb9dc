package network

import (
	"math"
	"slices"
	"testing"

	"roadloop/perception"
	"roadloop/sim/rng"
)

// drivingLoss returns the objective of the bundled network.
func drivingLoss() *LossConfig {
	c := DefaultLoss()
	return &c
}

// tiny returns a network small enough for tests.
func tiny() Config { return Config{Width: 64, Height: 32, Widths: [6]int{4, 5, 6, 7, 8, 6}} }

// forEachBlock calls f with a small network of each block type.
func forEachBlock(t *testing.T, f func(t *testing.T, c Config)) {
	for _, block := range []string{"", Depthwise} {
		t.Run("block="+block, func(t *testing.T) {
			c := tiny()
			c.Block = block
			f(t, c)
		})
	}
}

// randomBatch fills a graph with noise and plausible targets.
func randomBatch(g *Graph, c *Config, seed uint64) {
	r := rng.New(seed, "test", "batch")
	for i := range g.Images {
		g.Images[i] = float32(r.Norm())
	}
	for i := range len(g.Targets) / TargetChannels {
		t := g.Targets[i*TargetChannels:][:TargetChannels]
		clear(t)
		for k := range OffsetChannel {
			t[k] = float32(r.Range(0, .8))
		}
		if r.Chance(.1) {
			t[r.IntN(OffsetChannel)] = 1
			t[ObjectMask] = float32(r.Range(.5, 1))
			for k := OffsetChannel; k < DrivableChannel; k++ {
				t[k] = float32(r.Norm())
			}
		}
		for k := DrivableChannel; k < HeadChannels; k++ {
			t[k] = float32(r.Float64())
		}
		t[IgnoreHeat] = float32(r.IntN(2))
		t[IgnoreLanes] = float32(r.IntN(2))
	}
}

func newTestGraph(t *testing.T, w *Weights, b Backend) *Graph {
	t.Helper()
	g, err := NewGraph(w, GraphConfig{Batch: 2, Loss: drivingLoss(), Backend: b})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// The operators on oneDNN compute the same as gorgonia's: heads, losses and the
// gradient of every parameter.
func TestOneDNNGraphEqualsGorgonia(t *testing.T) { forEachBlock(t, oneDNNEqualsGorgonia) }

func oneDNNEqualsGorgonia(t *testing.T, c Config) {
	w, err := NewWeights(c, 3)
	if err != nil {
		t.Fatal(err)
	}
	a, b := newTestGraph(t, w, OneDNN), newTestGraph(t, w, Gorgonia)
	for _, g := range []*Graph{a, b} {
		randomBatch(g, &c, 1)
		if err := g.Step(); err != nil {
			t.Fatal(err)
		}
	}
	compare(t, "heads", a.Heads(), b.Heads())
	for i := range w.Params {
		compare(t, w.Params[i].Name, a.Gradients[i], b.Gradients[i])
	}
}

// compare fails unless got equals want to a relative error of 1e-3 of its norm; both
// sum float32 values in different orders.
func compare(t *testing.T, name string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%s: %d values, want %d", name, len(got), len(want))
	}
	var diff, norm float64
	for i := range got {
		diff += math.Pow(float64(got[i]-want[i]), 2)
		norm += math.Pow(float64(want[i]), 2)
	}
	if !(math.Sqrt(diff) <= 1e-3*math.Sqrt(norm)+1e-6) {
		t.Errorf("%s: differs by %.2g of %.2g", name, math.Sqrt(diff), math.Sqrt(norm))
	}
}

// The gradients of the whole network agree with finite differences of the loss
// along random directions of each parameter.
func TestGradientsEqualFiniteDifferences(t *testing.T) { forEachBlock(t, gradientsEqualDifferences) }

func gradientsEqualDifferences(t *testing.T, c Config) {
	// With few pixels, the batch statistics curve the loss too much for finite
	// differences.
	c.Width, c.Height = 160, 128
	w, err := NewWeights(c, 5)
	if err != nil {
		t.Fatal(err)
	}
	g := newTestGraph(t, w, OneDNN)
	randomBatch(g, &c, 2)
	checkGradients(t, w, g)
}

// checkGradients compares the gradients of a graph's batch with finite differences.
func checkGradients(t *testing.T, w *Weights, g *Graph) {
	t.Helper()
	if err := g.Step(); err != nil {
		t.Fatal(err)
	}
	grads := make([][]float32, len(g.Gradients))
	for i := range grads {
		grads[i] = append([]float32(nil), g.Gradients[i]...)
	}
	r := rng.New(1, "test", "direction")
	for i := range w.Params {
		p := &w.Params[i]
		dir := make([]float64, len(p.Data))
		want, norm := 0.0, 0.0
		for k := range dir {
			// Along the gradient, with some noise, so that the derivative is large.
			dir[k] = float64(grads[i][k]) * (1 + .3*r.Norm())
			norm += dir[k] * dir[k]
		}
		norm = math.Sqrt(norm)
		if norm < 1e-6 {
			continue
		}
		for k := range dir {
			dir[k] /= norm
			want += dir[k] * float64(grads[i][k])
		}
		old := append([]float32(nil), p.Data...)
		loss := func(step float64) float64 {
			for k := range p.Data {
				p.Data[k] = old[k] + float32(step*dir[k])
			}
			if err := g.Step(); err != nil {
				t.Fatal(err)
			}
			return g.Losses.Total
		}
		// ReLU and L1 have kinks that long steps cross, and float32 rounds the
		// changes of short steps: one of the step lengths must agree.
		got := math.Inf(1)
		for _, h := range []float64{1e-3, 3e-4, 3e-3} {
			if d := (loss(h) - loss(-h)) / (2 * h); math.Abs(d-want) < math.Abs(got-want) {
				got = d
			}
		}
		copy(p.Data, old)
		if math.Abs(got-want) > .03*math.Abs(want)+2e-3 {
			t.Errorf("%s: derivative %.5f by finite differences, %.5f by the graph", p.Name, got, want)
		}
	}
}

// Dropout draws the same mask for the same number, zeroes about its share, keeps the
// expectation, and only scales the gradient.
func TestDropout(t *testing.T) {
	c := tiny()
	w, err := NewWeights(c, 5)
	if err != nil {
		t.Fatal(err)
	}
	build := func(p float64) *Graph {
		g, err := NewGraph(w, GraphConfig{Batch: 2, Loss: drivingLoss(), Dropout: p, Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { g.Close() })
		randomBatch(g, &c, 2)
		return g
	}
	run := func(g *Graph, number int64) float64 {
		g.Number = number
		if err := g.Step(); err != nil {
			t.Fatal(err)
		}
		return g.Losses.Total
	}
	a, b := build(.3), build(.3)
	first := run(a, 1)
	if again := run(b, 1); again != first {
		t.Errorf("the same number gives losses %v and %v", first, again)
	}
	compare(t, "gradient", a.Gradients[0], b.Gradients[0])
	if other := run(a, 2); other == first {
		t.Error("another number gives the same loss")
	}
	if none, plain := run(build(0), 1), run(newTestGraph(t, w, OneDNN), 1); none == first || plain == 0 {
		t.Error("dropout of 0 changes nothing, that of 0.3 must")
	}
	for _, p := range []float64{-.1, 1, 2} {
		if _, err := NewGraph(w, GraphConfig{Batch: 1, Loss: drivingLoss(), Dropout: p}); err == nil {
			t.Errorf("dropout %g: no error", p)
		}
	}
	checkGradients(t, w, a)
}

// logistic equals the definition in float64 to float32 precision, also for large
// values.
func TestLogistic(t *testing.T) {
	for x := -100.; x <= 100; x += .37 {
		p, lp, lq := logistic(float32(x))
		v := float64(float32(x))
		for _, c := range [][2]float64{
			{float64(p), 1 / (1 + math.Exp(-v))},
			{float64(lp), math.Min(v, 0) - math.Log1p(math.Exp(-math.Abs(v)))},
			{float64(lq), math.Min(-v, 0) - math.Log1p(math.Exp(-math.Abs(v)))},
		} {
			if math.Abs(c[0]-c[1]) > 3e-7*math.Abs(c[1])+1e-38 {
				t.Errorf("at %g: %g, want %g", v, c[0], c[1])
			}
		}
	}
}

// The gradient of the loss with respect to each head, one by one.
func TestLossGradient(t *testing.T) {
	r := rng.New(4, "test", "loss")
	const cells = 6
	heads, targets := make([]float32, cells*HeadChannels), make([]float32, cells*TargetChannels)
	g := &Graph{Images: nil, Targets: targets}
	c := tiny()
	randomBatch(g, &c, 9)
	for i := range heads {
		heads[i] = float32(2 * r.Norm())
	}
	cfg := DefaultLoss()
	grad, scratch := make([]float32, len(heads)), make([]float32, len(heads))
	cfg.Loss(heads, targets, grad)
	for i := range heads {
		const h = 1e-2
		old := heads[i]
		heads[i] = old + h
		up := cfg.Loss(heads, targets, scratch).Total
		heads[i] = old - h
		down := cfg.Loss(heads, targets, scratch).Total
		heads[i] = old
		if got := (up - down) / (2 * h); math.Abs(got-float64(grad[i])) > 2e-3+.01*math.Abs(got) {
			t.Errorf("head %d of cell %d: %.5f by finite differences, %.5f", i%HeadChannels, i/HeadChannels, got, grad[i])
		}
	}
}

func TestConfigCheckRejects(t *testing.T) {
	unknown := tiny()
	unknown.Block = "dense"
	for _, c := range []Config{{}, unknown, {Width: 50, Height: 32}, {Width: 64, Height: 32, Widths: [6]int{1, 1, 1, 1, 1, 0}}} {
		if _, err := NewWeights(c, 0); err == nil {
			t.Errorf("%+v: no error", c)
		}
	}
}

func TestDefaultSize(t *testing.T) {
	c := DefaultConfig()
	w, err := NewWeights(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	if n := w.Count(); n < 200_000 || n > 1_000_000 {
		t.Errorf("%d parameters", n)
	}
	if n := c.MACs(); n > 200e6 {
		t.Errorf("%d multiplications", n)
	}
	small := SmallConfig()
	s, err := NewWeights(small, 1)
	if err != nil {
		t.Fatal(err)
	}
	if 2*s.Count() > w.Count() || 5*small.MACs() > 2*c.MACs() {
		t.Errorf("the small network has %d parameters and %d multiplications, the other %d and %d", s.Count(), small.MACs(), w.Count(), c.MACs())
	}
	t.Logf("%d parameters, %.1f MMAC; small: %d, %.1f", w.Count(), float64(c.MACs())/1e6, s.Count(), float64(small.MACs())/1e6)
}

// A class weight of 2 doubles the class's part of the loss and of the gradient.
func TestClassWeights(t *testing.T) {
	heads, targets := make([]float32, HeadChannels), make([]float32, TargetChannels)
	targets[HeatChannel+int(perception.Cone)] = 1
	grad := make([]float32, HeadChannels)
	c := LossConfig{Heat: 1}
	once := c.Loss(heads, targets, grad)
	at := grad[HeatChannel+int(perception.Cone)]
	c.Classes[perception.Cone] = 2
	twice := c.Loss(heads, targets, grad)
	// The seven other classes each cost ¼·ln 2 at a logit of 0, and so does the peak.
	if want := 8 * .25 * math.Ln2; math.Abs(once.Heat-want) > 1e-6 || math.Abs(twice.Heat-want*9/8) > 1e-6 {
		t.Errorf("losses %.6f and %.6f, want %.6f and %.6f", once.Heat, twice.Heat, want, want*9/8)
	}
	if grad[HeatChannel+int(perception.Cone)] != 2*at {
		t.Errorf("gradient %g, want twice %g", grad[HeatChannel+int(perception.Cone)], at)
	}
}

// squares is an objective for other heads than those of driving.
type squares struct{ channels int }

func (s squares) Channels() (heads, targets int) { return s.channels, s.channels }

func (s squares) Loss(heads, targets, grad []float32) (l Losses) {
	for i := range heads {
		d := heads[i] - targets[i]
		l.Total += .5 * float64(d) * float64(d)
		grad[i] = d
	}
	return l
}

// A network with other heads trains on another objective, and Adopt copies all
// tensors except the heads.
func TestNetworkWithOtherHeads(t *testing.T) {
	c := tiny()
	c.Heads = 5
	w, err := NewWeights(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewGraph(w, GraphConfig{Batch: 1, Loss: drivingLoss()}); err == nil {
		t.Error("the driving objective accepted 5 channels")
	}
	g, err := NewGraph(w, GraphConfig{Batch: 1, Loss: squares{5}})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	r := rng.New(2, "test", "heads")
	for i := range g.Images {
		g.Images[i] = float32(r.Norm())
	}
	for i := range g.Targets {
		g.Targets[i] = float32(r.Norm())
	}
	if err := g.Step(); err != nil {
		t.Fatal(err)
	}
	if want := (squares{5}).Loss(g.Heads(), g.Targets, make([]float32, len(g.Targets))); want != g.Losses {
		t.Errorf("losses %+v, want %+v", g.Losses, want)
	}
	into, err := NewWeights(tiny(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if n, all := into.CopyMatching(w), len(into.Params)+len(into.Stats); n != all-2 {
		t.Errorf("adopted %d of %d tensors, want all but kernel and bias of the heads", n, all)
	}
	if !slices.Equal(into.Params[0].Data, w.Params[0].Data) {
		t.Error("the stem was not adopted")
	}
}
