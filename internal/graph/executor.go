package graph

import (
	"cmp"
	"fmt"
	"slices"
	"unsafe"

	G "gorgonia.org/gorgonia"

	"roadloop/internal/onednn"
)

// Executor runs a gorgonia graph that consists of custom operators only, in the order
// of their creation: forward, then backward layer by layer. gorgonia's machines
// allocate for every operator; an Executor binds all inputs and results once. Results
// share buffers as soon as their last reader has run, which keeps them in caches.
type Executor struct {
	steps []executorStep
	free  [][]float32 // buffers without further readers
	close []func()
}

type executorStep struct {
	node *G.Node
	op   *Operator
	in   G.Nodes
	args [][]float32
}

// NewExecutor prepares the computation of the nodes of keep. The executor must be
// closed even if NewExecutor returns an error.
func NewExecutor(g *G.ExprGraph, keep G.Nodes) (*Executor, error) {
	t := &Executor{}
	nodes := slices.Clone(g.AllNodes())
	// Nodes are numbered in order of creation, after their inputs.
	slices.SortFunc(nodes, func(a, b *G.Node) int { return cmp.Compare(a.ID(), b.ID()) })
	for _, n := range nodes {
		if n.Op() != nil {
			t.steps = append(t.steps, newStep(g, n))
		}
	}
	t.prune(keep)
	for i := range t.steps {
		if s := &t.steps[i]; s.op == nil {
			if err := t.sum(s); err != nil {
				return t, err
			}
		}
	}
	return t, t.bind(keep)
}

// newStep returns the step that computes a node, without operator if it is not a
// custom one.
func newStep(g *G.ExprGraph, n *G.Node) executorStep {
	if o, ok := n.Op().(*Operator); ok {
		return executorStep{node: n, op: o, in: o.in}
	}
	s := executorStep{node: n}
	for from := g.From(n.ID()); from.Next(); {
		s.in = append(s.in, from.Node().(*G.Node))
	}
	return s
}

// sum assigns a custom operator to the sums that gorgonia creates where two gradients
// meet.
func (t *Executor) sum(s *executorStep) error {
	if s.node.Op().String() != "+ false" || len(s.in) != 2 || s.node.IsScalar() {
		return fmt.Errorf("operator %v of gorgonia's cannot run on oneDNN", s.node.Op())
	}
	add, err := onednn.NewAdd(s.node.Shape().TotalSize(), false)
	if err != nil {
		return err
	}
	t.close = append(t.close, add.Close)
	s.op = &Operator{
		Name: "sum of gradients", Shape: s.node.Shape(), InPlace: 1,
		Compute: func(a [][]float32, out []float32) error { return add.Forward(a[0], a[1], out) },
	}
	return nil
}

// prune removes the steps that no node of keep needs.
func (t *Executor) prune(keep G.Nodes) {
	needed := map[*G.Node]bool{}
	for _, n := range keep {
		needed[n] = true
	}
	for _, s := range slices.Backward(t.steps) {
		if needed[s.node] {
			for _, in := range s.in {
				needed[in] = true
			}
		}
	}
	t.steps = slices.DeleteFunc(t.steps, func(s executorStep) bool { return !needed[s.node] })
}

// bind gives every step its inputs and a buffer for its result.
func (t *Executor) bind(keep G.Nodes) error {
	last := map[*G.Node]int{} // the last step that reads a node
	for i, s := range t.steps {
		for _, in := range s.in {
			last[in] = i
		}
	}
	for _, n := range keep {
		last[n] = len(t.steps)
	}
	kept := func(n *G.Node) bool { return last[n] == len(t.steps) }
	data := map[*G.Node][]float32{}
	shared := map[*G.Node]bool{} // nodes with buffers that are reused after their last reader
	for i := range t.steps {
		s := &t.steps[i]
		if err := s.inputs(data); err != nil {
			return err
		}
		dying := func(n *G.Node) bool { return shared[n] && last[n] == i }
		if s.op.Out == nil && kept(s.node) {
			s.op.Out = make([]float32, s.op.size()) // outlives the executor
		}
		if s.op.Out == nil {
			var err error
			if s.op.Out, err = t.buffer(s, dying); err != nil {
				return err
			}
			shared[s.node] = true
			if o := s.op.InPlace; o > 0 && unsafe.SliceData(s.op.Out) == unsafe.SliceData(s.args[o-1]) {
				shared[s.in[o-1]] = false
			}
		}
		data[s.node] = s.op.Out
		for _, in := range s.in {
			if dying(in) {
				t.free = append(t.free, data[in][:cap(data[in])])
				shared[in] = false
			}
		}
	}
	return nil
}

// inputs sets the memory of a step's inputs.
func (s *executorStep) inputs(data map[*G.Node][]float32) error {
	for _, in := range s.in {
		v := data[in]
		if in.Op() == nil {
			var err error
			if v, err = values(in.Value()); err != nil {
				return fmt.Errorf("%s: %w", s.op.Name, err)
			}
		}
		s.args = append(s.args, v)
	}
	return nil
}

// buffer returns memory for the result of a step: that of the input that it may
// overwrite, the smallest free buffer that is large enough, or a new one.
func (t *Executor) buffer(s *executorStep, dying func(*G.Node) bool) ([]float32, error) {
	n := s.op.size()
	if o := s.op.InPlace; o > 0 && dying(s.in[o-1]) && len(s.args[o-1]) == n {
		return s.args[o-1], nil
	}
	best := -1
	for i, b := range t.free {
		if len(b) >= n && (best < 0 || len(b) <= len(t.free[best])) {
			best = i
		}
	}
	if best < 0 {
		b, free, err := onednn.NewBuffer(n)
		if err == nil {
			t.close = append(t.close, free)
		}
		return b, err
	}
	b := t.free[best]
	t.free = slices.Delete(t.free, best, best+1)
	return b[:n], nil
}

// Run executes all steps once.
func (t *Executor) Run() error {
	for i := range t.steps {
		s := &t.steps[i]
		if err := s.op.Compute(s.args, s.op.Out); err != nil {
			return fmt.Errorf("%s: %w", s.op.Name, err)
		}
	}
	return nil
}

// Result returns the memory of a kept node.
func (t *Executor) Result(n *G.Node) []float32 {
	for i := range t.steps {
		if t.steps[i].node == n {
			return t.steps[i].op.Out
		}
	}
	return nil
}

// Close frees the buffers. The executor cannot run after it; kept results stay valid.
func (t *Executor) Close() {
	for _, f := range t.close {
		f()
	}
	t.close, t.steps = nil, nil
}
