package mutant

import (
	"cmp"
	"slices"
	"strings"
)

// ReportSchema names the version of the report document.
const ReportSchema = "roadloop.mutants/1"

// Report says how good a suite is.
type Report struct {
	Schema string   `json:"schema"`
	Faults []Result `json:"faults"`
	Caught int      `json:"caught"`
	Share  float64  `json:"share"` // of the faults that were caught, 0..1
	// Survivors are the faults that no case caught: either the suite is blind to
	// them, or they change nothing that matters.
	Survivors []string `json:"survivors"`
	// Cases are those that caught any, the most useful first: each catches the most of
	// what those before it leave.
	Cases []Use `json:"cases"`
	// Explained is how many failures were explained, and Right in how many the layer
	// of the fault, and no other, was named; Accuracy is its share, 0..1.
	Explained int     `json:"explained,omitempty"`
	Right     int     `json:"right,omitempty"`
	Accuracy  float64 `json:"accuracy,omitempty"`
}

// Use is what a case is good for.
type Use struct {
	Case   string   `json:"case"`
	Caught []string `json:"caught"` // faults, in their order
}

// NewReport sums up results.
func NewReport(results []Result) *Report {
	r := &Report{Schema: ReportSchema, Faults: slices.Clip(results), Survivors: []string{}, Cases: []Use{}}
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

// useful orders the cases: greedily, each catches the most faults that none before it
// does, the more in all of equals.
func useful(results []Result) []Use {
	uses := []Use{}
	for i := range results {
		for _, c := range results[i].By {
			at := slices.IndexFunc(uses, func(u Use) bool { return u.Case == c.Case })
			if at < 0 {
				at = len(uses)
				uses = append(uses, Use{Case: c.Case})
			}
			uses[at].Caught = append(uses[at].Caught, results[i].Fault)
		}
	}
	slices.SortFunc(uses, func(a, b Use) int {
		return cmp.Or(cmp.Compare(len(b.Caught), len(a.Caught)), strings.Compare(a.Case, b.Case))
	})
	caught := make(map[string]bool)
	fresh := func(u *Use) (n int) {
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
