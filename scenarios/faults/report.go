package faults

import (
	"cmp"
	"slices"
	"strings"
)

// ReportSchema names the version of the report document.
const ReportSchema = "roadloop.mutants/1"

// Report summarizes the results of a suite.
type Report struct {
	Schema string   `json:"schema"`
	Faults []Result `json:"faults"`
	Caught int      `json:"caught"`
	Share  float64  `json:"share"` // of the faults that were caught, 0..1
	// Survivors are the faults that no case caught: either the suite does not test for
	// them, or they have no relevant effect.
	Survivors []string `json:"survivors"`
	// Cases are the cases that caught a fault, the most useful first: each catches most
	// of the faults that the cases before it do not catch.
	Cases []CaseCoverage `json:"cases"`
	// Explained is the number of explained failures, and Right the number of those with
	// exactly the layer of the fault blamed. Accuracy is Right/Explained, 0..1.
	Explained int     `json:"explained,omitempty"`
	Right     int     `json:"right,omitempty"`
	Accuracy  float64 `json:"accuracy,omitempty"`
}

// CaseCoverage lists the faults that a case caught.
type CaseCoverage struct {
	Case   string   `json:"case"`
	Caught []string `json:"caught"` // faults, in their order
}

// NewReport returns the report of results.
func NewReport(results []Result) *Report {
	r := &Report{Schema: ReportSchema, Faults: slices.Clip(results), Survivors: []string{}, Cases: []CaseCoverage{}}
	if r.Faults == nil {
		r.Faults = []Result{}
	}
	for i := range results {
		f := &results[i]
		if !f.Caught {
			r.Survivors = append(r.Survivors, f.Fault)
			continue
		}
		r.Caught++
		if f.Explained {
			r.Explained++
			if f.Right() {
				r.Right++
			}
		}
	}
	if len(results) > 0 {
		r.Share = float64(r.Caught) / float64(len(results))
	}
	if r.Explained > 0 {
		r.Accuracy = float64(r.Right) / float64(r.Explained)
	}
	r.Cases = useful(results)
	return r
}

// useful orders the cases greedily: the next case catches most of the faults not caught
// before; among equals, most faults in all.
func useful(results []Result) []CaseCoverage {
	uses := []CaseCoverage{}
	for i := range results {
		for _, c := range results[i].By {
			at := slices.IndexFunc(uses, func(u CaseCoverage) bool { return u.Case == c.Case })
			if at < 0 {
				at = len(uses)
				uses = append(uses, CaseCoverage{Case: c.Case})
			}
			uses[at].Caught = append(uses[at].Caught, results[i].Fault)
		}
	}
	slices.SortFunc(uses, func(a, b CaseCoverage) int {
		return cmp.Or(cmp.Compare(len(b.Caught), len(a.Caught)), strings.Compare(a.Case, b.Case))
	})
	caught := make(map[string]bool)
	fresh := func(u *CaseCoverage) (n int) {
		for _, f := range u.Caught {
			if !caught[f] {
				n++
			}
		}
		return n
	}
	for i := range uses {
		best := i
		for j := i + 1; j < len(uses); j++ {
			if fresh(&uses[j]) > fresh(&uses[best]) {
				best = j
			}
		}
		u := uses[best]
		uses = slices.Insert(slices.Delete(uses, best, best+1), i, u)
		for _, f := range u.Caught {
			caught[f] = true
		}
	}
	return uses
}
