package replay

import "roadloop/scenarios/metrics/leaderboard"

// scoreJSON is a published score on the page, with its terms and deductions.
type scoreJSON struct {
	Name       string                  `json:"name"`
	Version    string                  `json:"version"`
	Value      float64                 `json:"value"`
	Best       float64                 `json:"best"`
	Terms      []termJSON              `json:"terms"`
	Deductions []leaderboard.Deduction `json:"deductions"`
}

type termJSON struct {
	Name    string  `json:"name"`
	Role    string  `json:"role"`
	Value   float64 `json:"value"`
	Unit    string  `json:"unit,omitempty"`
	Missing string  `json:"missing,omitempty"`
}

// scores returns the scores of a run without their series.
func scores(list []leaderboard.Score) []scoreJSON {
	out := make([]scoreJSON, len(list))
	for i, s := range list {
		out[i] = scoreJSON{Name: s.Name, Version: s.Version, Value: rounded(s.Value), Best: s.Best}
		for _, t := range s.Terms {
			out[i].Terms = append(out[i].Terms, termJSON{t.Name, t.Role.String(), rounded(t.Value), t.Unit, t.Missing})
		}
		for _, d := range s.Deductions {
			d.Time, d.Lost = rounded(d.Time), rounded(d.Lost)
			out[i].Deductions = append(out[i].Deductions, d)
		}
	}
	return out
}
