package learn

import (
	"context"
	"fmt"
	"math"

	"roadloop/policy"
	"roadloop/sim/rng"
)

// DQNConfig is the recipe of deep Q-learning (Mnih et al. 2015) with double estimates (van
// Hasselt et al. 2016), a dueling network (Wang et al. 2016), returns of n steps and
// prioritized replay.
type DQNConfig struct {
	Steps     int64   `json:"steps"`    // of the environments
	Rate      float64 `json:"rate"`     // learning rate, falling linearly to a tenth
	Discount  float64 `json:"discount"` // of future rewards, per step
	Buffer    int     `json:"buffer"`   // transitions
	Start     int64   `json:"start"`    // steps before learning
	Batch     int     `json:"batch"`    // transitions of an update
	Every     int     `json:"every"`    // steps per update
	Target    int     `json:"target"`   // updates between copies to the target network
	NStep     int     `json:"n_step"`   // steps of a return
	Epsilon   float64 `json:"epsilon"`  // share of random actions at the end
	Explore   float64 `json:"explore"`  // share of the steps in which it falls from 1
	Priority  float64 `json:"priority"` // exponent; 0 samples uniformly
	Clip      float64 `json:"clip"`     // norm of the gradient
	Seed      uint64  `json:"seed"`
	Encoder   Encoder `json:"encoder"`
	SetHidden []int   `json:"set_hidden"` // of the Set encoder
	Hidden    []int   `json:"hidden"`
}

// DefaultDQN returns a recipe for the given number of steps.
func DefaultDQN(steps int64) DQNConfig {
	return DQNConfig{Steps: steps, Rate: 5e-4, Discount: .95, Buffer: 50000, Start: 500, Batch: 64, Every: 1, Target: 500,
		NStep: 3, Epsilon: .05, Explore: .3, Priority: .6, Clip: 10, Seed: 1,
		Encoder: Set, SetHidden: []int{64, 64}, Hidden: []int{128}}
}

// DQN is a training in progress.
type DQN struct {
	config  DQNConfig
	envs    *policy.Vector
	actions int
	step    int64
	updates int64

	weights, target              *Weights
	act, train, online, estimate *Graph // of envs; of batches: gradients, and both networks on what follows
	optimizer                    *optimizer
	replay                       *replay
	queues                       []queue // for each environment
	explore, sampling            rng.Stream

	obs     []float32 // of one observation
	choice  []float32
	indices []int
	factors []float32
	goals   []float32
	errs    []float32
}

// queue holds the last transitions of an environment that are not yet complete.
type queue struct {
	obs     []float32 // [n, size]
	actions []int
	rewards []float64
	n       int
}

// NewDQN returns a training on environments with a discrete action and observations of
// floats, in mode policy.SameStep. It resets them.
func NewDQN(c DQNConfig, envs *policy.Vector) (*DQN, error) {
	spec := envs.Spec()
	switch {
	case spec.Action.Kind != policy.Discrete:
		return nil, fmt.Errorf("dqn: the action of %s is not discrete", spec.Task)
	case c.Steps < 1 || c.Batch < 1 || c.Every < 1 || c.Target < 1 || c.NStep < 1 || c.Buffer < c.Batch || c.Start < int64(c.Batch):
		return nil, fmt.Errorf("dqn: recipe %+v", c)
	}
	net := Config{Hidden: c.Hidden, Outputs: []int{1 + spec.Action.N}}
	size := 0
	for _, s := range spec.Observation {
		net.Inputs = append(net.Inputs, Input{Space: s, Encoder: c.Encoder, Hidden: c.SetHidden})
		size += s.Size()
	}
	w, err := NewWeights(net, c.Seed, 1)
	if err != nil {
		return nil, fmt.Errorf("dqn: %w", err)
	}
	n := envs.Len()
	d := &DQN{config: c, envs: envs, actions: spec.Action.N, weights: w, target: w.Clone(), optimizer: newOptimizer(w, 1e-8, c.Clip),
		replay: newReplay(c.Buffer, size, c.Priority), queues: make([]queue, n),
		explore: rng.New(c.Seed, "dqn", "exploration"), sampling: rng.New(c.Seed, "dqn", "replay"),
		obs: make([]float32, size), choice: make([]float32, n), indices: make([]int, c.Batch), factors: make([]float32, c.Batch),
		goals: make([]float32, c.Batch), errs: make([]float32, c.Batch)}
	for i := range d.queues {
		d.queues[i] = queue{obs: make([]float32, c.NStep*size), actions: make([]int, c.NStep), rewards: make([]float64, c.NStep)}
	}
	if err := d.build(); err != nil {
		d.Close()
		return nil, err
	}
	return d, envs.Reset(policy.TrainingSeed(c.Seed << 32))
}

