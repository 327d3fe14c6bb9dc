package learn

import (
	"errors"
	"fmt"
	"math"

	"roadloop/policy"
)

// Policy is a trained network with everything that acting needs. It is used by one
// goroutine at a time, and must be closed if it acted.
type Policy struct {
	Spec       policy.Spec
	Recipe     Recipe
	Steps      int64  // of the environments, so far
	Commit     string // of the program that trained it
	ValueScale float64
	Weights    *Weights
	Normalizer *Normalizer

	graph, single *Graph // for batches of rows, and for one observation; nil until they act
}

var _ policy.Actor = (*Policy)(nil)

// newPolicy returns a copy of a policy in training.
func newPolicy(spec *policy.Spec, r *Recipe, steps int64, w *Weights, z *Normalizer) *Policy {
	return &Policy{Spec: *spec, Recipe: *r, Steps: steps, ValueScale: 1, Weights: w.Clone(), Normalizer: z.clone()}
}

// Check returns an error for a policy with parts that do not fit each other.
func (p *Policy) Check() error {
	if err := errors.Join(p.Recipe.Check(), p.Weights.Config.Check()); err != nil {
		return err
	}
	if p.Recipe.Task != p.Spec.Task {
		return fmt.Errorf("the recipe is for the task %q, the policy for %q", p.Recipe.Task, p.Spec.Task)
	}
	if !(p.Spec.Rate > 0) || math.IsInf(p.Spec.Rate, 0) || p.Spec.Horizon < 0 || !(p.ValueScale > 0) {
		return fmt.Errorf("%g decisions per second, horizon %d, scale of the value %g", p.Spec.Rate, p.Spec.Horizon, p.ValueScale)
	}
	a := &p.Spec.Action
	if size, err := spaceSize(a); err != nil || a.Kind == policy.Discrete && (size != 1 || a.N < 1 || a.N > maxWidth) ||
		a.Kind == policy.Box && !(a.Low < a.High && a.High-a.Low <= math.MaxFloat32) || a.Kind != policy.Discrete && a.Kind != policy.Box {
		return fmt.Errorf("the action %s is none that a network gives", a)
	}
	c := &p.Weights.Config
	if len(c.Inputs) != len(p.Spec.Observation) {
		return fmt.Errorf("the network reads %d of %d observations", len(c.Inputs), len(p.Spec.Observation))
	}
	for i := range c.Inputs {
		if a, b := c.Inputs[i].Space.String(), p.Spec.Observation[i].String(); a != b {
			return fmt.Errorf("the network reads %s, the policy needs %s", a, b)
		}
	}
	outputs, d := []int{1 + a.N}, newDistribution(a)
	if p.Recipe.PPO != nil {
		outputs = []int{d.outputs(), 1}
	} else if p.Recipe.Imitation != nil {
		outputs = []int{d.modes()}
	} else if a.Kind != policy.Discrete {
		return fmt.Errorf("dqn with the action %s, which is not discrete", a)
	}
	if fmt.Sprint(outputs) != fmt.Sprint(c.Outputs) {
		return fmt.Errorf("the network has the outputs %v, the action %s needs %v", c.Outputs, a, outputs)
	}
	return p.Normalizer.check(c.Inputs)
}

// Share returns a policy with the same weights and a network of its own, for another
// goroutine.
func (p *Policy) Share() *Policy {
	q := *p
	q.graph, q.single = nil, nil
	return &q
}

// Close frees the network.
func (p *Policy) Close() {
	for _, g := range []*Graph{p.graph, p.single} {
		if g != nil {
			g.Close()
		}
	}
	p.graph, p.single = nil, nil
}

// rows is the batch of the network that acts in several environments. One observation runs
// alone, in a sixteenth of the time. Both give the same bits, because the sums of a row do not
// depend on the other rows: an action does not depend on the number of environments.
const rows = 16

