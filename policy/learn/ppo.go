package learn

import (
	"fmt"
	"math"

	"roadloop/policy"
	"roadloop/sim/rng"
)

// PPOConfig is the recipe of proximal policy optimization (Schulman et al. 2017) with
// generalized advantage estimation (Schulman et al. 2016), and normalized observations and
// rewards.
type PPOConfig struct {
	Steps     int64   `json:"steps"` // of the environments
	Rate      float64 `json:"rate"`  // learning rate, falling linearly to 0
	Discount  float64 `json:"discount"`
	Lambda    float64 `json:"lambda"`  // of the advantage estimates
	Rollout   int     `json:"rollout"` // steps of each environment between updates
	Epochs    int     `json:"epochs"`
	Batch     int     `json:"batch"`     // samples of an update
	Replicas  int     `json:"replicas"`  // parts of a batch, computed in parallel
	Range     float64 `json:"range"`     // of the ratio of probabilities, around 1
	Entropy   float64 `json:"entropy"`   // weight
	Value     float64 `json:"value"`     // weight of the value's error
	Clip      float64 `json:"clip"`      // norm of the gradient
	Normalize bool    `json:"normalize"` // observations; rewards always are
	Seed      uint64  `json:"seed"`

	Inputs      []Encoder `json:"inputs,omitempty"` // of each observation; empty: Set for matrices, PilotNet for images, Flat for vectors
	SetHidden   []int     `json:"set_hidden"`
	ImageHidden []int     `json:"image_hidden,omitempty"` // of the encoders of images
	Hidden      []int     `json:"hidden"`
}

// DefaultPPO returns a recipe for the given number of steps.
func DefaultPPO(steps int64) PPOConfig {
	return PPOConfig{Steps: steps, Rate: 3e-4, Discount: .99, Lambda: .95, Rollout: 128, Epochs: 4, Batch: 1024, Replicas: 2,
		Range: .2, Entropy: .005, Value: .5, Clip: .5, Normalize: true, Seed: 1, SetHidden: []int{64, 64}, ImageHidden: []int{128}, Hidden: []int{128, 128}}
}

// check returns an error for a recipe that cannot be followed with n environments.
func (c *PPOConfig) check(n int) error {
	samples := int64(n) * int64(c.Rollout)
	switch {
	case c.Steps < 1 || c.Rollout < 1 || c.Epochs < 1:
		return fmt.Errorf("ppo: %d steps, rollouts of %d, %d epochs: want 1 or more", c.Steps, c.Rollout, c.Epochs)
	case c.Replicas < 1 || c.Replicas > 1024 || c.Batch < 1 || c.Batch%c.Replicas != 0:
		return fmt.Errorf("ppo: a batch of %d in %d parts, want equal parts, at most 1024", c.Batch, c.Replicas)
	case samples > maxSamples || samples%int64(c.Batch) != 0:
		return fmt.Errorf("ppo: %d environments with %d steps each: want a multiple of the batch of %d, and at most %d", n, c.Rollout, c.Batch, maxSamples)
	case !(c.Rate > 0 && c.Rate <= 1) || !(c.Discount >= 0 && c.Discount <= 1) || !(c.Lambda >= 0 && c.Lambda <= 1):
		return fmt.Errorf("ppo: learning rate %g, discount %g and lambda %g, want up to 1", c.Rate, c.Discount, c.Lambda)
	case !(c.Range > 0 && c.Range < 1) || !(c.Entropy >= 0 && c.Value >= 0 && c.Clip >= 0):
		return fmt.Errorf("ppo: range %g, want between 0 and 1; entropy %g, value %g and limit of the gradient %g, want 0 or more", c.Range, c.Entropy, c.Value, c.Clip)
	}
	return nil
}

