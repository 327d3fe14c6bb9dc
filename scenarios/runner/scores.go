package runner

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"roadloop/scenarios/metrics"
	"roadloop/scenarios/metrics/leaderboard"
)

// Expert is the driver of the same case that scores use as their progress reference.
type Expert uint8

// Experts.
const (
	NoExpert       Expert = iota // no reference; the score version says so
	GroundTruth                  // the stack with ground truth, which drives every case as well
	DriverIsExpert               // the driver is itself the stack with ground truth
)

// groundTruth is the name of the expert in score versions.
const groundTruth = "the stack under ground truth"

// log returns the expert's drive log of the case, or nil without an expert.
func (e Expert) log(ctx context.Context, out *Outcome) (*metrics.DriveLog, error) {
	switch e {
	case DriverIsExpert:
		return out.Log, nil
	case GroundTruth:
		l, err := driveExpert(ctx, out.Spec)
		if err != nil {
			return nil, fmt.Errorf("driving the expert: %w", err)
		}
		return l, nil
	}
	return nil, nil
}

// scores computes the scores of a drive. expert may be nil.
func scores(l, expert *metrics.DriveLog) []leaderboard.Score {
	if expert == nil {
		return leaderboard.All(l, nil)
	}
	return leaderboard.All(l, &leaderboard.Reference{Name: groundTruth, Log: expert})
}

// driveExpert drives a case with the stack with ground truth.
func driveExpert(ctx context.Context, p *Spec) (*metrics.DriveLog, error) {
	factory, err := NewOracleFactory()
	if err != nil {
		return nil, err
	}
	defer factory.Close()
	r, err := NewCaseRun(p, factory.Driver)
	if err != nil {
		return nil, err
	}
	if _, err := r.Finish(ctx); err != nil {
		return nil, err
	}
	return r.Log(), nil
}

// Score is a published score with the version of its definition.
type Score struct {
	Version string  `json:"version"`
	Value   float64 `json:"value"`
	Best    float64 `json:"best,omitempty"` // the value of a perfect run
	// Terms are the parts of the score and additional values, by name. Missing holds the
	// terms that could not be computed, with the reason.
	Terms   map[string]float64 `json:"terms,omitempty"`
	Missing map[string]string  `json:"missing,omitempty"`
	// Deductions are in order of time. Best minus the sum of their Lost equals Value.
	Deductions []leaderboard.Deduction `json:"deductions,omitempty"`
}

// newScore converts a score for the results document.
func newScore(s *leaderboard.Score) Score {
	d := Score{Version: s.Version, Value: s.Value, Best: s.Best, Terms: make(map[string]float64), Deductions: s.Deductions}
	for i := range s.Terms {
		switch t := &s.Terms[i]; {
		case t.Missing != "":
			if d.Missing == nil {
				d.Missing = make(map[string]string)
			}
			d.Missing[t.Name] = t.Missing
		case t.Role != leaderboard.Signal:
			d.Terms[t.Name] = t.Value
		}
	}
	return d
}

// ScoreMean is the mean of a score over all cases that have this version of it.
type ScoreMean struct {
	Name    string  `json:"name"`
	Version string  `json:"version"`
	Cases   int     `json:"cases"`
	Mean    float64 `json:"mean"`
	Std     float64 `json:"std"` // sample standard deviation; 0 for a single case
	// Terms are the means of the terms, each over the cases that have it. The mean of a
	// product is not the product of the means: CARLA averages driving score, completion
	// and penalty separately.
	Terms map[string]float64 `json:"terms,omitempty"`
}

// Means returns the mean of every score and version, sorted by name and version.
func (r *Results) Means() []ScoreMean {
	type key struct{ name, version string }
	values := make(map[key][]Score)
	for i := range r.Cases {
		for name, s := range r.Cases[i].Scores {
			k := key{name, s.Version}
			values[k] = append(values[k], s)
		}
	}
	var out []ScoreMean
	for k, scores := range values {
		m := ScoreMean{Name: k.name, Version: k.version, Cases: len(scores)}
		var v []float64
		terms := make(map[string][]float64)
		for _, s := range scores {
			v = append(v, s.Value)
			for name, x := range s.Terms {
				terms[name] = append(terms[name], x)
			}
		}
		m.Mean, m.Std = meanStd(v)
		for name, x := range terms {
			if m.Terms == nil {
				m.Terms = make(map[string]float64)
			}
			m.Terms[name], _ = meanStd(x)
		}
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b ScoreMean) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	return out
}

// meanStd returns the mean and the sample standard deviation.
func meanStd(v []float64) (mean, std float64) {
	for _, x := range v {
		mean += x
	}
	mean /= float64(len(v))
	if len(v) < 2 {
		return mean, 0
	}
	for _, x := range v {
		std += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(std / float64(len(v)-1))
}

// MarshalJSON encodes the document with the means of its scores.
func (r Results) MarshalJSON() ([]byte, error) {
	type plain Results
	return json.Marshal(struct {
		plain
		Scores []ScoreMean `json:"scores,omitempty"`
	}{plain(r), r.Means()})
}
