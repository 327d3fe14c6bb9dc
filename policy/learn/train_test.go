package learn

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"roadloop/policy"
	"roadloop/sim/rng"
)

func newToys(t *testing.T, n, workers int, create func() (policy.Env, error)) *policy.Vector {
	t.Helper()
	v, err := policy.NewVector(n, workers, policy.SameStep, create)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	return v
}

// train steps a learner to its end. It calls stepped after every step, if not nil.
func train(t *testing.T, l Learner, stepped func(*policy.Vector)) {
	t.Helper()
	for !l.Done() {
		if err := l.Step(); err != nil {
			t.Fatal(err)
		}
		if stepped != nil {
			stepped(vectorOf(l))
		}
	}
}

func vectorOf(l Learner) *policy.Vector {
	if d, ok := l.(*DQN); ok {
		return d.envs
	}
	if m, ok := l.(*Imitation); ok {
		return m.envs
	}
	return l.(*PPO).envs
}

// meanReturn sums the rewards of the last episodes.
type meanReturn struct{ sums, last []float64 }

func (m *meanReturn) add(v *policy.Vector) {
	if m.sums == nil {
		m.sums = make([]float64, v.Len())
	}
	for i, r := range v.Results {
		m.sums[i] += r.Reward
		if r.Done() {
			m.last = append(m.last, m.sums[i])
			m.sums[i] = 0
		}
	}
}

func (m *meanReturn) of(last []float64) float64 {
	sum := 0.0
	for _, r := range last {
		sum += r
	}
	return sum / float64(len(last))
}

// A policy that does nothing keeps the cart for some 15 steps.
func TestPPOLearnsToBalance(t *testing.T) {
	for name, create := range map[string]func() (policy.Env, error){"discrete": newCartEnv, "continuous": newContinuousCart} {
		t.Run(name, func(t *testing.T) {
			c := DefaultPPO(60000)
			c.Rollout, c.Batch, c.Hidden, c.Rate = 64, 256, []int{32}, 3e-3
			p, err := NewPPO(c, newToys(t, 16, 2, create))
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			var m meanReturn
			train(t, p, m.add)
			first, last := m.of(m.last[:50]), m.of(m.last[len(m.last)-50:])
			t.Logf("mean return %.1f at first, %.1f at the end, %+v", first, last, p.Metrics())
			if first > 25 || last < 50 {
				t.Errorf("mean return %.1f at first and %.1f at the end, want at most 25 and at least 50 of 60", first, last)
			}
		})
	}
}

func TestDQNLearnsToBalance(t *testing.T) {
	c := DefaultDQN(8000)
	c.Hidden, c.Target = []int{32}, 100
	d, err := NewDQN(c, newToys(t, 4, 1, newCartEnv))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var m meanReturn
	train(t, d, m.add)
	first, last := m.of(m.last[:20]), m.of(m.last[len(m.last)-20:])
	t.Logf("mean return %.1f at first, %.1f at the end", first, last)
	if first > 25 || last < 45 {
		t.Errorf("mean return %.1f at first and %.1f at the end, want at most 25 and at least 45 of 60", first, last)
	}
}

// The same recipe gives the same weights for any number of workers of the environments.
func TestTrainingRepeats(t *testing.T) {
	ppo := func(workers int) string {
		c := DefaultPPO(4096)
		c.Rollout, c.Batch, c.Hidden = 32, 256, []int{16}
		p, err := NewPPO(c, newToys(t, 16, workers, newContinuousCart))
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		train(t, p, nil)
		return fmt.Sprint(p.weights.Params)
	}
	dqn := func(workers int) string {
		c := DefaultDQN(1500)
		c.Hidden = []int{16}
		d, err := NewDQN(c, newToys(t, 4, workers, newCartEnv))
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		train(t, d, nil)
		return fmt.Sprint(d.weights.Params)
	}
	for name, weights := range map[string]func(int) string{"ppo": ppo, "dqn": dqn} {
		if weights(1) != weights(2) {
			t.Errorf("%s: two workers train other weights than one", name)
		}
	}
}

// The price of a termination is part of what is learned, and of nothing else.
func TestTerminalReward(t *testing.T) {
	c := DefaultDQN(1500)
	c.Hidden, c.Start, c.Terminal = []int{8}, 1500, -100
	d, err := NewDQN(c, newToys(t, 4, 1, newCartEnv))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	ends := 0
	train(t, d, func(v *policy.Vector) {
		for _, r := range v.Results {
			if r.Reward < -1 {
				t.Fatalf("reward %g of the environment", r.Reward)
			}
		}
	})
	for i := range d.replay.Count {
		// With a discount of 0.95 and three steps, the end is worth 0.9025 or more.
		end := d.replay.Discounts[i] == 0
		if end {
			ends++
		}
		if priced := d.replay.Ends[i] > .9; priced != end || d.replay.Ends[i] > 1 {
			t.Errorf("transition %d has %g of the price, and terminates: %v", i, d.replay.Ends[i], end)
		}
	}
	if p := d.price(); p != -100 {
		t.Errorf("the price is %g", p)
	}
	priced := 0
	for range 20 {
		if err := d.update(); err != nil {
			t.Fatal(err)
		}
		for n, i := range d.indices {
			if end := d.replay.Ends[i]; end > 0 {
				priced++
				if want := d.replay.Rewards[i] - 100*end; math.Abs(float64(d.goals[n]-want)) > 1e-3 {
					t.Errorf("the value of a termination is %g, want %g", d.goals[n], want)
				}
			}
		}
	}
	if priced == 0 {
		t.Error("no termination was learned from")
	}
	d.config.Ramp = [2]float64{.2, .6}
	for step, want := range map[int64]float64{0: 0, 300: 0, 600: -50, 900: -100, 1500: -100} {
		if d.step = step; d.price() != want {
			t.Errorf("step %d of 1500: the price is %g, want %g", step, d.price(), want)
		}
	}
	if ends < 10 {
		t.Errorf("%d transitions terminate", ends)
	}
}

