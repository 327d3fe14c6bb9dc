package network

import (
	"fmt"
	"math"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"roadloop/internal/graph"
	"roadloop/internal/onednn"
	"roadloop/sim/rng"
)

// operatorCase is an operator under test: its inputs and constructor.
type operatorCase struct {
	name   string
	inputs []tensor.Shape
	build  func(ops backend, in G.Nodes) (*G.Node, error)
	kinks  bool // finite differences may cross kinks
}

const testBatch = 2

func operatorCases() []operatorCase {
	var all []operatorCase
	conv := func(name string, h, w, in, out, k, stride, groups int) {
		from := &layer{name: "input", c: in, h: h, w: w}
		to := &layer{name: name, k: k, stride: stride, groups: groups, c: out, h: (h-1)/stride + 1, w: (w-1)/stride + 1}
		all = append(all, operatorCase{
			name:   fmt.Sprintf("%s %d×%d, %d to %d, %d×%d, stride %d", name, h, w, in, out, k, k, stride),
			inputs: []tensor.Shape{{testBatch, h, w, in}, {out, in / groups, k, k}, {out}},
			build: func(ops backend, in G.Nodes) (*G.Node, error) {
				return ops.conv(edge{from, to}, in[0], in[1], in[2])
			},
		})
	}
	conv("conv", 6, 8, 5, 7, 3, 1, 1)
	conv("conv", 6, 8, 3, 16, 3, 2, 1)
	conv("conv", 5, 7, 4, 6, 1, 1, 1)
	conv("grouped", 6, 8, 6, 9, 3, 1, 3)
	conv("grouped", 4, 6, 32, 32, 3, 2, 2)
	conv("grouped", 4, 6, 8, 4, 1, 1, 2)
	conv("depthwise", 6, 8, 5, 5, 3, 1, 5)
	conv("depthwise", 6, 8, 16, 16, 3, 2, 16)
	conv("depthwise", 7, 5, 24, 24, 5, 1, 24)

	pool := func(name string, kind kind, h, w, c, k, stride int) {
		from := &layer{name: "input", c: c, h: h, w: w}
		shape := onednn.PoolShape{N: 1, H: h, W: w, C: c, K: k, Stride: stride}
		oh, ow := shape.OutSize()
		to := &layer{name: name, kind: kind, k: k, stride: stride, c: c, h: oh, w: ow}
		all = append(all, operatorCase{
			name:   fmt.Sprintf("%s %d×%d of %d, %d×%d, stride %d", name, h, w, c, k, k, stride),
			inputs: []tensor.Shape{{testBatch, h, w, c}},
			build:  func(ops backend, in G.Nodes) (*G.Node, error) { return ops.pool(edge{from, to}, in[0]) },
			kinks:  kind == maxPool,
		})
	}
	pool("max", maxPool, 6, 8, 5, 5, 1)
	pool("max", maxPool, 6, 8, 16, 3, 2)
	pool("max", maxPool, 4, 6, 3, 2, 2)
	pool("average", avgPool, 6, 8, 16, 2, 2)
	pool("average", avgPool, 5, 7, 3, 3, 1)

	for _, linear := range []bool{false, true} {
		l := &layer{name: fmt.Sprintf("norm, linear %t", linear), c: 6, h: 4, w: 5, linear: linear}
		all = append(all, operatorCase{
			name: l.name, inputs: []tensor.Shape{{testBatch, 4, 5, 6}, {6}, {6}}, kinks: !linear,
			build: func(ops backend, in G.Nodes) (*G.Node, error) {
				return ops.norm(l, in[0], affine{in[1], in[2], &onednn.Affine{Mean: make([]float32, 6), Var: make([]float32, 6)}})
			},
		})
	}
	sum := &layer{name: "sum with ReLU", c: 5, h: 4, w: 3}
	all = append(all, operatorCase{
		name: sum.name, inputs: []tensor.Shape{{testBatch, 4, 3, 5}, {testBatch, 4, 3, 5}}, kinks: true,
		build: func(ops backend, in G.Nodes) (*G.Node, error) { return ops.add(sum, in[0], in[1]) },
	})
	m := merging{low: &layer{c: 3, h: 2, w: 3}, skip: &layer{c: 5, h: 4, w: 6}, to: &layer{name: "merge", c: 7, h: 4, w: 6, k: 1, stride: 1, groups: 1}}
	all = append(all, operatorCase{
		name: "merge", inputs: []tensor.Shape{{testBatch, 2, 3, 3}, {testBatch, 4, 6, 5}, {7, 8, 1, 1}, {7}},
		build: func(ops backend, in G.Nodes) (*G.Node, error) {
			return ops.merge(m, [2]*G.Node{in[0], in[1]}, in[2], in[3])
		},
	})
	return all
}

