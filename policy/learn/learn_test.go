package learn

import (
	"math"
	"slices"
	"testing"

	"roadloop/policy"
	"roadloop/sim/rng"
)

func testConfig() Config {
	return Config{
		Inputs: []Input{
			{Space: policy.Space{Name: "ego", Kind: policy.Box, Shape: []int{3}}, Encoder: Flat, Hidden: []int{6}},
			{Space: policy.Space{Name: "others", Kind: policy.Box, Shape: []int{4, 3}}, Encoder: Set, Hidden: []int{5, 7}},
			{Space: policy.Space{Name: "raw", Kind: policy.Box, Shape: []int{2}}, Encoder: Flat},
		},
		Hidden: []int{8}, Outputs: []int{2, 1},
	}
}

// imageConfig is a network of two towers that share the encoder of an image.
func imageConfig(e Encoder) Config {
	return Config{
		Inputs: []Input{
			{Space: policy.Space{Name: "camera", Kind: policy.Image, Shape: []int{32, 40, 2}}, Encoder: e, Hidden: []int{6}},
			{Space: policy.Space{Name: "ego", Kind: policy.Box, Shape: []int{3}}, Encoder: Flat, Hidden: []int{4}},
		},
		Hidden: []int{8}, Outputs: []int{2, 1},
	}
}

// fill draws random inputs; every third row of a set is absent.
func fill(g *Graph, seed uint64) {
	r := rng.New(seed, "test", "inputs")
	for _, in := range g.Inputs {
		for i := range in {
			in[i] = float32(r.Norm())
		}
	}
	if len(g.Inputs) < 3 {
		return
	}
	for at := 0; at < len(g.Inputs[1]); at += 9 {
		clear(g.Inputs[1][at : at+3])
	}
}

// squares is half the sum of squares of the outputs, each with another weight.
func squares(out, grad []float32) float64 {
	sum := 0.0
	for i, v := range out {
		w := float32(1 + i%3)
		sum += float64(w*v*v) / 2
		grad[i] = w * v
	}
	return sum
}

// The slope of the loss along the gradient of each tensor is the norm of that gradient.
func TestGradientsAreFiniteDifferences(t *testing.T) {
	for name, c := range map[string]Config{"vectors": testConfig(), "pilotnet": imageConfig(PilotNet), "residual": imageConfig(Residual)} {
		t.Run(name, func(t *testing.T) { checkGradients(t, c) })
	}
}

