package runner

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"roadloop/scenarios/metrics"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
)

// Verdict is the result of judging a run.
type Verdict struct {
	Passed bool
	// Reason explains the first failure in one sentence with its time. At is the time of
	// that failure.
	Reason string
	At     clock.Tick
	// Failures are all violated expectations in order of time. Expectations that are
	// decided at the end have the time of the end.
	Failures []Failure
	Duration float64 // of the run, s
}

// First returns the first failure, or the zero value for a verdict without failures.
func (v *Verdict) First() Failure {
	if len(v.Failures) == 0 {
		return Failure{}
	}
	return v.Failures[0]
}

// Judge judges a drive log as if the run had ended with it. The run may still continue.
func (p *Spec) Judge(l *metrics.DriveLog) Verdict {
	v, _ := p.Examine(l)
	return v
}

// Examine is Judge that also returns the measures it used.
func (p *Spec) Examine(l *metrics.DriveLog) (Verdict, *metrics.Safety) {
	e := &evidence{plan: p, log: l, set: metrics.ComputeSafety(l)}
	v := Verdict{Failures: p.Expect.violations(l, e.set.Collisions)}
	if f := p.timedOut(l); f != nil {
		v.Failures = append(v.Failures, *f)
	}
	for _, w := range p.Expect.requirements {
		if f := w.check(e); f != nil {
			v.Failures = append(v.Failures, *f)
		}
	}
	slices.SortStableFunc(v.Failures, func(a, b Failure) int { return cmp.Compare(a.At, b.At) })
	v.Passed = len(v.Failures) == 0
	v.Duration = e.set.Extremes["duration"]
	if !v.Passed {
		v.Reason, v.At = v.Failures[0].Message, clock.FromSeconds(v.Failures[0].At)
	}
	return v, e.set
}

// timedOut returns a failure if the run exceeds its time limit.
func (p *Spec) timedOut(l *metrics.DriveLog) *Failure {
	if len(l.Steps) == 0 {
		return nil
	}
	if t := l.Steps[len(l.Steps)-1].Time; p.Timeout > 0 && t >= p.Timeout && t < p.Drive.Duration {
		return fail(CodeTimeout, t.Seconds(), "was not over after %v, the limit of simulated time", p.Timeout)
	}
	return nil
}

// violations returns the failures due to collisions and other events.
func (x *Expectation) violations(l *metrics.DriveLog, collisions []metrics.Collision) []Failure {
	var out []Failure
	for i := range collisions {
		if f := x.Collisions.violation(l, &collisions[i]); f != nil {
			out = append(out, *f)
		}
	}
	for i := range l.Events {
		if f := x.violation(l, &l.Events[i]); f != nil {
			out = append(out, *f)
		}
	}
	return out
}

// violation returns the failure due to an event other than a collision, or nil.
func (x *Expectation) violation(l *metrics.DriveLog, e *sim.Event) *Failure {
	if x.Allowed[e.Kind] {
		return nil
	}
	at := e.Time.Seconds()
	switch e.Kind {
	case sim.RedLight:
		if stoodBeyond(l, e) {
			return fail(CodeJunctionOnRed, at, "entered the junction on red at %v, after it had stood beyond the stop line", e.Time)
		}
		return fail(CodeRedLight, at, "ran a red light at %v", e.Time)
	case sim.StopSign:
		return fail(CodeStopSign, at, "did not stop at a stop sign at %v: its lowest speed was %.0f km/h", e.Time, 3.6*e.Value)
	case sim.OffRoad:
		return fail(CodeOffRoad, at, "left the road at %v", e.Time)
	case sim.Stranded:
		return fail(CodeStranded, at, "stood in the junction at %v", e.Time)
	case sim.LaneDeparture:
		return fail(CodeLaneDeparture, at, "left its lane by %.1f m at %v", e.Value, e.Time)
	}
	return fail(CodeWrongWay, at, "%s at %v", e.Kind, e.Time)
}

// stoodBeyond reports whether the ego's front was already beyond the stop line before a
// red-light event. The ego then entered the junction on red without crossing the line on
// red.
func stoodBeyond(l *metrics.DriveLog, e *sim.Event) bool {
	s := &l.Steps[l.StepBefore(e.Time-1)]
	return s.Lane == e.Lane && s.S+frontOf(l) >= l.Map.Lanes[e.Lane].StopS
}

// violation returns the failure due to a collision, or nil.
func (x *CollisionPolicy) violation(l *metrics.DriveLog, c *metrics.Collision) *Failure {
	begun := l.Steps[0].States[actor.Ego].Speed
	color := metrics.ColorOf(begun, c.HeadOn)
	bad, beyond := false, ""
	switch x.Rule {
	case Never:
		bad = true
	case Blameless:
		bad = c.AtFault
	case Mitigated:
		switch {
		case c.HeadOn > x.MaxSpeed:
			bad, beyond = true, fmt.Sprintf(": more than %.0f km/h", 3.6*x.MaxSpeed)
		case begun-c.EgoSpeed < x.MinReduction:
			bad, beyond = true, fmt.Sprintf(": slowed down by %.0f km/h, less than %.0f", 3.6*(begun-c.EgoSpeed), 3.6*x.MinReduction)
		case x.HasColor && color > x.Color:
			bad, beyond = true, fmt.Sprintf(": %s, worse than %s", color, x.Color)
		}
	}
	if !bad {
		return nil
	}
	return fail(CodeCollision, math.Max(0, c.Time), "%s%s", c.Sentence(), beyond).with(c.Name)
}
