// Package chauffeur puts a careful-driver model at the pedals of a car on a real
// road: it tells the model of everyone near as package careful wants to hear it,
// and drives as people do while the model sees no danger.
package chauffeur

import (
	"fmt"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/planning/behavior"
	"roadloop/planning/careful"
	"roadloop/planning/trajectory"
	"roadloop/sim/clock"
)

// Driver has the pedals. It implements trajectory.Pedals.
//
// While the model sees no danger, it follows the car ahead at the model's own
// headway and never brakes harder than people like to. The model looks at
// everyone near, each with a reaction time of its own, and the hardest braking that
// it asks for holds. What the models leave open is settled here: a danger in the
// own lane is manifest once gentle braking is no longer enough for it or its
// driver brakes hard; someone who crosses the road, for whom no lane tells when a
// human would notice, is noticed two seconds before they are in the way.
type Driver struct {
	model careful.Model
	known []memory // ordered by track
}

// memory is what a driver remembers of a track.
type memory struct {
	track int32
	seen  clock.Tick
	speed float64 // along the way at that time, m/s
	calm  float64 // since the model last found it unsafe, s
	state careful.State
}

const (
	accel   = 1.5 // of normal following, m/s²
	comfort = 2   // deceleration aimed at there, m/s²
	gentle  = 3   // and the most used, m/s²
	standby = 3   // gap at a standstill, at least, m
	room    = 0.2 // beside the car that counts as its width, m
	lane    = 3.5 // width of a lane, m
	// alarming is the braking of a car ahead that makes a human react at once, m/s²
	// (UN R157, annex 4, appendix 3).
	alarming = 5
	// relaxes is how long a driver holds its speed after a danger, s.
	relaxes  = 1.0
	farthest = 120 // at which others matter, m
)

// New returns a driver that has seen nobody.
func New(m careful.Model) *Driver { return &Driver{model: m} }

// Clone returns an independent copy in the same state.
func (d *Driver) Clone() trajectory.Pedals {
	return &Driver{model: d.model, known: slices.Clone(d.known)}
}

// Press returns the acceleration among the others of the view.
func (d *Driver) Press(v *behavior.View, car *behavior.Car, free float64) (float64, string) {
	best, why := free, ""
	for i := range v.Others {
		o := &v.Others[i]
		if o.Track.Existence < 0.5 {
			continue
		}
		s := situation(v, car, o)
		if s.Behind || s.Gap > farthest {
			continue
		}
		if a := d.follow(&s); s.Side <= 0 && a < best {
			best, why = a, fmt.Sprintf("follow track %d", o.Track.ID)
		}
		if a, acts := d.react(v, car, o, &s); acts && a < best {
			best, why = a, fmt.Sprintf("%s: track %d", d.model.Name(), o.Track.ID)
		}
	}
	d.forget(v.Scene.Time)
	return best, why
}

// situation returns another as the models see it.
func situation(v *behavior.View, car *behavior.Car, o *behavior.Other) careful.Situation {
	at := o.At[0]
	aside := at.D - v.D
	return careful.Situation{
		Speed: v.Speed, Accel: v.Scene.Ego.Accel, Other: o.Speed,
		Gap: at.S - o.Along - v.Front, Clear: at.S + o.Along - v.S + car.Rear,
		Side:    math.Abs(aside) - o.Across - car.HalfWidth - room,
		Closing: -math.Copysign(1, aside) * o.Drift,
		Behind:  at.S < v.S+(car.Front-car.Rear)/2,
	}
}

// follow returns the acceleration behind someone in the way: the interaction of
// the Intelligent Driver Model (Treiber, Hennecke and Helbing, 2000), with the
// model's headway for its time gap.
func (d *Driver) follow(s *careful.Situation) float64 {
	lead := math.Max(0, s.Other)
	wanted := math.Max(standby, d.model.Headway(s.Speed)) + math.Max(0, s.Speed*(s.Speed-lead)/(2*math.Sqrt(accel*comfort)))
	q := wanted / math.Max(0.1, s.Gap)
	return math.Max(-gentle, accel*(1-q*q))
}

// react lets the model look at someone, and returns its acceleration and whether
// it acts.
func (d *Driver) react(v *behavior.View, car *behavior.Car, o *behavior.Other, s *careful.Situation) (float64, bool) {
	m := d.recall(o.Track.ID, v.Scene.Time, s)
	braking := (m.speed - s.Other) / clock.DriverPeriod.Seconds()
	m.seen, m.speed = v.Scene.Time, s.Other
	var a careful.Assessment
	if !gone(s, o) {
		s.Manifest = s.Side <= 0 && (braking > alarming && s.Gap < 2*d.model.Headway(s.Speed) || needs(s) > gentle)
		a = d.heed(car, o, s).Assess(s)
	}
	m.calm += clock.DriverPeriod.Seconds()
	if a.Unsafe {
		m.calm = 0
	}
	if m.calm > relaxes || s.Speed < 0.1 {
		m.state = careful.State{}
	}
	var decel float64
	var acts bool
	m.state, decel, acts = careful.Step(d.model, m.state, &a, clock.DriverPeriod.Seconds())
	return -decel, acts
}

// needs returns the braking that avoids the other at its present speed, m/s².
func needs(s *careful.Situation) float64 {
	v := s.Speed - s.Other
	if v <= 0 {
		return 0
	}
	return v * v / (2 * math.Max(0.1, s.Gap))
}

// gone tells that someone who crosses is out of the way before the car comes.
func gone(s *careful.Situation, o *behavior.Other) bool {
	if !crosses(o) || s.Closing <= 0 && s.Side > 0 {
		return false
	}
	leaves := (s.Side + 2*o.Across + 2) / math.Max(0.1, math.Abs(o.Drift))
	return leaves+0.5 < s.Gap/math.Max(1, s.Speed)
}

// crosses tells that someone moves across the way rather than along it.
func crosses(o *behavior.Other) bool { return math.Abs(o.Drift) > math.Max(0.3, math.Abs(o.Speed)/2) }

// heed returns the model with the place at which it notices this other.
func (d *Driver) heed(car *behavior.Car, o *behavior.Other, s *careful.Situation) careful.Model {
	h, human := d.model.(careful.Human)
	if !human {
		return d.model
	}
	edge := math.Max(0, lane/2-car.HalfWidth)
	switch {
	case crosses(o):
		h.Notice = h.Critical * math.Max(0, s.Closing)
	case o.Track.Class == perception.Pedestrian:
		h.Notice = edge
	default:
		h.Notice = math.Max(0, careful.NoticeAt(lane, 2*o.Across, edge))
	}
	return h
}

// recall returns what is remembered of a track.
func (d *Driver) recall(track int32, now clock.Tick, s *careful.Situation) *memory {
	i, found := slices.BinarySearchFunc(d.known, track, func(m memory, id int32) int { return int(m.track - id) })
	if !found {
		d.known = slices.Insert(d.known, i, memory{track: track, seen: now, speed: s.Other})
	}
	return &d.known[i]
}

// forget drops tracks that are out of sight.
func (d *Driver) forget(now clock.Tick) {
	d.known = slices.DeleteFunc(d.known, func(m memory) bool { return m.seen != now })
}
