package scenarios

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"roadloop/scenarios/measure"
	"roadloop/scenarios/record"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
)

// Verdict is the judgment of a run.
type Verdict struct {
	Passed bool
	// Reason says in one sentence why it failed, with the time, and At when that was:
	// the first of Failures.
	Reason string
	At     clock.Tick
	// Failures are all expectations that were not met, in order of time. What can only
	// be known at the end counts as of the end.
	Failures []Failure
	Duration float64 // of the run, s
}

// Failure is an expectation that was not met.
type Failure struct {
	At     float64 // s
	Reason string  // in one sentence
}

// Judge judges a run by its record as if it ended here; the run may go on after it.
func (p *Plan) Judge(l *record.Log) Verdict {
	v, _ := p.Examine(l)
	return v
}

// Examine is Judge with the measures that it judged by.
func (p *Plan) Examine(l *record.Log) (Verdict, *measure.Set) {
	e := &evidence{plan: p, log: l, set: measure.Of(l)}
	v := Verdict{Failures: p.Expect.offenses(l, e.set.Collisions)}
	if f := p.overdue(l); f != nil {
		v.Failures = append(v.Failures, *f)
	}
	for _, w := range p.Expect.wishes {
		if f := w.check(e); f != nil {
			v.Failures = append(v.Failures, *f)
		}
	}
	slices.SortStableFunc(v.Failures, func(a, b Failure) int { return cmp.Compare(a.At, b.At) })
	v.Passed = len(v.Failures) == 0
	v.Duration = e.set.Extremes["duration"]
	if !v.Passed {
		v.Reason, v.At = v.Failures[0].Reason, clock.FromSeconds(v.Failures[0].At)
	}
	return v, e.set
}

// overdue returns what is wrong with a run that goes on beyond its limit, else nil.
func (p *Plan) overdue(l *record.Log) *Failure {
	if len(l.Steps) == 0 {
		return nil
	}
	if t := l.Steps[len(l.Steps)-1].Time; p.Timeout > 0 && t >= p.Timeout && t < p.Drive.Duration {
		return fail(t.Seconds(), "was not over after %v, the limit of simulated time", p.Timeout)
	}
	return nil
}

// offenses returns what is wrong about the collisions and the other events of a run.
func (x *Expectation) offenses(l *record.Log, collisions []measure.Collision) []Failure {
	var out []Failure
	for i := range collisions {
		if f := x.Impact.offense(l, &collisions[i]); f != nil {
			out = append(out, *f)
		}
	}
	for i := range l.Events {
		if f := x.offense(l, &l.Events[i]); f != nil {
			out = append(out, *f)
		}
	}
	return out
}

// offense returns what is wrong about an event other than a collision, nil for nothing.
func (x *Expectation) offense(l *record.Log, e *sim.Event) *Failure {
	if x.Allowed[e.Kind] {
		return nil
	}
	at := e.Time.Seconds()
	switch e.Kind {
	case sim.RedLight:
		if stoodBeyond(l, e) {
			return fail(at, "entered the junction on red at %v, after it had stood beyond the stop line", e.Time)
		}
		return fail(at, "ran a red light at %v", e.Time)
	case sim.StopSign:
		return fail(at, "did not stop at a stop sign at %v: its lowest speed was %.0f km/h", e.Time, 3.6*e.Value)
	case sim.OffRoad:
		return fail(at, "left the road at %v", e.Time)
	case sim.Stranded:
		return fail(at, "stood in the junction at %v", e.Time)
	case sim.LaneDeparture:
		return fail(at, "left its lane by %.1f m at %v", e.Value, e.Time)
	}
	return fail(at, "%s at %v", e.Kind, e.Time)
}

// stoodBeyond reports whether the ego's front was beyond the line of a red-light event
// before the event, and so entered the junction on red instead of crossing the line.
func stoodBeyond(l *record.Log, e *sim.Event) bool {
	s := &l.Steps[l.StepBefore(e.Time-1)]
	return s.Lane == e.Lane && s.S+frontOf(l) >= l.Map.Lanes[e.Lane].StopS
}

// offense returns what is wrong about a collision, nil for nothing.
func (x *Impact) offense(l *record.Log, c *measure.Collision) *Failure {
	begun := l.Steps[0].States[actor.Ego].Speed
	color := measure.ColorOf(begun, c.HeadOn)
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
	return fail(math.Max(0, c.Time), "%s%s", c.Sentence(), beyond)
}