// networkInputs returns the inputs of a network that reads the observations of a spec.
func networkInputs(spec *policy.Spec, encoders []Encoder, setHidden, imageHidden []int) []Input {
	var out []Input
	for i, s := range spec.Observation {
		in := Input{Space: s, Encoder: Flat}
		switch {
		case len(encoders) > i:
			in.Encoder = encoders[i]
		case s.Kind == policy.Image:
			in.Encoder = PilotNet
		case len(s.Shape) == 2:
			in.Encoder = Set
		}
		switch {
		case in.Encoder == Set:
			in.Hidden = setHidden
		case in.Encoder.image():
			in.Hidden = imageHidden
		}
		out = append(out, in)
	}
	return out
}

// PPO is a training in progress.
type PPO struct {
	config PPOConfig
	envs   *policy.Vector
	dist   distribution
	step   int64 // at the end of the last rollout
	at     int   // step of the present rollout
	means  means

	weights   *Weights
	act       *Graph
	last      *Graph // for the final observations of episodes
	trainer   trainer
	optimizer *optimizer
	norm      *Normalizer // constant during a rollout
	seen      *Normalizer // of all observations so far
	returns   moments     // of discounted returns, to scale rewards
	running   []float64   // discounted return of each environment

	sampling, order rng.Stream
	roll            rollout
	perm            []int
	actions         []float32
}

// ppoStats describes an update.
type ppoStats struct {
	policyLoss, valueLoss, entropy float64
	kl                             float64 // approximate, from the old policy to the new one
	clipped                        float64 // share of the ratios out of range
}

// rollout is the memory of the steps between two updates, [step, environment].
type rollout struct {
	obs        []policy.Array // of each input; all but images are normalized
	actions    []float32
	logp       []float32
	values     []float32
	rewards    []float32
	after      []float32 // value of the last observation of an episode that was truncated
	done       []bool
	advantages []float32
	returns    []float32
}

// NewPPO returns a training on environments in mode policy.SameStep. It resets them.
func NewPPO(c PPOConfig, envs *policy.Vector) (*PPO, error) {
	spec, n := envs.Spec(), envs.Len()
	samples := n * c.Rollout
	if err := c.check(n); err != nil {
		return nil, err
	}
	dist := newDistribution(&spec.Action)
	net := Config{Inputs: networkInputs(spec, c.Inputs, c.SetHidden, c.ImageHidden), Hidden: c.Hidden, Outputs: []int{dist.outputs(), 1}}
	w, err := NewWeights(net, c.Seed, .1)
	if err != nil {
		return nil, fmt.Errorf("ppo: %w", err)
	}
	size := spec.Action.Size()
	p := &PPO{config: c, envs: envs, dist: dist, weights: w, optimizer: newOptimizer(w, 1e-5, c.Clip), norm: &Normalizer{},
		returns: newMoments(1), running: make([]float64, n), perm: make([]int, samples), actions: make([]float32, n*size),
		sampling: rng.New(c.Seed, "ppo", "actions"), order: rng.New(c.Seed, "ppo", "order")}
	if c.Normalize {
		p.norm, p.seen = NewNormalizer(net.Inputs), NewNormalizer(net.Inputs)
	}
	p.roll.obs = policy.NewArrays(spec.Observation, samples)
	r := &p.roll
	r.actions, r.done = make([]float32, samples*size), make([]bool, samples)
	for _, x := range []*[]float32{&r.logp, &r.values, &r.rewards, &r.after, &r.advantages, &r.returns} {
		*x = make([]float32, samples)
	}
	if err := p.build(); err != nil {
		p.Close()
		return nil, err
	}
	return p, envs.Reset(policy.TrainingSeed(c.Seed << 32))
}

func (p *PPO) build() (err error) {
	if p.act, err = NewGraph(p.weights, p.envs.Len()); err != nil {
		return err
	}
	if p.last, err = NewGraph(p.weights, p.envs.Len()); err != nil {
		return err
	}
	p.trainer, err = newTrainer(p.weights, p.config.Batch, p.config.Replicas)
	return err
}

