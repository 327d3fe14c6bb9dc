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

// newPixelCart is the cart as an image: a bright column at its place, with its speed as the
// brightness of the rest.
func newPixelCart() (policy.Env, error) {
	e, err := newCartEnv()
	e.Spec().Task = "pixel-cart"
	e.Spec().Observation = []policy.Space{{Name: "picture", Kind: policy.Image, Shape: []int{32, 32, 1}}}
	return e, err
}

// Expert pushes back to the middle, as hard as it can.
func (c *cartEnv) Expert(a []float32) error {
	push := min(max(-2*c.x-2*c.v, -1), 1)
	if a[0] = float32(push); c.spec.Action.Kind == policy.Discrete {
		a[0] = float32(1 + math.Round(push))
	}
	return nil
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
	for i := range dst[0].Bytes {
		dst[0].Bytes[i] = byte(min(max(100+50*c.v, 0), 200))
		if d := i%32 - int(16+7*c.x); d*d < 4 {
			dst[0].Bytes[i] = 255
		}
	}
	if dst[0].Floats != nil {
		dst[0].Floats[0], dst[0].Floats[1] = float32(c.x), float32(c.v)
	}
}
func (c *cartEnv) Measure(dst []float64) { dst[0] = float64(c.step) }
