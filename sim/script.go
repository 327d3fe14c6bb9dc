package sim

import (
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Maneuver is a step of a script: when all conditions of When hold, Do begins.
// Maneuvers fire once, in order; each can fire no earlier than the tick after
// the one before it. An empty When fires at once.
type Maneuver struct {
	When Trigger
	Do   Action
}

// Trigger is a set of conditions that must all hold at the same tick.
type Trigger []Condition

// Condition compares a quantity with a value.
type Condition struct {
	What  Quantity
	Is    Comparison
	Value float64
}

// Comparison is a relation between a quantity and a value.
type Comparison uint8

// Comparisons.
const (
	Below   Comparison = iota // quantity < value
	AtLeast                   // quantity >= value
)

// Quantity is something that a trigger can wait for. "The actor" is the one
// whose script it is.
type Quantity uint8

// Quantities.
const (
	// Time since the start of the run, s.
	Time Quantity = iota
	// Since is the time since the previous maneuver fired (since the start for
	// the first), s.
	Since
	// Done is 1 when the previous maneuver's action is finished, else 0: a lane
	// change arrived, a speed reached, a path walked, a hesitation over.
	Done
	// EgoGap is the distance from bumper to bumper along the lane between ego and
	// the actor, whichever is ahead, m; 0 while they are side by side.
	EgoGap
	// EgoAhead is the distance along the lane from the actor's front bumper to
	// the ego's rear bumper when the ego is ahead, negative when it is not, m.
	EgoAhead
	// EgoDistance is the shortest distance between the two footprints, m.
	EgoDistance
	// EgoTTC is the time the ego's front bumper takes at its present speed to
	// come level with the actor, measured along the ego's lane, s; infinite when the
	// ego stands or has passed.
	EgoTTC
	// EgoS is how far the ego has come: its starting S plus the way made good along
	// its lanes, m.
	EgoS
	// ImpactShare is where on the ego's front a walker would be hit if it set off now, as
	// a share of the ego's width from the side that the walker comes from: it falls
	// while the ego comes nearer, and a walker that sets off once it is Below 0.5 meets
	// the middle of an ego that keeps its speed. +Inf for everyone else.
	ImpactShare
	// OwnS is how far the actor has come, as EgoS; for a walker the way along its path, m.
	OwnS
	// EgoSpeed and OwnSpeed in m/s.
	EgoSpeed
	OwnSpeed
)

// Action is what a maneuver does: one of the types below.
type Action interface{ action() }

// ChangeLane moves a vehicle to the neighboring lane on Side, or to the lane To
// when Side is 0, in Over seconds (0: 3 s) with the lateral profile of least
// jerk; below 8 m/s it takes longer in proportion. It does not look whether the lane is free. A neighbor lane that does not
// exist makes the vehicle stay.
type ChangeLane struct {
	Side int // +1 left, -1 right, 0: see To
	To   road.LaneID
	Over float64 // s
}

// Offset shifts a vehicle within its lane to D meters left of the middle in
// Over seconds (0: 2 s).
type Offset struct{ D, Over float64 }

// Speed makes the vehicle change to Target m/s at Accel m/s² (positive; 0: 2)
// and keep it from then on. A Drive vehicle takes Target as its wanted speed.
type Speed struct{ Target, Accel float64 }

// Brake slows a vehicle to To m/s at Decel m/s² (positive; 0: 4), whoever is
// ahead or behind, and keeps that speed from then on.
type Brake struct{ Decel, To float64 }

// Meet makes a vehicle come to where its way first crosses that of the ego After
// seconds after the ego does, both with their front bumpers at the middle of the
// conflict area; a negative After brings it there before. It slows down or speeds up
// for that, within bounds, until Steady seconds (0: 3.5 s) before and keeps to Speed
// m/s from then on, whatever the ego does.
type Meet struct{ Speed, After, Steady float64 }

// Stop brings a vehicle or a walker to a standstill at Decel m/s² (0: 3) and
// keeps it there until the next action.
type Stop struct{ Decel float64 }

// Turn gives a vehicle a new route, from its present lane on; a vehicle whose
// lane is not on the route ignores it.
type Turn struct{ Route []road.LaneID }

// SetWalk sends a walker along Path, beginning where it stands, at Speed m/s
// (0: as before). Cars, cones and boxes can be moved the same way.
type SetWalk struct {
	Path  []geom.Vec
	Speed float64
	// Wary as in Walk.
	Wary bool
}

// Go lets a waiting or stopped walker go on along its path at Speed m/s (0: as
// before).
type Go struct{ Speed float64 }

// Cross sends a walker straight across the road: Far meters in the direction
// that the walker faces at Speed m/s (0: as before).
type Cross struct {
	Far, Speed float64
	Wary       bool
}

// Hesitate stops a walker for For seconds, then lets it go on.
type Hesitate struct{ For float64 }

// Release gives a scripted vehicle to a driver of its own, as Drive does.
type Release struct{}

func (ChangeLane) action() {}
func (Offset) action()     {}
func (Speed) action()      {}
func (Brake) action()      {}
func (Meet) action()       {}
func (Stop) action()       {}
func (Turn) action()       {}
func (SetWalk) action()    {}
func (Go) action()         {}
func (Cross) action()      {}
func (Hesitate) action()   {}
func (Release) action()    {}
