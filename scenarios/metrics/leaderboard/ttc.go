package leaderboard

import (
	"fmt"
	"math"
	"slices"

	"roadloop/scenarios/metrics"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// nuPlan's time to collision: its lower bound, its horizon, and the minimum speed of the
// ego.
const (
	minTTC    = 0.95  // s
	ttcReach  = 3.0   // s, exclusive
	ttcMoving = 0.005 // m/s
)

// watched reports whether nuPlan counts an actor for the time to collision at a step: an
// actor ahead of the ego, or one not behind it while the ego is in several lanes, off
// the road or in a junction.
func (r *run) watched(i int, id actor.ID, middle geom.Vec) bool {
	b := bearing(&r.ego[i], middle)
	return b <= aheadBearing || b < behindBearing && (r.inJunction(i) || r.inSeveralLanes(i))
}

// collidedBy reports whether the ego has collided with an actor by a time.
func (r *run) collidedBy(t clock.Tick, id actor.ID) bool {
	return slices.ContainsFunc(r.contacts, func(c metrics.Collision) bool { return c.Actor == id && c.Time <= t.Seconds() })
}

// ttcAt returns nuPlan's time to collision at a step and the actor, +Inf for none. All
// actors keep their velocities. The time is rounded up to nuPlan's grid of 0.1 s, but
// contacts between grid points are found too.
func (r *run) ttcAt(i int) (float64, actor.ID) {
	best, who := math.Inf(1), actor.Ego
	ego := &r.ego[i]
	if ego.State.Speed <= ttcMoving {
		return best, who
	}
	r.others(func(id actor.ID) {
		a := r.log.At(i, id)
		box := a.Box()
		far := (math.Abs(ego.State.Speed)+math.Abs(a.State.Speed))*ttcReach + r.boxes[i].Length + box.Length
		if box.Center.Dist(r.boxes[i].Center) > far || r.collidedBy(r.log.Steps[i].Time, id) {
			return
		}
		v := a.Velocity()
		if metrics.ClassOf(a.Kind) == metrics.Object {
			v = geom.Vec{}
		}
		t := geom.TimeToContact(r.boxes[i], ego.Velocity(), box, v)
		t = math.Max(tick, math.Ceil(t/tick-1e-9)*tick)
		if t < best && t < ttcReach-1e-9 && r.watched(i, id, box.Center) {
			best, who = t, id
		}
	})
	return best, who
}

// ttcFaults returns nuPlan's term of the time to collision. An at-fault collision makes
// it 0.
func (r *run) ttcFaults(weight float64) (Term, []fault) {
	series := make([]float64, 0, r.steps()/stride+1)
	at, reason := math.Inf(1), ""
	r.ticks(func(i int) {
		t, who := r.ttcAt(i)
		if t <= minTTC && r.time(i) < at {
			at, reason = r.time(i), fmt.Sprintf("%.1f s to a collision with %s, not more than %.2f s", t, r.name(who), minTTC)
		}
		if math.IsInf(t, 1) {
			t = math.NaN()
		}
		series = append(series, t)
	})
	for k := range r.contacts {
		c := &r.contacts[k]
		if c.AtFault && c.Time < at {
			at, reason = c.Time, c.Sentence()
		}
	}
	t := Term{Name: "time_to_collision", Weight: weight, Series: r.hold(series), Unit: "s"}
	if math.IsInf(at, 1) {
		return t, nil
	}
	return t, []fault{{at, 1, reason}}
}

// ttcOffsets are the times ahead at which NAVSIM compares boxes, in steps of the log.
var ttcOffsets = [...]int{0, 3 * stride, 6 * stride, 9 * stride}

// shortTTC returns NAVSIM's term of the time to collision: the ego, projected with its
// velocity for up to 0.9 s, must not overlap any actor at its recorded pose. Once the ego
// overlaps an actor that is not watched, that actor no longer counts.
func (r *run) shortTTC(weight float64) (Term, []fault) {
	t := Term{Name: "time_to_collision", Weight: weight, Series: make([]float64, r.steps()), Unit: "would collide within 0.9 s"}
	var faults []fault
	exempt := make([]bool, len(r.log.Actors))
	r.ticks(func(i int) {
		who, ahead := r.projectedCollision(i, exempt)
		if who == actor.Ego {
			return
		}
		for k := i; k < min(i+stride, r.steps()); k++ {
			t.Series[k] = 1
		}
		if faults == nil {
			faults = []fault{{r.time(i), 1, fmt.Sprintf("would have collided with %s %.1f s later at constant velocity", r.name(who), float64(ahead)*period)}}
		}
	})
	return t, faults
}

// projectedCollision returns the actor that the ego, projected from step i, would
// collide with, and after how many steps; actor.Ego for none.
func (r *run) projectedCollision(i int, exempt []bool) (actor.ID, int) {
	ego := &r.ego[i]
	if ego.State.Speed < ttcMoving {
		return actor.Ego, 0
	}
	for _, ahead := range ttcOffsets {
		if i+ahead > r.last() {
			break
		}
		box := r.boxes[i]
		box.Center = box.Center.Add(ego.Velocity().Scale(float64(ahead) * period))
		for id := 1; id < len(r.log.Actors); id++ {
			a := r.log.At(i+ahead, actor.ID(id))
			other := a.Box()
			if exempt[id] || !geom.Overlap(box, other) {
				continue
			}
			if r.watched(i, actor.ID(id), other.Center) {
				return actor.ID(id), ahead
			}
			exempt[id] = true
		}
	}
	return actor.Ego, 0
}
