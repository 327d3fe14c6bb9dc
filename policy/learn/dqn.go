package learn

import (
	"fmt"
	"math"

	"roadloop/policy"
	"roadloop/sim/rng"
)

// DQNConfig is the recipe of deep Q-learning (Mnih et al. 2015) with double estimates (van
// Hasselt et al. 2016), a dueling network (Wang et al. 2016), returns of n steps and
// prioritized replay.
type DQNConfig struct {
	Steps    int64   `json:"steps"`           // of the environments
	Rate     float64 `json:"rate"`            // learning rate, falling linearly to a tenth
	Discount float64 `json:"discount"`        // of future rewards, per step
	Buffer   int     `json:"buffer"`          // transitions
	Start    int64   `json:"start"`           // steps before learning
	Batch    int     `json:"batch"`           // transitions of an update
	Every    int     `json:"every"`           // steps per update
	Target   int     `json:"target"`          // updates between copies to the target network
	NStep    int     `json:"n_step"`          // steps of a return
	Shift    float64 `json:"shift,omitempty"` // added to the reward of every step, in training only: values around 0 are learned sooner than large ones
	Terminal float64 `json:"terminal"`        // added to the reward of a step that terminates, in training only: a price of risk
	Epsilon  float64 `json:"epsilon"`         // share of random actions at the end
	Explore  float64 `json:"explore"`         // share of the steps in which it falls from 1
	Priority float64 `json:"priority"`        // exponent; 0 samples uniformly
	Clip     float64 `json:"clip"`            // norm of the gradient
	Huber    float64 `json:"huber"`           // error of a value beyond which the loss is linear; 1 makes the values medians where rewards are rare and large
	Average  float64 `json:"average"`         // decay, per update, of the average of the weights that is the policy; 0 means none
	// Ramp is the shares of the steps between which the price of a termination rises from 0, so
	// that a policy learns to be fast before it learns to be careful; zero: it always has it.
	Ramp [2]float64 `json:"ramp,omitzero"`
	// Normalize scales observations by the mean and the deviation of the steps before learning.
	Normalize bool   `json:"normalize,omitempty"`
	Seed      uint64 `json:"seed"`

	Inputs      []Encoder `json:"inputs,omitempty"`       // of each observation; empty: Set for matrices, PilotNet for images, Flat for vectors
	SetHidden   []int     `json:"set_hidden"`             // of the Set encoder
	ImageHidden []int     `json:"image_hidden,omitempty"` // of the encoders of images
	Hidden      []int     `json:"hidden"`
}

// DefaultDQN returns a recipe for the given number of steps. The buffer keeps the failures
// of the first exploration: without them, a good policy becomes reckless again.
func DefaultDQN(steps int64) DQNConfig {
	return DQNConfig{Steps: steps, Rate: 5e-4, Discount: .95, Buffer: 100000, Start: 500, Batch: 64, Every: 1, Target: 500,
		NStep: 3, Epsilon: .05, Explore: .3, Priority: .6, Clip: 10, Huber: 1, Average: .999, Seed: 1,
		SetHidden: []int{64, 64}, ImageHidden: []int{128}, Hidden: []int{128}}
}

