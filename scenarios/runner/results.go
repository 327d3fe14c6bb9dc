package runner

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"roadloop/scenarios"
	"roadloop/scenarios/metrics"
	"roadloop/trace"
)

// ResultsSchema is the version of the results document.
const ResultsSchema = "roadloop.results/1"

// Results is the document that run and test print with --json. Equal runs give equal
// documents, except for the wall times.
type Results struct {
	Schema string `json:"schema"`
	Counts
	// Suite identifies the planned cases. Setup identifies the driver. Shard, such as
	// 2/4, is the part of the suite in this document, or "" for the whole suite.
	Suite *SuiteID   `json:"suite,omitempty"`
	Setup *RunConfig `json:"setup,omitempty"`
	Shard string     `json:"shard,omitempty"`
	Cases []Result   `json:"cases"`
	// Comparison, if set, is the difference from a baseline. ParseResults ignores it.
	Comparison any `json:"comparison,omitempty"`
}

// Counts are the numbers of cases by their outcome.
type Counts struct {
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Invalid int `json:"invalid"`
	// Unpreventable is the number of failed cases that are not preventable; see Preventable.
	Unpreventable int `json:"unpreventable"`
}

// Count counts a case.
func (n *Counts) Count(c *Result) {
	switch {
	case c.Invalid:
		n.Invalid++
	case c.Passed:
		n.Passed++
	default:
		n.Failed++
		if c.Unpreventable() {
			n.Unpreventable++
		}
	}
}

// SuiteID identifies a suite.
type SuiteID struct {
	Name   string `json:"name"`   // quick, full or seeds
	Cases  int    `json:"cases"`  // of all shards
	SHA256 string `json:"sha256"` // of the names, parameters and files of the cases
	// Scenarios maps names to the SHA-256 of the files.
	Scenarios map[string]string `json:"scenarios"`
}

// RunConfig identifies the driver and its configuration.
type RunConfig struct {
	trace.DriverID        // its ISA is set only if the network's arithmetic was pinned
	Fault          string `json:"fault,omitempty"` // injected into the driver
	// TimeoutSeconds is the maximum simulated time of a case; 0 means no limit.
	TimeoutSeconds float64 `json:"timeout_seconds,omitempty"`
	Build          string  `json:"build,omitempty"` // commit of the program
}

// Difference describes the first difference of two setups, with both values, or returns
// "".
func (s RunConfig) Difference(o RunConfig) string {
	a, b := reflect.ValueOf(s), reflect.ValueOf(o)
	for _, f := range reflect.VisibleFields(a.Type()) {
		if f.Anonymous { // its own fields follow
			continue
		}
		if x, y := a.FieldByIndex(f.Index).Interface(), b.FieldByIndex(f.Index).Interface(); x != y {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			return fmt.Sprintf("%s is %#v and %#v", name, x, y)
		}
	}
	return ""
}

// Result is a case in the results document.
type Result struct {
	Case        string                `json:"case,omitempty"` // see Case.ID
	Scenario    string                `json:"scenario"`
	File        string                `json:"file,omitempty"` // of a scenario outside the library
	Family      string                `json:"family"`
	Seed        uint64                `json:"seed"`
	Driver      string                `json:"driver"`
	Perception  string                `json:"perception"`
	Parameters  []scenarios.Parameter `json:"parameters,omitempty"`
	Passed      bool                  `json:"passed"`
	Invalid     bool                  `json:"invalid,omitempty"` // could not be driven
	Preventable bool                  `json:"preventable"`
	// PreventableBy is the driver that passes the case; see Preventability.
	PreventableBy string `json:"preventable_by,omitempty"`
	Reason        string `json:"reason,omitempty"`
	// Code is the code of the first failure; "" for a case that passed or is invalid.
	Code Code `json:"code,omitempty"`
	// Cause is a sentence about what removes the failure. Unseen is a sentence about what
	// perception missed before it. Both are optional.
	Cause  string `json:"cause,omitempty"`
	Missed string `json:"unseen,omitempty"`
	// FailedAt is the time of the first violated expectation, s. Command drives the case
	// alone. Failed cases have both.
	FailedAt   *float64 `json:"failed_at,omitempty"`
	Command    string   `json:"command,omitempty"`
	SimSeconds float64  `json:"sim_seconds"`
	// WallSeconds is 0 for a case that was not driven, and in a document without wall times.
	WallSeconds float64 `json:"wall_seconds,omitempty"`
	TraceSHA256 string  `json:"trace_sha256,omitempty"`
	// Color rates the severity of the collision, given the ego's initial speed; see
	// metrics.ColorOf.
	Color             string              `json:"color,omitempty"`
	Collisions        []metrics.Collision `json:"collisions,omitempty"`
	Measures          map[string]float64  `json:"measures,omitempty"`
	Scores            map[string]Score    `json:"scores"`
	PerceptionMetrics *PerceptionResult   `json:"seen,omitempty"` // metrics of perception
	// Traffic is set for scenarios with random traffic.
	Traffic *TrafficCount `json:"traffic,omitempty"`
}

