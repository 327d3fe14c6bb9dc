// Package training trains the network on frames: replicas of the graph on every core,
// AdamW, averaged weights, checkpoints that resume to the same weights.
//
// Results depend on the seed, the data and the number of replicas, but not on the
// number or speed of the goroutines that prepare batches.
package training

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"roadloop/perception/network"
)

// Batch is the input of a replica in one step.
type Batch struct {
	Images  []float32 // [n, Height, Width, 3], scaled by network.Scale
	Targets []float32 // [n, Height/4, Width/4, channels of the task's targets]
}

// Filler fills a batch by its number. The same number always gives the same batch.
type Filler func(ctx context.Context, index int64, dst *Batch) error

// Source creates fillers, one for each goroutine that prepares batches.
type Source interface {
	Filler() (Filler, error)
}

// Config is the recipe of a training.
type Config struct {
	Network  network.Config     `json:"network"`
	Seed     uint64             `json:"seed"`
	Batch    int                `json:"batch"` // frames per step, over all replicas
	Replicas int                `json:"replicas"`
	Schedule Schedule           `json:"schedule"`
	AdamW    AdamW              `json:"adamw"`
	Loss     network.LossConfig `json:"loss"`
	Clip     float64            `json:"clip"`           // maximum norm of the gradient; 0 means no clipping
	Average  float64            `json:"average"`        // decay of the averaged weights
	Dropout  float64            `json:"dropout"`        // of the features before the heads
	BF16     bool               `json:"bf16,omitempty"` // convolutions multiply in bfloat16
	Task     Task               `json:"task,omitempty"`
	Tune     Tune               `json:"tune,omitempty"`
	Rank     int                `json:"rank,omitempty"` // of TuneLoRA
	// L2SP pulls the weights toward the initial ones instead of toward 0: by this share per
	// unit of learning rate, as AdamW decays them (L2-SP, Li et al. 2018, decoupled as in
	// Loshchilov and Hutter 2019). 0 means no pull.
	L2SP float64 `json:"l2sp,omitempty"`
	// LearnWeights learns the weights of the parts of the driving loss from
	// uncertainties.
	LearnWeights bool `json:"learn_weights,omitempty"`
}

// DefaultConfig returns the recipe of the bundled network for the given number of
// steps.
func DefaultConfig(steps int64) Config {
	return Config{
		Network: network.DefaultConfig(), Seed: 1, Batch: 16, Replicas: 2,
		Schedule: Schedule{Peak: 3e-3, Warmup: min(300, steps/10+1), Total: steps, Floor: .01},
		AdamW:    DefaultAdamW(), Loss: network.DefaultLoss(), Clip: 10, Average: .999,
	}
}

// check returns an error for an invalid recipe.
func (c *Config) check() error {
	switch {
	case c.Replicas < 1 || c.Batch < 1 || c.Batch%c.Replicas != 0:
		return fmt.Errorf("training: a batch of %d cannot be split over %d replicas", c.Batch, c.Replicas)
	case c.Schedule.Total < 1 || !(c.Schedule.Peak > 0):
		return fmt.Errorf("training: schedule %+v", c.Schedule)
	case c.Average < 0 || c.Average >= 1:
		return fmt.Errorf("training: averaging with %g, want 0 to below 1", c.Average)
	case c.Tune == TuneLoRA && (c.Rank < 1 || c.Rank > 64):
		return fmt.Errorf("training: low-rank changes of rank %d, want 1 to 64", c.Rank)
	case !(c.L2SP >= 0) || math.IsInf(c.L2SP, 0):
		return fmt.Errorf("training: L2-SP with strength %g, want 0 or more", c.L2SP)
	case c.L2SP > 0 && c.Tune == TuneLoRA:
		return errors.New("training: L2-SP has no effect on low-rank changes")
	case c.LearnWeights && c.Task != Driving:
		return fmt.Errorf("training: task weights can be learned for driving only, not for %s", c.Task)
	}
	return errors.Join(c.Task.check(), c.Tune.check(), c.Network.Check())
}

