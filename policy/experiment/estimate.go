package experiment

import (
	"context"
	"time"

	"roadloop/internal/memory"
	"roadloop/policy/learn"
)

// Estimate is the expected cost of a run on this machine.
type Estimate struct {
	Recipe      learn.Recipe  `json:"recipe"`
	Parameters  int           `json:"parameters"` // learned values of the network
	Steps       int64         `json:"steps"`      // of the environments
	StepsPerSec float64       `json:"steps_per_sec"`
	Time        time.Duration `json:"time_ns"`
	Memory      int64         `json:"memory"` // peak of this process so far, bytes
	Stored      int64         `json:"stored"` // most memory of stored observations, bytes
}

// estimateTime is how long a training is measured, at least.
const estimateTime = 2 * time.Second

// DryRun trains for a few seconds, without a folder, and returns an estimate for all steps.
// The measurement begins after the first update, and ends after another one.
func DryRun(ctx context.Context, r learn.Recipe, s Setup) (Estimate, error) {
	e, err := open("", r, s)
	if err != nil {
		return Estimate{}, err
	}
	defer e.Close()
	var begun time.Time
	first, rounds := int64(0), 0
	for !e.learner.Done() {
		if err := ctx.Err(); err != nil {
			return Estimate{}, err
		}
		if err := e.learner.Step(); err != nil {
			return Estimate{}, err
		}
		if e.learner.Metrics() == nil {
			continue
		}
		if rounds++; rounds == 1 {
			begun, first = time.Now(), e.learner.Steps()
		} else if time.Since(begun) > estimateTime {
			break
		}
	}
	p := e.learner.Policy()
	out := Estimate{Recipe: r, Parameters: p.Weights.Count(), Steps: r.Steps(), Memory: memory.Peak(), Stored: r.Stored(e.envs.Spec())}
	for _, d := range s.Recorded {
		out.Stored += 2 * d.Bytes() // of the file, and of the learner if it has a copy
	}
	if n := e.learner.Steps() - first; rounds > 1 {
		out.StepsPerSec = float64(n) / time.Since(begun).Seconds()
		out.Time = time.Duration(float64(out.Steps) / out.StepsPerSec * float64(time.Second))
	}
	return out, nil
}