// Close frees the networks. The environments stay.
func (p *PPO) Close() {
	for _, g := range []*Graph{p.act, p.last} {
		if g != nil {
			g.Close()
		}
	}
	p.trainer.close()
}

// Steps returns the number of steps of the environments so far.
func (p *PPO) Steps() int64 { return p.step + int64(p.at*p.envs.Len()) }

// Done reports whether these are the steps of the recipe, and the last rollout is complete.
func (p *PPO) Done() bool { return p.step >= p.config.Steps }

// Policy returns the policy so far.
func (p *PPO) Policy() *Policy {
	out := newPolicy(p.envs.Spec(), &Recipe{Task: p.envs.Spec().Task, Environments: p.envs.Len(), PPO: &p.config}, p.Steps(), p.weights, p.norm)
	out.ValueScale = p.returns.std(0)
	return out
}

// Metrics returns the means of the updates since the last call.
func (p *PPO) Metrics() []Metric {
	return p.means.take("policy loss", "value loss", "entropy", "KL divergence", "clipped", "gradient norm", "learning rate")
}

// Step makes one step in all environments and, after the last one of a rollout, the updates.
func (p *PPO) Step() error {
	if err := p.advance(); err != nil {
		return fmt.Errorf("ppo: step %d: %w", p.Steps(), err)
	}
	return nil
}

func (p *PPO) advance() error {
	if err := p.collect(p.at); err != nil {
		return err
	}
	if p.at++; p.at < p.config.Rollout {
		return nil
	}
	p.at, p.step = 0, p.step+int64(p.config.Rollout*p.envs.Len())
	if err := p.forward(p.act, p.envs.Obs); err != nil {
		return err
	}
	p.advantages()
	if p.config.Normalize {
		p.norm = p.seen.clone()
	}
	return p.update()
}

// ppoState is the state of a training.
type ppoState struct {
	Config          PPOConfig
	Step            int64
	At              int
	Means           means
	Weights         [][]float32
	Optimizer       *optimizer
	Norm, Seen      *Normalizer
	Returns         moments
	Running         []float64
	Sampling, Order rng.Stream
	Rollout         [][]float32 // all that is a float, but observations
	Observations    []policy.Array
	Done            []bool
	Episodes        []policy.Episode
}

// floats returns the memory of a rollout.
func (r *rollout) floats() [][]float32 {
	return [][]float32{r.actions, r.logp, r.values, r.rewards, r.after}
}

// Save returns the state.
func (p *PPO) Save() ([]byte, error) {
	s := ppoState{p.config, p.step, p.at, p.means, p.weights.tensors(), p.optimizer, p.norm, p.seen, p.returns, p.running,
		p.sampling, p.order, p.roll.floats(), p.roll.obs, p.roll.done, p.envs.Episodes()}
	if s.Seen == nil {
		s.Seen = &Normalizer{}
	}
	return encodeState(&s)
}

// Load continues from a state.
func (p *PPO) Load(data []byte) error {
	s := ppoState{Optimizer: &optimizer{}, Norm: &Normalizer{}, Seen: &Normalizer{}}
	if err := decodeState(data, &s); err != nil {
		return err
	}
	s.Config.Steps = p.config.Steps
	if fmt.Sprint(s.Config) != fmt.Sprint(p.config) || s.At < 0 || s.At >= p.config.Rollout || len(s.Running) != len(p.running) ||
		len(s.Done) != len(p.roll.done) || !copyTensors(p.weights.tensors(), s.Weights) || !p.optimizer.load(s.Optimizer) ||
		!copyTensors(p.roll.floats(), s.Rollout) || !copyArrays(p.roll.obs, s.Observations) || s.Returns.check(1) != nil {
		return errState
	}
	if p.config.Normalize {
		inputs := p.weights.Config.Inputs
		if len(s.Norm.Inputs) != len(inputs) || s.Norm.check(inputs) != nil || len(s.Seen.Inputs) != len(inputs) || s.Seen.check(inputs) != nil {
			return errState
		}
		p.norm, p.seen = s.Norm, s.Seen
	}
	p.step, p.at, p.means, p.returns, p.running, p.sampling, p.order = s.Step, s.At, s.Means, s.Returns, s.Running, s.Sampling, s.Order
	copy(p.roll.done, s.Done)
	if err := p.envs.Resume(s.Episodes); err != nil {
		return fmt.Errorf("loading a training: %w", err)
	}
	return nil
}

