// Package seen tells from the record of a run what perception saw of the road users
// that were there to be seen: recall by distance and class, errors, false tracks, and
// how well tracks follow them; and of whom the ego collided with, since when they were
// in sight, since when they were tracked, and how wrong that was in the end.
//
// Distances are between the middles of boxes on the ground, in m. A road user is in
// sight when it is within reach in any direction, as the lidar turns, and the line from
// above the ego's middle to its middle or to one of its corners meets nobody who is at
// least as tall, and no building. This asks for no particular sensor.
package seen

import (
	"math"

	"roadloop/perception"
	"roadloop/perception/scoring"
	"roadloop/scenarios/record"
	"roadloop/sim/actor"
)

// Match is how near a track must be to stand for a road user, as nuScenes has it, m.
const Match = 2.0

// Bands are the distances for which recall is told apart; beyond the last, nobody needs
// to be seen.
var Bands = [...]scoring.Range{{Near: 0, Far: 15}, {Near: 15, Far: 30}, {Near: 30, Far: 60}}

// reach is the end of the last band.
const reach = 60.0

// Recall counts the times that road users of a class and a distance were in sight, and
// those at which a track stood for them.
type Recall struct {
	Class   perception.Class
	Band    scoring.Range
	InSight int
	Found   int
}

// Share returns the part found, NaN where nobody was in sight.
func (r *Recall) Share() float64 { return float64(r.Found) / float64(r.InSight) }

// Actor is how well somebody was seen whom a scenario names.
type Actor struct {
	Actor actor.ID
	Name  string
	Class perception.Class
	// InSight counts the times within reach and in sight, Found those at which a track
	// stood for it.
	InSight, Found int
	// Distance is how far away it was when a track first stood for it, m; NaN for never.
	Distance float64
}

// Report is what perception saw of a run.
type Report struct {
	// Actors are the road users that the scenario names, only those ever in sight.
	Actors []Actor
	// Recalls are in order of class and band, only those with somebody in sight.
	Recalls []Recall
	// PositionError and VelocityError are the means over all found, m and m/s; NaN
	// where nobody was.
	PositionError, VelocityError float64
	// FalseTracks is the mean number of tracks at a time, within reach, that stand for
	// nobody; Ghosts is how many tracks never stood for anybody.
	FalseTracks float64
	Ghosts      int
	// Tracking is over those in sight; Tracked tells that there were any.
	Tracking scoring.TrackingReport
	Tracked  bool
	// Met tells of everyone whom the ego collided with, in order of time.
	Met []Story
}

// Of looks through a record at 10 Hz. It returns nil for a driver that does not tell
// what it believes.
func Of(log *record.Log) *Report {
	v := newViewer(log)
	r := &Report{PositionError: math.NaN(), VelocityError: math.NaN()}
	t := tally{counts: make(map[place]*Recall), actors: make([]Actor, len(log.Actors)), real: make(map[int32]bool)}
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
	r.Met = v.stories()
	return r
}

// place is a class and a band.
type place struct {
	class perception.Class
	band  int
}

// tally counts what is seen.
type tally struct {
	counts   map[place]*Recall
	actors   []Actor // by actor.ID; those of the background stay empty
	steps    int
	found    int
	pos, vel float64
	wrong    int
	real     map[int32]bool // by track: whether it ever stood for somebody
	tracking scoring.Tracking
}

// add counts one step.
func (t *tally) add(v *viewer, i int) {
	t.steps++
	tracks := v.log.Steps[i].Belief.Tracks
	match := v.match(i)
	stands := make([]bool, len(tracks))
	var truths, spots []scoring.Spotted
	for id := 1; id < len(v.log.Actors); id++ {
		k := match[id]
		if k >= 0 {
			stands[k] = true
			t.real[tracks[k].ID] = true
		}
		a := v.log.At(i, actor.ID(id))
		middle := v.box(i, actor.ID(id)).Center
		dist := middle.Dist(v.eye(i))
		if dist >= reach || !v.inSight(i, actor.ID(id)) {
			continue
		}
		truths = append(truths, scoring.Spotted{ID: id, Pos: middle})
		t.count(&a, dist, k)
		if !v.log.Actors[id].Background {
			t.meet(&a, dist, k)
		}
		if k >= 0 {
			t.found++
			t.pos += tracks[k].Pose.Pos().Dist(middle)
			t.vel += tracks[k].Vel.Sub(a.Velocity()).Norm()
			spots = append(spots, scoring.Spotted{ID: int(tracks[k].ID), Pos: tracks[k].Pose.Pos()})
		}
	}
	for k := range tracks {
		if stands[k] || tracks[k].Pose.Pos().Dist(v.eye(i)) >= reach {
			continue
		}
		t.wrong++
		if _, known := t.real[tracks[k].ID]; !known {
			t.real[tracks[k].ID] = false
		}
		spots = append(spots, scoring.Spotted{ID: int(tracks[k].ID), Pos: tracks[k].Pose.Pos()})
	}
	t.tracking.Add(truths, spots)
}

// count takes somebody in sight into recall.
func (t *tally) count(a *actor.Actor, dist float64, track int) {
	for b := range Bands {
		if dist < Bands[b].Near || dist >= Bands[b].Far {
			continue
		}
		p := place{perception.Class(a.Kind.Class()), b}
		if t.counts[p] == nil {
			t.counts[p] = &Recall{Class: p.class, Band: Bands[b]}
		}
		t.counts[p].InSight++
		if track >= 0 {
			t.counts[p].Found++
		}
	}
}

// meet notes somebody in sight whom the scenario names.
func (t *tally) meet(a *actor.Actor, dist float64, track int) {
	p := &t.actors[a.ID]
	if p.InSight == 0 {
		*p = Actor{Actor: a.ID, Class: perception.Class(a.Kind.Class()), Distance: math.NaN()}
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

// report fills in what was counted.
func (t *tally) report(r *Report) {
	for c := range perception.Class(perception.NumClasses) {
		for b := range Bands {
			if n := t.counts[place{c, b}]; n != nil {
				r.Recalls = append(r.Recalls, *n)
			}
		}
	}
	if t.found > 0 {
		r.PositionError, r.VelocityError = t.pos/float64(t.found), t.vel/float64(t.found)
	}
	r.FalseTracks = float64(t.wrong) / float64(t.steps)
	for _, real := range t.real {
		if !real {
			r.Ghosts++
		}
	}
	r.Tracking, r.Tracked = t.tracking.Report()
}

// Recall returns the part found of all in sight within a range of distances, whatever
// their class, NaN where nobody was.
func (r *Report) Recall(within scoring.Range) float64 {
	all := Recall{}
	for i := range r.Recalls {
		if x := &r.Recalls[i]; x.Band.Near >= within.Near && x.Band.Far <= within.Far {
			all.InSight += x.InSight
			all.Found += x.Found
		}
	}
	return all.Share()
}
