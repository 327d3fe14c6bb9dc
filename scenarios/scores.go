package scenarios

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"roadloop/scenarios/record"
	"roadloop/scenarios/score"
)

// Expert is whose drive of the same case scores compare progress with.
type Expert uint8

// Experts.
const (
	NoExpert    Expert = iota // scores go without, and say so in their version
	GroundTruth               // the stack under ground truth, which drives every case too
	Itself                    // what drives is the stack under ground truth
)

// groundTruth is the name of the expert in the versions of scores.
const groundTruth = "the stack under ground truth"

// log returns the drive of the expert in the case of an outcome, nil for none.
func (e Expert) log(ctx context.Context, out *Outcome) (*record.Log, error) {
	switch e {
	case Itself:
		return out.Log, nil
	case GroundTruth:
		l, err := driveExpert(ctx, out.Plan)
		if err != nil {
			return nil, fmt.Errorf("the expert: %w", err)
		}
		return l, nil
	}
	return nil, nil
}

// scores computes the scores of a drive, with that of the expert; nil for none.
func scores(l, expert *record.Log) []score.Score {
	if expert == nil {
		return score.All(l, nil)
	}
	return score.All(l, &score.Reference{Name: groundTruth, Log: expert})
}

// driveExpert drives a case with the stack under ground truth.
func driveExpert(ctx context.Context, p *Plan) (*record.Log, error) {
	crew, err := OracleCrew()
	if err != nil {
		return nil, err
	}
	defer crew.Close()
	r, err := NewRide(p, crew.Driver)
	if err != nil {
		return nil, err
	}
	if _, err := r.Finish(ctx); err != nil {
		return nil, err
	}
	return r.Log(), nil
}

// Score is a published score, stamped with the version of its definition.
type Score struct {
	Version string  `json:"version"`
	Value   float64 `json:"value"`
	Best    float64 `json:"best,omitempty"` // the value of a faultless run
	// Terms are its parts and what is told beside it, by name, Missing those that could
	// not be measured and why.
	Terms      map[string]float64 `json:"terms,omitempty"`
	Missing    map[string]string  `json:"missing,omitempty"`
	Deductions []Deduction        `json:"deductions,omitempty"` // in order of time
}

// Deduction is a reason why a score is below its best.
type Deduction struct {
	Time   float64 `json:"t"` // s
	Term   string  `json:"term"`
	Lost   float64 `json:"lost"` // of the value; Best less all that was lost is the value
	Reason string  `json:"reason"`
}

// newScore returns what the document says of a score.
func newScore(s *score.Score) Score {
	d := Score{Version: s.Version, Value: s.Value, Best: s.Best, Terms: make(map[string]float64)}
	for i := range s.Terms {
		switch t := &s.Terms[i]; {
		case t.Missing != "":
			if d.Missing == nil {
				d.Missing = make(map[string]string)
			}
			d.Missing[t.Name] = t.Missing
		case t.Role != score.Signal:
			d.Terms[t.Name] = t.Value
		}
	}
	for _, x := range s.Deductions {
		d.Deductions = append(d.Deductions, Deduction{x.Time, x.Term, x.Lost, x.Reason})
	}
	return d
}

// ScoreMean is the mean of a score over all cases that have it in one version.
type ScoreMean struct {
	Name    string  `json:"name"`
	Version string  `json:"version"`
	Cases   int     `json:"cases"`
	Mean    float64 `json:"mean"`
	Std     float64 `json:"std"` // of a sample, 0 for a single case
	// Terms are the means of the terms, each over the cases that have it. The mean of a
	// product is not the product of the means: CARLA's driving score, completion and
	// penalty are averaged apart.
	Terms map[string]float64 `json:"terms,omitempty"`
}

// Means returns the mean of every score and version, in that order.
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

// meanStd returns the mean and the standard deviation of a sample.
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

// MarshalJSON writes the document with the means of its scores.
func (r Results) MarshalJSON() ([]byte, error) {
	type plain Results
	return json.Marshal(struct {
		plain
		Scores []ScoreMean `json:"scores,omitempty"`
	}{plain(r), r.Means()})
}
