// Package behavior determines the constraints of a drive along a path: stop
// constraints (red lights, stop signs, occupied crosswalks, gaps that are too
// short) and speed zones (parked cars that may hide a pedestrian, degraded
// sensors).
//
// Positions are Frenet coordinates of a route.Path: s along it, d to its left,
// in meters. The package does not handle cars ahead in the lane: the trajectory
// planner follows them.
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

// StopConstraint is a stop constraint: the front bumper must not pass S.
type StopConstraint struct {
	S      float64
	Reason string
}

// SpeedZone is a speed zone: the front bumper must not enter it faster than Speed.
type SpeedZone struct {
	Start, End, Speed float64
	Reason            string
}

// Constraints is the set of constraints. The next call of Judge overwrites its
// slices.
type Constraints struct {
	Stops      []StopConstraint
	SpeedZones []SpeedZone
}

// Car is the geometry of the ego relative to its rear axle, m.
type Car struct {
	Front, Rear float64 // to the bumpers, both positive
	HalfWidth   float64
	Wheelbase   float64
	MaxSteer    float64 // rad
	// Slip is the slip angle of the rear axle in a curve per lateral
	// acceleration, rad/(m/s²): tires need slip to produce side force.
	Slip float64
}

// NewCar returns the outline of a vehicle.
func NewCar(p *vehicle.Params) Car {
	middle := p.Wheelbase() / 2 // center of the body, as in Params.Shape
	c := Car{
		Front: middle + p.Length/2, Rear: p.Length/2 - middle, HalfWidth: p.Width / 2,
		Wheelbase: p.Wheelbase(), MaxSteer: p.MaxSteer,
	}
	if grip := p.Stiffness * p.Friction; grip > 0 {
		c.Slip = 1 / (grip * vehicle.Gravity)
	}
	return c
}

// Params tune the rules. DefaultParams documents the values.
type Params struct {
	Reaction float64 // time until braking takes effect, s
	Launch   float64 // assumed acceleration when the car clears a junction, m/s²

	// Maximum braking for each kind of stop constraint, m/s². A constraint that
	// needs more is dropped, since a stop beyond it is useless.
	AmberBrake, RedBrake, UnknownBrake, YieldBrake, WalkBrake float64

	LineMargin float64 // distance kept from a stop line, m
	ZoneMargin float64 // distance kept from a conflict area or a crosswalk, m
	// GapBefore is the minimum time after another vehicle leaves a conflict
	// area, and GapAfter the minimum time before one enters it, s.
	GapBefore, GapAfter float64
	// GapHysteresis is the share of these times that is sufficient after the car has accepted a
	// gap.
	GapHysteresis float64
	// StopTime is the waiting time at a stop sign, and Patience that for a
	// pedestrian that stands next to a crosswalk, s. Twice Patience applies to
	// an unknown light.
	StopTime, PedestrianWait float64
	// Crawl is the speed below which vehicles beyond a junction are a queue, m/s, and
	// Standoff the distance kept from its tail, m.
	Crawl, Standoff float64
	// ClearanceHold is the clearance hold: the time for which a junction counts as blocked after
	// it last looked blocked, s.
	ClearanceHold float64
	// MinGapShare is the share of the gap times that is sufficient after Tired seconds of
	// waiting (gap impatience); the share begins to fall after half of Tired.
	MinGapShare, GapImpatience float64
	// HiddenSpeed is the speed past a parked car at zero clearance, m/s;
	// HiddenSlope is added per meter of clearance, up to HiddenReach, m.
	HiddenSpeed, HiddenSlope, HiddenReach float64
	// Existence is the minimum existence probability of a track.
	Existence float64
}

