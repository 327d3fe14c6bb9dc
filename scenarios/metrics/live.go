package metrics

import (
	"math"

	"roadloop/planning/route"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// Live computes the metrics over time during a run, each step once. Of computes the
// metrics of the whole run.
type Live struct {
	measurer *measurer
	events   int // that were looked at
}

// NewLive returns a Live without steps.
func NewLive() *Live {
	s := &Safety{Series: make([]Series, measures)}
	for i := range s.Series {
		s.Series[i] = Series{Name: catalog[i].name, Unit: catalog[i].unit}
	}
	return &Live{measurer: &measurer{set: s, firstCollision: math.MaxInt64}}
}

// Update measures at most limit new steps of a log. It returns the metrics so far, which
// the next call extends, and whether there are more steps. The log must be that of the
// previous call, possibly longer.
func (v *Live) Update(l *DriveLog, limit int) (s *Safety, more bool) {
	t := v.measurer
	t.log = l
	t.ways.log = l
	if t.ways.paths == nil {
		t.ways.paths = map[road.LaneID]*route.Path{}
	}
	done := len(t.set.Times)
	until := min(len(l.Steps), done+max(0, limit))
	// The last step may be the end of the run; it is measured again once another follows.
	from := max(0, done-1)
	if done == len(l.Steps) {
		from = done
	}
	v.recordCollisions(until)
	for i := from; i < until; i++ {
		if i >= done {
			t.grow()
		}
		t.measureStep(i)
	}
	v.derive(from)
	return t.set, until < len(l.Steps)
}

// recordCollisions is that of the measurer, for the events up to a step.
func (v *Live) recordCollisions(until int) {
	const never = clock.Tick(math.MaxInt64)
	t := v.measurer
	for len(t.collidedAt) < len(t.log.Actors) {
		t.collidedAt = append(t.collidedAt, never)
	}
	if until == 0 {
		return
	}
	now := t.log.Steps[until-1].Time
	for ; v.events < len(t.log.Events) && t.log.Events[v.events].Time <= now; v.events++ {
		if e := &t.log.Events[v.events]; e.Kind == sim.Collision {
			t.collidedAt[e.Actor] = min(t.collidedAt[e.Actor], e.Time)
			t.firstCollision = min(t.firstCollision, e.Time)
		}
	}
}

// grow adds an undefined step.
func (t *measurer) grow() {
	s := t.set
	s.Times = append(s.Times, 0)
	s.Leads = append(s.Leads, actor.Ego)
	for k := range s.Series {
		s.Series[k].Truth = append(s.Series[k].Truth, math.NaN())
		s.Series[k].Believed = append(s.Series[k].Believed, math.NaN())
	}
}

// derive is that of the measurer, for the steps that new ones affect.
func (v *Live) derive(from int) {
	s := v.measurer.set
	a, j := &s.Series[accel], &s.Series[jerk]
	for i := max(0, from-slopeReach); i < len(s.Times); i++ {
		lo, hi := max(0, i-slopeReach), min(len(s.Times), i+slopeReach+1)
		j.Truth[i], j.Believed[i] = fit(s.Times, a.Truth, lo, hi), fit(s.Times, a.Believed, lo, hi)
	}
}
