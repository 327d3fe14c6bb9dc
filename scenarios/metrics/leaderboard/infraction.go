package leaderboard

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// infractionKind is a kind of infraction of the CARLA leaderboard.
type infractionKind uint8

const (
	hitPedestrian infractionKind = iota
	hitVehicle
	hitObject
	ranRed
	ranStop
	timedOut
	tooSlow
	numInfractions
)

var infractionNames = [numInfractions]string{
	"collisions_pedestrian", "collisions_vehicle", "collisions_static", "red_light", "stop_sign", "scenario_timeout", "minimum_speed",
}

// infraction is an infraction of the CARLA leaderboard.
type infraction struct {
	kind   infractionKind
	at     float64 // s
	ratio  float64 // of tooSlow: the ego's speed over the traffic's
	reason string
}

func inOrder(list []infraction) []infraction {
	slices.SortStableFunc(list, func(a, b infraction) int { return cmp.Compare(a.at, b.at) })
	return list
}

// infractions returns collisions, red lights, stop signs and timeouts by the rules of
// CARLA, which differ from those of roadloop's events.
func (r *run) infractions() []infraction {
	return slices.Concat(r.carlaCollisions(), r.redLights(), r.stopSigns(), r.timeouts())
}

// timeouts returns the timeout of a scenario that was not over in time.
func (r *run) timeouts() []infraction {
	if !r.log.TimedOut {
		return nil
	}
	at := r.time(r.last())
	return []infraction{{kind: timedOut, at: at, reason: fmt.Sprintf("was not over after %.0f s", at)}}
}

// contact is a contact at one time, with both actors at that time.
type contact struct {
	at         clock.Tick
	ego, other actor.Actor
}

// contactTimes returns the beginnings of contacts and the steps at which they last.
func (r *run) contactTimes() []contact {
	var out []contact
	met := make(map[actor.ID]bool)
	for i := range r.log.Events {
		if e := &r.log.Events[i]; e.Kind == sim.Collision {
			out = append(out, contact{e.Time, r.log.WithState(actor.Ego, e.Ego), r.log.WithState(e.Actor, e.Other)})
			met[e.Actor] = true
		}
	}
	r.others(func(id actor.ID) {
		if !met[id] {
			return
		}
		for i := range r.log.Steps {
			a := r.log.At(i, id)
			if geom.Overlap(r.boxes[i], a.Box()) {
				out = append(out, contact{r.log.Steps[i].Time, r.ego[i], a})
			}
		}
	})
	slices.SortStableFunc(out, func(a, b contact) int { return cmp.Compare(a.at, b.at) })
	return out
}

// carlaCollisions returns collisions by CARLA's rules, regardless of fault. It does not
// count collisions of a standing ego, those with the same actor within 5 s of the last
// one, and those within 5 m of the place of another.
func (r *run) carlaCollisions() []infraction {
	const standing, forget, apart = 0.1, 5 * clock.PerSecond, 5.0
	var out []infraction
	var places []geom.Vec
	last := make(map[actor.ID]clock.Tick)
	for _, t := range r.contactTimes() {
		if math.Abs(t.ego.State.Speed) < standing {
			continue
		}
		if before, ok := last[t.other.ID]; ok && t.at-before < forget {
			continue
		}
		here := t.ego.Box().Center
		if slices.ContainsFunc(places, func(p geom.Vec) bool { return p.Dist(here) < apart }) {
			continue
		}
		last[t.other.ID] = t.at
		places = append(places, here)
		out = append(out, infraction{kind: collisionKind(t.other.Kind), at: t.at.Seconds(),
			reason: fmt.Sprintf("collided with %s at %.0f km/h", r.name(t.other.ID), 3.6*t.ego.State.Speed)})
	}
	return out
}

// collisionKind returns CARLA's kind of a collision: cyclists count as vehicles.
func collisionKind(k actor.Kind) infractionKind {
	switch {
	case k.OnFoot():
		return hitPedestrian
	case k.Obstacle():
		return hitObject
	}
	return hitVehicle
}

// line is a stop line and its position along the run.
type line struct {
	lane *road.Lane
	at   float64 // on the scale of Step.Progress, m
}