// check returns an error for a recipe that cannot be followed.
func (c *DQNConfig) check() error {
	switch {
	case c.Steps < 1 || c.Every < 1 || c.Target < 1:
		return fmt.Errorf("dqn: %d steps, an update every %d, the target every %d: want 1 or more", c.Steps, c.Every, c.Target)
	case c.NStep < 1 || c.NStep > 1000:
		return fmt.Errorf("dqn: returns of %d steps, want 1 to 1000", c.NStep)
	case c.Batch < 1 || c.Buffer < c.Batch || c.Buffer > maxSamples || c.Start < int64(c.Batch):
		return fmt.Errorf("dqn: a buffer of %d transitions, learning after %d, batches of %d: want batch ≤ start, batch ≤ buffer ≤ %d", c.Buffer, c.Start, c.Batch, maxSamples)
	case !(c.Rate > 0 && c.Rate <= 1) || !(c.Discount >= 0 && c.Discount <= 1):
		return fmt.Errorf("dqn: learning rate %g and discount %g, want up to 1", c.Rate, c.Discount)
	case !(c.Epsilon >= 0 && c.Epsilon <= 1) || !(c.Explore > 0 && c.Explore <= 1):
		return fmt.Errorf("dqn: exploration %g after the share %g of the steps, want 0 to 1 after a share above 0", c.Epsilon, c.Explore)
	case !(math.Abs(c.Terminal) <= 1e6) || !(math.Abs(c.Shift) <= 1e6):
		return fmt.Errorf("dqn: %g is added to the reward, %g at the end, want -1e6 to 1e6", c.Shift, c.Terminal)
	case !(0 <= c.Ramp[0] && c.Ramp[0] <= c.Ramp[1] && c.Ramp[1] <= 1):
		return fmt.Errorf("dqn: the price of a termination rises between the shares %g and %g of the steps, want 0 to 1 in order", c.Ramp[0], c.Ramp[1])
	case !(c.Average >= 0 && c.Average < 1):
		return fmt.Errorf("dqn: decay %g of the average, want 0 or more, and below 1", c.Average)
	case !(c.Priority >= 0 && c.Priority <= 1) || !(c.Clip >= 0) || !(c.Huber > 0):
		return fmt.Errorf("dqn: priority %g, want 0 to 1; limit of the gradient %g, want 0 or more; linear loss from %g, want more than 0", c.Priority, c.Clip, c.Huber)
	}
	return nil
}

// DQN is a training in progress.
type DQN struct {
	config  DQNConfig
	envs    *policy.Vector
	actions int
	step    int64
	updates int64
	means   means

	weights, target, average     *Weights
	act, train, online, estimate *Graph // of envs; of batches: gradients, and both networks on what follows
	optimizer                    *optimizer
	replay                       *replay
	norm                         *Normalizer
	queues                       []queue // for each environment
	explore, sampling            rng.Stream

	choice  []float32
	indices []int
	factors []float32
	goals   []float32
	errs    []float32
}

// queue holds the last transitions of an environment that are not yet complete.
type queue struct {
	Obs     []policy.Array // [n, shape]
	Actions []int
	Rewards []float64
	N       int
}

