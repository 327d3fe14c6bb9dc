package metrics

import (
	"math"

	"roadloop/perception"
	"roadloop/perception/scoring"
	"roadloop/sim/actor"
)

// maxMatchDistance is the largest distance at which a track matches a road user, as in nuScenes, m.
const maxMatchDistance = 2.0

// DistanceBands are the distance ranges of recall. Road users beyond the last band do not count.
var DistanceBands = [...]scoring.Range{{Near: 0, Far: 15}, {Near: 15, Far: 30}, {Near: 30, Far: 60}}

// maxRange is the end of the last band, m.
const maxRange = 60.0

// Recall counts the steps at which road users of a class and distance band were in
// sight, and the steps at which a track matched them.
type Recall struct {
	Class   perception.Class
	Band    scoring.Range
	InSight int
	Found   int
}

// Share returns Found divided by InSight, NaN if InSight is 0.
func (r *Recall) Share() float64 { return float64(r.Found) / float64(r.InSight) }

// ActorDetection holds the perception metrics of an actor that the scenario names.
type ActorDetection struct {
	Actor actor.ID
	Name  string
	Class perception.Class
	// InSight counts the steps in sight, Found the steps at which a track matched it.
	InSight, Found int
	// Distance is its distance when a track first matched it, m; NaN for never.
	Distance float64
}

// Detection holds the perception metrics of a run.
type Detection struct {
	// Actors are the actors that the scenario names and that were ever in sight.
	Actors []ActorDetection
	// Recalls are in order of class and band, without those that were never in sight.
	Recalls []Recall
	// PositionError and VelocityError are the means over all matches, m and m/s; NaN
	// without matches.
	PositionError, VelocityError float64
	// FalseTracks is the mean number of unmatched tracks per step within range. Ghosts
	// is the number of tracks that never matched a road user.
	FalseTracks float64
	Ghosts      int
	// Tracking is over the road users in sight. Tracked reports whether there were any.
	Tracking scoring.TrackingReport
	Tracked  bool
	// Collisions has one entry for each road user that the ego collided with, in order of time.
	Collisions []CollisionHistory
}

// ComputeDetection evaluates a drive log at 10 Hz. It returns nil for a driver that does not expose
// its belief.
func ComputeDetection(log *DriveLog) *Detection {
	v := newEgoView(log)
	r := &Detection{PositionError: math.NaN(), VelocityError: math.NaN()}
	t := tally{counts: make(map[cell]*Recall), actors: make([]ActorDetection, len(log.Actors)), everMatched: make(map[int32]bool)}
	for i := 0; i < len(log.Steps); i += 2 {
		if log.Steps[i].Belief.Known {
			t.add(v, i)
		}
	}
	if t.steps == 0 {
		return nil
	}
	t.report(r)
	for i := range t.actors {
		if p := t.actors[i]; p.InSight > 0 {
			p.Name = log.Actors[i].Name
			r.Actors = append(r.Actors, p)
		}
	}
	r.Collisions = v.stories()
	return r
}

// cell is a class and a band.
type cell struct {
	class perception.Class
	band  int
}

// tally accumulates the counts.
type tally struct {
	counts      map[cell]*Recall
	actors      []ActorDetection // by actor.ID; empty for background actors
	steps       int
	found       int
	pos, vel    float64
	falseTracks int
	everMatched map[int32]bool // by track: whether it ever matched a road user
	tracking    scoring.Tracking
}

// add counts one step.
func (t *tally) add(v *egoView, i int) {
	t.steps++
	tracks := v.log.Steps[i].Belief.Tracks
	match := v.match(i)
	matched := make([]bool, len(tracks))
	var truths, observed []scoring.TrackPoint
	for id := 1; id < len(v.log.Actors); id++ {
		k := match[id]
		if k >= 0 {
			matched[k] = true
			t.everMatched[tracks[k].ID] = true
		}
		a := v.log.At(i, actor.ID(id))
		middle := v.box(i, actor.ID(id)).Center
		dist := middle.Dist(v.egoCenter(i))
		if dist >= maxRange || !v.inSight(i, actor.ID(id)) {
			continue
		}
		truths = append(truths, scoring.TrackPoint{ID: id, Pos: middle})
		t.countRecall(&a, dist, k)
		if !v.log.Actors[id].Background {
			t.countActor(&a, dist, k)
		}
		if k >= 0 {
			t.found++
			t.pos += tracks[k].Pose.Pos().Dist(middle)
			t.vel += tracks[k].Vel.Sub(a.Velocity()).Norm()
			observed = append(observed, scoring.TrackPoint{ID: int(tracks[k].ID), Pos: tracks[k].Pose.Pos()})
		}
	}
	for k := range tracks {
		if matched[k] || tracks[k].Pose.Pos().Dist(v.egoCenter(i)) >= maxRange {
			continue
		}
		t.falseTracks++
		if _, known := t.everMatched[tracks[k].ID]; !known {
			t.everMatched[tracks[k].ID] = false
		}
		observed = append(observed, scoring.TrackPoint{ID: int(tracks[k].ID), Pos: tracks[k].Pose.Pos()})
	}
	t.tracking.Add(truths, observed)
}

// countRecall counts an actor in sight.
func (t *tally) countRecall(a *actor.Actor, dist float64, track int) {
	for b := range DistanceBands {
		if dist < DistanceBands[b].Near || dist >= DistanceBands[b].Far {
			continue
		}
		p := cell{perception.ClassOf(a.Kind), b}
		if t.counts[p] == nil {
			t.counts[p] = &Recall{Class: p.class, Band: DistanceBands[b]}
		}
		t.counts[p].InSight++
		if track >= 0 {
			t.counts[p].Found++
		}
	}
}

// countActor counts an actor in sight that the scenario names.
func (t *tally) countActor(a *actor.Actor, dist float64, track int) {
	p := &t.actors[a.ID]
	if p.InSight == 0 {
		*p = ActorDetection{Actor: a.ID, Class: perception.ClassOf(a.Kind), Distance: math.NaN()}
	}
	p.InSight++
	if track < 0 {
		return
	}
	if p.Found == 0 {
		p.Distance = dist
	}
	p.Found++
}

// report fills in the metrics.
func (t *tally) report(r *Detection) {
	for c := range perception.Class(perception.NumClasses) {
		for b := range DistanceBands {
			if n := t.counts[cell{c, b}]; n != nil {
				r.Recalls = append(r.Recalls, *n)
			}
		}
	}
	if t.found > 0 {
		r.PositionError, r.VelocityError = t.pos/float64(t.found), t.vel/float64(t.found)
	}
	r.FalseTracks = float64(t.falseTracks) / float64(t.steps)
	for _, matched := range t.everMatched {
		if !matched {
			r.Ghosts++
		}
	}
	r.Tracking, r.Tracked = t.tracking.Report()
}

// Recall returns the recall over all classes within a distance range, NaN without road
// users in sight.
func (r *Detection) Recall(within scoring.Range) float64 {
	all := Recall{}
	for i := range r.Recalls {
		if x := &r.Recalls[i]; x.Band.Near >= within.Near && x.Band.Far <= within.Far {
			all.InSight += x.InSight
			all.Found += x.Found
		}
	}
	return all.Share()
}