// lines returns the stop lines of a kind on the ego's lanes, in driving order.
func (r *run) lines(control road.Control) []line {
	var out []line
	for i := range r.log.Steps {
		s, l := &r.log.Steps[i], r.lane(i)
		if l.Control != control || len(out) > 0 && out[len(out)-1].lane == l {
			continue
		}
		out = append(out, line{l, s.Progress - s.S + l.StopS})
	}
	return out
}

// redLights returns the stop lines that the ego's rear passed on red. CARLA tests the
// range from 0.8 of half the length behind the ego's center to 1 m behind its rear. The
// verdict tests the front instead, see sim.RedLight, with two differences: it fails a
// front that crosses on red and stops there, which CARLA does not count; and it passes
// an ego that crosses with its front on amber and with its rear on red, which CARLA counts.
// Both count an ego that stood over the line and enters on red.
func (r *run) redLights() []infraction {
	const first, beyond = 0.8, 1.0
	shape := &r.log.Actors[actor.Ego].Shape
	half := shape.Length / 2
	var out []infraction
	for _, l := range r.lines(road.SignalControl) {
		for i := range r.log.Steps {
			middle := r.log.Steps[i].Progress + shape.RearToCenter
			passes := l.at <= middle-first*half && l.at >= middle-half-beyond
			if passes && l.lane.Light(r.log.Steps[i].Signals) == road.Red && math.Abs(r.log.Steps[i].D) <= 0.6*l.lane.Width {
				out = append(out, infraction{kind: ranRed, at: r.time(i), reason: fmt.Sprintf("passed the stop line of lane %d on red", l.lane.ID)})
				break
			}
		}
	}
	return out
}

// stopSigns returns the stop signs at which the ego did not stop: it never drove below
// 0.1 m/s with its front within 4 m of the line.
func (r *run) stopSigns() []infraction {
	const stands, around = 0.1, 4.0
	shape := &r.log.Actors[actor.Ego].Shape
	var out []infraction
	for _, l := range r.lines(road.StopSign) {
		slowestSpeed := math.Inf(1)
		for i := range r.log.Steps {
			past := r.log.Steps[i].Progress + shape.RearToCenter + shape.Length/2 - l.at
			if past > around {
				if slowestSpeed >= stands && !math.IsInf(slowestSpeed, 1) {
					out = append(out, infraction{kind: ranStop, at: r.time(i),
						reason: fmt.Sprintf("passed the stop sign of lane %d at no less than %.0f km/h", l.lane.ID, 3.6*slowestSpeed)})
				}
				break
			}
			if past >= -around {
				slowestSpeed = math.Min(slowestSpeed, r.ego[i].State.Speed)
			}
		}
	}
	return out
}

// outsideLanes returns the term of the distance outside the lanes or against them: for
// o % of the distance it is 1 − o/100. The ego is outside if its center is farther from
// the nearest centerline than half the lane width plus 0.5 m. Junctions do not count.
func (r *run) outsideLanes() (Term, []fault) {
	t := Term{Name: "outside_lanes", Series: make([]float64, r.steps()), Unit: "outside"}
	total, out := 0.0, 0.0
	since := math.NaN()
	for i := 1; i < r.steps(); i++ {
		d := r.boxes[i].Center.Dist(r.boxes[i-1].Center)
		total += d
		if !r.outsideLane(i) {
			continue
		}
		t.Series[i] = 1
		out += d
		if math.IsNaN(since) {
			since = r.time(i)
		}
	}
	if out == 0 {
		return t, nil
	}
	return t, []fault{{since, 1 - out/total, fmt.Sprintf("drove %.0f m of %.0f m outside of its lanes or against them", out, total)}}
}

// outsideLane reports whether the ego's center is off all lanes or on an oncoming one.
func (r *run) outsideLane(i int) bool {
	const slack, wrong = 0.5, 120 * math.Pi / 180
	s, own := &r.log.Steps[i], r.lane(i)
	if own.Junction >= 0 || math.Abs(s.D) <= own.Width/2 && math.Cos(r.boxes[i].Yaw-own.Center.At(s.S).Yaw) > 0.5 {
		return false
	}
	id, at, d, ok := r.log.Map.Nearest(r.boxes[i].Center)
	if !ok {
		return false
	}
	l := &r.log.Map.Lanes[id]
	turned := math.Abs(geom.WrapAngle(l.Center.At(at).Yaw - r.boxes[i].Yaw))
	return l.Junction < 0 && (math.Abs(d) > l.Width/2+slack || turned > wrong)
}
