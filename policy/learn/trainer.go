package learn

import (
	"errors"
	"sync"
)

// trainer computes the gradients of a batch in parts that run in parallel.
type trainer struct {
	graphs   []*Graph
	gradient [][]float32 // of the last step, of each tensor of the weights
}

// newTrainer returns a trainer for batches of a size in equal parts. It must be closed even
// after an error.
func newTrainer(w *Weights, batch, parts int) (trainer, error) {
	var t trainer
	for i := range w.Params {
		t.gradient = append(t.gradient, make([]float32, len(w.Params[i].Data)))
	}
	for range parts {
		g, err := NewTrainingGraph(w, batch/parts)
		if err != nil {
			return t, err
		}
		t.graphs = append(t.graphs, g)
	}
	return t, nil
}

func (t *trainer) close() {
	for _, g := range t.graphs {
		g.Close()
	}
}

// step sums the loss and the gradient of a batch of samples over the parts, in their order.
// Load fills a row of a graph with sample i, which is number n of the batch; loss is that of
// the samples of a part, given the number of the part. Both are called in parallel.
func (t *trainer) step(batch []int, load func(g *Graph, n, row, i int), loss func(part int, samples []int, out, grad []float32) float64) (float64, error) {
	size := len(batch) / len(t.graphs)
	losses, errs := make([]float64, len(t.graphs)), make([]error, len(t.graphs))
	var wg sync.WaitGroup
	for k, g := range t.graphs {
		wg.Go(func() {
			mine := batch[k*size : (k+1)*size]
			for row, i := range mine {
				load(g, k*size+row, row, i)
			}
			losses[k], errs[k] = g.Step(func(out, grad []float32) float64 { return loss(k, mine, out, grad) })
		})
	}
	wg.Wait()
	sum := 0.0
	for _, l := range losses {
		sum += l
	}
	for i, dst := range t.gradient {
		copy(dst, t.graphs[0].Gradients[i])
		for _, g := range t.graphs[1:] {
			for j, v := range g.Gradients[i] {
				dst[j] += v
			}
		}
	}
	return sum, errors.Join(errs...)
}
