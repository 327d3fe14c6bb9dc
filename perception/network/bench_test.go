package network

import (
	"fmt"
	"sync"
	"testing"
)

// BenchmarkTrainStep measures forward and backward passes of the shipped network
// at batch 32 in two replicas of 16, without the optimizer's few percent.
func BenchmarkTrainStep(b *testing.B) {
	c := DefaultConfig()
	for _, replicas := range []int{1, 2} {
		b.Run(fmt.Sprintf("replicas=%d", replicas), func(b *testing.B) {
			w, err := NewWeights(c, 1)
			if err != nil {
				b.Fatal(err)
			}
			graphs := make([]*Graph, replicas)
			for i := range graphs {
				g, err := NewGraph(w, GraphConfig{Batch: 16, Loss: driving()})
				if err != nil {
					b.Fatal(err)
				}
				defer g.Close()
				randomBatch(g, &c, uint64(i))
				graphs[i] = g
			}
			frames := 0
			for b.Loop() {
				var wg sync.WaitGroup
				for _, g := range graphs {
					wg.Go(func() {
						if err := g.Step(); err != nil {
							b.Error(err)
						}
					})
				}
				wg.Wait()
				frames += 16 * replicas
			}
			b.ReportMetric(float64(frames)/b.Elapsed().Seconds(), "frames/s")
		})
	}
}

// BenchmarkRun measures one image on one core.
func BenchmarkRun(b *testing.B) {
	for name, c := range map[string]Config{"default": DefaultConfig(), "small": SmallConfig()} {
		b.Run(name, func(b *testing.B) {
			w, err := NewWeights(c, 1)
			if err != nil {
				b.Fatal(err)
			}
			r, err := NewRunner(w)
			if err != nil {
				b.Fatal(err)
			}
			x, y := make([]float32, c.ImageSize()), make([]float32, c.HeadSize())
			for b.Loop() {
				r.Run(x, y)
			}
		})
	}
}
