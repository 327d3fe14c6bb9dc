package training

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception/network"
	"roadloop/sim/rng"
)

// noiseSource is a source of random batches with a few learnable targets.
type noiseSource struct{ seed uint64 }

func (s noiseSource) Filler() (Filler, error) {
	return func(_ context.Context, index int64, b *Batch) error {
		r := rng.New(s.seed+uint64(index), "test", "batch")
		for i := range b.Images {
			b.Images[i] = float32(r.Norm())
		}
		clear(b.Targets)
		for i := 0; i < len(b.Targets); i += network.TargetChannels {
			if r.Chance(.05) {
				b.Targets[i+int(r.IntN(8))] = 1
				b.Targets[i+network.ObjectMask] = 1
			}
			b.Targets[i+network.DrivableChannel] = 1
		}
		return nil
	}, nil
}

func tinyConfig(steps int64) Config {
	c := DefaultConfig(steps)
	c.Network = network.Config{Width: 64, Height: 32, Widths: [6]int{4, 4, 6, 6, 8, 6}}
	c.Batch = 4
	return c
}

func newTrainer(t *testing.T, c Config) *Trainer {
	t.Helper()
	tr, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	return tr
}

// The first two steps of AdamW with a constant gradient, by hand: with bias
// correction both moments are g and g², so each step is lr·g/(|g|+ε) after the
// weight has shrunk by lr·decay.
func TestAdamW(t *testing.T) {
	a := AdamW{Beta1: .9, Beta2: .999, Epsilon: 1e-8, Decay: .1}
	w, m, v := []float32{1, -2}, make([]float32, 2), make([]float32, 2)
	g := []float32{.5, -3}
	want := []float64{1, -2}
	for step := int64(1); step <= 2; step++ {
		a.Update(w, g, m, v, step, .01, true)
		want[0] = want[0]*(1-.01*.1) - .01
		want[1] = want[1]*(1-.01*.1) + .01
		for i := range w {
			if math.Abs(float64(w[i])-want[i]) > 1e-6 {
				t.Errorf("step %d: weight %d is %.7f, want %.7f", step, i, w[i], want[i])
			}
		}
	}
	before := w[0]
	a.Update(w, []float32{0, 0}, make([]float32, 2), make([]float32, 2), 1, .01, false)
	if w[0] != before {
		t.Error("without decay and gradient a weight must stay")
	}
}

func TestSchedule(t *testing.T) {
	s := Schedule{Peak: 1, Warmup: 10, Total: 110, Floor: .1}
	for _, c := range []struct {
		step int64
		want float64
	}{{1, .1}, {5, .5}, {10, 1}, {60, .55}, {110, .1}, {500, .1}} {
		if got := s.Rate(c.step); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("rate of step %d is %g, want %g", c.step, got, c.want)
		}
	}
}

// A network overfits a single repeated batch.
func TestOverfitsOneBatch(t *testing.T) {
	c := tinyConfig(300)
	tr := newTrainer(t, c)
	var first, last float64
	err := tr.Run(t.Context(), sameBatch{}, func(s Step) error {
		if s.Number == 1 {
			first = s.Losses.Total
		}
		last = s.Losses.Total
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !(last < .35*first) {
		t.Errorf("loss fell from %.2f to %.2f in 300 steps on one batch", first, last)
	}
}

// sameBatch gives every replica its own constant batch.
type sameBatch struct{}

func (sameBatch) Filler() (Filler, error) {
	fill, err := noiseSource{3}.Filler()
	return func(ctx context.Context, index int64, b *Batch) error { return fill(ctx, index%2, b) }, err
}

// errStop ends a run early.
var errStop = errors.New("stop")

// A training that is interrupted and resumed ends with the weights, averages and
// statistics of an uninterrupted one.
func TestResumeEqualsUninterrupted(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"everything":          func(c *Config) { c.Dropout = .2 },
		"low rank":            func(c *Config) { c.Tune, c.Rank = TuneLoRA, 2 },
		"learned weights":     func(c *Config) { c.LearnWeights = true },
		"some of the tensors": func(c *Config) { c.Tune = TuneNorms },
	} {
		t.Run(name, func(t *testing.T) {
			c := tinyConfig(12)
			change(&c)
			resumeEquals(t, c)
		})
	}
}

func resumeEquals(t *testing.T, c Config) {
	whole := newTrainer(t, c)
	if err := whole.Run(t.Context(), noiseSource{7}, func(Step) error { return nil }); err != nil {
		t.Fatal(err)
	}
	part := newTrainer(t, c)
	part.Journal = []byte("so far")
	err := part.Run(t.Context(), noiseSource{7}, func(s Step) error {
		if s.Number == 5 {
			return errStop
		}
		return nil
	})
	if !errors.Is(err, errStop) {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "checkpoint")
	if err := part.Save(path); err != nil {
		t.Fatal(err)
	}
	again, err := Resume(path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if again.StepNumber() != 5 || string(again.Journal) != "so far" {
		t.Fatalf("resumed at step %d with journal %q, want 5 and \"so far\"", again.StepNumber(), again.Journal)
	}
	if err := again.Run(t.Context(), noiseSource{7}, func(Step) error { return nil }); err != nil {
		t.Fatal(err)
	}
	a, _ := whole.Weights()
	b, meta := again.Weights()
	if d := cmp.Diff(a, b); d != "" {
		t.Errorf("weights differ after resuming:\n%.600s", d)
	}
	if meta.Steps != 12 || meta.Frames != 48 {
		t.Errorf("meta says %d steps and %d frames, want 12 and 48", meta.Steps, meta.Frames)
	}
}

func TestResumeRejectsBadFiles(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good")
	if err := newTrainer(t, tinyConfig(3)).Save(good); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"cut":   {data[:len(data)/2], "damaged or truncated"},
		"other": {[]byte("something else"), "not a checkpoint"},
		"empty": {nil, "not a checkpoint"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, c.data, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Resume(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want one with the file name and %q", name, err, c.want)
		}
	}
}

// nanSource gives a batch that makes the loss NaN.
type nanSource struct{}

func (nanSource) Filler() (Filler, error) {
	return func(_ context.Context, _ int64, b *Batch) error {
		b.Images[0] = float32(math.NaN())
		return nil
	}, nil
}

func TestNaNLossStopsTraining(t *testing.T) {
	err := newTrainer(t, tinyConfig(5)).Run(t.Context(), nanSource{}, func(Step) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "step 1") {
		t.Errorf("error %v, want one that names step 1", err)
	}
}

func TestRunStopsOnCanceledContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := newTrainer(t, tinyConfig(1000)).Run(ctx, noiseSource{1}, func(s Step) error {
		if s.Number == 3 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestConfigCheckRejects(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"odd batch":  func(c *Config) { c.Batch = 5 },
		"no steps":   func(c *Config) { c.Schedule.Total = 0 },
		"average 1":  func(c *Config) { c.Average = 1 },
		"no network": func(c *Config) { c.Network = network.Config{} },
		"no rank":    func(c *Config) { c.Tune = TuneLoRA },
		"tuning":     func(c *Config) { c.Tune = "everything" },
		"weights":    func(c *Config) { c.Task, c.LearnWeights = Next, true },
	} {
		c := tinyConfig(3)
		change(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
