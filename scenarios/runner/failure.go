package runner

import (
	"fmt"
	"strings"
)

// Failure is a violated expectation.
type Failure struct {
	Code    Code
	At      float64 // s
	Message string  // one sentence
	// Actor is the name of the other road user that the failure concerns, or "".
	Actor string
}

// Code is the kind of a failure. Codes never change, unlike messages. A failed limit, such
// as max_speed, has the name of its field in expect as code, with hyphens: max-speed. The
// other codes are the constants below.
type Code string

// Codes of events. CodeJunctionOnRed means that the ego entered a junction on red after it
// had stood beyond the stop line.
const (
	CodeCollision     Code = "collision"
	CodeOffRoad       Code = "off-road"
	CodeRedLight      Code = "red-light"
	CodeJunctionOnRed Code = "junction-on-red"
	CodeStopSign      Code = "stop-sign"
	CodeWrongWay      Code = "wrong-way"
	CodeLaneDeparture Code = "lane-departure"
	CodeStranded      Code = "stranded"
)

// Codes of expectations other than limits.
const (
	CodeComfort       Code = "comfort"
	CodeStops         Code = "stops"
	CodeStopsBefore   Code = "stops-before"
	CodeKeepsLane     Code = "keeps-lane"
	CodeReachS        Code = "reach-s"
	CodeReachLane     Code = "reach-lane"
	CodePasses        Code = "passes"
	CodeYieldsTo      Code = "yields-to"
	CodeClearance     Code = "clearance"
	CodeAmplification Code = "amplification"
)

// Codes of failures that end a run early.
const (
	CodeTimeout     Code = "timeout"
	CodeDriverError Code = "driver-error" // the driver returned an error
)

// fieldCode returns the code of a field of expect.
func fieldCode(field string) Code { return Code(strings.ReplaceAll(field, "_", "-")) }

// fail returns a failure at a time, s.
func fail(code Code, at float64, format string, args ...any) *Failure {
	return &Failure{Code: code, At: at, Message: fmt.Sprintf(format, args...)}
}

// with sets the actor of a failure.
func (f *Failure) with(actor string) *Failure {
	f.Actor = actor
	return f
}
