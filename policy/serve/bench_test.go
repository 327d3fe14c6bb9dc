package serve

import (
	"runtime"
	"testing"

	"roadloop/policy"
	"roadloop/policy/highway"
	"roadloop/sim/rng"
)

// The speed of 64 environments of highway-fast-v0 without a server. python/bench.py compares
// it with that from Python.
func BenchmarkVector(b *testing.B) {
	const n = 64
	v, err := policy.NewVector(n, runtime.NumCPU(), policy.NextStep, func() (policy.Env, error) { return highway.New(highway.FastV0()) })
	if err != nil {
		b.Fatal(err)
	}
	defer v.Close()
	if err := v.Reset(0); err != nil {
		b.Fatal(err)
	}
	r := rng.New(0, "bench", "actions")
	actions := make([]float32, n)
	for b.Loop() {
		for i := range actions {
			actions[i] = float32(r.IntN(highway.NumActions))
		}
		if err := v.Step(actions); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "env-steps/s")
}
