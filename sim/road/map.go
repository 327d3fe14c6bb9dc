// Package road describes where one may drive: lanes with their neighbors and
// successors, markings, junctions, signals, stop lines and crosswalks, and what
// stands beside the road. It makes procedural maps by seed and answers which
// lane a point is on and what its Frenet coordinates are.
//
// All positions are in the map frame in meters, headings in radians
// counter-clockwise from x. Traffic keeps to the right. A Map never changes once
// it is built; it holds no actors.
package road

import (
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// LaneID indexes Map.Lanes. None stands for no lane.
type LaneID int32

// SignalID indexes Map.Signals. NoSignal stands for no signal.
type SignalID int32

// Absent lanes and signals.
const (
	None     LaneID   = -1
	NoSignal SignalID = -1
)

// MarkKind is the pattern of a lane marking.
type MarkKind uint8

// Lane markings.
const (
	MarkNone MarkKind = iota
	MarkSolid
	MarkDashed // 3 m painted, 6 m free
	MarkDouble // two solid lines
)

// Marking is the painted line along one side of a lane.
type Marking struct {
	Kind   MarkKind
	Yellow bool
	// Wear is the fraction of the paint that is gone: 0 fresh, 1 invisible.
	Wear float64
}

// Turn is the direction a junction lane takes.
type Turn uint8

// Turns of a lane; lanes outside junctions are Straight.
const (
	Straight Turn = iota
	LeftTurn
	RightTurn
)

// Control is what regulates the end of a lane.
type Control uint8

// Controls at the end of a lane.
const (
	Free Control = iota
	SignalControl
	StopSign
	Yield
)

// Lane is a strip of road for one stream of traffic.
type Lane struct {
	ID         LaneID
	Center     geom.Polyline // in driving direction
	Width      float64       // m, constant along the lane
	SpeedLimit float64       // m/s
	// Left and Right are the neighbors in the same direction of travel that one
	// may change to; Opposite is the adjoining lane of oncoming traffic.
	Left, Right, Opposite LaneID
	Next, Prev            []LaneID
	LeftMark, RightMark   Marking
	// Junction is the junction that the lane crosses, or -1 outside junctions.
	Junction int
	Turn     Turn
	// Control regulates leaving the lane at StopS, the arc length of its stop
	// line (its end where nothing is painted). Signal is set with SignalControl.
	Control Control
	Signal  SignalID
	StopS   float64
	// Conflicts lists where lanes of the same junction cross or join this one.
	Conflicts []Conflict
}

// Conflict is a stretch of a lane that another lane of the junction also uses.
type Conflict struct {
	With                 LaneID
	Start, End           float64 // on this lane, m
	OtherStart, OtherEnd float64 // on the lane With, m
	// Yield tells that traffic on this lane gives way to traffic on With.
	Yield bool
}

// SignalState is the light that a signal shows.
type SignalState uint8

// Signal lights. Off is an unlit signal, or one whose light was not seen.
const (
	Off SignalState = iota
	Red
	Amber
	Green
)

// String returns the name of the light.
func (s SignalState) String() string {
	return [...]string{"off", "red", "amber", "green"}[s&3]
}

// Signal is a traffic light head. Its phases are a pure function of time.
type Signal struct {
	ID     SignalID
	Pos    geom.Vec // foot of the head, map frame
	Height float64  // of the middle of the head above the road, m
	Yaw    float64  // direction that the lamps face, rad
	Lanes  []LaneID // lanes that it governs
	Plan   Plan
}

// Plan is a signal's cycle: Green, then Amber, then Red, each in seconds,
// entered Offset seconds into the cycle at time zero. A plan whose times are
// all zero keeps the signal Off.
type Plan struct {
	Green, Amber, Red float64
	Offset            float64
}

// State returns the light at time t.
func (p Plan) State(t clock.Tick) SignalState {
	cycle := clock.FromSeconds(p.Green) + clock.FromSeconds(p.Amber) + clock.FromSeconds(p.Red)
	if cycle <= 0 {
		return Off
	}
	at := (t + clock.FromSeconds(p.Offset)) % cycle
	if at < 0 {
		at += cycle
	}
	switch {
	case at < clock.FromSeconds(p.Green):
		return Green
	case at < clock.FromSeconds(p.Green)+clock.FromSeconds(p.Amber):
		return Amber
	}
	return Red
}

// Junction is an area where lanes cross.
type Junction struct {
	Center  geom.Vec
	Outline []geom.Vec // counter-clockwise
	Lanes   []LaneID
}

// Crosswalk is a zebra crossing: a strip of the given width from curb to curb.
type Crosswalk struct {
	A, B  geom.Vec // middle of the strip at the two curbs
	Width float64  // along the road, m
	Spans []Span   // lanes it crosses
}

// Span is a stretch of a lane.
type Span struct {
	Lane       LaneID
	Start, End float64 // arc length, m
}

// SurfaceKind is what the ground is made of.
type SurfaceKind uint8

// Surfaces. Ground that no Surface covers is grass.
const (
	Asphalt SurfaceKind = iota
	Sidewalk
	Grass
	Gravel
)

// Surface is a piece of ground: the strip between two edges with the same
// number of points. Where surfaces overlap the later one in Map.Surfaces is on top.
type Surface struct {
	Kind        SurfaceKind
	Left, Right []geom.Vec
	// Curb tells which edges carry a raised curb, for drawing and for walking.
	CurbLeft, CurbRight bool
}

// PropKind is a kind of roadside object.
type PropKind uint8

// Roadside objects.
const (
	Building PropKind = iota
	Tree
	Bush
	LampPost
	SignPost
	Barrier // guard rail or jersey barrier along its length
	Fence
)

// Prop is something that stands beside the road and never moves.
type Prop struct {
	Kind                  PropKind
	Pose                  geom.Pose // center of its footprint
	Length, Width, Height float64   // m
	Variant               uint32    // free bits for color and shape
}

// Map is a road network with its surroundings.
type Map struct {
	Name       string
	Lanes      []Lane
	Signals    []Signal
	Junctions  []Junction
	Crosswalks []Crosswalk
	Surfaces   []Surface
	Props      []Prop

	index *index // lookup grid, made by Build
}
