package learn

import (
	"math"

	"roadloop/policy"
	"roadloop/sim/rng"
)

// cartEnv is a point on a line that should stay near 0: the action accelerates it. It ends
// beyond ±2, and is cut off after 60 steps.
type cartEnv struct {
	spec policy.Spec
	x, v float64
	step int
}

func newCartEnv() (policy.Env, error) {
	return &cartEnv{spec: policy.Spec{
		Task: "cart", Observation: []policy.Space{{Name: "state", Kind: policy.Box, Shape: []int{2}, Low: -5, High: 5}},
		Action: policy.Space{Name: "push", Kind: policy.Discrete, N: 3}, Rate: 5, Horizon: 60, Measures: []string{"steps"},
	}}, nil
}

func newContinuousCart() (policy.Env, error) {
	e, err := newCartEnv()
	e.Spec().Action = policy.Space{Name: "push", Kind: policy.Box, Shape: []int{1}, Low: -1, High: 1}
	return e, err
}

func (c *cartEnv) Spec() *policy.Spec { return &c.spec }
func (c *cartEnv) Reset(seed uint64) error {
	r := rng.New(seed, "cart", "start")
	c.x, c.v, c.step = r.Range(-1, 1), r.Range(-.5, .5), 0
	return nil
}
func (c *cartEnv) Step(a []float32) (policy.Result, error) {
	push := float64(a[0])
	if c.spec.Action.Kind == policy.Discrete {
		push--
	}
	c.v += .2 * push
	c.x += .2 * c.v
	c.step++
	return policy.Result{Reward: 1 - math.Abs(c.x)/2, Terminated: math.Abs(c.x) > 2, Truncated: c.step == 60}, nil
}
func (c *cartEnv) Observe(dst []policy.Array) {
	dst[0].Floats[0], dst[0].Floats[1] = float32(c.x), float32(c.v)
}
func (c *cartEnv) Measure(dst []float64) { dst[0] = float64(c.step) }
