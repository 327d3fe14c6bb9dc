package network

import (
	"sync"
	"testing"
)

// BenchmarkTrainStep measures forward and backward passes at batch 32 in two
// replicas of 16 of the bundled networks, without the optimizer, which takes a few
// percent. The last cases are gorgonia's own operators, for comparison.
func BenchmarkTrainStep(b *testing.B) {
	for _, c := range []struct {
		name     string
		replicas int
		config   Config
		GraphConfig
	}{
		{"replicas=1", 1, DefaultConfig(), GraphConfig{}},
		{"replicas=2", 2, DefaultConfig(), GraphConfig{}},
		{"bf16", 2, DefaultConfig(), GraphConfig{BF16: true}},
		{"small", 2, SmallConfig(), GraphConfig{}},
		{"gorgonia", 2, DefaultConfig(), GraphConfig{Backend: Gorgonia}},
	} {
		b.Run(c.name, func(b *testing.B) {
			if c.BF16 && !HasBF16() {
				b.Skip("this processor has no bf16")
			}
			c.Batch, c.Loss = 16, drivingLoss()
			benchmarkSteps(b, replicas(b, c.replicas, c.config, c.GraphConfig))
		})
	}
}

// replicas returns graphs that share weights, with random batches.
func replicas(b *testing.B, n int, c Config, how GraphConfig) []*Graph {
	b.Helper()
	w, err := NewWeights(c, 1)
	if err != nil {
		b.Fatal(err)
	}
	graphs := make([]*Graph, n)
	for i := range graphs {
		if graphs[i], err = NewGraph(w, how); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { graphs[i].Close() })
		randomBatch(graphs[i], &c, uint64(i))
	}
	return graphs
}

// benchmarkSteps runs the graphs concurrently.
func benchmarkSteps(b *testing.B, graphs []*Graph) {
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
		frames += 16 * len(graphs)
	}
	b.ReportMetric(float64(frames)/b.Elapsed().Seconds(), "frames/s")
}
