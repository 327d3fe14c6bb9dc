package metrics

import (
	"math"

	"roadloop/planning/route"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// ComputeSafety computes the metrics of a run. For a log without steps all of them are undefined.
func ComputeSafety(l *DriveLog) *Safety {
	t := newMeasurer(l)
	for i := range l.Steps {
		t.measureStep(i)
	}
	t.derive()
	s := t.set
	s.Collisions = Collisions(l)
	fillPETs(l, s.Encounters)
	s.reduce(l)
	return s
}

// measurer computes the metrics step by step.
type measurer struct {
	log            *DriveLog
	ways           corridors
	set            *Safety
	truth          situation
	belief         situation
	others, tracks []body
	ahead          []bool       // by actor: whether it was ever ahead of the ego
	collidedAt     []clock.Tick // by actor: its first collision with the ego
	firstCollision clock.Tick   // the first collision with any actor
	step           int
}

func newMeasurer(l *DriveLog) *measurer {
	n := len(l.Steps)
	s := &Safety{Times: make([]float64, n), Leads: make([]actor.ID, n), Series: make([]Series, measures),
		Encounters: []Encounter{}, Extremes: map[string]float64{}, At: map[string]float64{}}
	values := make([]float64, 2*n*measures)
	for i := range s.Series {
		s.Series[i] = Series{Name: catalog[i].name, Unit: catalog[i].unit,
			Truth: values[2*i*n : (2*i+1)*n : (2*i+1)*n], Believed: values[(2*i+1)*n : (2*i+2)*n : (2*i+2)*n]}
	}
	for i := 1; i < len(l.Actors); i++ {
		s.Encounters = append(s.Encounters, newEncounter(actor.ID(i), l.Actors[i].Name))
	}
	t := &measurer{log: l, set: s, ways: corridors{l, map[road.LaneID]*route.Path{}}, ahead: make([]bool, len(l.Actors))}
	t.truth.onEncounter = t.updateEncounter
	t.recordCollisions()
	return t
}

// recordCollisions finds the first collision with each actor. After it, the actor no
// longer counts: its later behavior says nothing about the driving.
func (t *measurer) recordCollisions() {
	const never = math.MaxInt64
	t.collidedAt, t.firstCollision = make([]clock.Tick, len(t.log.Actors)), never
	for i := range t.collidedAt {
		t.collidedAt[i] = never
	}
	for i := range t.log.Events {
		if e := &t.log.Events[i]; e.Kind == sim.Collision {
			t.collidedAt[e.Actor] = min(t.collidedAt[e.Actor], e.Time)
			t.firstCollision = min(t.firstCollision, e.Time)
		}
	}
}

// measureStep measures a step.
func (t *measurer) measureStep(i int) {
	t.step = i
	s := &t.log.Steps[i]
	t.set.Times[i] = s.Time.Seconds()
	path := t.ways.from(s.Lane)
	truth, lead := t.measureTruth(path, i)
	t.set.Leads[i] = lead
	belief := undefined()
	if s.Belief.Known && !t.stale(i) {
		belief = t.measureBelief(path, i)
	}
	for k := range t.set.Series {
		t.set.Series[k].Truth[i], t.set.Series[k].Believed[i] = truth[k], belief[k]
	}
}

// stale reports whether the belief of the last step is a copy of the previous one.
func (t *measurer) stale(i int) bool {
	return i > 0 && i == len(t.log.Steps)-1 && t.log.Steps[i].Belief.Ego == t.log.Steps[i-1].Belief.Ego
}

func (t *measurer) measureTruth(p *route.Path, i int) (row, actor.ID) {
	s, l := &t.log.Steps[i], t.log
	e := l.At(i, actor.Ego)
	ego := body{box: e.Box(), vel: e.Velocity(), accel: e.State.Accel, origin: e.State.Pose}
	t.others = t.others[:0]
	for id := 1; id < len(l.Actors); id++ {
		a := l.At(i, actor.ID(id))
		t.others = append(t.others, body{box: a.Box(), vel: a.Velocity(), accel: a.State.Accel, gone: t.collidedAt[id] < s.Time})
	}
	r := undefined()
	t.truth.observe(p, s.S, &ego, t.others)
	t.truth.measure(&r, &ego, t.others, l.Friction)
	motion(&r, e.State.Speed, e.State.Accel, e.State.YawRate, e.State.Steer)
	lanePosition(&r, &l.Map.Lanes[s.Lane], s.D, &t.truth.ego)
	return r, actor.ID(t.truth.lead + 1)
}

func (t *measurer) measureBelief(p *route.Path, i int) row {
	s, l := &t.log.Steps[i], t.log
	b := &s.Belief
	e := actor.Actor{Shape: l.Actors[actor.Ego].Shape, State: actor.State{Pose: b.Ego.Pose, Speed: b.Ego.Speed}}
	ego := body{box: e.Box(), vel: e.Velocity(), accel: b.Ego.Accel, origin: b.Ego.Pose}
	t.tracks = t.tracks[:0]
	for k := range b.Tracks {
		k := &b.Tracks[k]
		t.tracks = append(t.tracks, body{box: k.Box(), vel: k.Vel, gone: t.firstCollision < s.Time && geom.Overlap(k.Box(), ego.box)})
	}
	r := undefined()
	t.belief.observe(p, s.S, &ego, t.tracks)
	t.belief.measure(&r, &ego, t.tracks, l.Friction)
	motion(&r, b.Ego.Speed, b.Ego.Accel, b.Ego.YawRate, b.Ego.Steer)
	lane := &l.Map.Lanes[s.Lane]
	_, d := lane.Center.ProjectNear(b.Ego.Pose.Pos(), s.S-5, s.S+5)
	lanePosition(&r, lane, d, &t.belief.ego)
	return r
}

// motion fills in the metrics of the ego's motion.
func motion(r *row, v, a, yaw, wheel float64) {
	r[speed], r[accel], r[yawRate], r[steer] = v, a, yaw, wheel
	r[lateralAccel] = v * yaw
}

// lanePosition fills in the ego's position in its lane. d is the Frenet coordinate of its
// rear axle.
func lanePosition(r *row, l *road.Lane, d float64, ego *projection) {
	r[lateralError] = d
	r[speedLimit] = l.SpeedLimit
	r[overspeed] = r[speed] - l.SpeedLimit
	if l.Junction < 0 {
		r[edgeDistance] = l.Width/2 - math.Abs(ego.d) - ego.aside
	}
}

// derive fills in the metrics that are derivatives of others.
func (t *measurer) derive() {
	a, j := &t.set.Series[accel], &t.set.Series[jerk]
	slope(j.Truth, t.set.Times, a.Truth)
	slope(j.Believed, t.set.Times, a.Believed)
}

// passingRange is the largest lateral distance from the ego's path at which an actor
// counts as passed, m.
const passingRange = 12.0

// updateEncounter updates the encounter with an actor from its position at this step.
func (t *measurer) updateEncounter(i int, r relation) {
	e, now := &t.set.Encounters[i], Optional(t.set.Times[t.step])
	if r.along < 0 && !(float64(e.Clearance) <= r.clearance) {
		e.Clearance, e.ClearanceAt = Optional(r.clearance), now
	}
	beyond := r.along > 0 && r.side < passingRange
	t.ahead[i] = t.ahead[i] || beyond && r.ds > 0
	if t.ahead[i] && beyond && r.ds < 0 && e.PassedAt.IsZero() {
		e.PassedAt = now
	}
	t.updateDistance(i, e)
}

// updateDistance updates the smallest distance to an actor.
func (t *measurer) updateDistance(i int, e *Encounter) {
	ego, other := t.log.At(t.step, actor.Ego), t.others[i].box
	own := ego.Box()
	reach := (math.Hypot(own.Length, own.Width) + math.Hypot(other.Length, other.Width)) / 2
	if own.Center.Dist(other.Center)-reach > float64(e.Distance) {
		return // no nearer than before, wherever the corners are
	}
	if d := geom.Distance(own, other); !(float64(e.Distance) <= d) {
		e.Distance, e.DistanceAt = Optional(d), Optional(t.set.Times[t.step])
	}
}
