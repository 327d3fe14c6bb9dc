//go:build unix

package drive

import (
	"fmt"
	"syscall"
	"testing"

	"roadloop/policy"
)

// cpuSeconds returns the time of the processor that this process has used, s. Other than the
// time on the clock, it does not depend on what else runs on the machine.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// benchmark measures steps of one environment with about 20 road users at a constant speed,
// with observations and resets.
func benchmark(b *testing.B, task string, change func(c *Config)) {
	c, err := FindTask(task)
	if err != nil {
		b.Fatal(err)
	}
	for i := range c.Sources {
		c.Sources[i].Count = 4
	}
	change(&c)
	e, err := New(c)
	if err != nil {
		b.Fatal(err)
	}
	obs := policy.NewArrays(e.Spec().Observation, 1)
	seed, users := uint64(0), 0
	reset := func() {
		seed++
		if err := e.Reset(policy.TrainingSeed(seed)); err != nil {
			b.Fatal(err)
		}
		users += len(e.world.Actors())
	}
	for range 40 { // makes all maps
		reset()
	}
	seed, users = 0, 0
	reset()
	drive, err := NewBaseline(ConstantAction)
	if err != nil {
		b.Fatal(err)
	}
	a := make([]float32, e.Spec().Action.Size())
	b.ReportAllocs()
	before := cpuSeconds()
	for b.Loop() {
		drive.Act(e, a)
		r, err := e.Step(a)
		if err != nil {
			b.Fatal(err)
		}
		if r.Done() {
			reset()
		}
		e.Observe(obs)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "env-steps/s")
	if used := cpuSeconds() - before; used > 0 {
		b.ReportMetric(float64(b.N)/used, "env-steps/cpu-s")
	}
	b.ReportMetric(float64(users)/float64(seed), "road-users")
}

// BenchmarkEnvState measures steps with the observations State, RoutePoints and RoadUsers, at
// 20 and at 10 decisions per second, resets included.
func BenchmarkEnvState(b *testing.B) {
	for _, task := range []string{"drive-highway-v0", "drive-town-v0"} {
		b.Run(task+"/20Hz", func(b *testing.B) { benchmark(b, task, func(c *Config) { c.Rate = 20 }) })
		b.Run(task+"/10Hz", func(b *testing.B) { benchmark(b, task, func(*Config) {}) })
		b.Run(task+"/10Hz-rays", func(b *testing.B) {
			benchmark(b, task, func(c *Config) { c.Observations = append(c.Observations, Rays) })
		})
	}
}

// BenchmarkEnvPerceived measures steps with the perceived scene, at 10 decisions per second.
func BenchmarkEnvPerceived(b *testing.B) {
	benchmark(b, "drive-perceived-v0", func(*Config) {})
}

// BenchmarkEnvCamera96 measures steps with a stack of four gray frames of 96×96 pixels, at 10
// decisions per second.
func BenchmarkEnvCamera96(b *testing.B) {
	for _, task := range []string{"drive-highway-v0", "drive-town-v0"} {
		b.Run(task, func(b *testing.B) {
			benchmark(b, task, func(c *Config) { c.Observations, c.Gray, c.Frames = []string{Camera96}, true, 4 })
		})
	}
}

// BenchmarkVector measures 64 environments that are stepped together, by one and by two workers.
func BenchmarkVector(b *testing.B) {
	c, err := FindTask("drive-highway-v0")
	if err != nil {
		b.Fatal(err)
	}
	t, err := Open(c)
	if err != nil {
		b.Fatal(err)
	}
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers-%d", workers), func(b *testing.B) {
			v, err := policy.NewVector(64, workers, policy.SameStep, t.Env)
			if err != nil {
				b.Fatal(err)
			}
			defer v.Close()
			if err := v.Reset(policy.TrainingSeed(1)); err != nil {
				b.Fatal(err)
			}
			actions := make([]float32, 64*v.Spec().Action.Size())
			for b.Loop() {
				if err := v.Step(actions); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(64*b.N)/b.Elapsed().Seconds(), "env-steps/s")
		})
	}
}