func checkGradients(t *testing.T, c Config) {
	w, err := NewWeights(c, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	r := rng.New(4, "test", "biases")
	for i := range w.Params {
		if p := &w.Params[i]; p.Data[0] == 0 { // biases, and blocks that begin as the identity
			for k := range p.Data {
				p.Data[k] = float32(.1 * r.Norm())
			}
		}
	}
	g, err := NewTrainingGraph(w, 5)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	fill(g, 1)
	if _, err := g.Step(squares); err != nil {
		t.Fatal(err)
	}
	var gradients [][]float32
	for _, d := range g.Gradients {
		gradients = append(gradients, slices.Clone(d))
	}
	for i := range w.Params {
		p, norm := &w.Params[i], 0.0
		for _, v := range gradients[i] {
			norm += float64(v) * float64(v)
		}
		norm = math.Sqrt(norm)
		old := slices.Clone(p.Data)
		loss := func(h float64) float64 {
			for k, v := range gradients[i] {
				p.Data[k] = old[k] + float32(h*float64(v)/norm)
			}
			v, err := g.Step(squares)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		const h = 2e-3
		slope := (loss(h) - loss(-h)) / (2 * h)
		copy(p.Data, old)
		if !(norm > 0) || math.Abs(slope-norm) > .01*norm {
			t.Errorf("%s: norm of the gradient %.4f, slope %.4f", p.Name, norm, slope)
		}
	}
}

// The order of the rows after the first, and rows that are absent, do not matter.
func TestSetHasNoOrder(t *testing.T) {
	w, err := NewWeights(testConfig(), 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	g, err := NewGraph(w, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	fill(g, 2)
	set := g.Inputs[1]
	copy(set, []float32{1, .5, -2, 1, 2, 3, 0, 9, 9, 1, -1, .2})
	run := func() []float32 {
		if err := g.Run(); err != nil {
			t.Fatal(err)
		}
		return append([]float32(nil), g.Outputs...)
	}
	before := run()
	copy(set[3:], []float32{0, -7, 4, 1, -1, .2, 1, 2, 3})
	after := run()
	copy(set[3:], []float32{1, 2, 3, 1, 2, 3, 1, 2, 3})
	other := run()
	for i := range before {
		if before[i] != after[i] {
			t.Errorf("output %d is %g, and %g with another order", i, before[i], after[i])
		}
	}
	if before[0] == other[0] {
		t.Error("the outputs do not depend on the rows")
	}
}

func TestGradientsOfDistributions(t *testing.T) {
	discrete := policy.Space{Kind: policy.Discrete, N: 4}
	box := policy.Space{Kind: policy.Box, Shape: []int{2}, Low: -2, High: 4}
	for _, tt := range []struct {
		space *policy.Space
		out   []float32
		raw   []float32
	}{
		{&discrete, []float32{.5, -1, 2, .1}, []float32{1}},
		{&box, []float32{.3, -.4, .2, -.7}, []float32{.9, -1.2}},
		{&box, []float32{.3, -.4, 5, -9}, []float32{.9, -.41}}, // beyond the bounds of the spread
	} {
		d := newDistribution(tt.space)
		got := make([]float32, len(tt.out))
		d.gradient(tt.out, tt.raw, .7, -.3, got)
		f := func() float64 {
			logp, entropy := d.logp(tt.out, tt.raw)
			return .7*float64(logp) - .3*float64(entropy)
		}
		for i := range tt.out {
			const h = 1e-2
			old := tt.out[i]
			tt.out[i] = old + h
			up := f()
			tt.out[i] = old - h
			want := (up - f()) / (2 * h)
			tt.out[i] = old
			if math.Abs(float64(got[i])-want) > 2e-3*(1+math.Abs(want)) {
				t.Errorf("%s: gradient %d is %.4f, finite difference %.4f", tt.space.Kind, i, got[i], want)
			}
		}
	}
}

// By hand: logits 0 and ln 3 are probabilities ¼ and ¾; a standard normal at 0 has the
// density 1/√2π, and the entropy ½ ln 2πe.
func TestKnownProbabilities(t *testing.T) {
	d := newDistribution(&policy.Space{Kind: policy.Discrete, N: 2})
	out := []float32{0, float32(math.Log(3))}
	logp, entropy := d.logp(out, []float32{1})
	if math.Abs(float64(logp)-math.Log(.75)) > 1e-6 || math.Abs(float64(entropy)-.5623) > 1e-4 {
		t.Errorf("log p %g, entropy %g", logp, entropy)
	}
	r, ones := rng.New(1, "test", "sample"), 0
	raw := []float32{0}
	for range 4000 {
		d.sample(&r, out, raw)
		ones += int(raw[0])
	}
	if ones < 2890 || ones > 3110 { // four standard deviations
		t.Errorf("%d of 4000 samples with probability ¾", ones)
	}
	n := newDistribution(&policy.Space{Kind: policy.Box, Shape: []int{1}, Low: -2, High: 4})
	logp, entropy = n.logp([]float32{0, 1}, []float32{0})
	if math.Abs(float64(logp)+.9189) > 1e-4 || math.Abs(float64(entropy)-1.4189) > 1e-4 {
		t.Errorf("log p %g, entropy %g", logp, entropy)
	}
	action := []float32{0}
	for raw, want := range map[float32]float32{-3: -2, -1: -2, 0: 1, .5: 2.5, 1: 4, 7: 4} {
		if n.action([]float32{raw}, action); action[0] != want {
			t.Errorf("raw action %g is %g, want %g", raw, action[0], want)
		}
	}
}

func TestReplayPrefersErrors(t *testing.T) {
	b := newReplay(4, []policy.Space{{Kind: policy.Box, Shape: []int{1}}}, 1)
	for i := range 6 { // the first two are overwritten
		b.add([]policy.Array{{Floats: []float32{float32(i)}}}, 0, []policy.Array{{Floats: []float32{0}}}, 0, transition{i, float64(i), 1, 0})
	}
	for i, err := range []float64{1, 2, 0, 5} {
		b.update(i, err-1e-3)
	}
	r := rng.New(1, "test", "replay")
	counts, drawn, weights := map[float32]int{}, make([]int, 8), make([]float32, 8)
	for range 1000 {
		b.sample(&r, 1, drawn, weights)
		for _, i := range drawn {
			counts[b.Obs[0].Floats[i]]++
		}
	}
	// Priorities 1, 2 and 5 of 8 for observations 4, 5 and 3; 2 has hardly any.
	for obs, want := range map[float32]int{4: 1000, 5: 2000, 3: 5000} {
		if n := counts[obs]; n < want-150 || n > want+150 {
			t.Errorf("observation %g drawn %d times, want about %d", obs, n, want)
		}
	}
	for n, i := range drawn {
		if want := 1 / b.Tree[len(b.Tree)/2+i]; math.Abs(float64(weights[n])-want) > 1e-3 {
			t.Errorf("weight %g, want %g", weights[n], want)
		}
	}
}

func TestAdvantagesByHand(t *testing.T) {
	// Two environments, three steps, γ = ½, λ = ½. The second one ends after the second step.
	p := &PPO{config: PPOConfig{Discount: .5, Lambda: .5, Rollout: 3}, act: &Graph{Outputs: []float32{9, 9, 4, 9, 9, 6}},
		dist: newDistribution(&policy.Space{Kind: policy.Discrete, N: 2})}
	envs, err := policy.NewVector(2, 1, policy.SameStep, newCartEnv)
	if err != nil {
		t.Fatal(err)
	}
	defer envs.Close()
	p.envs = envs
	p.roll = rollout{rewards: []float32{1, 1, 2, 2, 3, 3}, values: []float32{0, 1, 1, 2, 2, 3}, after: make([]float32, 6),
		done: []bool{false, false, false, true, false, false}, advantages: make([]float32, 6), returns: make([]float32, 6)}
	p.advantages()
	// δ of the first: 3+2−2=3, 2+1−1=2, 1+.5−0=1.5; A: 3, 2+.75=2.75, 1.5+.6875=2.1875.
	// δ of the second: 3+3−3=3, 2+0−2=0, 1+1−1=1; A: 3, 0, 1.
	want := []float32{2.1875, 1, 2.75, 0, 3, 3}
	for i := range want {
		if p.roll.advantages[i] != want[i] {
			t.Errorf("advantages %v, want %v", p.roll.advantages, want)
			break
		}
	}
}

// Errors of 1 and 5 with a loss that is linear from 2 on: ½ and 2·(5−1), and their mean.
func TestLossIsLinearForLargeErrors(t *testing.T) {
	d := &DQN{config: DQNConfig{Batch: 2, Huber: 2}, actions: 2, indices: []int{0, 1}, factors: []float32{1, 1},
		goals: []float32{0, 0}, errs: make([]float32, 2), replay: &replay{Actions: []int32{0, 1}}}
	grad := make([]float32, 6)
	loss := d.loss([]float32{1, 3, 3, 4, -1, 1}, grad)
	want := []float32{.5, .25, -.25, 1, -.5, .5}
	if math.Abs(loss-4.25) > 1e-6 || !slices.Equal(grad, want) {
		t.Errorf("loss %g with the gradient %v, want 4.25 and %v", loss, grad, want)
	}
}