// DefaultParams returns the values used when driving.
func DefaultParams() Params {
	return Params{
		Reaction: 0.3, Launch: 1.8,
		AmberBrake: 3.5, RedBrake: 7.5, UnknownBrake: 4, YieldBrake: 5.5, WalkBrake: 7,
		LineMargin: 0.8, ZoneMargin: 1.2,
		GapBefore: 1.0, GapAfter: 2, GapHysteresis: 0.4,
		StopTime: 1, PedestrianWait: 4,
		Crawl: 3, Standoff: 2.5, ClearanceHold: 1,
		MinGapShare: 0.6, GapImpatience: 20,
		HiddenSpeed: 5.5, HiddenSlope: 2, HiddenReach: 2.5,
		Existence: 0.5,
	}
}

// Rules applies the rules along a path. It remembers stops and decisions.
type Rules struct {
	Map    *road.Map
	Car    Car
	Params Params

	stoodAt      road.LaneID     // lane with the stop line at which the car last stood
	since        clock.Tick      // time of that stop
	beyondLine   road.LaneID     // the car has stood beyond the line of this lane, before the junction
	amberLane    road.LaneID     // lane of the amber light for which the car has decided to stop
	blocked      blockedJunction // the junction that last looked blocked
	haltedAt     clock.Tick      // time of the last standstill, -1 while the car moves
	acceptedGaps []road.LaneID   // lanes of conflicts with an accepted gap in the last step
	spare        []road.LaneID
	constraints  Constraints
	positions    []lanePosition
	lanes        []road.LaneID
}

// NewRules returns a Mind in its initial state.
func NewRules(m *road.Map, car Car, params Params) *Rules {
	return &Rules{Map: m, Car: car, Params: params, stoodAt: road.None, beyondLine: road.None, amberLane: road.None, blocked: blockedJunction{lane: road.None}, haltedAt: -1}
}

// Clone returns an independent copy in the same state.
func (m *Rules) Clone() *Rules {
	c := NewRules(m.Map, m.Car, m.Params)
	c.stoodAt, c.since, c.beyondLine, c.amberLane = m.stoodAt, m.since, m.beyondLine, m.amberLane
	c.blocked, c.haltedAt, c.acceptedGaps = m.blocked, m.haltedAt, slices.Clone(m.acceptedGaps)
	return c
}

// standing is the speed below which the car stands, m/s.
const standing = 0.15

// Update updates the state. Call it once per step with the path that the car
// follows, before Judge.
func (m *Rules) Update(v *PathView) {
	m.locate(v.Scene)
	for i := range v.Path.Stops {
		if st := &v.Path.Stops[i]; st.Lane == m.beyondLine && v.Front < st.S {
			m.beyondLine = road.None // the line is ahead again
		}
	}
	if v.Speed > standing {
		m.haltedAt = -1
		return
	}
	if m.haltedAt < 0 {
		m.haltedAt = v.Scene.Time
	}
	for i := range v.Path.Stops {
		st := &v.Path.Stops[i]
		gap := st.S - v.Front
		if gap > -1.5 && gap < 3 && m.stoodAt != st.Lane {
			m.stoodAt, m.since = st.Lane, v.Scene.Time
		}
		if gap < 0 && v.Front < st.Exit {
			m.beyondLine = st.Lane
		}
	}
}

// Evaluate returns the constraints along the path of the view.
func (m *Rules) Evaluate(v *PathView) *Constraints {
	m.constraints.Stops, m.constraints.SpeedZones = m.constraints.Stops[:0], m.constraints.SpeedZones[:0]
	m.stopLines(v)
	m.conflicts(v)
	m.keepJunctionsClear(v)
	m.crosswalks(v)
	m.walkers(v)
	m.parkedVehicles(v)
	m.sensorZones(v)
	if end := v.Path.End; end-v.Front < v.lookAhead() {
		m.addStop(end-m.Params.LineMargin, "end of the lane")
	}
	return &m.constraints
}

func (m *Rules) addStop(s float64, reason string) {
	m.constraints.Stops = append(m.constraints.Stops, StopConstraint{s, reason})
}

// stopDecel returns the deceleration to stop the front bumper at s, m/s².
func (m *Rules) stopDecel(v *PathView, s float64) float64 {
	gap := s - v.Front - v.Speed*m.Params.Reaction
	if v.Speed < 0.5 {
		return 0
	}
	return v.Speed * v.Speed / (2 * math.Max(0.1, gap))
}

