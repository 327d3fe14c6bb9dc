package training

import (
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roadloop/perception/network"
)

// train runs a tiny training to its end and returns the weights before and after.
func train(t *testing.T, c Config) (before, after *network.Weights) {
	t.Helper()
	tr := newTrainer(t, c)
	before = tr.weights.Clone()
	if err := tr.Run(t.Context(), noiseSource{5}, func(Step) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return before, tr.weights
}

// Each value of Tune changes all selected tensors and no others.
func TestTuneChangesOnlySelectedTensors(t *testing.T) {
	for tune, moves := range map[Tune]func(name string) bool{
		TuneAll:     func(string) bool { return true },
		TuneHeads:   func(name string) bool { return strings.HasPrefix(name, "heads.") },
		TuneDecoder: func(name string) bool { return !network.Encoder(strings.Split(name, ".")[0]) },
		TuneNorms: func(name string) bool {
			return strings.HasPrefix(name, "heads.") || strings.HasSuffix(name, ".scale") || strings.HasSuffix(name, ".shift")
		},
		TuneLoRA: func(name string) bool { return strings.HasPrefix(name, "heads.") || strings.HasSuffix(name, ".kernel") },
	} {
		c := tinyConfig(3)
		c.Tune, c.Rank = tune, 2
		before, after := train(t, c)
		for i := range before.Params {
			p := &before.Params[i]
			if moved := !slices.Equal(p.Data, after.Params[i].Data); moved != moves(p.Name) {
				t.Errorf("tuning %q: %s moved: %v, want %v", tune, p.Name, moved, moves(p.Name))
			}
		}
	}
}

// L2-SP keeps the weights near the initial ones: the stronger, the nearer. With a strength
// of 1/rate the pull removes all change of the steps before. A resumed training knows the
// initial weights.
func TestL2SP(t *testing.T) {
	c := tinyConfig(6)
	initial := newTrainer(t, c).weights.Clone()
	distance := func(l2sp float64, interrupt bool) (d float64) {
		c := c
		c.L2SP = l2sp
		tr, err := NewFrom(c, initial)
		if err != nil {
			t.Fatal(err)
		}
		stop := errors.New("stop")
		err = tr.Run(t.Context(), noiseSource{5}, func(s Step) error {
			if interrupt && s.Number == 3 {
				return stop
			}
			return nil
		})
		if interrupt {
			path := filepath.Join(t.TempDir(), "checkpoint")
			if err := errors.Join(tr.Save(path), tr.Close()); err != nil {
				t.Fatal(err)
			}
			if tr, err = Resume(path); err != nil {
				t.Fatal(err)
			}
			err = tr.Run(t.Context(), noiseSource{5}, func(Step) error { return nil })
		}
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		for i := range initial.Params {
			for k, v := range tr.weights.Params[i].Data {
				d += math.Abs(float64(v - initial.Params[i].Data[k]))
			}
		}
		return d
	}
	free, weak, strong := distance(0, false), distance(30, false), distance(300, false)
	if !(strong < weak && weak < .95*free && strong > 0) {
		t.Errorf("distances %g without, %g with a weak and %g with a strong pull", free, weak, strong)
	}
	if d := distance(30, true); d != weak {
		t.Errorf("interrupted: distance %g, want %g", d, weak)
	}
	c.L2SP = 1
	if _, err := New(c); err == nil {
		t.Error("accepted L2-SP without initial weights")
	}
	c.Tune, c.Rank = TuneLoRA, 2
	if _, err := NewFrom(c, initial); err == nil {
		t.Error("accepted L2-SP of low-rank changes")
	}
}

// The low-rank change of a kernel has at most the configured rank.
func TestLowRankChange(t *testing.T) {
	c := tinyConfig(8)
	c.Tune, c.Rank = TuneLoRA, 2
	before, after := train(t, c)
	for i := range before.Params {
		p := &before.Params[i]
		if !p.Decay || strings.HasPrefix(p.Name, "heads.") {
			continue
		}
		var change [][]float64
		columns := len(p.Data) / p.Shape[0]
		for o := range p.Shape[0] {
			row := make([]float64, columns)
			for k := range row {
				row[k] = float64(after.Params[i].Data[o*columns+k]) - float64(p.Data[o*columns+k])
			}
			change = append(change, row)
		}
		if got := rank(change, 1e-5); got == 0 || got > 2 {
			t.Errorf("%s changed by a matrix of rank %d, want 1 or 2", p.Name, got)
		}
	}
}

// rank counts the pivots above eps in Gaussian elimination with full pivoting.
func rank(m [][]float64, eps float64) int {
	for r := range m {
		pr, pc := r, 0
		for i := r; i < len(m); i++ {
			for k := range m[i] {
				if math.Abs(m[i][k]) > math.Abs(m[pr][pc]) {
					pr, pc = i, k
				}
			}
		}
		if math.Abs(m[pr][pc]) < eps {
			return r
		}
		m[r], m[pr] = m[pr], m[r]
		for i := r + 1; i < len(m); i++ {
			f := m[i][pc] / m[r][pc]
			for k := range m[i] {
				m[i][k] -= f * m[r][k]
			}
		}
	}
	return len(m)
}

// The gradients of the factors equal finite differences of Σ G·(B·A).
func TestAdapterGradient(t *testing.T) {
	p := network.Param{Name: "x.kernel", Shape: []int{3, 2, 1, 2}, Data: make([]float32, 12), Decay: true}
	g := make([]float32, 12)
	for i := range g {
		g[i] = float32(i%5) - 2
	}
	ad := newAdapter(&p, g, 2, 1)
	for i := range ad.b.data {
		ad.b.data[i] = float32(i) * .3
	}
	value := func() float64 {
		ad.push()
		sum := 0.0
		for i := range g {
			sum += float64(g[i]) * float64(p.Data[i])
		}
		return sum
	}
	ad.pull()
	for name, l := range map[string]*learnable{"A": ad.a, "B": ad.b} {
		for i := range l.data {
			const h = 1e-2
			old := l.data[i]
			l.data[i] = old + h
			up := value()
			l.data[i] = old - h
			down := value()
			l.data[i] = old
			if got := (up - down) / (2 * h); math.Abs(got-float64(l.gradient[i])) > 1e-4 {
				t.Errorf("%s[%d]: %.5f by finite differences, %.5f", name, i, got, l.gradient[i])
			}
		}
	}
}

// By hand: a part with weight 2 and loss 3 has the gradient 1 − 6; the equilibrium is
// s = ln 6, with the weight 2/6 and a weighted loss of 1.
func TestTaskWeights(t *testing.T) {
	c := network.LossConfig{Heat: 2}
	w := newTaskWeights(c)
	l := network.Losses{Heat: 3}
	w.pull(&l)
	if got := w.s.gradient[0]; got != -5 {
		t.Errorf("gradient %g, want −5", got)
	}
	w.s.data[0] = float32(math.Log(6))
	w.pull(&l)
	w.push(&c)
	if math.Abs(float64(w.s.gradient[0])) > 1e-6 || math.Abs(float64(c.Heat)-1./3) > 1e-6 {
		t.Errorf("at rest: gradient %g and weight %g, want 0 and 1/3", w.s.gradient[0], c.Heat)
	}
}

func TestLearnedTaskWeightsChange(t *testing.T) {
	c := tinyConfig(5)
	c.LearnWeights = true
	tr := newTrainer(t, c)
	if err := tr.Run(t.Context(), noiseSource{5}, func(Step) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if tr.loss == c.Loss {
		t.Error("the weights did not move")
	}
}

// A training from a pretrained network has all its weights except the heads; a
// network of another shape is an error.
func TestNewFrom(t *testing.T) {
	c := tinyConfig(3)
	c.Task = Masked
	pre := newTrainer(t, c)
	c.Task, c.Seed = Driving, 9
	tr, err := NewFrom(c, pre.weights)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	for i := range tr.weights.Params {
		p := &tr.weights.Params[i]
		same := slices.Equal(p.Data, pre.weights.Params[i].Data)
		if heads := strings.HasPrefix(p.Name, "heads."); same == heads && len(p.Data) > 0 {
			t.Errorf("%s copied: %v", p.Name, same)
		}
	}
	c.Network.Widths = [6]int{3, 3, 3, 3, 3, 3}
	if _, err := NewFrom(c, pre.weights); err == nil {
		t.Error("accepted weights of another network")
	}
}
