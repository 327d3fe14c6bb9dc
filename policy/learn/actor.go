package learn

import (
	"fmt"

	"roadloop/policy"
)

// GreedyQ acts by the largest value of a network that DQN trained.
type GreedyQ struct {
	graph *Graph
	n     int
}

var _ policy.Actor = (*GreedyQ)(nil)

// NewGreedyQ returns an actor for batches of n observations. It must be closed.
func NewGreedyQ(w *Weights, n int) (*GreedyQ, error) {
	g, err := NewGraph(w, n)
	if err != nil {
		return nil, err
	}
	return &GreedyQ{graph: g, n: n}, nil
}

// Close frees the network.
func (q *GreedyQ) Close() { q.graph.Close() }

// Act selects the action with the largest value for each observation.
func (q *GreedyQ) Act(obs []policy.Array, n int, actions []float32) error {
	if n != q.n {
		return fmt.Errorf("%d observations for an actor of %d", n, q.n)
	}
	for k, in := range q.graph.Inputs {
		copy(in, obs[k].Floats)
	}
	if err := q.graph.Run(); err != nil {
		return err
	}
	width := len(q.graph.Outputs) / n
	for i := range n {
		actions[i] = float32(best(q.graph.Outputs[i*width+1 : (i+1)*width]))
	}
	return nil
}