// operatorTrial is an operator in its own graph; the cost is a weighted sum of the
// results.
type operatorTrial struct {
	inputs [][]float32
	vm     G.VM
	result G.Value
	cost   G.Value
	grads  []G.Value
}

// newOperatorTrial builds a trial on random inputs. It runs on gorgonia's
// machine for both backends.
func newOperatorTrial(t *testing.T, c *operatorCase, b Backend) *operatorTrial {
	t.Helper()
	f := &dnnBackend{batch: testBatch}
	var ops backend = f
	if b == Gorgonia {
		ops = &referenceBackend{dnn: f}
	}
	g, r := G.NewGraph(), rng.New(7, "test", "operator")
	tr := &operatorTrial{}
	var in G.Nodes
	for i, s := range c.inputs {
		d := dense(s...)
		for k := range floats(d) {
			floats(d)[k] = float32(r.Norm())
		}
		tr.inputs = append(tr.inputs, floats(d))
		in = append(in, G.NewTensor(g, tensor.Float32, len(s), G.WithShape(s...), G.WithName(fmt.Sprint("in", i)), G.WithValue(d)))
	}
	s := &graph.Chain{}
	out := s.Do(c.build(ops, in))
	if s.Err != nil {
		t.Fatal(s.Err)
	}
	weights := dense(out.Shape()...)
	for k := range floats(weights) {
		floats(weights)[k] = float32(r.Norm())
	}
	w := G.NewTensor(g, tensor.Float32, 4, G.WithShape(out.Shape()...), G.WithName("weights"), G.WithValue(weights))
	cost := s.Do(G.Sum(s.Do(G.HadamardProd(out, w))))
	grads, err := G.Grad(cost, in...)
	if s.Err != nil || err != nil {
		t.Fatal(s.Err, err)
	}
	G.Read(out, &tr.result)
	G.Read(cost, &tr.cost)
	tr.grads = make([]G.Value, len(grads))
	for i := range grads {
		G.Read(grads[i], &tr.grads[i])
	}
	tr.vm = G.NewTapeMachine(g)
	t.Cleanup(func() {
		tr.vm.Close()
		f.Close()
	})
	return tr
}

// run computes result, cost and gradients.
func (tr *operatorTrial) run(t *testing.T) {
	t.Helper()
	if err := tr.vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	tr.vm.Reset()
}

// loss returns the weighted sum of the results.
func (tr *operatorTrial) loss(t *testing.T) float64 {
	tr.run(t)
	return float64(tr.cost.Data().(float32))
}

// Every operator on oneDNN computes the same as gorgonia's, or as the definition in
// plain Go: its result and the gradients of all its inputs.
func TestOperatorsEqualReference(t *testing.T) {
	for _, c := range operatorCases() {
		t.Run(c.name, func(t *testing.T) {
			a, b := newOperatorTrial(t, &c, OneDNN), newOperatorTrial(t, &c, Gorgonia)
			a.run(t)
			b.run(t)
			compare(t, "result", a.result.Data().([]float32), b.result.Data().([]float32))
			for i := range a.grads {
				compare(t, fmt.Sprint("gradient of input ", i), a.grads[i].Data().([]float32), b.grads[i].Data().([]float32))
			}
		})
	}
}

// The gradients of every operator agree with central differences of its result.
func TestOperatorsEqualFiniteDifferences(t *testing.T) {
	for _, c := range operatorCases() {
		t.Run(c.name, func(t *testing.T) {
			tr := newOperatorTrial(t, &c, OneDNN)
			tr.run(t)
			r := rng.New(8, "test", "direction")
			for i, x := range tr.inputs {
				grad := append([]float32(nil), tr.grads[i].Data().([]float32)...)
				// A few single values: a sum of kinks would hide a wrong gradient.
				for range 12 {
					k := r.IntN(len(x))
					const h = 5e-3
					old := x[k]
					x[k] = old + h
					up := tr.loss(t)
					x[k] = old - h
					down := tr.loss(t)
					x[k] = old
					got, want := (up-down)/(2*h), float64(grad[k])
					// float32 sums have errors of about 1e-6 of their terms, divided
					// by 2h.
					tolerance := .02*math.Abs(want) + 1e-2
					if c.kinks {
						tolerance += .05 * math.Abs(want)
					}
					if math.Abs(got-want) > tolerance {
						t.Errorf("input %d, value %d: %.4f by differences, %.4f by the operator", i, k, got, want)
					}
				}
			}
		})
	}
}
