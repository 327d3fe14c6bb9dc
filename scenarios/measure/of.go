package measure

import (
	"math"

	"roadloop/planning/route"
	"roadloop/scenarios/record"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Of measures a run. A record without steps has nothing to measure.
func Of(l *record.Log) *Set {
	t := newTaker(l)
	for i := range l.Steps {
		t.take(i)
	}
	t.derive()
	s := t.set
	s.Collisions = Collisions(l)
	encroach(l, s.Encounters)
	s.reduce(l)
	return s
}

// taker measures step by step.
type taker struct {
	log   *record.Log
	ways  corridors
	set   *Set
	truth sight
	faith sight // what is believed

	others, tracks []body
	ahead          []bool       // by actor, that it was ahead of the ego at some time
	hit            []clock.Tick // by actor, when it first collided with the ego
	crashed        clock.Tick   // when anyone first did
	step           int
}

func newTaker(l *record.Log) *taker {
	n := len(l.Steps)
	s := &Set{Times: make([]float64, n), Leads: make([]actor.ID, n), Series: make([]Series, measures),
		Encounters: []Encounter{}, Extremes: map[string]float64{}, At: map[string]float64{}}
	values := make([]float64, 2*n*measures)
	for i := range s.Series {
		s.Series[i] = Series{Name: catalog[i].name, Unit: catalog[i].unit,
			Truth: values[2*i*n : (2*i+1)*n : (2*i+1)*n], Believed: values[(2*i+1)*n : (2*i+2)*n : (2*i+2)*n]}
	}
	for i := 1; i < len(l.Actors); i++ {
		s.Encounters = append(s.Encounters, newEncounter(actor.ID(i), l.Actors[i].Name))
	}
	t := &taker{log: l, set: s, ways: corridors{l, map[road.LaneID]*route.Path{}}, ahead: make([]bool, len(l.Actors))}
	t.truth.onEncounter = t.meet
	t.noteHits()
	return t
}

// noteHits finds out when the ego collided with whom. Whoever was hit counts no more:
// what comes after a contact tells nothing about driving.
func (t *taker) noteHits() {
	const never = math.MaxInt64
	t.hit, t.crashed = make([]clock.Tick, len(t.log.Actors)), never
	for i := range t.hit {
		t.hit[i] = never
	}
	for i := range t.log.Events {
		if e := &t.log.Events[i]; e.Kind == sim.Collision {
			t.hit[e.Actor] = min(t.hit[e.Actor], e.Time)
			t.crashed = min(t.crashed, e.Time)
		}
	}
}

// take measures a step.
func (t *taker) take(i int) {
	t.step = i
	s := &t.log.Steps[i]
	t.set.Times[i] = s.Time.Seconds()
	path := t.ways.from(s.Lane)
	truth, lead := t.measureTruth(path, i)
	t.set.Leads[i] = lead
	faith := undefined()
	if s.Belief.Known && !t.stale(i) {
		faith = t.measureBelief(path, i)
	}
	for k := range t.set.Series {
		t.set.Series[k].Truth[i], t.set.Series[k].Believed[i] = truth[k], faith[k]
	}
}

// stale tells that the belief of the last step is but that of the step before.
func (t *taker) stale(i int) bool {
	return i > 0 && i == len(t.log.Steps)-1 && t.log.Steps[i].Belief.Ego == t.log.Steps[i-1].Belief.Ego
}

func (t *taker) measureTruth(p *route.Path, i int) (row, actor.ID) {
	s, l := &t.log.Steps[i], t.log
	e := l.At(i, actor.Ego)
	ego := body{box: e.Box(), vel: e.Velocity(), accel: e.State.Accel, origin: e.State.Pose}
	t.others = t.others[:0]
	for id := 1; id < len(l.Actors); id++ {
		a := l.At(i, actor.ID(id))
		t.others = append(t.others, body{box: a.Box(), vel: a.Velocity(), accel: a.State.Accel, gone: t.hit[id] < s.Time})
	}
	r := undefined()
	t.truth.look(p, s.S, &ego, t.others)
	t.truth.measure(&r, &ego, t.others, l.Friction)
	motion(&r, e.State.Speed, e.State.Accel, e.State.YawRate, e.State.Steer)
	place(&r, &l.Map.Lanes[s.Lane], s.D, &t.truth.ego)
	return r, actor.ID(t.truth.lead + 1)
}

func (t *taker) measureBelief(p *route.Path, i int) row {
	s, l := &t.log.Steps[i], t.log
	b := &s.Belief
	e := actor.Actor{Shape: l.Actors[actor.Ego].Shape, State: actor.State{Pose: b.Ego.Pose, Speed: b.Ego.Speed}}
	ego := body{box: e.Box(), vel: e.Velocity(), accel: b.Ego.Accel, origin: b.Ego.Pose}
	t.tracks = t.tracks[:0]
	for k := range b.Tracks {
		k := &b.Tracks[k]
		t.tracks = append(t.tracks, body{box: k.Box(), vel: k.Vel, gone: t.crashed < s.Time && geom.Overlap(k.Box(), ego.box)})
	}
	r := undefined()
	t.faith.look(p, s.S, &ego, t.tracks)
	t.faith.measure(&r, &ego, t.tracks, l.Friction)
	motion(&r, b.Ego.Speed, b.Ego.Accel, b.Ego.YawRate, b.Ego.Steer)
	lane := &l.Map.Lanes[s.Lane]
	_, d := lane.Center.ProjectNear(b.Ego.Pose.Pos(), s.S-5, s.S+5)
	place(&r, lane, d, &t.faith.ego)
	return r
}

// motion fills in how the ego moves.
func motion(r *row, v, a, yaw, wheel float64) {
	r[speed], r[accel], r[yawRate], r[steer] = v, a, yaw, wheel
	r[lateralAccel] = v * yaw
}

// place fills in where the ego is in its lane, d being that of its rear axle.
func place(r *row, l *road.Lane, d float64, ego *shadow) {
	r[lateralError] = d
	r[speedLimit] = l.SpeedLimit
	r[overspeed] = r[speed] - l.SpeedLimit
	if l.Junction < 0 {
		r[edgeDistance] = l.Width/2 - math.Abs(ego.d) - ego.aside
	}
}

// derive fills in what follows from a measure over time.
func (t *taker) derive() {
	a, j := &t.set.Series[accel], &t.set.Series[jerk]
	slope(j.Truth, t.set.Times, a.Truth)
	slope(j.Believed, t.set.Times, a.Believed)
}

// besideWay is how far from the ego's way another may be to be passed, m.
const besideWay = 12.0

// meet notes what an actor's place at this step adds to its encounter.
func (t *taker) meet(i int, r relation) {
	e, now := &t.set.Encounters[i], Maybe(t.set.Times[t.step])
	if r.along < 0 && !(float64(e.Clearance) <= r.clearance) {
		e.Clearance, e.ClearanceAt = Maybe(r.clearance), now
	}
	beyond := r.along > 0 && r.side < besideWay
	t.ahead[i] = t.ahead[i] || beyond && r.ds > 0
	if t.ahead[i] && beyond && r.ds < 0 && e.PassedAt.IsZero() {
		e.PassedAt = now
	}
	t.approach(i, e)
}

// approach notes how near an actor's box is to the ego's at this step.
func (t *taker) approach(i int, e *Encounter) {
	ego, other := t.log.At(t.step, actor.Ego), t.others[i].box
	own := ego.Box()
	reach := (math.Hypot(own.Length, own.Width) + math.Hypot(other.Length, other.Width)) / 2
	if own.Center.Dist(other.Center)-reach > float64(e.Distance) {
		return // no nearer than before, wherever the corners are
	}
	if d := geom.Distance(own, other); !(float64(e.Distance) <= d) {
		e.Distance, e.DistanceAt = Maybe(d), Maybe(t.set.Times[t.step])
	}
}
