package leaderboard

import (
	"math"
	"slices"

	"roadloop/scenarios/metrics"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// run is a drive log with derived values that several scores use.
type run struct {
	log      *metrics.DriveLog
	ref      *Reference
	expert   *run // the reference's; r itself if it is the same log
	ego      []actor.Actor
	boxes    []geom.OBB          // the ego's at each step
	progress []float64           // distance along the route since the start, m
	contacts []metrics.Collision // first contact with every actor
	smoother smoother
	signals  map[windows][len(comfortBounds)][]float64
}

// stride is the number of steps between ticks of nuPlan and NAVSIM, which work at 10 Hz.
// tick is the time between ticks.
const (
	stride = int(clock.PerSecond / clock.DriverPeriod / 10)
	tick   = 0.1 // s
	period = float64(clock.DriverPeriod) * clock.Step
)

func newRun(log *metrics.DriveLog, ref *Reference) *run {
	r := &run{log: log, ref: ref, smoother: make(smoother), signals: make(map[windows][len(comfortBounds)][]float64)}
	for i := range log.Steps {
		a := log.At(i, actor.Ego)
		r.ego = append(r.ego, a)
		r.boxes = append(r.boxes, a.Box())
	}
	r.progress = r.computeProgress()
	r.contacts = metrics.FirstContacts(log)
	switch {
	case ref == nil || len(ref.Log.Steps) == 0:
		r.ref = nil
	case ref.Log == log:
		r.expert = r
	default:
		r.expert = newRun(ref.Log, nil)
	}
	return r
}

// time returns the time of step i, s.
func (r *run) time(i int) float64 { return r.log.Steps[i].Time.Seconds() }

// steps returns the number of steps, and last the index of the last one.
func (r *run) steps() int { return len(r.log.Steps) }
func (r *run) last() int  { return len(r.log.Steps) - 1 }

// duration returns the length of the run, s.
func (r *run) duration() float64 { return r.time(r.last()) - r.time(0) }

// lane returns the ego's lane at a step.
func (r *run) lane(i int) *road.Lane { return &r.log.Map.Lanes[r.log.Steps[i].Lane] }

// inJunction reports whether the ego is on a lane of a junction.
func (r *run) inJunction(i int) bool { return r.lane(i).Junction >= 0 }

// name returns the name of an actor, else its kind.
func (r *run) name(id actor.ID) string {
	if n := r.log.Actors[id].Name; n != "" {
		return n
	}
	return r.log.Actors[id].Kind.String()
}

// others calls f for every actor except the ego.
func (r *run) others(f func(id actor.ID)) {
	for id := 1; id < len(r.log.Actors); id++ {
		f(actor.ID(id))
	}
}

// computeProgress returns the ego's distance along its route at each step. It grows on the
// lanes of the route and on all lanes of the same direction next to them, and nowhere else.
func (r *run) computeProgress() []float64 {
	on := make(map[road.LaneID]bool)
	for _, id := range r.log.Route.Lanes {
		for at := id; at != road.None && !on[at]; at = r.log.Map.Lanes[at].Left {
			on[at] = true
		}
		for at := r.log.Map.Lanes[id].Right; at != road.None && !on[at]; at = r.log.Map.Lanes[at].Right {
			on[at] = true
		}
	}
	way := make([]float64, len(r.log.Steps))
	for i := range r.log.Steps {
		s := &r.log.Steps[i]
		switch {
		case len(on) == 0 || on[s.Lane]:
			way[i] = s.Progress - r.log.Steps[0].Progress
		case i > 0:
			way[i] = way[i-1]
		}
	}
	return way
}

// way returns the ego's final distance along its route, m.
func (r *run) way() float64 { return r.progress[len(r.progress)-1] }

// toGoal returns the length of the route from the start to its goal, +Inf for a run
// without a route.
func (r *run) toGoal() float64 {
	length := 0.0
	if !r.onRoute(func(_ *road.Lane, way float64) { length += way }) {
		return math.Inf(1)
	}
	return length
}

// onRoute calls f for every lane of the route from the start to its goal, with the
// distance on it, m, and reports whether there is a route.
func (r *run) onRoute(f func(l *road.Lane, way float64)) bool {
	route, first := r.log.Route.Lanes, &r.log.Steps[0]
	from := slices.Index(route, first.Lane)
	if from < 0 {
		return false
	}
	s := first.S
	for i := from; i < len(route)-1; i++ {
		l := &r.log.Map.Lanes[route[i]]
		if slices.Contains(l.Next, route[i+1]) {
			f(l, l.Center.Length()-s)
			s = 0
		}
	}
	last := &r.log.Map.Lanes[route[len(route)-1]]
	goal := r.log.Route.GoalS
	if goal <= 0 {
		goal = last.Center.Length()
	}
	f(last, goal-s)
	return true
}

// ticks calls f for the steps of every tick of 10 Hz.
func (r *run) ticks(f func(i int)) {
	for i := 0; i < r.steps(); i += stride {
		f(i)
	}
}

// hold repeats each tick's value for its steps.
func (r *run) hold(values []float64) []float64 {
	out := make([]float64, r.steps())
	for i := range out {
		out[i] = values[i/stride]
	}
	return out
}

// cumulative returns for each step the product of the amounts of the faults so far.
func (r *run) cumulative(faults []fault) []float64 {
	out := make([]float64, r.steps())
	for i := range out {
		out[i] = 1
		for _, f := range faults {
			if f.at <= r.time(i) {
				out[i] *= f.amount
			}
		}
	}
	return out
}
