//go:build unix

package tasks

import (
	"syscall"
	"testing"

	"roadloop/policy"
)

// cpuSeconds returns the time of the processors that this process has used, s.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// BenchmarkTraining measures rollouts of the recommended recipe on two workers, learning
// included. Steps per second of the processors do not depend on what else runs.
func BenchmarkTraining(b *testing.B) {
	all := All()
	for _, name := range []string{"drive-highway-v0", "drive-mixed-v0"} {
		b.Run(name, func(b *testing.B) {
			task, err := all.Find(name)
			if err != nil {
				b.Fatal(err)
			}
			r, err := task.Recipe("ppo", 0)
			if err != nil {
				b.Fatal(err)
			}
			envs, err := policy.NewVector(r.Environments, 2, policy.SameStep, task.New)
			if err != nil {
				b.Fatal(err)
			}
			defer envs.Close()
			l, err := r.New(envs)
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			before, used := l.Steps(), cpuSeconds()
			for b.Loop() {
				for range r.PPO.Rollout {
					if err := l.Step(); err != nil {
						b.Fatal(err)
					}
				}
			}
			steps := float64(l.Steps() - before)
			b.ReportMetric(steps/b.Elapsed().Seconds(), "env-steps/s")
			if used = cpuSeconds() - used; used > 0 {
				b.ReportMetric(steps/used, "env-steps/cpu-s")
			}
		})
	}
}