// Trainer is a training in progress.
type Trainer struct {
	config Config
	step   int64
	hours  float64
	// weights are trained by gradients; average is their running mean, which is
	// exported.
	weights, average *network.Weights
	loss             network.LossConfig // with the current weights
	replicas         []*network.Graph
	gradient         [][]float32 // of the network's tensors, the mean over the replicas
	moving           []int       // indices of the tensors that change
	learnables       []*learnable
	adapters         []*adapter
	tasks            *taskWeights // nil if fixed
	// Journal is caller data that is stored in checkpoints.
	Journal []byte
}

// Step reports one step.
type Step struct {
	Number, Total int64
	Losses        network.Losses
	Rate          float64 // learning rate
	GradientNorm  float64
	FramesPerSec  float64 // since Run began
}

// New returns a training with random weights.
func New(c Config) (*Trainer, error) { return NewFrom(c, nil) }

// NewFrom returns a training with the given weights, for example pretrained ones.
// Tensors that they lack, such as heads of another task, are random. Weights without
// any tensor in common with the network are an error.
func NewFrom(c Config, initial *network.Weights) (*Trainer, error) {
	c.Network.Heads = c.Task.heads()
	if err := c.check(); err != nil {
		return nil, err
	}
	w, err := network.NewWeights(c.Network, c.Seed)
	if err != nil {
		return nil, err
	}
	if c.L2SP > 0 && initial == nil {
		return nil, errors.New("training: L2-SP needs initial weights")
	}
	if initial != nil && w.CopyMatching(initial) == 0 {
		return nil, fmt.Errorf("training: the initial weights are of another network: %v, want %v", initial.Config, c.Network)
	}
	t := &Trainer{config: c, weights: w, average: w.Clone(), loss: c.Loss}
	t.initLearnables()
	for range c.Replicas {
		g, err := network.NewGraph(w, network.GraphConfig{
			Batch: c.Batch / c.Replicas, Loss: c.Task.objective(&t.loss), Dropout: c.Dropout, Seed: c.Seed, BF16: c.BF16,
		})
		if err != nil {
			return nil, errors.Join(err, t.Close())
		}
		t.replicas = append(t.replicas, g)
	}
	return t, nil
}

// initLearnables lists the trained tensors.
func (t *Trainer) initLearnables() {
	c := &t.config
	for i := range t.weights.Params {
		p := &t.weights.Params[i]
		gradient := make([]float32, len(p.Data))
		t.gradient = append(t.gradient, gradient)
		switch {
		case c.Tune.moves(p):
			t.moving = append(t.moving, i)
			l := newLearnable(p.Data, gradient, p.Decay)
			if c.L2SP > 0 {
				l.start, l.decay = append([]float32(nil), p.Data...), false
			}
			t.learnables = append(t.learnables, l)
		case c.Tune == TuneLoRA && p.Decay: // a kernel
			ad := newAdapter(p, gradient, min(c.Rank, p.Shape[0]), c.Seed)
			t.moving = append(t.moving, i)
			t.adapters = append(t.adapters, ad)
			t.learnables = append(t.learnables, ad.a, ad.b)
		}
	}
	if c.LearnWeights {
		t.tasks = newTaskWeights(c.Loss)
		t.learnables = append(t.learnables, t.tasks.s)
	}
}

