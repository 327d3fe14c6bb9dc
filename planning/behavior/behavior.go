// Package behavior decides what bounds the drive along a path: walls to stop
// before (red lights, stop signs, crosswalks in use, gaps that are too short) and
// zones to drive through slowly (parked cars that may hide someone, poor sight).
//
// Places are Frenet coordinates of a route.Path: s along it, d to its left, in
// meters. Cars ahead in the lane are not its business: whoever rolls out a
// trajectory follows them.
package behavior

import (
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/planning/route"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// Wall is a place that the front bumper must not pass.
type Wall struct {
	S      float64
	Reason string
}

// Zone is a stretch that the front bumper must not enter faster than Speed.
type Zone struct {
	Start, End, Speed float64
	Reason            string
}

// Verdict is all that bounds the drive. Its slices are overwritten by the next
// judgment.
type Verdict struct {
	Walls []Wall
	Zones []Zone
}

// Car is the own vehicle as seen from its rear axle, m.
type Car struct {
	Front, Rear float64 // to the bumpers, both positive
	HalfWidth   float64
	Wheelbase   float64
	MaxSteer    float64 // rad
	// Slip is how far the body turns into a curve against the way that the rear
	// axle takes, per lateral acceleration, rad/(m/s²): tires need slip to push.
	Slip float64
}

const gravity = 9.81 // m/s²

// NewCar returns the outline of a vehicle.
func NewCar(p *vehicle.Params) Car {
	middle := p.Wheelbase() / 2 // as Params.Shape places the body
	c := Car{
		Front: middle + p.Length/2, Rear: p.Length/2 - middle, HalfWidth: p.Width / 2,
		Wheelbase: p.Wheelbase(), MaxSteer: p.MaxSteer,
	}
	if grip := p.Stiffness * p.Friction; grip > 0 {
		c.Slip = 1 / (grip * gravity)
	}
	return c
}

// Params tune the judgment. DefaultParams documents the values.
type Params struct {
	Reaction float64 // time until braking takes hold, s
	Launch   float64 // acceleration counted on to clear a junction, m/s²

	// The braking that a bound is worth, m/s²: a wall that would take more is
	// passed, since stopping beyond it helps nobody.
	AmberBrake, RedBrake, UnknownBrake, YieldBrake, WalkBrake float64

	LineMargin float64 // kept before a stop line, m
	ZoneMargin float64 // kept before a conflict area or a crosswalk, m
	// GapBefore and GapAfter are the times kept free after and before another
	// uses a conflict area, s.
	GapBefore, GapAfter float64
	// Resolve is the share of these times that is enough to go on once the car goes.
	Resolve float64
	// StopTime is how long a stop sign holds, Patience how long someone who
	// stands beside a crosswalk, or a dark signal, does, s.
	StopTime, Patience float64
	// Crawl is the speed below which vehicles beyond a junction are a queue, m/s, and
	// Standoff the room kept from its tail, m.
	Crawl, Standoff float64
	// Doubt is how long a junction that did not look clear is not taken for clear, s.
	Doubt float64
	// Worn is the share of the times of a gap that is enough after Tired seconds of
	// waiting; it begins to shrink after half of that.
	Worn, Tired float64
	// HiddenSpeed is the speed past a parked car at zero clearance, m/s;
	// HiddenSlope is added per meter of clearance, up to HiddenReach, m.
	HiddenSpeed, HiddenSlope, HiddenReach float64
	// Existence is the probability from which on a track counts.
	Existence float64
}

// DefaultParams returns the values used when driving.
func DefaultParams() Params {
	return Params{
		Reaction: 0.3, Launch: 1.8,
		AmberBrake: 3.5, RedBrake: 7.5, UnknownBrake: 4, YieldBrake: 5.5, WalkBrake: 7,
		LineMargin: 0.8, ZoneMargin: 1.2,
		GapBefore: 1.0, GapAfter: 2, Resolve: 0.4,
		StopTime: 1, Patience: 4,
		Crawl: 3, Standoff: 2.5, Doubt: 1,
		Worn: 0.6, Tired: 20,
		HiddenSpeed: 5.5, HiddenSlope: 2, HiddenReach: 2.5,
		Existence: 0.5,
	}
}

// Mind judges situations along a path. It remembers where the car has stood.
type Mind struct {
	Map    *road.Map
	Car    Car
	Params Params

	stood   road.LaneID   // lane at whose stop line the car last stood
	since   clock.Tick    // when it came to stand there
	beyond  road.LaneID   // the car has stood beyond the line of this lane, before the junction
	amber   road.LaneID   // before whose amber light the car has decided to stop
	jam     jam           // the junction that did not look clear at last
	halted  clock.Tick    // when the car came to a standstill, -1 while it moves
	free    []road.LaneID // lanes of conflicts whose gap was long enough just now
	spare   []road.LaneID
	verdict Verdict
	spots   []spot
	lanes   []road.LaneID
}

// NewMind returns a judge that remembers nothing.
func NewMind(m *road.Map, car Car, params Params) *Mind {
	return &Mind{Map: m, Car: car, Params: params, stood: road.None, beyond: road.None, amber: road.None, jam: jam{lane: road.None}, halted: -1}
}

// Clone returns an independent copy in the same state.
func (m *Mind) Clone() *Mind {
	c := NewMind(m.Map, m.Car, m.Params)
	c.stood, c.since, c.beyond, c.amber = m.stood, m.since, m.beyond, m.amber
	c.jam, c.halted, c.free = m.jam, m.halted, slices.Clone(m.free)
	return c
}

// standing is the speed below which the car stands, m/s.
const standing = 0.15

// Remember notes where the car is. It must be called once each step with the
// path that the car follows, before Judge.
func (m *Mind) Remember(v *View) {
	m.locate(v.Scene)
	for i := range v.Path.Stops {
		if st := &v.Path.Stops[i]; st.Lane == m.beyond && v.Front < st.S {
			m.beyond = road.None // comes to that line again
		}
	}
	if v.Speed > standing {
		m.halted = -1
		return
	}
	if m.halted < 0 {
		m.halted = v.Scene.Time
	}
	for i := range v.Path.Stops {
		st := &v.Path.Stops[i]
		gap := st.S - v.Front
		if gap > -1.5 && gap < 3 && m.stood != st.Lane {
			m.stood, m.since = st.Lane, v.Scene.Time
		}
		if gap < 0 && v.Front < st.Exit {
			m.beyond = st.Lane
		}
	}
}

// Judge returns what bounds the drive along the path of the view.
func (m *Mind) Judge(v *View) *Verdict {
	m.verdict.Walls, m.verdict.Zones = m.verdict.Walls[:0], m.verdict.Zones[:0]
	m.stops(v)
	m.conflicts(v)
	m.clearings(v)
	m.crosswalks(v)
	m.walkers(v)
	m.hidden(v)
	m.senses(v)
	if end := v.Path.End; end-v.Front < v.sight() {
		m.wall(end-m.Params.LineMargin, "end of the lane")
	}
	return &m.verdict
}

func (m *Mind) wall(s float64, reason string) {
	m.verdict.Walls = append(m.verdict.Walls, Wall{s, reason})
}

// needs returns the braking that it takes to stop the front bumper at s, m/s².
func (m *Mind) needs(v *View, s float64) float64 {
	gap := s - v.Front - v.Speed*m.Params.Reaction
	if v.Speed < 0.5 {
		return 0
	}
	return v.Speed * v.Speed / (2 * math.Max(0.1, gap))
}

// senses slows the car when it does not see or does not know where it is.
func (m *Mind) senses(v *View) {
	h := &v.Scene.Health
	switch {
	case h.CameraAge > clock.PerSecond/2:
		m.slow(v, 0.5, "camera is late")
	case v.Scene.Ego.PosStd > 1:
		m.slow(v, 0.6, "position is uncertain")
	}
}

// slow bounds the speed to a share of the limit from here on.
func (m *Mind) slow(v *View, share float64, reason string) {
	limit := v.Path.At(v.S).Limit
	m.verdict.Zones = append(m.verdict.Zones, Zone{Start: v.S, End: math.Inf(1), Speed: share * limit, Reason: reason})
}

// stops walls off the stop lines ahead that hold the car.
func (m *Mind) stops(v *View) {
	for i := range v.Path.Stops {
		st := &v.Path.Stops[i]
		at := st.S - m.Params.LineMargin
		if st.S < v.Front-1 {
			if reason, held := m.heldBeyond(v, st); held {
				m.wall(at, reason)
			}
			continue
		}
		if st.S > v.Front+v.sight() {
			continue
		}
		switch st.Control {
		case road.SignalControl:
			if reason, held := m.light(v, st.Signal, st.Lane, m.needs(v, at)); held {
				m.wall(at, reason)
			}
		case road.StopSign:
			if m.stood != st.Lane || (v.Scene.Time-m.since).Seconds() < m.Params.StopTime {
				m.wall(at, "stop sign")
			}
		}
	}
}

// heldBeyond reports whether a signal holds a car that has stood with its front beyond
// the line: at red it must not enter the junction, at amber it does not set off. A car
// that has passed the line without a standstill goes on.
func (m *Mind) heldBeyond(v *View, st *route.Stop) (string, bool) {
	if st.Control != road.SignalControl || m.beyond != st.Lane || v.Front >= st.Exit {
		return "", false
	}
	switch signalState(v.Scene, st.Signal) {
	case road.Amber:
		return "amber light", v.Speed < standing
	case road.Red:
		return "red light", m.needs(v, st.Exit) <= m.Params.RedBrake
	}
	return "", false
}

// light tells whether a signal holds the car, to whom stopping takes the given
// braking. A light that was not seen counts as red until the car has waited.
func (m *Mind) light(v *View, id road.SignalID, lane road.LaneID, brake float64) (string, bool) {
	switch signalState(v.Scene, id) {
	case road.Green:
		if m.amber == lane {
			m.amber = road.None
		}
		return "", false
	case road.Amber:
		return "amber light", m.stopsAtAmber(lane, brake)
	case road.Red:
		return "red light", brake <= m.Params.RedBrake
	}
	waited := m.stood == lane && m.waited(v, 2*m.Params.Patience)
	return "unseen light", brake <= m.Params.UnknownBrake && !waited
}

// stopsAtAmber decides whether to stop at an amber light. Who began to brake does not
// think again while the car still can: it would be too slow to clear the line in time.
func (m *Mind) stopsAtAmber(lane road.LaneID, brake float64) bool {
	most := m.Params.AmberBrake
	if m.amber == lane {
		most = m.Params.RedBrake
	}
	if brake > most {
		return false
	}
	m.amber = lane
	return true
}

// waited tells that the car has stood for the given time, s.
func (m *Mind) waited(v *View, seconds float64) bool {
	return m.halted >= 0 && (v.Scene.Time-m.halted).Seconds() > seconds
}

// signalState returns the believed light; Off when it is not known.
func signalState(scene *perception.Scene, id road.SignalID) road.SignalState {
	for i := range scene.Signals {
		if s := &scene.Signals[i]; s.ID == id && s.Confidence >= 0.4 {
			return s.State
		}
	}
	return road.Off
}

// Box returns the footprint of the car with its rear axle at pose.
func (c *Car) Box(pose geom.Pose) geom.OBB {
	return geom.OBB{
		Center: pose.ToWorld(geom.Vec{X: (c.Front - c.Rear) / 2}), Yaw: pose.Yaw,
		Length: c.Front + c.Rear, Width: 2 * c.HalfWidth,
	}
}
