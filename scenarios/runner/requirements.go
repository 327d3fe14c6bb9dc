package runner

import (
	"slices"

	"roadloop/scenarios/metrics"
	"roadloop/scenarios/metrics/leaderboard"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/road"
)

// The ego stands below standstillSpeed and has driven above movingSpeed, m/s.
const standstillSpeed, movingSpeed = 0.3, 1.0

// stops returns the check that the ego reaches a standstill after it drove, before its
// front bumper passes s on its route, m. code is the code of its failure.
func stops(code Code, s float64) check {
	return func(e *evidence) *Failure {
		l, moved := e.log, false
		front := frontOf(l)
		for i := range l.Steps {
			v := l.Steps[i].States[actor.Ego].Speed
			moved = moved || v > movingSpeed
			if at := l.Steps[i].Progress + front; at > s {
				return fail(code, e.set.Times[i], "had not stopped when its front came to %.1f m at %.2f s", s, e.set.Times[i])
			}
			if moved && v < standstillSpeed {
				return nil
			}
		}
		return fail(code, e.end(), "never came to a standstill")
	}
}

// frontOf returns the distance from the ego's rear axle to its front bumper, m.
func frontOf(l *metrics.DriveLog) float64 {
	shape := &l.Actors[actor.Ego].Shape
	return shape.RearToCenter + shape.Length/2
}

// reachesS returns the check that the ego reaches s on its route, m.
func reachesS(s float64, start sim.Start) check {
	return func(e *evidence) *Failure {
		if got := start.S + e.set.Extremes["progress"]; got < s {
			return fail(CodeReachS, e.end(), "came to %.0f m by %.1f s, not to %.0f m", got, e.end(), s)
		}
		return nil
	}
}

// reachesLane returns the check that the run ends with the ego on this lane, or on a lane
// that continues it.
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
				break // a lane change, not a continuation
			}
			at = from
		}
		if at != id {
			return fail(CodeReachLane, e.end(), "was in lane %d at the end (%.1f s), not in lane %d", last, e.end(), id)
		}
		return nil
	}
}

// keepsLane is the check that the ego never changes to an adjacent lane.
func keepsLane(e *evidence) *Failure {
	l := e.log
	for i := 1; i < len(l.Steps); i++ {
		from, to := &l.Map.Lanes[l.Steps[i-1].Lane], l.Steps[i].Lane
		if to != from.ID && (to == from.Left || to == from.Right) {
			return fail(CodeKeepsLane, e.set.Times[i], "went over to lane %d at %.2f s, out of its own", to, e.set.Times[i])
		}
	}
	return nil
}

// comfortable is the check of nuPlan's comfort bounds.
func comfortable(e *evidence) *Failure {
	for _, s := range leaderboard.All(e.log, nil) {
		if s.Name != leaderboard.NuPlan {
			continue
		}
		for _, d := range s.Deductions {
			if d.Term == "comfort" {
				return fail(CodeComfort, d.Time, "was not comfortable at %.2f s: %s", d.Time, d.Reason)
			}
		}
	}
	return nil
}

// passes returns the check that the ego passes an actor that was ahead.
func passes(id actor.ID) check {
	return func(e *evidence) *Failure {
		if e.set.Encounters[id-1].PassedAt.IsZero() {
			name := e.log.Actors[id].Name
			return fail(CodePasses, e.end(), "had not passed %s by %.1f s", name, e.end()).with(name)
		}
		return nil
	}
}

// yieldsTo returns the check that the ego does not drive before an actor where their
// paths cross.
func yieldsTo(id actor.ID) check {
	return func(e *evidence) *Failure {
		if m := &e.set.Encounters[id-1]; m.EgoFirst {
			return fail(CodeYieldsTo, float64(m.PETAt), "did not yield to %s, which came %.2f s after it at %.2f s, and had to come first",
				m.Name, m.PET, m.PETAt).with(m.Name)
		}
		return nil
	}
}

// keepsClearance returns the check that the ego keeps a minimum distance from an actor
// alongside.
func keepsClearance(id actor.ID, least float64) check {
	return func(e *evidence) *Failure {
		if m := &e.set.Encounters[id-1]; float64(m.Clearance) < least {
			return fail(CodeClearance, float64(m.ClearanceAt), "went by %s at %.2f m at %.2f s, closer than %.2f m",
				m.Name, m.Clearance, m.ClearanceAt, least).with(m.Name)
		}
		return nil
	}
}

// amplifies returns the check that the ego slows down by at most a given multiple of an
// actor's slowdown. The ego's slowdown counts from the moment when the actor begins to
// slow down, because an earlier slowdown, such as closing the gap, is no response to the
// actor. The check passes if the actor never slows down.
func amplifies(id actor.ID, most float64) check {
	return func(e *evidence) *Failure {
		its, from := largestSlowdown(e.log, id, 0)
		own, _ := largestSlowdown(e.log, actor.Ego, from)
		if own > most*its && its > 0 {
			name := e.log.Actors[id].Name
			return fail(CodeAmplification, e.end(), "slowed down by %.1f km/h, %.2f times what %s did, more than %.2f",
				3.6*own, own/its, name, most).with(name)
		}
		return nil
	}
}

// largestSlowdown returns the largest drop of an actor's speed from step first on, m/s,
// and the step where the drop began.
func largestSlowdown(l *metrics.DriveLog, id actor.ID, first int) (drop float64, began int) {
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
