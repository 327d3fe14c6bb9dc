package video

import (
	"context"
	"fmt"
	"math"

	"roadloop/scenarios/metrics"
	"roadloop/scenarios/runner"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// Preview is a simulated drive of a case.
type Preview struct {
	Plan *runner.Spec
	Log  *metrics.DriveLog
	// Verdict is the verdict of the drive so far.
	Verdict runner.Verdict
	looks   []actor.Appearance // by actor.ID
}

// DrivePreview drives a plan up to a time, or until it is over. It does not change the plan.
func DrivePreview(ctx context.Context, plan *runner.Spec, limit clock.Tick) (*Preview, error) {
	crew, err := runner.NewOracleFactory()
	if err != nil {
		return nil, err
	}
	ride, err := runner.NewCaseRun(plan, crew.Driver)
	if err != nil {
		return nil, fmt.Errorf("previewing %s: %w", plan.Case.ID(), err)
	}
	p := &Preview{Plan: plan}
	w := ride.Session.World()
	p.looks = append(p.looks, w.Ego().Appearance)
	for _, a := range w.Actors() {
		p.looks = append(p.looks, a.Appearance)
	}
	for more := true; more && w.Time() <= limit; {
		if more, err = ride.Step(ctx); err != nil {
			return nil, fmt.Errorf("previewing %s: %w", plan.Case.ID(), err)
		}
	}
	p.Log, p.Verdict = ride.Log(), ride.Verdict()
	return p, crew.Close()
}

// Actor returns a road user at a time.
func (p *Preview) Actor(t clock.Tick, id actor.ID) actor.Actor {
	a := p.Log.Interpolate(t, id)
	a.Appearance = p.looks[id]
	return a
}

// Actors returns all road users except the ego at a time.
func (p *Preview) Actors(t clock.Tick) []actor.Actor {
	out := make([]actor.Actor, 0, len(p.looks)-1)
	for id := actor.ID(1); int(id) < len(p.looks); id++ {
		out = append(out, p.Actor(t, id))
	}
	return out
}

// End returns the time of the last step.
func (p *Preview) End() clock.Tick {
	if n := len(p.Log.Steps); n > 0 {
		return p.Log.Steps[n-1].Time
	}
	return 0
}

// Path returns the positions of a road user's center at the decisions between two times.
func (p *Preview) Path(id actor.ID, from, to clock.Tick) []geom.Vec {
	var out []geom.Vec
	for i := range p.Log.Steps {
		if t := p.Log.Steps[i].Time; t < from || t > to {
			continue
		}
		a := p.Log.At(i, id)
		c := a.Box().Center
		if n := len(out); n == 0 || out[n-1].Dist(c) > .05 {
			out = append(out, c)
		}
	}
	return out
}

// Closest returns the time at which the ego is nearest to an actor that the scenario
// names, and that actor. Without named actors it returns the middle of the drive and the
// ego.
func (p *Preview) Closest() (clock.Tick, actor.ID) {
	at, who, least := p.End()/2, actor.Ego, math.Inf(1)
	for i := range p.Log.Steps {
		ego := p.Log.At(i, actor.Ego)
		for id := actor.ID(1); id < p.Plan.FirstTraffic; id++ {
			other := p.Log.At(i, id)
			if d := geom.Distance(ego.Box(), other.Box()); d < least {
				at, who, least = p.Log.Steps[i].Time, id, d
			}
		}
	}
	return at, who
}