// From an image alone, PPO learns to keep the cart.
func TestPPOLearnsFromPixels(t *testing.T) {
	c := DefaultPPO(9000)
	c.Rollout, c.Batch, c.Hidden, c.ImageHidden, c.Rate = 64, 256, []int{32}, []int{32}, 1e-3
	p, err := NewPPO(c, newToys(t, 16, 2, newPixelCart))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var m meanReturn
	train(t, p, m.add)
	first, last := m.of(m.last[:50]), m.of(m.last[len(m.last)-50:])
	t.Logf("mean return %.1f at first, %.1f at the end", first, last)
	if first > 25 || last < 45 {
		t.Errorf("mean return %.1f at first and %.1f at the end, want at most 25 and at least 45 of 60", first, last)
	}
}

// A normalized DQN reads inputs of mean 0 and deviation 1, by what it saw before it learned,
// and the policy in its file does so, too.
func TestDQNNormalizes(t *testing.T) {
	r := recipes()["dqn, normalized"]
	l := newLearner(t, r)
	train(t, l, nil)
	d := l.(*DQN)
	inputs := d.weights.Config.Inputs
	if n := d.norm.Inputs[0].Count; n < 64 || n > 5*(64+4) { // rows of the steps before learning
		t.Errorf("moments of %g rows", n)
	}
	sum, squares, count := 0., 0., 0.
	for i := range d.replay.Count {
		row := make([]float32, inputs[0].Space.Size())
		load(row, d.replay.Obs[0], i)
		d.norm.scale(inputs, 0, row, row)
		for k := 0; k < len(row); k += 5 {
			if row[k] != 0 {
				sum, squares, count = sum+float64(row[k+3]), squares+float64(row[k+3]*row[k+3]), count+1
			}
		}
	}
	if mean, deviation := sum/count, math.Sqrt(squares/count); math.Abs(mean) > .5 || deviation < .5 || deviation > 2 {
		t.Errorf("speeds have mean %.2f and deviation %.2f", mean, deviation)
	}
	p := l.Policy()
	defer p.Close()
	if p.Normalizer.Inputs[0].Count != d.norm.Inputs[0].Count {
		t.Error("the policy has another normalizer")
	}
}

// An action does not depend on the number of observations that a policy gets at once, to the
// bit: not for any encoder.
func TestActionsDoNotDependOnTheBatch(t *testing.T) {
	all := pixelRecipes()
	maps.Copy(all, recipes())
	for name, r := range all {
		l := newLearner(t, r)
		p := l.Policy()
		defer p.Close()
		stream := rng.New(1, name, "observations")
		const n = 37
		obs := policy.NewArrays(p.Spec.Observation, n)
		for k := range obs {
			for i := range obs[k].Floats {
				obs[k].Floats[i] = float32(stream.Range(-1, 1))
			}
			for i := range obs[k].Bytes {
				obs[k].Bytes[i] = byte(stream.IntN(256))
			}
		}
		var one []float32
		for i := range n {
			out, err := p.forward(obs, i, 1)
			if err != nil {
				t.Fatal(err)
			}
			one = append(one, out...)
		}
		for first := 0; first < n; first += rows {
			count := min(rows, n-first)
			out, err := p.forward(obs, first, count)
			if err != nil {
				t.Fatal(err)
			}
			if width := len(out) / count; !slices.Equal(out, one[first*width:(first+count)*width]) {
				t.Errorf("%s: observations from %d on have other outputs in a batch of %d", name, first, count)
			}
		}
	}
}

// The shift is added to the reward of every step of a return.
func TestShiftOfRewards(t *testing.T) {
	plain := DefaultDQN(400)
	plain.Hidden, plain.Start = []int{8}, 400
	shifted := plain
	shifted.Shift = -.5
	var stored [2]*replay
	for k, c := range []DQNConfig{plain, shifted} {
		d, err := NewDQN(c, newToys(t, 4, 1, newCartEnv))
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		train(t, d, nil)
		stored[k] = d.replay
	}
	whole := -.5 * (1 + .95 + .95*.95) // of three steps
	three := 0
	for i := range stored[0].Count {
		d := float64(stored[1].Rewards[i] - stored[0].Rewards[i])
		if d < whole-1e-4 || d > -.5+1e-4 {
			t.Errorf("transition %d: shifted by %g", i, d)
		}
		if math.Abs(d-whole) < 1e-4 {
			three++
		}
	}
	if three < stored[0].Count/2 {
		t.Errorf("%d of %d returns have three steps", three, stored[0].Count)
	}
}
