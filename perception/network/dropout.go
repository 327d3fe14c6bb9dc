package network

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"roadloop/sim/rng"
)

// dropout silences features of a layer while training. gorgonia's own seeds itself
// from the clock; this one draws its mask from the configured seed and the number
// of the batch.
func (a *assembly) dropout(l *layer, x *G.Node) (*G.Node, error) {
	p := a.config.Dropout
	if p == 0 {
		return x, nil
	}
	out := dense(a.config.Batch, l.h, l.w, l.c)
	mask := make([]float32, len(floats(out)))
	scale := float32(1 / (1 - p))
	return a.own.apply(&operator{
		name: "dropout " + l.name, dims: []int{4}, out: out,
		do: func(in [][]float32) (float32, error) {
			r := rng.New(a.config.Seed, fmt.Sprintf("network/%s/%d", l.name, a.graph.Number), "dropout")
			y := floats(out)
			for i, v := range in[0] {
				mask[i] = 0
				if !r.Chance(p) {
					mask[i] = scale
				}
				y[i] = v * mask[i]
			}
			return 0, nil
		},
		wrt: []bool{true},
		diff: func(_ G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			dx := dense(a.config.Batch, l.h, l.w, l.c)
			g, err := a.own.apply(&operator{
				name: "dropout gradient " + l.name, dims: []int{4}, out: dx,
				do: func(in [][]float32) (float32, error) {
					d := floats(dx)
					for i, v := range in[0] {
						d[i] = v * mask[i]
					}
					return 0, nil
				},
			}, grad)
			return G.Nodes{g}, err
		},
	}, x)
}
