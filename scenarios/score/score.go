// Package score computes published driving scores from the record of one run: the
// CARLA leaderboard's driving score 2.0 and 2.1, Bench2Drive's, nuPlan's closed-loop
// score, NAVSIM's PDMS and what applies of its EPDMS, and NeuroNCAP's severity.
//
// Each score is stamped with the version of its definition, tells its terms over
// time, and gives the time and the reason of everything it deducts; the deductions
// add up to what is missing of the best value. The formulas are those of the
// published implementations. Where a run of roadloop lacks what they ask for, such as
// a human's drive, the score says what it took instead, and its version says so too.
//
// Units are SI. A score judges nothing: what a run must fulfill, its scenario says.
package score

import (
	"fmt"
	"slices"

	"roadloop/scenarios/record"
)

// Names of the scores.
const (
	CARLA20     = "carla_2_0_ds"
	CARLA21     = "carla_2_1_ds"
	Bench2Drive = "bench2drive_ds"
	NuPlan      = "nuplan_cls"
	PDMS        = "navsim_pdms"
	EPDMS       = "navsim_epdms"
	Severity    = "neuroncap"
)

// Score is a published score of one run.
type Score struct {
	Name    string
	Version string // of the definition, with what stands in for its missing inputs
	Value   float64
	Best    float64 // the value of a faultless run
	Terms   []Term
	// Deductions are in order of time. Best less all they lost is Value.
	Deductions []Deduction
}

// Term returns a term by its name.
func (s Score) Term(name string) (Term, bool) {
	i := slices.IndexFunc(s.Terms, func(t Term) bool { return t.Name == name })
	if i < 0 {
		return Term{}, false
	}
	return s.Terms[i], true
}

// Role is what a term does in its score.
type Role uint8

// Roles.
const (
	Factor Role = iota // multiplies the score
	Share              // is averaged with the other shares by weight
	Detail             // is told beside the score and has no part in it
	Signal             // is what a share or factor of several signals rests on; its value is the peak
)

// String returns the name of the role.
func (r Role) String() string {
	return [...]string{"factor", "share", "detail", "signal", "unknown"}[min(r, 4)]
}

// Term is a part of a score.
type Term struct {
	Name   string
	Role   Role
	Weight float64 // of a share among the shares that could be measured
	Value  float64 // 0 to 1 for factors and shares; in Unit for details
	// Missing says why the term could not be measured. Such a term has no part in the
	// score: its weight is left out, its factor is 1, its Value is 0 and means nothing.
	Missing string
	// Series is what the term rests on, in Unit, one value a step of the record; NaN
	// where it is undefined. Nil where there is nothing to tell step by step.
	Series []float64
	Unit   string
}

// Deduction is one reason why a score is not the best.
type Deduction struct {
	Time float64 // s
	Term string
	// Factor is what the score was multiplied with, 1 for a loss of a share.
	Factor float64
	Lost   float64 // of Value
	Reason string  // one sentence
}

// Reference is the drive of an expert in the same case, which some scores compare
// progress with: nuPlan a human's, NAVSIM that of the planner PDM-Closed.
type Reference struct {
	Name string // such as "the stack under ground truth"
	Log  *record.Log
}

// All returns all scores of a run. Without a reference, ref is nil, terms that need
// one are marked missing. A record without steps has no scores.
func All(log *record.Log, ref *Reference) []Score {
	if len(log.Steps) == 0 {
		return nil
	}
	r := newRun(log, ref)
	return []Score{
		r.carla(&leaderboard20), r.carla(&leaderboard21), r.bench2drive(),
		r.nuPlan(), r.pdms(), r.epdms(), r.severity(),
	}
}

// Compare returns how much higher b is than a. Scores of different names or versions
// cannot be compared.
func Compare(a, b Score) (float64, error) {
	switch {
	case a.Name != b.Name:
		return 0, fmt.Errorf("comparing scores: %s and %s are different scores", a.Name, b.Name)
	case a.Version != b.Version:
		return 0, fmt.Errorf("comparing %s: %q and %q are different versions", a.Name, a.Version, b.Version)
	}
	return b.Value - a.Value, nil
}