// Close frees the graphs.
func (t *Trainer) Close() error {
	var first error
	for _, g := range t.replicas {
		if err := g.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Config returns the recipe.
func (t *Trainer) Config() Config { return t.config }

// StepNumber returns the number of steps done.
func (t *Trainer) StepNumber() int64 { return t.step }

// Weights returns the averaged weights, the result of the training so far, and their
// metadata.
func (t *Trainer) Weights() (*network.Weights, network.Meta) {
	return t.average.Clone(), network.Meta{
		Seed: t.config.Seed, Steps: t.step, Frames: t.step * int64(t.config.Batch), Hours: t.hours,
	}
}

// Run trains until the end of the schedule, the end of ctx, or an error from report,
// which is called after every step.
func (t *Trainer) Run(ctx context.Context, src Source, report func(Step) error) error {
	start, first := time.Now(), t.step
	hours := t.hours
	defer func() { t.hours = hours + time.Since(start).Hours() }()
	ahead, err := prefetch(ctx, src, t.step*int64(t.config.Replicas), &t.config)
	if err != nil {
		return err
	}
	defer ahead.stop()
	for t.step < t.config.Schedule.Total {
		batches, err := ahead.next(ctx, t.config.Replicas)
		if err != nil {
			return err
		}
		s, err := t.advance(batches)
		if err != nil {
			return err
		}
		ahead.recycle(batches)
		t.hours = hours + time.Since(start).Hours()
		s.FramesPerSec = float64((t.step-first)*int64(t.config.Batch)) / time.Since(start).Seconds()
		if err := report(s); err != nil {
			return err
		}
	}
	return nil
}

// advance runs one step with one batch for each replica.
func (t *Trainer) advance(batches []*Batch) (Step, error) {
	errs := make([]error, len(t.replicas))
	var wg sync.WaitGroup
	for i, g := range t.replicas {
		wg.Go(func() {
			copy(g.Images, batches[i].Images)
			copy(g.Targets, batches[i].Targets)
			g.Number = t.step*int64(len(t.replicas)) + int64(i)
			errs[i] = g.Step()
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return Step{}, fmt.Errorf("training step %d: %w", t.step+1, err)
		}
	}
	s := Step{Number: t.step + 1, Total: t.config.Schedule.Total, Rate: t.config.Schedule.Rate(t.step + 1)}
	share := 1 / float64(len(t.replicas))
	for _, g := range t.replicas {
		s.Losses = s.Losses.Add(g.Losses, share)
	}
	if math.IsNaN(s.Losses.Total) || math.IsInf(s.Losses.Total, 0) {
		return s, fmt.Errorf("training step %d: the loss is %v (%+v)", s.Number, s.Losses.Total, s.Losses)
	}
	t.averageGradients(float32(share))
	t.pull(&s)
	t.update(&s)
	return s, nil
}

// averageGradients averages the replicas' gradients in a fixed order.
func (t *Trainer) averageGradients(share float32) {
	for p, dst := range t.gradient {
		for i := range dst {
			v := float32(0)
			for _, g := range t.replicas {
				v += g.Gradients[p][i]
			}
			dst[i] = v * share
		}
	}
}

// pull sets the gradients of the learnables, clips them, and stores their norm in s.
func (t *Trainer) pull(s *Step) {
	for _, ad := range t.adapters {
		ad.pull()
	}
	if t.tasks != nil {
		t.tasks.pull(&s.Losses)
	}
	norm := 0.0
	for _, l := range t.learnables {
		for _, g := range l.gradient {
			norm += float64(g) * float64(g)
		}
	}
	s.GradientNorm = math.Sqrt(norm)
	if c := t.config.Clip; c > 0 && s.GradientNorm > c {
		f := float32(c / s.GradientNorm)
		for _, l := range t.learnables {
			for i := range l.gradient {
				l.gradient[i] *= f
			}
		}
	}
}

// update updates the weights, their running mean and the statistics of the
// normalizations.
func (t *Trainer) update(s *Step) {
	t.step++
	for _, l := range t.learnables {
		if l.start != nil {
			blend(l.data, l.start, float32(math.Max(0, 1-s.Rate*t.config.L2SP)))
		}
		t.config.AdamW.Update(l.data, l.gradient, l.m, l.v, t.step, s.Rate, l.decay)
	}
	t.push()
	for _, p := range t.moving { // the mean of a constant tensor would drift by rounding
		blend(t.average.Params[p].Data, t.weights.Params[p].Data, t.averageDecay())
	}
	for k := range t.average.Stats {
		for _, g := range t.replicas {
			blend(t.average.Stats[k].Data, g.Stats[k], t.averageDecay())
		}
	}
}

// push writes the learnables to the network's tensors and to the loss.
func (t *Trainer) push() {
	for _, ad := range t.adapters {
		ad.push()
	}
	if t.tasks != nil {
		t.tasks.push(&t.loss)
	}
}

// averageDecay returns the decay of the running mean in a step. It is smaller in the
// beginning, so that the initial weights are forgotten.
func (t *Trainer) averageDecay() float32 {
	return float32(math.Min(t.config.Average, float64(t.step)/float64(t.step+10)))
}

// blend moves avg toward v.
func blend(avg, v []float32, keep float32) {
	for i := range avg {
		avg[i] = keep*avg[i] + (1-keep)*v[i]
	}
}
