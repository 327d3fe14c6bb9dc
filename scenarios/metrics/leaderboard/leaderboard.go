// Package leaderboard computes published leaderboard scores from the drive log of one run: the
// CARLA leaderboard's driving score 2.0 and 2.1, Bench2Drive's, nuPlan's closed-loop
// score, NAVSIM's PDMS and the applicable part of its EPDMS, and NeuroNCAP's severity.
//
// Each score has the version of its definition, its terms over time, and deductions with
// time and reason. The deductions add up to the difference from the best value. The
// formulas are those of the published implementations. If a run lacks an input, such as a
// human drive, the score names the substitute, also in its version.
//
// Units are SI. A score is not a verdict: the scenario defines the expectations of a run.
package leaderboard

import (
	"slices"

	"roadloop/scenarios/metrics"
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
	Version string // of the definition, with the substitutes for missing inputs
	Value   float64
	Best    float64 // the value of a faultless run
	Terms   []Term
	// Deductions are in order of time. Value is Best minus all of their Lost.
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

// Role is the role of a term in its score.
type Role uint8

// Roles.
const (
	Factor Role = iota // multiplies the score
	Share              // is averaged with the other shares by weight
	Detail             // is for information only
	Signal             // is a signal that a share or factor depends on; its value is the peak
)

// String returns the name of the role.
func (r Role) String() string {
	return [...]string{"factor", "share", "detail", "signal", "unknown"}[min(r, 4)]
}

// Term is a part of a score.
type Term struct {
	Name   string
	Role   Role
	Weight float64 // of a share, relative to the other measured shares
	Value  float64 // 0 to 1 for factors and shares; in Unit for details
	// Missing is the reason why the term could not be measured, "" if it was. Such a
	// term has no effect: its weight is left out, its factor is 1, and its Value is 0
	// without meaning.
	Missing string
	// Series is the quantity that the term depends on, in Unit, one value per step of the
	// log; NaN if undefined. It is nil for a term without values over time.
	Series []float64
	Unit   string
}

// Deduction is one loss of a score.
type Deduction struct {
	Time float64 `json:"t"` // s
	Term string  `json:"term"`
	// Factor multiplied the score; it is 1 for a loss of a share. It is not published.
	Factor float64 `json:"-"`
	Lost   float64 `json:"lost"`   // of Value
	Reason string  `json:"reason"` // one sentence
}

// Reference is the drive of an expert in the same case. Some scores compare progress with
// it: nuPlan uses a human's drive, NAVSIM that of the planner PDM-Closed.
type Reference struct {
	Name string // such as "the stack under ground truth"
	Log  *metrics.DriveLog
}

// DrivingScores returns the driving scores of the CARLA leaderboard 2.0 and 2.1 and of
// Bench2Drive, as All does.
func DrivingScores(log *metrics.DriveLog, ref *Reference) []Score {
	if len(log.Steps) == 0 {
		return nil
	}
	return newRun(log, ref).drivingScores()
}

func (r *run) drivingScores() []Score {
	return []Score{r.carla(&leaderboard20), r.carla(&leaderboard21), r.bench2drive()}
}

// All returns all scores of a run. If ref is nil, terms that need a reference are marked
// missing. A log without steps has no scores.
func All(log *metrics.DriveLog, ref *Reference) []Score {
	if len(log.Steps) == 0 {
		return nil
	}
	r := newRun(log, ref)
	return append(r.drivingScores(), r.nuPlan(), r.pdms(), r.epdms(), r.severity())
}