// sensorZones adds a speed zone if the camera is late or the position uncertain.
func (m *Rules) sensorZones(v *PathView) {
	h := &v.Scene.Health
	switch {
	case h.CameraAge > clock.PerSecond/2:
		m.limitSpeed(v, 0.5, "camera is late")
	case v.Scene.Ego.PosStd > 1:
		m.limitSpeed(v, 0.6, "position is uncertain")
	}
}

// limitSpeed limits the speed to a share of the speed limit from here on.
func (m *Rules) limitSpeed(v *PathView, share float64, reason string) {
	limit := v.Path.At(v.S).Limit
	m.constraints.SpeedZones = append(m.constraints.SpeedZones, SpeedZone{Start: v.S, End: math.Inf(1), Speed: share * limit, Reason: reason})
}

// stopLines adds stop constraints at signals and stop signs.
func (m *Rules) stopLines(v *PathView) {
	for i := range v.Path.Stops {
		st := &v.Path.Stops[i]
		at := st.S - m.Params.LineMargin
		if st.S < v.Front-1 {
			if reason, held := m.heldBeyond(v, st); held {
				m.addStop(at, reason)
			}
			continue
		}
		if st.S > v.Front+v.lookAhead() {
			continue
		}
		switch st.Control {
		case road.SignalControl:
			if reason, held := m.signalHolds(v, st.Signal, st.Lane, m.stopDecel(v, at)); held {
				m.addStop(at, reason)
			}
		case road.StopSign:
			if m.stoodAt != st.Lane || (v.Scene.Time-m.since).Seconds() < m.Params.StopTime {
				m.addStop(at, "stop sign")
			}
		}
	}
}

// heldBeyond reports whether a signal holds a car that has stood with its front beyond
// the line: on red it must not enter the junction, on amber it does not start. A car
// that passed the line without a stop goes on.
func (m *Rules) heldBeyond(v *PathView, st *route.Stop) (string, bool) {
	if st.Control != road.SignalControl || m.beyondLine != st.Lane || v.Front >= st.Exit {
		return "", false
	}
	switch signalState(v.Scene, st.Signal) {
	case road.Amber:
		return "amber light", v.Speed < standing
	case road.Red:
		return "red light", m.stopDecel(v, st.Exit) <= m.Params.RedBrake
	}
	return "", false
}

// signalHolds reports whether a signal holds the car, and why. brake is the
// deceleration to stop at the line. An unknown light counts as red until the
// car has waited.
func (m *Rules) signalHolds(v *PathView, id road.SignalID, lane road.LaneID, brake float64) (string, bool) {
	switch signalState(v.Scene, id) {
	case road.Green:
		if m.amberLane == lane {
			m.amberLane = road.None
		}
		return "", false
	case road.Amber:
		return "amber light", m.stopsAtAmber(lane, brake)
	case road.Red:
		return "red light", brake <= m.Params.RedBrake
	}
	waited := m.stoodAt == lane && m.waited(v, 2*m.Params.PedestrianWait)
	return "unseen light", brake <= m.Params.UnknownBrake && !waited
}

// stopsAtAmber reports whether to stop at an amber light. The decision to stop is kept
// while the car can still stop: after braking it would be too slow to clear the line
// in time.
func (m *Rules) stopsAtAmber(lane road.LaneID, brake float64) bool {
	most := m.Params.AmberBrake
	if m.amberLane == lane {
		most = m.Params.RedBrake
	}
	if brake > most {
		return false
	}
	m.amberLane = lane
	return true
}

// waited reports whether the car has stood for the given time, s.
func (m *Rules) waited(v *PathView, seconds float64) bool {
	return m.haltedAt >= 0 && (v.Scene.Time-m.haltedAt).Seconds() > seconds
}

// signalState returns the estimated light; Off if it is unknown.
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
