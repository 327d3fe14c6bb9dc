package sim

import (
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Maneuver is a step of a script: when all conditions of When hold, Do begins.
// Maneuvers fire once, in order, and at most one per tick. An empty When fires
// at once.
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

// Quantity is a value that a condition compares. "The actor" is the actor that
// has the script.
type Quantity uint8

// Quantities.
const (
	// Time since the start of the run, s.
	Time Quantity = iota
	// Since is the time since the previous maneuver fired (since the start for
	// the first), s.
	Since
	// Done is 1 when the previous maneuver's action is finished, else 0: a lane
	// change is complete, a speed reached, a path walked, a hesitation over.
	Done
	// EgoGap is the bumper-to-bumper distance along the lane between the ego and
	// the actor, m; 0 while they are side by side. Either of them may be ahead.
	EgoGap
	// EgoAhead is the distance along the lane from the actor's front bumper to
	// the ego's rear bumper, m; negative if the ego is not ahead.
	EgoAhead
	// EgoDistance is the shortest distance between the two footprints, m.
	EgoDistance
	// EgoTTC is the time that the ego's front bumper needs at its current speed to
	// reach the actor's center, measured along the ego's lane, s; +Inf if the ego
	// stands or has passed.
	EgoTTC
	// EgoS is the progress of the ego: its starting S plus the distance along its
	// lanes since then, m.
	EgoS
	// ImpactShare is the impact point of a pedestrian on the ego's front if the
	// pedestrian started now, as a share of the ego's width from the side that the
	// pedestrian comes from. It falls while the ego approaches. A pedestrian that starts
	// when it is Below 0.5 meets the center of an ego that keeps its speed. It is +Inf
	// for all other actors.
	ImpactShare
	// OwnS is the progress of the actor, like EgoS; for a pedestrian the distance along
	// its path, m.
	OwnS
	// EgoSpeed and OwnSpeed are the speeds of the ego and the actor, m/s.
	EgoSpeed
	OwnSpeed
)

// Action is what a maneuver does: one of the types below.
type Action interface{ action() }

// ChangeLane moves a vehicle to the neighboring lane on Side, or to the lane To if Side is 0,
// in Over seconds (0: 3 s) with a minimum-jerk lateral profile; below 8 m/s it takes
// proportionally longer. It does not check whether the lane is free. If the neighboring lane
// does not exist, the vehicle stays in its lane.
type ChangeLane struct {
	Side int // +1 left, -1 right, 0: see To
	To   road.LaneID
	Over float64 // s
}

// Offset shifts a vehicle within its lane to D meters left of the center line
// in Over seconds (0: 2 s).
type Offset struct{ D, Over float64 }

// Speed makes a vehicle change to Target m/s at Accel m/s² (positive; 0: 2) and
// keep that speed. A Drive vehicle uses Target as its desired speed.
type Speed struct{ Target, Accel float64 }

// Brake slows a vehicle to To m/s at Decel m/s² (positive; 0: 4) and keeps that
// speed. It ignores other road users.
type Brake struct{ Decel, To float64 }

// Rendezvous times a vehicle to reach the first crossing of its path with the ego's path
// After seconds after the ego (before it, if After is negative). Times count when
// the front bumpers are at the center of the conflict area. The vehicle adjusts its
// speed within bounds until Steady seconds (0: 3.5 s) before the meeting. From then
// on it keeps Speed m/s, regardless of the ego.
type Rendezvous struct{ Speed, After, Steady float64 }

// Stop brings a vehicle or a pedestrian to a standstill at Decel m/s² (0: 3)
// and keeps it there until the next action.
type Stop struct{ Decel float64 }

// Turn gives a vehicle a new route from its current lane on. A vehicle on
// another lane ignores it.
type Turn struct{ Route []road.LaneID }

// SetWalk sends a pedestrian along Path from its current position at Speed m/s
// (0: as before). It also moves cars, cones and boxes.
type SetWalk struct {
	Path  []geom.Vec
	Speed float64
	// Wary is as in Walk.
	Wary bool
}

// Go makes a waiting or stopped pedestrian continue along its path at Speed m/s
// (0: as before).
type Go struct{ Speed float64 }

// Cross sends a pedestrian straight across the road: Far meters along its
// heading at Speed m/s (0: as before).
type Cross struct {
	Far, Speed float64
	Wary       bool
}

// Hesitate stops a pedestrian for For seconds; then it continues.
type Hesitate struct{ For float64 }

// Release turns a scripted vehicle into a Drive vehicle.
type Release struct{}

func (ChangeLane) action() {}
func (Offset) action()     {}
func (Speed) action()      {}
func (Brake) action()      {}
func (Rendezvous) action() {}
func (Stop) action()       {}
func (Turn) action()       {}
func (SetWalk) action()    {}
func (Go) action()         {}
func (Cross) action()      {}
func (Hesitate) action()   {}
func (Release) action()    {}