// forward runs a graph on observations of all environments.
func (p *PPO) forward(g *Graph, obs []policy.Array) error {
	for k, in := range g.Inputs {
		p.norm.apply(p.weights.Config.Inputs, k, in, obs[k], 0)
	}
	return g.Run()
}

// sampleEvery is the number of steps between two samples for the normalization of
// observations: neighbors are alike.
const sampleEvery = 4

// collect makes step t of the rollout.
func (p *PPO) collect(t int) error {
	n, size, r := p.envs.Len(), p.envs.Spec().Action.Size(), &p.roll
	width := p.dist.outputs() + 1
	if err := p.forward(p.act, p.envs.Obs); err != nil {
		return err
	}
	at := t * n
	for k, in := range p.act.Inputs {
		store(r.obs[k], t, policy.Array{Floats: in, Bytes: p.envs.Obs[k].Bytes}, 0, len(in))
	}
	for i := range n {
		out := p.act.Outputs[i*width : (i+1)*width]
		raw := r.actions[(at+i)*size : (at+i+1)*size]
		r.logp[at+i] = p.dist.sample(&p.sampling, out, raw)
		r.values[at+i] = out[width-1]
		p.dist.action(raw, p.actions[i*size:(i+1)*size])
	}
	if err := p.envs.Step(p.actions); err != nil {
		return err
	}
	if err := p.record(at); err != nil {
		return err
	}
	if p.config.Normalize && t%sampleEvery == 0 {
		for k := range p.envs.Obs {
			p.seen.observe(p.weights.Config.Inputs, k, p.envs.Obs[k].Floats)
		}
	}
	return nil
}

// record stores the results of a step: rewards scaled by the spread of returns, and the
// value of what follows an episode that was cut off.
func (p *PPO) record(at int) error {
	r, truncated := &p.roll, false
	for i, res := range p.envs.Results {
		p.running[i] = p.config.Discount*p.running[i] + res.Reward
		p.returns.add([]float32{float32(p.running[i])})
		r.rewards[at+i], r.done[at+i], r.after[at+i] = float32(res.Reward), res.Done(), 0
		truncated = truncated || res.Truncated && !res.Terminated
		if res.Done() {
			p.running[i] = 0
		}
	}
	scale := float32(1 / p.returns.std(0))
	for i := range p.envs.Results {
		r.rewards[at+i] = min(max(r.rewards[at+i]*scale, -10), 10)
	}
	if !truncated {
		return nil
	}
	if err := p.forward(p.last, p.envs.Final); err != nil {
		return err
	}
	width := p.dist.outputs() + 1
	for i, res := range p.envs.Results {
		if res.Truncated && !res.Terminated {
			r.after[at+i] = p.last.Outputs[(i+1)*width-1]
		}
	}
	return nil
}

// advantages computes generalized advantage estimates backward in time.
func (p *PPO) advantages() {
	n, r := p.envs.Len(), &p.roll
	width := p.dist.outputs() + 1
	gamma, lambda := float32(p.config.Discount), float32(p.config.Lambda)
	for i := range n {
		next, sum := p.act.Outputs[(i+1)*width-1], float32(0)
		for t := p.config.Rollout - 1; t >= 0; t-- {
			at := t*n + i
			if r.done[at] {
				next, sum = r.after[at], 0
			}
			delta := r.rewards[at] + gamma*next - r.values[at]
			sum = delta + gamma*lambda*sum
			r.advantages[at], r.returns[at] = sum, sum+r.values[at]
			next = r.values[at]
		}
	}
}