func (d *DQN) build() (err error) {
	if d.act, err = NewGraph(d.weights, d.envs.Len()); err != nil {
		return err
	}
	if d.train, err = NewTrainingGraph(d.weights, d.config.Batch); err != nil {
		return err
	}
	if d.online, err = NewGraph(d.weights, d.config.Batch); err != nil {
		return err
	}
	d.estimate, err = NewGraph(d.target, d.config.Batch)
	return err
}

// Close frees the networks. The environments stay.
func (d *DQN) Close() {
	for _, g := range []*Graph{d.act, d.train, d.online, d.estimate} {
		if g != nil {
			g.Close()
		}
	}
}

// Steps returns the number of steps of the environments so far.
func (d *DQN) Steps() int64 { return d.step }

// Weights returns the weights so far.
func (d *DQN) Weights() *Weights { return d.weights.Clone() }

// Run trains until the end of the recipe, or of ctx. It calls report after every step of
// all environments.
func (d *DQN) Run(ctx context.Context, report func(*policy.Vector)) error {
	for d.step < d.config.Steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := d.advance(); err != nil {
			return fmt.Errorf("dqn: step %d: %w", d.step, err)
		}
		report(d.envs)
	}
	return nil
}

// advance makes one step in all environments and the updates that are due.
func (d *DQN) advance() error {
	if err := d.choose(); err != nil {
		return err
	}
	for i := range d.queues {
		d.push(i)
	}
	if err := d.envs.Step(d.choice); err != nil {
		return err
	}
	for i, r := range d.envs.Results {
		d.finish(i, r)
	}
	before := d.step
	d.step += int64(d.envs.Len())
	if d.step < d.config.Start {
		return nil
	}
	for range d.step/int64(d.config.Every) - before/int64(d.config.Every) {
		if err := d.update(); err != nil {
			return err
		}
	}
	return nil
}

// choose selects an action for every environment: random ones with probability epsilon.
func (d *DQN) choose() error {
	epsilon := max(d.config.Epsilon, 1-(1-d.config.Epsilon)*float64(d.step)/(d.config.Explore*float64(d.config.Steps)))
	for k, in := range d.act.Inputs {
		copy(in, d.envs.Obs[k].Floats)
	}
	if err := d.act.Run(); err != nil {
		return err
	}
	for i := range d.choice {
		d.choice[i] = float32(best(d.act.Outputs[i*(d.actions+1)+1:][:d.actions]))
		// Both numbers are always drawn, so that the stream does not depend on the network.
		random, action := d.explore.Chance(epsilon), d.explore.IntN(d.actions)
		if random {
			d.choice[i] = float32(action)
		}
	}
	return nil
}

// best returns the index of the largest value.
func best(values []float32) int {
	k := 0
	for i, v := range values {
		if v > values[k] {
			k = i
		}
	}
	return k
}

// observation copies an observation of environment i from batched arrays.
func (d *DQN) observation(dst []float32, arrays []policy.Array, i int) {
	for k := range arrays {
		n := len(arrays[k].Floats) / d.envs.Len()
		copy(dst[:n], arrays[k].Floats[i*n:])
		dst = dst[n:]
	}
}

