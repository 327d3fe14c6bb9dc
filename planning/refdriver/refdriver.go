// Package refdriver holds the reference driver models of UN Regulation No. 157
// (automated lane keeping) and related work: the response of a careful driver,
// or of a safety rule, to another road user that cuts in, cuts out and reveals
// an obstacle, or brakes. A case in which a reference driver avoids a crash is
// preventable.
//
// A Model evaluates one road user at a time along the ego's path: speeds and gaps
// in SI units, bumper to bumper and side to side. It brakes and never steers.
// Models are pure functions of plain state; the caller keeps the State. Driver
// drives with a model on arbitrary roads: it converts all near road users to the
// input of the model, and follows traffic like a human driver while the model sees
// no danger.
//
// An R157Case is a concrete case with which the regulation compares the models: a cut-in, a
// cut-out that reveals a stopped car, or a braking lead. The simulation is that of the
// published comparison (Joint Research Centre of the European Commission, 2021): two lanes,
// boxes of 4.3 m × 1.9 m, steps of 0.1 s, position updates with the new speed, and an ego
// that brakes and never steers. Sums have a fixed order: at many grid points the sides of two
// boxes touch exactly, and the last bit decides whether they overlap.
package refdriver

import (
	"fmt"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/planning/behavior"
	"roadloop/planning/trajectory"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
)

// Driver is the longitudinal model of a reference driver. It implements
// trajectory.LongitudinalModel.
//
// While the model sees no danger, Driver follows the car ahead at the model's
// headway and brakes no harder than comfortably. It evaluates the model for each
// near road user, with a separate reaction time for each, and applies the hardest
// braking. It defines two cases that the models leave open. A danger in the ego's
// lane is manifest if gentle braking is no longer sufficient, or if its driver
// brakes hard. A road user that crosses the road, to which the lane-based rule does
// not apply, is noticed two seconds before it is in the path.
type Driver struct {
	model Model
	known []trackState // ordered by track
}

// trackState is the driver's state for a track.
type trackState struct {
	track    int32
	seen     clock.Tick
	speed    float64 // along the path at that time, m/s
	safeTime float64 // time since the last Unsafe assessment, s
	state    State
}

const (
	accel      = 1.5 // of normal following, m/s²
	comfort    = 2   // comfortable deceleration of following, m/s²
	gentle     = 3   // maximum deceleration of following, m/s²
	minGap     = 3   // minimum gap at standstill, m
	sideMargin = 0.2 // lateral margin added to the car's width, m
	lane       = 3.5 // width of a lane, m
	// hardBraking is the deceleration of a car ahead to which a human reacts
	// immediately, m/s² (UN R157, annex 4, appendix 3).
	hardBraking = 5
	// holdTime is the time for which a driver holds its speed after a danger, s.
	holdTime = 1.0
	maxGap   = 120 // maximum gap of relevant road users, m
)

// New returns a driver in its initial state.
func New(m Model) *Driver { return &Driver{model: m} }

// Clone returns an independent copy in the same state.
func (d *Driver) Clone() trajectory.LongitudinalModel {
	return &Driver{model: d.model, known: slices.Clone(d.known)}
}

// Accel implements trajectory.LongitudinalModel.
func (d *Driver) Accel(v *behavior.PathView, car *behavior.Car, free float64) (float64, string) {
	best, why := free, ""
	for i := range v.Others {
		o := &v.Others[i]
		if o.Track.Existence < 0.5 {
			continue
		}
		s := situation(v, car, o)
		if s.Behind || s.Gap > maxGap {
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

// situation returns the model input for another road user.
func situation(v *behavior.PathView, car *behavior.Car, o *behavior.Other) Situation {
	at := o.At[0]
	aside := at.D - v.D
	return Situation{
		Speed: v.Speed, Accel: v.Scene.Ego.Accel, Other: o.Speed,
		Gap: at.S - o.Along - v.Front, Clear: at.S + o.Along - v.S + car.Rear,
		Side:    math.Abs(aside) - o.Across - car.HalfWidth - sideMargin,
		Closing: -math.Copysign(1, aside) * o.Drift,
		Behind:  at.S < v.S+(car.Front-car.Rear)/2,
	}
}

// follow returns the acceleration behind a leader by the Intelligent Driver Model, with
// the reference driver's headway instead of the time gap.
func (d *Driver) follow(s *Situation) float64 {
	m := vehicle.IDM{S0: math.Max(minGap, d.model.Headway(s.Speed)), A: accel, B: comfort}
	return math.Max(-gentle, m.FollowAccel(s.Speed, math.Max(0.1, s.Gap), math.Max(0, s.Other)))
}

// react evaluates the model for a road user, and returns its acceleration and
// whether it acts.
func (d *Driver) react(v *behavior.PathView, car *behavior.Car, o *behavior.Other, s *Situation) (float64, bool) {
	m := d.recall(o.Track.ID, v.Scene.Time, s)
	braking := (m.speed - s.Other) / clock.DriverPeriod.Seconds()
	m.seen, m.speed = v.Scene.Time, s.Other
	var a Assessment
	if !clearsInTime(s, o) {
		s.Evident = s.Side <= 0 && (braking > hardBraking && s.Gap < 2*d.model.Headway(s.Speed) || needs(s) > gentle)
		a = d.modelFor(car, o, s).Assess(s)
	}
	m.safeTime += clock.DriverPeriod.Seconds()
	if a.Unsafe {
		m.safeTime = 0
	}
	if m.safeTime > holdTime || s.Speed < 0.1 {
		m.state = State{}
	}
	var decel float64
	var acts bool
	m.state, decel, acts = Step(d.model, m.state, &a, clock.DriverPeriod.Seconds())
	return -decel, acts
}

// needs returns the deceleration that avoids the other at its current speed, m/s².
func needs(s *Situation) float64 {
	v := s.Speed - s.Other
	if v <= 0 {
		return 0
	}
	return v * v / (2 * math.Max(0.1, s.Gap))
}

// clearsInTime reports whether a crossing road user leaves the path before the car arrives.
func clearsInTime(s *Situation, o *behavior.Other) bool {
	if !crosses(o) || s.Closing <= 0 && s.Side > 0 {
		return false
	}
	leaves := (s.Side + 2*o.Across + 2) / math.Max(0.1, math.Abs(o.Drift))
	return leaves+0.5 < s.Gap/math.Max(1, s.Speed)
}

// crosses reports whether a road user moves across the path rather than along it.
func crosses(o *behavior.Other) bool { return math.Abs(o.Drift) > math.Max(0.3, math.Abs(o.Speed)/2) }

// modelFor returns the model with the Notice distance for this road user.
func (d *Driver) modelFor(car *behavior.Car, o *behavior.Other, s *Situation) Model {
	h, human := d.model.(Human)
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
		h.Notice = math.Max(0, NoticeAt(lane, 2*o.Across, edge))
	}
	return h
}

// recall returns the memory of a track. It adds one for a new track.
func (d *Driver) recall(track int32, now clock.Tick, s *Situation) *trackState {
	i, found := slices.BinarySearchFunc(d.known, track, func(m trackState, id int32) int { return int(m.track - id) })
	if !found {
		d.known = slices.Insert(d.known, i, trackState{track: track, seen: now, speed: s.Other})
	}
	return &d.known[i]
}

// forget drops tracks that are no longer detected.
func (d *Driver) forget(now clock.Tick) {
	d.known = slices.DeleteFunc(d.known, func(m trackState) bool { return m.seen != now })
}
