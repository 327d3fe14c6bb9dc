package scenarios

import "math"

// ResultsSchema names the version of the results document.
const ResultsSchema = "roadloop.results/1"

// Results is the document that run prints with --json.
type Results struct {
	Schema  string   `json:"schema"`
	Passed  int      `json:"passed"`
	Failed  int      `json:"failed"`
	Invalid int      `json:"invalid"`
	Cases   []Result `json:"cases"`
}

// Result is a case in the results document.
type Result struct {
	Case        string             `json:"case,omitempty"` // see Case.ID
	Scenario    string             `json:"scenario"`
	Family      string             `json:"family"`
	Seed        uint64             `json:"seed"`
	Driver      string             `json:"driver"`
	Perception  string             `json:"perception"`
	Parameters  []Parameter        `json:"parameters,omitempty"`
	Passed      bool               `json:"passed"`
	Preventable bool               `json:"preventable"`
	Reason      string             `json:"reason,omitempty"`
	SimSeconds  float64            `json:"sim_seconds"`
	WallSeconds float64            `json:"wall_seconds"`
	TraceSHA256 string             `json:"trace_sha256,omitempty"`
	Measures    map[string]float64 `json:"measures,omitempty"`
	Scores      map[string]Score   `json:"scores"`
}

// Score is a published score, stamped with the version of its definition.
type Score struct {
	Version string  `json:"version"`
	Value   float64 `json:"value"`
}

// NewResults returns an empty document.
func NewResults() *Results { return &Results{Schema: ResultsSchema, Cases: []Result{}} }

// Add appends an outcome.
func (r *Results) Add(out *Outcome, o *Options) {
	c := Result{
		Case: out.Case.ID(), Scenario: out.Case.Scenario.Slug(), Family: out.Case.Scenario.Family, Seed: out.Case.Seed,
		Driver: o.Driver, Perception: o.Perception, Parameters: out.Case.Parameters,
		Preventable: out.Case.file.Preventable == nil || *out.Case.file.Preventable,
		Scores:      map[string]Score{},
	}
	switch {
	case out.Err != nil:
		r.Invalid++
		c.Reason = out.Err.Error()
		r.Cases = append(r.Cases, c)
		return
	case out.Verdict.Passed:
		r.Passed++
	default:
		r.Failed++
	}
	v := &out.Verdict
	c.Passed, c.Reason = v.Passed, v.Reason
	c.SimSeconds, c.WallSeconds = v.Duration, out.Wall.Seconds()
	c.TraceSHA256 = out.Trace.SHA256()
	c.Measures = map[string]float64{"max_lateral_error": v.MaxLateralError, "progress": v.Progress, "mean_speed": v.MeanSpeed}
	for name, x := range map[string]float64{"min_gap": v.MinGap, "min_ttc": v.MinTTC} {
		if !math.IsInf(x, 0) {
			c.Measures[name] = x
		}
	}
	r.Cases = append(r.Cases, c)
}
