package scenarios

import (
	"fmt"
	"slices"

	"roadloop/scenarios/record"
	"roadloop/scenarios/score"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/road"
)

// fail returns a failure that happened at a time, s.
func fail(at float64, format string, args ...any) *Failure {
	return &Failure{At: at, Reason: fmt.Sprintf(format, args...)}
}

// indexed returns the path of an element of a list.
func indexed(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// standing is the speed below which the ego counts as standing, moving that above
// which it has driven, m/s.
const standing, moving = 0.3, 1.0

// stops returns the check that the ego comes to a standstill after it drove, with
// its front bumper no farther than s along its way, m.
func stops(s float64) check {
	return func(e *evidence) *Failure {
		l, moved := e.log, false
		front := frontOf(l)
		for i := range l.Steps {
			v := l.Steps[i].States[actor.Ego].Speed
			moved = moved || v > moving
			if at := l.Steps[i].Progress + front; at > s {
				return fail(e.set.Times[i], "had not stopped when its front came to %.1f m at %.2f s", s, e.set.Times[i])
			}
			if moved && v < standing {
				return nil
			}
		}
		return fail(e.end(), "never came to a standstill")
	}
}

// frontOf returns how far the ego's front bumper is ahead of its rear axle, m.
func frontOf(l *record.Log) float64 {
	shape := &l.Actors[actor.Ego].Shape
	return shape.RearToCenter + shape.Length/2
}

// reachesS returns the check that the ego comes to s along its way, m.
func reachesS(s float64, start sim.Start) check {
	return func(e *evidence) *Failure {
		if got := start.S + e.set.Extremes["progress"]; got < s {
			return fail(e.end(), "came to %.0f m by %.1f s, not to %.0f m", got, e.end(), s)
		}
		return nil
	}
}

// reachesLane returns the check that the ego is on a lane at the end, or on one that
// continues it.
func reachesLane(id road.LaneID) check {
	return func(e *evidence) *Failure {
		l := e.log
		if len(l.Steps) == 0 {
			return nil
		}
		at := l.Steps[len(l.Steps)-1].Lane
		last := at
		for i := len(l.Steps) - 1; i >= 0 && at != id; i-- {
			from := l.Steps[i].Lane
			if from != at && !slices.Contains(l.Map.Lanes[from].Next, at) {
				break // it came from beside
			}
			at = from
		}
		if at != id {
			return fail(e.end(), "was in lane %d at the end (%.1f s), not in lane %d", last, e.end(), id)
		}
		return nil
	}
}

// keepsLane is the check that the ego never goes over to a lane beside its own.
func keepsLane(e *evidence) *Failure {
	l := e.log
	for i := 1; i < len(l.Steps); i++ {
		from, to := &l.Map.Lanes[l.Steps[i-1].Lane], l.Steps[i].Lane
		if to != from.ID && (to == from.Left || to == from.Right) {
			return fail(e.set.Times[i], "went over to lane %d at %.2f s, out of its own", to, e.set.Times[i])
		}
	}
	return nil
}

// comfortable is the check of nuPlan's bounds on comfort.
func comfortable(e *evidence) *Failure {
	for _, s := range score.All(e.log, nil) {
		if s.Name != score.NuPlan {
			continue
		}
		for _, d := range s.Deductions {
			if d.Term == "comfort" {
				return fail(d.Time, "was not comfortable at %.2f s: %s", d.Time, d.Reason)
			}
		}
	}
	return nil
}

// passes returns the check that the ego leaves an actor behind that was ahead.
func passes(id actor.ID) check {
	return func(e *evidence) *Failure {
		if e.set.Encounters[id-1].PassedAt.IsZero() {
			return fail(e.end(), "had not passed %s by %.1f s", e.log.Actors[id].Name, e.end())
		}
		return nil
	}
}

// yieldsTo returns the check that the ego does not go before an actor where their
// ways cross.
func yieldsTo(id actor.ID) check {
	return func(e *evidence) *Failure {
		if m := &e.set.Encounters[id-1]; m.EgoFirst {
			return fail(float64(m.PETAt), "did not yield to %s, which came %.2f s after it at %.2f s, and had to come first",
				m.Name, m.PET, m.PETAt)
		}
		return nil
	}
}

// clearOf returns the check that the ego keeps a distance from an actor alongside.
func clearOf(id actor.ID, least float64) check {
	return func(e *evidence) *Failure {
		if m := &e.set.Encounters[id-1]; float64(m.Clearance) < least {
			return fail(float64(m.ClearanceAt), "went by %s at %.2f m at %.2f s, closer than %.2f m", m.Name, m.Clearance, m.ClearanceAt, least)
		}
		return nil
	}
}

// amplifies returns the check that the ego, from when an actor begins to slow down,
// does so by no more than a share of what that one does: what it did before, such as
// closing up, is no answer. An actor that never slows down tells nothing.
func amplifies(id actor.ID, most float64) check {
	return func(e *evidence) *Failure {
		its, from := slowing(e.log, id, 0)
		own, _ := slowing(e.log, actor.Ego, from)
		if own > most*its && its > 0 {
			return fail(e.end(), "slowed down by %.1f km/h, %.2f times what %s did, more than %.2f", 3.6*own, own/its, e.log.Actors[id].Name, most)
		}
		return nil
	}
}

// slowing returns the largest drop of an actor's speed from step first on, m/s, and
// the step at which it began.
func slowing(l *record.Log, id actor.ID, first int) (drop float64, began int) {
	top, at := 0.0, first
	for i := first; i < len(l.Steps); i++ {
		v := l.Steps[i].States[id].Speed
		if v >= top {
			top, at = v, i
		}
		if top-v > drop {
			drop, began = top-v, at
		}
	}
	return drop, began
}
