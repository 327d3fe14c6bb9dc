package highway_test

import (
	"math"
	"testing"

	"roadloop/policy/highway"
	"roadloop/sim/rng"
)

// The returns, lengths and crash rates of four policies without learning, measured on
// HighwayEnv 07b824f9 (highway-fast-v0), with their standard errors.
func TestEqualsHighwayEnv(t *testing.T) {
	const episodes = 1000
	tests := []struct {
		name              string
		act               func(r *rng.Stream, step int) highway.Action
		mean, stdErr      float64
		steps, stdSteps   float64
		crashed, n, speed float64
	}{
		{"random", func(r *rng.Stream, _ int) highway.Action { return highway.Action(r.IntN(highway.NumActions)) }, 8.90, .29, 11.9, 7.8, .95, 400, 24.0},
		{"idle", func(*rng.Stream, int) highway.Action { return highway.Idle }, 11.59, .32, 14.8, 8.2, .94, 400, 24.3},
		{"faster", func(*rng.Stream, int) highway.Action { return highway.Faster }, 7.10, .30, 8.3, 4.9, 1, 200, 28.4},
		{"slower", func(*rng.Stream, int) highway.Action { return highway.Slower }, 20.86, .09, 29.8, 2.2, .02, 300, 20.0},
		{"right, then slower", func(_ *rng.Stream, step int) highway.Action {
			if step < 3 {
				return highway.Right
			}
			return highway.Slower
		}, 20.01, .35, 26.9, 8, .16, 300, 20.7},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env, err := highway.New(highway.FastV0())
			if err != nil {
				t.Fatal(err)
			}
			measures := make([]float64, 2)
			var sum, squares, steps, crashed, speed float64
			for i := range episodes {
				seed := uint64(10000 + i)
				if err := env.Reset(seed); err != nil {
					t.Fatal(err)
				}
				r := rng.New(seed, "ego", "actions")
				total := 0.0
				for step := 0; ; step++ {
					res, err := env.Step([]float32{float32(tt.act(&r, step))})
					if err != nil {
						t.Fatal(err)
					}
					total += res.Reward
					steps++
					if res.Terminated {
						crashed++
					}
					if res.Done() {
						env.Measure(measures)
						speed += measures[1]
						break
					}
				}
				sum += total
				squares += total * total
			}
			const n = episodes
			mean := sum / n
			stdErr := math.Sqrt((squares/n - mean*mean) / n)
			t.Logf("return %.2f [%.2f], want %.2f [%.2f]; steps %.1f, want %.1f; crashed %.3f, want %.2f; speed %.2f, want %.1f",
				mean, stdErr, tt.mean, tt.stdErr, steps/n, tt.steps, crashed/n, tt.crashed, speed/n, tt.speed)
			if d, most := math.Abs(mean-tt.mean), 2*math.Hypot(stdErr, tt.stdErr); d > most {
				t.Errorf("mean return %.2f, want %.2f ± %.2f", mean, tt.mean, most)
			}
			p := tt.crashed
			if d, most := math.Abs(crashed/n-p), .005+2*math.Sqrt(p*(1-p)*(1/tt.n+1./n)); d > most {
				t.Errorf("crashed in %.3f of the episodes, want %.2f ± %.3f", crashed/n, p, most)
			}
			if d := math.Abs(speed/n - tt.speed); d > .3 {
				t.Errorf("mean speed %.2f m/s, want %.1f", speed/n, tt.speed)
			}
			if d, most := math.Abs(steps/n-tt.steps), .05+2*tt.stdSteps*math.Sqrt(1/tt.n+1./n); d > most {
				t.Errorf("%.2f steps, want %.1f ± %.2f", steps/n, tt.steps, most)
			}
		})
	}
}