// NewResults returns an empty document.
func NewResults() *Results { return &Results{Schema: ResultsSchema, Cases: []Result{}} }

// Append appends a result and counts it.
func (r *Results) Append(c Result) {
	r.Count(&c)
	r.Cases = append(r.Cases, c)
}

// WithoutWall returns a copy without the values that differ from run to run.
func (r *Results) WithoutWall() *Results {
	c := *r
	c.Cases = make([]Result, len(r.Cases))
	for i, x := range r.Cases {
		x.WallSeconds = 0
		c.Cases[i] = x
	}
	return &c
}

// Unpreventable reports whether a case failed and is not preventable.
func (c *Result) Unpreventable() bool { return !c.Passed && !c.Invalid && !c.Preventable }

// Failing reports whether a case is invalid, or failed and is preventable.
func (c *Result) Failing() bool { return c.Invalid || !c.Passed && c.Preventable }

// Label returns the label of the case within its scenario; see Case.Label.
func (c *Result) Label() string { return c.Case[strings.LastIndexByte(c.Case, '/')+1:] }

// NewResult returns the result of an outcome.
func NewResult(out *Outcome, o *Options) Result {
	s := out.Case.Scenario
	c := Result{
		Case: out.Case.ID(), Scenario: s.Slug(), File: s.File(), Family: s.Family, Seed: out.Case.Seed,
		Driver: o.Name, Perception: o.Perception, Parameters: out.Case.Parameters,
		Preventable: out.Preventability.Preventable, PreventableBy: out.Preventability.By,
		Scores: map[string]Score{},
	}
	if out.Spec != nil {
		c.Traffic = out.Spec.TrafficCount
	}
	if out.Err != nil {
		c.Invalid, c.Reason = true, out.Err.Error()
		c.Command = o.Repeat.Of(out.Case)
		return c
	}
	v := &out.Verdict
	c.Passed, c.Reason = v.Passed, v.Reason
	if !v.Passed {
		at := v.At.Seconds()
		c.Code = v.First().Code
		c.FailedAt, c.Command = &at, o.Repeat.Of(out.Case)
		if !c.Preventable {
			c.Reason += "; unpreventable: " + out.Preventability.Why
		}
	}
	c.SimSeconds, c.WallSeconds = v.Duration, out.Wall.Seconds()
	c.TraceSHA256 = out.Trace.SHA256()
	c.Color = out.Measures.Color.String()
	c.Collisions = out.Measures.Collisions
	c.Measures = out.Measures.Extremes
	for i := range out.Scores {
		c.Scores[out.Scores[i].Name] = newScore(&out.Scores[i])
	}
	if out.Perception != nil {
		c.PerceptionMetrics = newSight(out.Perception)
		if !v.Passed {
			c.Missed = perceptionSentences(out.Perception)
		}
	}
	return c
}

// Program is the name of the standard command line.
const Program = "roadloop"

// Repeat makes commands that drive a case again.
type Repeat struct {
	Program string // name of the command line; "" means Program
	// Flags are the additional flags that the run command needs, such as --perception oracle.
	Flags string
}

// Command returns the command for a case with this name on a command line, such as cut-in/7.
func (r Repeat) Command(name string) string {
	return strings.TrimSpace(cmp.Or(r.Program, Program) + " run " + ShellQuote(name) + " " + r.Flags)
}

// Of returns the command for a case.
func (r Repeat) Of(c *scenarios.Case) string { return r.Command(c.Scenario.Ref() + "/" + c.Label()) }

// ShellQuote quotes a word for a shell, if necessary.
func ShellQuote(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-=:,+@%", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
