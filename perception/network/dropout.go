package network

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"roadloop/internal/graph"
	"roadloop/sim/rng"
)

// dropout zeroes features of a layer in training. gorgonia's dropout seeds itself
// from the clock; this one draws its mask from the configured seed and the number of
// the batch.
func (a *graphBuilder) dropout(l *layer, x *G.Node) (*G.Node, error) {
	p := a.config.Dropout
	if p == 0 {
		return x, nil
	}
	shape := x.Shape().Clone()
	mask := make([]float32, shape.TotalSize())
	scale := float32(1 / (1 - p))
	return a.dnn.Apply(&graph.Operator{
		Name: "dropout " + l.name, Dims: []int{4}, Shape: shape,
		Compute: func(in [][]float32, y []float32) error {
			r := rng.New(a.config.Seed, fmt.Sprintf("network/%s/%d", l.name, a.graph.Number), "dropout")
			for i, v := range in[0] {
				mask[i] = 0
				if !r.Chance(p) {
					mask[i] = scale
				}
				y[i] = v * mask[i]
			}
			return nil
		},
		WRT: []bool{true},
		Gradient: func(_ G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			g, err := a.dnn.Apply(&graph.Operator{
				Name: "dropout gradient " + l.name, Dims: []int{4}, Shape: shape, InPlace: 1,
				Compute: func(in [][]float32, dx []float32) error {
					for i, v := range in[0] {
						dx[i] = v * mask[i]
					}
					return nil
				},
			}, grad)
			return G.Nodes{g}, err
		},
	}, x)
}