// update learns from the rollout.
func (p *PPO) update() error {
	for i := range p.perm {
		p.perm[i] = i
	}
	rate := p.config.Rate * max(1-float64(p.step)/float64(p.config.Steps), .01)
	for range p.config.Epochs {
		for i := len(p.perm) - 1; i > 0; i-- {
			j := p.order.IntN(i + 1)
			p.perm[i], p.perm[j] = p.perm[j], p.perm[i]
		}
		for first := 0; first < len(p.perm); first += p.config.Batch {
			if err := p.learn(p.perm[first:first+p.config.Batch], rate); err != nil {
				return err
			}
		}
	}
	return nil
}

// learn updates the weights with one batch, in parts that run in parallel.
func (p *PPO) learn(batch []int, rate float64) error {
	mean, std := p.spread(batch)
	parts := make([]ppoStats, len(p.trainer.graphs))
	if _, err := p.trainer.step(batch, func(g *Graph, _, row, i int) {
		for j, in := range g.Inputs {
			size := p.weights.Config.Inputs[j].Space.Size()
			load(in[row*size:(row+1)*size], p.roll.obs[j], i)
		}
	}, func(part int, samples []int, out, grad []float32) float64 {
		return p.loss(samples, len(batch), mean, std, out, grad, &parts[part])
	}); err != nil {
		return err
	}
	var sum ppoStats
	for k := range parts {
		sum.policyLoss += parts[k].policyLoss
		sum.valueLoss += parts[k].valueLoss
		sum.entropy += parts[k].entropy
		sum.kl += parts[k].kl
		sum.clipped += parts[k].clipped
	}
	norm := p.optimizer.update(p.weights, p.trainer.gradient, rate)
	p.means.add(sum.policyLoss, sum.valueLoss, sum.entropy, sum.kl, sum.clipped, norm, rate)
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return fmt.Errorf("the gradient is %g", norm)
	}
	return nil
}

// spread returns mean and standard deviation of the advantages of a batch.
func (p *PPO) spread(batch []int) (mean, std float64) {
	for _, i := range batch {
		mean += float64(p.roll.advantages[i])
	}
	mean /= float64(len(batch))
	for _, i := range batch {
		d := float64(p.roll.advantages[i]) - mean
		std += d * d
	}
	return mean, math.Sqrt(std/float64(len(batch))) + 1e-8
}

// loss is the clipped objective, the squared error of the value and the entropy, each the
// mean over a batch of which this is a part.
func (p *PPO) loss(part []int, batch int, mean, std float64, out, grad []float32, s *ppoStats) float64 {
	clear(grad)
	r, size := &p.roll, p.envs.Spec().Action.Size()
	width := p.dist.outputs() + 1
	share := 1 / float64(batch)
	for n, i := range part {
		o, g := out[n*width:(n+1)*width], grad[n*width:(n+1)*width]
		raw := r.actions[i*size : (i+1)*size]
		logp, entropy := p.dist.logp(o, raw)
		ratio := math.Exp(float64(logp - r.logp[i]))
		advantage := (float64(r.advantages[i]) - mean) / std
		clipped := min(max(ratio, 1-p.config.Range), 1+p.config.Range)
		slope := -ratio * advantage
		if loss := -clipped * advantage; loss > slope {
			s.policyLoss += share * loss
			slope = 0
		} else {
			s.policyLoss += share * slope
		}
		if clipped != ratio {
			s.clipped += share
		}
		s.kl += share * (ratio - 1 - float64(logp-r.logp[i]))
		s.entropy += share * float64(entropy)
		p.dist.gradient(o, raw, float32(slope*share), float32(-p.config.Entropy*share), g)
		e := float64(o[width-1] - r.returns[i])
		s.valueLoss += share * e * e
		g[width-1] = float32(2 * p.config.Value * e * share)
	}
	return s.policyLoss + p.config.Value*s.valueLoss - p.config.Entropy*s.entropy
}
