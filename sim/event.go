package sim

import (
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// EventKind is the kind of an Event.
type EventKind uint8

// Kinds of events. An event is raised once, when its condition begins, and
// again only after the condition has ended.
const (
	// Collision: the ego's footprint touched that of Actor. Value is the relative
	// speed, m/s; Impact is the part of the ego that Actor touches first.
	Collision EventKind = iota
	// OffRoad: a corner of the ego left the drivable area. Value is the ego's speed, m/s.
	OffRoad
	// RedLight: the ego's front crossed the stop line of Lane on red, or the ego stood
	// with its front beyond that line and then entered the junction on red. An ego that
	// crossed with its front on green or amber and moves on without a standstill may
	// enter on red. Each line counts once. Value is the time since the light turned
	// red, s.
	RedLight
	// StopSign: the ego's front crossed the stop line of Lane without a stop before
	// it. Value is the ego's lowest speed on the last 8 m, m/s.
	StopSign
	// WrongWay: the center of the ego is on Lane, against its direction. Value is
	// the ego's speed, m/s.
	WrongWay
	// LaneDeparture: the ego's side left Lane by more than 0.3 m across a solid or
	// double line, toward oncoming traffic, or over the edge. Value is the
	// distance beyond the line, m.
	LaneDeparture
	// Scripted: a maneuver of Actor began. Value is the maneuver's index in the script.
	Scripted
	// Stranded: the ego has stood inside a junction, on Lane, for one second. Value
	// is the distance of its rear from the start of the lane, m.
	Stranded
)

var eventNames = [...]string{"collision", "off road", "red light", "stop sign", "wrong way", "lane departure", "scripted", "stranded"}

// String returns the name of the kind, such as "red light".
func (k EventKind) String() string {
	if int(k) < len(eventNames) {
		return eventNames[k]
	}
	return "unknown"
}

// Impact is the part of the ego that the other actor touches at the first tick of
// a collision. It is pure geometry and does not imply fault.
type Impact uint8

// Impacts. Events other than collisions have NoImpact.
const (
	NoImpact Impact = iota
	EgoFront        // the front edge, corners included
	EgoRear         // the rear edge, corners included, and not the front edge
	EgoSide         // neither
)

// String returns the name of the part, such as "front".
func (i Impact) String() string { return [...]string{"none", "front", "rear", "side"}[i&3] }

// Event is an infraction or collision of the ego, or a maneuver of a script that began.
type Event struct {
	Time   clock.Tick
	Kind   EventKind
	Actor  actor.ID // the other actor of Collision and Scripted; else actor.Ego
	Impact Impact
	Lane   road.LaneID // if the kind names one; else road.None
	Value  float64     // see the kind
	// Ego and Other are the states of both actors of a Collision at Time; else zero.
	Ego, Other actor.State
}
