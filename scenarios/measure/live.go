package measure

import (
	"math"

	"roadloop/planning/route"
	"roadloop/scenarios/record"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// Live measures a run while it goes on: each step once. It takes the measures over
// time; what is known of a whole run only, Of tells.
type Live struct {
	taker  *taker
	events int // that were looked at
}

// NewLive returns a measurement in which nothing was measured yet.
func NewLive() *Live {
	s := &Set{Series: make([]Series, measures)}
	for i := range s.Series {
		s.Series[i] = Series{Name: catalog[i].name, Unit: catalog[i].unit}
	}
	return &Live{taker: &taker{set: s, crashed: math.MaxInt64}}
}

// Update measures at most so many steps of a record that are new, and returns all
// that was measured so far, which the next call adds to, and whether there is more to
// measure. The record must be the one of the call before, or that gone on.
func (v *Live) Update(l *record.Log, most int) (s *Set, more bool) {
	t := v.taker
	t.log = l
	t.ways.log = l
	if t.ways.paths == nil {
		t.ways.paths = map[road.LaneID]*route.Path{}
	}
	done := len(t.set.Times)
	until := min(len(l.Steps), done+max(0, most))
	// Whether the last step is the end of the run shows when there is another.
	from := max(0, done-1)
	if done == len(l.Steps) {
		from = done
	}
	v.noteHits(until)
	for i := from; i < until; i++ {
		if i >= done {
			t.grow()
		}
		t.take(i)
	}
	v.derive(from)
	return t.set, until < len(l.Steps)
}

// noteHits is that of the taker for the events up to a step.
func (v *Live) noteHits(until int) {
	const never = clock.Tick(math.MaxInt64)
	t := v.taker
	for len(t.hit) < len(t.log.Actors) {
		t.hit = append(t.hit, never)
	}
	if until == 0 {
		return
	}
	now := t.log.Steps[until-1].Time
	for ; v.events < len(t.log.Events) && t.log.Events[v.events].Time <= now; v.events++ {
		if e := &t.log.Events[v.events]; e.Kind == sim.Collision {
			t.hit[e.Actor] = min(t.hit[e.Actor], e.Time)
			t.crashed = min(t.crashed, e.Time)
		}
	}
}

// grow makes room for a step.
func (t *taker) grow() {
	s := t.set
	s.Times = append(s.Times, 0)
	s.Leads = append(s.Leads, actor.Ego)
	for k := range s.Series {
		s.Series[k].Truth = append(s.Series[k].Truth, math.NaN())
		s.Series[k].Believed = append(s.Series[k].Believed, math.NaN())
	}
}

// derive is that of the taker for the steps that new ones change.
func (v *Live) derive(from int) {
	s := v.taker.set
	a, j := &s.Series[accel], &s.Series[jerk]
	for i := max(0, from-slopeReach); i < len(s.Times); i++ {
		lo, hi := max(0, i-slopeReach), min(len(s.Times), i+slopeReach+1)
		j.Truth[i], j.Believed[i] = fit(s.Times, a.Truth, lo, hi), fit(s.Times, a.Believed, lo, hi)
	}
}
