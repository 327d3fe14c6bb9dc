package learn

import (
	"fmt"
	"testing"

	"roadloop/policy"
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
		// With a discount of 0.95 and three steps, it is −90.25 or less, and rewards are up to 3.
		end := d.replay.Discounts[i] == 0
		if end {
			ends++
		}
		if priced := d.replay.Rewards[i] < -80; priced != end {
			t.Errorf("transition %d has the reward %g, and terminates: %v", i, d.replay.Rewards[i], end)
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