// forward runs the network on count observations from the given one on, at most rows, and
// returns the outputs of each, [count, width].
func (p *Policy) forward(obs []policy.Array, first, count int) ([]float32, error) {
	graph, batch := &p.graph, rows
	if count == 1 {
		graph, batch = &p.single, 1
	}
	if *graph == nil {
		g, err := NewGraph(p.Weights, batch)
		if err != nil {
			return nil, err
		}
		*graph = g
	}
	g := *graph
	for k, in := range g.Inputs {
		size := len(in) / batch
		clear(in[count*size:])
		p.Normalizer.apply(p.Weights.Config.Inputs, k, in[:count*size], obs[k], first)
	}
	if err := g.Run(); err != nil {
		return nil, fmt.Errorf("policy of %s: %w", p.Spec.Task, err)
	}
	return g.Outputs[:len(g.Outputs)/batch*count], nil
}

// Act selects the best action for each observation: of DQN the one with the largest value,
// of others the most probable one.
func (p *Policy) Act(obs []policy.Array, n int, actions []float32) error {
	size, d := p.Spec.Action.Size(), newDistribution(&p.Spec.Action)
	if len(actions) != n*size || len(obs) != len(p.Spec.Observation) {
		return fmt.Errorf("policy of %s: %d observations and %d values of actions for %d environments", p.Spec.Task, len(obs), len(actions), n)
	}
	raw := make([]float32, size)
	for first := 0; first < n; first += rows {
		count := min(rows, n-first)
		out, err := p.forward(obs, first, count)
		if err != nil {
			return err
		}
		width := len(out) / count
		for i := range count {
			d.mode(p.logits(out[i*width:(i+1)*width]), raw)
			d.action(raw, actions[(first+i)*size:(first+i+1)*size])
		}
	}
	return nil
}

// logits returns the outputs for the action: of DQN the advantages, after the value of the
// state; of PPO all but the value, which is the last one; of imitation all.
func (p *Policy) logits(out []float32) []float32 {
	switch {
	case p.Recipe.DQN != nil:
		return out[1:]
	case p.Recipe.PPO != nil:
		return out[:len(out)-1]
	}
	return out
}

// Think returns what the policy computes for one observation.
func (p *Policy) Think(obs []policy.Array) (t policy.Thought, err error) {
	err = p.ThinkInto(&t, obs)
	return t, err
}

// ThinkInto is Think in the memory of an earlier thought of this policy.
func (p *Policy) ThinkInto(t *policy.Thought, obs []policy.Array) error {
	out, err := p.forward(obs, 0, 1)
	if err != nil {
		return err
	}
	d := newDistribution(&p.Spec.Action)
	if len(t.Action) != d.dims {
		t.Action = make([]float32, d.dims)
	}
	t.Probabilities, t.Values, t.Mean, t.Std = t.Probabilities[:0], t.Values[:0], t.Mean[:0], t.Std[:0]
	t.Value, t.Valued = 0, p.Recipe.Imitation == nil
	logits := p.logits(out)
	d.mode(logits, t.Action)
	d.action(t.Action, t.Action)
	switch {
	case p.Recipe.DQN != nil:
		for k := range d.choices {
			t.Probabilities = append(t.Probabilities, 0)
			t.Values = append(t.Values, float64(value(out, k)))
		}
		t.Probabilities[int(t.Action[0])] = 1
		t.Value = t.Values[int(t.Action[0])]
		return nil
	case d.choices > 0:
		total := logSum(logits)
		for _, v := range logits {
			t.Probabilities = append(t.Probabilities, math.Exp(float64(v-total)))
		}
	default:
		half := (p.Spec.Action.High - p.Spec.Action.Low) / 2
		for i := range d.dims {
			std := 0.0
			if p.Recipe.PPO != nil {
				s, _ := logStd(logits[d.dims+i])
				std = half * math.Exp(float64(s))
			}
			t.Mean = append(t.Mean, (p.Spec.Action.High+p.Spec.Action.Low)/2+half*float64(logits[i]))
			t.Std = append(t.Std, std)
		}
	}
	if p.Recipe.PPO != nil {
		t.Value = p.ValueScale * float64(out[len(out)-1])
	}
	return nil
}