// NewDQN returns a training on environments with a discrete action, in mode
// policy.SameStep. It resets them.
func NewDQN(c DQNConfig, envs *policy.Vector) (*DQN, error) {
	spec := envs.Spec()
	if err := c.check(); err != nil {
		return nil, err
	}
	if spec.Action.Kind != policy.Discrete {
		return nil, fmt.Errorf("dqn: the action of %s is not discrete", spec.Task)
	}
	net := Config{Inputs: networkInputs(spec, c.Inputs, c.SetHidden, c.ImageHidden), Hidden: c.Hidden, Outputs: []int{1 + spec.Action.N}}
	w, err := NewWeights(net, c.Seed, 1)
	if err != nil {
		return nil, fmt.Errorf("dqn: %w", err)
	}
	n := envs.Len()
	d := &DQN{config: c, envs: envs, actions: spec.Action.N, weights: w, target: w.Clone(), average: w.Clone(), optimizer: newOptimizer(w, 1e-8, c.Clip), norm: &Normalizer{},
		replay: newReplay(c.Buffer, spec.Observation, c.Priority), queues: make([]queue, n),
		explore: rng.New(c.Seed, "dqn", "exploration"), sampling: rng.New(c.Seed, "dqn", "replay"),
		choice: make([]float32, n), indices: make([]int, c.Batch), factors: make([]float32, c.Batch),
		goals: make([]float32, c.Batch), errs: make([]float32, c.Batch)}
	if c.Normalize {
		d.norm = NewNormalizer(net.Inputs)
	}
	for i := range d.queues {
		d.queues[i] = queue{Obs: policy.NewArrays(spec.Observation, c.NStep), Actions: make([]int, c.NStep), Rewards: make([]float64, c.NStep)}
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

// Done reports whether these are the steps of the recipe.
func (d *DQN) Done() bool { return d.step >= d.config.Steps }

// Policy returns the policy so far.
func (d *DQN) Policy() *Policy {
	return newPolicy(d.envs.Spec(), &Recipe{Task: d.envs.Spec().Task, Environments: d.envs.Len(), DQN: &d.config}, d.step, d.average, d.norm)
}

// Metrics returns the means of the updates since the last call.
func (d *DQN) Metrics() []Metric {
	return d.means.take("loss", "value", "gradient norm", "epsilon", "learning rate")
}

// dqnState is the state of a training.
type dqnState struct {
	Config            DQNConfig
	Step, Updates     int64
	Means             means
	Weights, Target   [][]float32
	Average           [][]float32
	Optimizer         *optimizer
	Replay            *replay
	Norm              *Normalizer
	Queues            []queue
	Explore, Sampling rng.Stream
	Episodes          []policy.Episode
}

// Save returns the state.
func (d *DQN) Save() ([]byte, error) {
	return encodeState(&dqnState{d.config, d.step, d.updates, d.means, d.weights.tensors(), d.target.tensors(), d.average.tensors(), d.optimizer,
		d.replay, d.norm, d.queues, d.explore, d.sampling, d.envs.Episodes()})
}

// Load continues from a state.
func (d *DQN) Load(data []byte) error {
	s := dqnState{Optimizer: &optimizer{}, Replay: &replay{}, Norm: &Normalizer{}}
	if err := decodeState(data, &s); err != nil {
		return err
	}
	s.Config.Steps = d.config.Steps
	if fmt.Sprint(s.Config) != fmt.Sprint(d.config) || len(s.Queues) != len(d.queues) || !copyTensors(d.weights.tensors(), s.Weights) ||
		!copyTensors(d.target.tensors(), s.Target) || !copyTensors(d.average.tensors(), s.Average) || !d.optimizer.load(s.Optimizer) || !d.replay.load(s.Replay) ||
		len(s.Norm.Inputs) != len(d.norm.Inputs) || s.Norm.check(d.weights.Config.Inputs) != nil {
		return errState
	}
	for i := range d.queues {
		q, from := &d.queues[i], &s.Queues[i]
		if from.N < 0 || from.N >= d.config.NStep || !copyArrays(q.Obs, from.Obs) || len(from.Actions) != len(q.Actions) || len(from.Rewards) != len(q.Rewards) {
			return errState
		}
	}
	d.step, d.updates, d.means, d.norm, d.queues, d.explore, d.sampling = s.Step, s.Updates, s.Means, s.Norm, s.Queues, s.Explore, s.Sampling
	if err := d.envs.Resume(s.Episodes); err != nil {
		return fmt.Errorf("loading a training: %w", err)
	}
	return nil
}

// Step makes one step in all environments and the updates that are due.
func (d *DQN) Step() error {
	if err := d.advance(); err != nil {
		return fmt.Errorf("dqn: step %d: %w", d.step, err)
	}
	return nil
}

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
	epsilon, inputs := d.epsilon(), d.weights.Config.Inputs
	for k, in := range d.act.Inputs {
		if d.config.Normalize && d.step < d.config.Start && !inputs[k].Encoder.image() {
			d.norm.observe(inputs, k, d.envs.Obs[k].Floats)
		}
		d.norm.apply(inputs, k, in, d.envs.Obs[k], 0)
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

// epsilon is the share of random actions.
func (d *DQN) epsilon() float64 {
	return max(d.config.Epsilon, 1-(1-d.config.Epsilon)*float64(d.step)/(d.config.Explore*float64(d.config.Steps)))
}

// price is what a termination adds to the reward at this step.
func (d *DQN) price() float64 {
	from, to := d.config.Ramp[0]*float64(d.config.Steps), d.config.Ramp[1]*float64(d.config.Steps)
	switch at := float64(d.step); {
	case at >= to:
		return d.config.Terminal
	case at <= from:
		return 0
	default:
		return d.config.Terminal * (at - from) / (to - from)
	}
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

// push appends the present observation and action of environment i to its queue.
func (d *DQN) push(i int) {
	q := &d.queues[i]
	storeAll(q.Obs, q.N, d.envs.Obs, i, d.envs.Spec().Observation)
	q.Actions[q.N] = int(d.choice[i])
	q.N++
}

// finish completes transitions of environment i with what followed: the oldest one when it
// has n rewards, and all at the end of the episode.
func (d *DQN) finish(i int, r policy.Result) {
	q, spaces := &d.queues[i], d.envs.Spec().Observation
	q.Rewards[q.N-1] = r.Reward + d.config.Shift
	if !r.Done() && q.N < d.config.NStep {
		return
	}
	after := d.envs.Obs
	if r.Done() {
		after = d.envs.Final
	}
	for first := 0; first < q.N; first++ {
		sum, factor, end := 0.0, 1.0, 0.0
		for k, reward := range q.Rewards[first:q.N] {
			sum += factor * reward
			if r.Terminated && first+k == q.N-1 {
				end = factor
			}
			factor *= d.config.Discount
		}
		if r.Terminated {
			factor = 0
		}
		d.replay.add(q.Obs, first, after, i, transition{q.Actions[first], sum, factor, end})
		if !r.Done() {
			for n := 1; n < q.N; n++ {
				storeAll(q.Obs, n-1, q.Obs, n, spaces)
			}
			copy(q.Actions, q.Actions[1:])
			copy(q.Rewards, q.Rewards[1:])
			q.N--
			return
		}
	}
	q.N = 0
}

// load fills the inputs of a graph with sampled observations.
func (d *DQN) load(g *Graph, from []policy.Array) {
	for n, i := range d.indices {
		for k, in := range g.Inputs {
			size := len(in) / d.config.Batch
			load(in[n*size:(n+1)*size], from[k], i)
		}
	}
	for k, in := range g.Inputs {
		if inputs := d.weights.Config.Inputs; !inputs[k].Encoder.image() {
			d.norm.scale(inputs, k, in, in)
		}
	}
}

// update learns from one batch.
func (d *DQN) update() error {
	progress := float64(d.step) / float64(d.config.Steps)
	d.replay.sample(&d.sampling, .4+.6*min(progress, 1), d.indices, d.factors)
	d.load(d.online, d.replay.After)
	d.load(d.estimate, d.replay.After)
	d.load(d.train, d.replay.Obs)
	if err := d.online.Run(); err != nil {
		return err
	}
	if err := d.estimate.Run(); err != nil {
		return err
	}
	width, price := d.actions+1, float32(d.price())
	for n, i := range d.indices {
		next := best(d.online.Outputs[n*width+1:][:d.actions])
		d.goals[n] = d.replay.Rewards[i] + price*d.replay.Ends[i] + d.replay.Discounts[i]*value(d.estimate.Outputs[n*width:][:width], next)
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
	rate := d.config.Rate * (1 - .9*min(progress, 1))
	norm := d.optimizer.update(d.weights, d.train.Gradients, rate)
	if d.config.Average == 0 {
		d.average.CopyFrom(d.weights)
	} else {
		d.average.approach(d.weights, float32(1-d.config.Average))
	}
	mean := 0.0
	for n := range d.indices {
		mean += float64(d.goals[n]+d.errs[n]) / float64(len(d.indices))
	}
	d.means.add(loss, mean, norm, d.epsilon(), rate)
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
	share, most := 1/float32(d.config.Batch), d.config.Huber
	for n, i := range d.indices {
		action := int(d.replay.Actions[i])
		e := value(out[n*width:][:width], action) - d.goals[n]
		d.errs[n] = e
		slope, f := min(max(e, -float32(most)), float32(most)), d.factors[n]*share
		if a := math.Abs(float64(e)); a <= most {
			sum += float64(f) * a * a / 2
		} else {
			sum += float64(f) * most * (a - most/2)
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
