package sim

import (
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// EventKind is what happened.
type EventKind uint8

// Kinds of events. Each is raised when it begins, once, and again only after it
// has ended.
const (
	// Collision: the ego's footprint touched that of Actor. Value is the speed of
	// approach, m/s; Impact is the part of the ego that the other touches first.
	Collision EventKind = iota
	// OffRoad: a corner of the ego left the drivable area. Value is its speed.
	OffRoad
	// RedLight: the ego's front crossed the stop line of Lane on red, or the ego stood
	// with its front beyond that line and then entered the junction on red. An ego that
	// crossed with its front on green or amber and moves on without a standstill may
	// enter on red. Each line counts once. Value is how long the light had been red, s.
	RedLight
	// StopSign: the ego's front crossed the stop line of Lane without having stood.
	// Value is the lowest speed it had on the last 8 m, m/s.
	StopSign
	// WrongWay: the middle of the ego is on Lane, against its direction. Value is
	// the ego's speed.
	WrongWay
	// LaneDeparture: the ego's side left Lane by more than 0.3 m across a solid or
	// double line, toward oncoming traffic, or over the edge. Value is how far, m.
	LaneDeparture
	// Scripted: a maneuver of Actor began. Value is its index in the script.
	Scripted
	// Stranded: the ego has stood inside a junction, on Lane, for a second. Value is
	// how far its rear is into the lane, m.
	Stranded
)

var eventNames = [...]string{"collision", "off road", "red light", "stop sign", "wrong way", "lane departure", "scripted", "stranded"}

// String returns the name of the kind in plain words.
func (k EventKind) String() string {
	if int(k) < len(eventNames) {
		return eventNames[k]
	}
	return "unknown"
}

// Impact is the part of the ego that the other party of a collision touches at the
// first tick of the contact. It is geometry and says nothing about fault.
type Impact uint8

// Impacts. NoImpact goes with events other than collisions.
const (
	NoImpact Impact = iota
	EgoFront        // the front edge, corners included
	EgoRear         // the rear edge, corners included, and not the front edge
	EgoSide         // neither
)

// String returns the name of the part in plain words.
func (i Impact) String() string { return [...]string{"none", "front", "rear", "side"}[i&3] }

// Event is something that happened to the ego, or a step of a script.
type Event struct {
	Time   clock.Tick
	Kind   EventKind
	Actor  actor.ID // the other party of Collision and Scripted; else actor.Ego
	Impact Impact
	Lane   road.LaneID // where the kind names one; else road.None
	Value  float64     // see the kind
	// Ego and Other are the states of both parties of a Collision at Time; else zero.
	Ego, Other actor.State
}
