// Package road describes road networks: lanes with neighbors and successors,
// markings, junctions, signals, stop lines, crosswalks and roadside objects. It
// generates procedural maps from seeds and finds the lane and the Frenet
// coordinates of a point.
//
// All positions are in the map frame in meters, headings in radians
// counter-clockwise from x. Traffic keeps to the right. A Map never changes
// after Build; it holds no actors.
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

// crossable reports whether vehicles may cross the marking.
func (m Marking) crossable() bool { return m.Kind != MarkSolid && m.Kind != MarkDouble }

// Turn is the direction a junction lane takes.
type Turn uint8

// Turns of a lane; lanes outside junctions are Straight.
const (
	Straight Turn = iota
	LeftTurn
	RightTurn
)

// Control is the traffic control at the end of a lane.
type Control uint8

// Controls at the end of a lane.
const (
	Free Control = iota
	SignalControl
	StopSign
	Yield
)

// Lane is one lane of a road, in one driving direction.
type Lane struct {
	ID         LaneID
	Center     geom.Polyline // in driving direction
	Width      float64       // m, constant along the lane
	SpeedLimit float64       // m/s
	// Left and Right are the neighboring lanes of the same direction; Opposite
	// is the adjacent oncoming lane.
	Left, Right, Opposite LaneID
	Next, Prev            []LaneID
	LeftMark, RightMark   Marking
	// Junction is the junction that the lane crosses, or -1 outside junctions.
	Junction int
	Turn     Turn
	// Control applies at StopS, the arc length of the stop line, or the end of a
	// lane without one. Signal is set with SignalControl.
	Control Control
	Signal  SignalID
	StopS   float64
	// Conflicts lists the conflict areas with crossing and merging lanes of the same
	// junction.
	Conflicts []Conflict
}

// OpenLeft reports whether vehicles may change to the neighboring lane to the left.
func (l *Lane) OpenLeft() bool { return l.Left != None && l.LeftMark.crossable() }

// OpenRight reports whether vehicles may change to the neighboring lane to the right.
func (l *Lane) OpenRight() bool { return l.Right != None && l.RightMark.crossable() }

// Light returns the light of the lane's signal, given the lights of all signals of the map
// by SignalID. It returns Off if there is no such signal.
func (l *Lane) Light(signals []SignalState) SignalState {
	if l.Signal < 0 || int(l.Signal) >= len(signals) {
		return Off
	}
	return signals[l.Signal]
}

// Conflict is a section of a lane that overlaps another lane of the junction.
type Conflict struct {
	With                 LaneID
	Start, End           float64 // on this lane, m
	OtherStart, OtherEnd float64 // on the lane With, m
	// Yield reports that traffic on this lane gives way to traffic on With.
	Yield bool
}

// SignalState is the light that a signal shows.
type SignalState uint8

// Signal lights. Off means an unlit signal or, in perception, an unknown light.
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
	Yaw    float64  // facing direction of the lamps, rad
	Lanes  []LaneID // lanes that it governs
	Plan   SignalPlan
}

// SignalPlan is the timing of a signal: a cycle of Green, Amber and Red, each in
// seconds. At time zero the cycle is at Offset seconds. A plan of zeros keeps
// the signal Off.
type SignalPlan struct {
	Green, Amber, Red float64
	Offset            float64
}

// State returns the light at time t.
func (p SignalPlan) State(t clock.Tick) SignalState {
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
	A, B  geom.Vec // center of the strip at the two curbs
	Width float64  // along the road, m
	Spans []Span   // lanes it crosses
}

// Span is a section of a lane.
type Span struct {
	Lane       LaneID
	Start, End float64 // arc length, m
}

// SurfaceKind is the material of the ground.
type SurfaceKind uint8

// Surfaces. Ground that no Surface covers is grass.
const (
	Asphalt SurfaceKind = iota
	Sidewalk
	Grass
	Gravel
)

// Surface is a piece of ground: the strip between two edges with the same number of
// points. If surfaces overlap, the later one in Map.Surfaces is on top.
type Surface struct {
	Kind        SurfaceKind
	Left, Right []geom.Vec
	// CurbLeft and CurbRight report whether an edge has a raised curb, for rendering and
	// pedestrians.
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

// Prop is a static roadside object.
type Prop struct {
	Kind                  PropKind
	Pose                  geom.Pose // center of its footprint
	Length, Width, Height float64   // m
	Variant               uint32    // free bits for color and shape
}

// Box returns the footprint.
func (p *Prop) Box() geom.OBB {
	return geom.OBB{Center: p.Pose.Pos(), Yaw: p.Pose.Yaw, Length: p.Length, Width: p.Width}
}

// Map is a road network with its roadside objects.
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