// push appends the present observation and action of environment i to its queue.
func (d *DQN) push(i int) {
	q, size := &d.queues[i], d.replay.size
	d.observation(q.obs[q.n*size:(q.n+1)*size], d.envs.Obs, i)
	q.actions[q.n] = int(d.choice[i])
	q.n++
}

// finish completes transitions of environment i with what followed: the oldest one when it
// has n rewards, and all at the end of the episode.
func (d *DQN) finish(i int, r policy.Result) {
	q, size := &d.queues[i], d.replay.size
	q.rewards[q.n-1] = r.Reward
	if !r.Done() && q.n < d.config.NStep {
		return
	}
	after := d.envs.Obs
	if r.Done() {
		after = d.envs.Final
	}
	d.observation(d.obs, after, i)
	for first := 0; first < q.n; first++ {
		sum, factor := 0.0, 1.0
		for _, reward := range q.rewards[first:q.n] {
			sum += factor * reward
			factor *= d.config.Discount
		}
		if r.Terminated {
			factor = 0
		}
		d.replay.add(q.obs[first*size:(first+1)*size], d.obs, q.actions[first], sum, factor)
		if !r.Done() {
			copy(q.obs, q.obs[size:])
			copy(q.actions, q.actions[1:])
			copy(q.rewards, q.rewards[1:])
			q.n--
			return
		}
	}
	q.n = 0
}

// load fills the inputs of a graph with sampled observations.
func (d *DQN) load(g *Graph, from []float32) {
	for n, i := range d.indices {
		obs := from[i*d.replay.size : (i+1)*d.replay.size]
		for _, in := range g.Inputs {
			size := len(in) / d.config.Batch
			copy(in[n*size:(n+1)*size], obs)
			obs = obs[size:]
		}
	}
}

// update learns from one batch.
func (d *DQN) update() error {
	progress := float64(d.step) / float64(d.config.Steps)
	d.replay.sample(&d.sampling, .4+.6*min(progress, 1), d.indices, d.factors)
	d.load(d.online, d.replay.after)
	d.load(d.estimate, d.replay.after)
	d.load(d.train, d.replay.obs)
	if err := d.online.Run(); err != nil {
		return err
	}
	if err := d.estimate.Run(); err != nil {
		return err
	}
	width := d.actions + 1
	for n, i := range d.indices {
		next := best(d.online.Outputs[n*width+1:][:d.actions])
		d.goals[n] = d.replay.rewards[i] + d.replay.discounts[i]*value(d.estimate.Outputs[n*width:][:width], next)
	}
	loss, err := d.train.Step(d.loss)
	if err != nil {
		return err
	}
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return fmt.Errorf("the loss is %g", loss)
	}
	for n, i := range d.indices {
		d.replay.update(i, float64(d.errs[n]))
	}
	d.optimizer.update(d.weights, d.train.Gradients, d.config.Rate*(1-.9*min(progress, 1)))
	if d.updates++; d.updates%int64(d.config.Target) == 0 {
		d.target.CopyFrom(d.weights)
	}
	return nil
}

// value is the value of an action: that of the state, and the advantage of the action over
// the mean.
func value(out []float32, action int) float32 {
	mean := float32(0)
	for _, a := range out[1:] {
		mean += a
	}
	return out[0] + out[1+action] - mean/float32(len(out)-1)
}

// loss is the weighted Huber loss of the values of the actions taken.
func (d *DQN) loss(out, grad []float32) float64 {
	clear(grad)
	width, sum := d.actions+1, 0.0
	share := 1 / float32(d.config.Batch)
	for n, i := range d.indices {
		action := int(d.replay.actions[i])
		e := value(out[n*width:][:width], action) - d.goals[n]
		d.errs[n] = e
		slope, f := min(max(e, -1), 1), d.factors[n]*share
		if a := math.Abs(float64(e)); a <= 1 {
			sum += float64(f) * a * a / 2
		} else {
			sum += float64(f) * (a - .5)
		}
		g := grad[n*width:][:width]
		g[0] = f * slope
		for k := range d.actions {
			g[1+k] = -f * slope / float32(d.actions)
		}
		g[1+action] += f * slope
	}
	return sum
}
