package metrics

import (
	"fmt"
	"math"
	"slices"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Collision is a contact of the ego with an actor, see Collisions.
type Collision struct {
	Time  float64       `json:"t"` // s
	Actor actor.ID      `json:"actor"`
	Name  string        `json:"name"`
	Class Class         `json:"class"`
	Kind  CollisionType `json:"kind"`
	// AtFault reports whether the ego is at fault. Why is the reason.
	AtFault bool   `json:"at_fault"`
	Why     string `json:"why"`
	// ImpactSpeed is the magnitude of the relative velocity, HeadOn the part of it
	// along the ego's heading, at least 0: the relative impact speed of Euro NCAP's
	// tests. EgoSpeed is the speed of the ego. All m/s.
	ImpactSpeed float64 `json:"impact_speed"`
	HeadOn      float64 `json:"head_on_speed"`
	EgoSpeed    float64 `json:"ego_speed"`
	// DeltaV is the change of the ego's velocity in a plastic impact, m/s: the impact
	// speed times the other's share of the total mass.
	DeltaV float64 `json:"delta_v"`
	// Ego and Other are both actors at the tick of the contact. They are not published.
	Ego   actor.Actor `json:"-"`
	Other actor.Actor `json:"-"`
}

// Class is the class of the other actor, as in nuPlan's metrics.
type Class uint8

// Classes.
const (
	VRU Class = iota // vulnerable road users: on foot or on two wheels
	Vehicle
	Object
)

var classNames = [...]string{"vru", "vehicle", "object"}

// String returns the name of the class.
func (c Class) String() string { return classNames[c%3] }

// MarshalText writes the name of the class.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the name of a class.
func (c *Class) UnmarshalText(text []byte) error {
	i := slices.Index(classNames[:], string(text))
	*c = Class(max(0, i))
	return known(i, "class", text)
}

// known returns an error for a negative index, which marks an unknown name.
func known(i int, what string, text []byte) error {
	if i < 0 {
		return fmt.Errorf("unknown %s %q", what, text)
	}
	return nil
}

// ClassOf returns the class of a kind of actor.
func ClassOf(k actor.Kind) Class {
	switch {
	case k.Vulnerable():
		return VRU
	case k.Obstacle():
		return Object
	}
	return Vehicle
}

// CollisionType is the type of a collision, as in nuPlan's metrics.
type CollisionType uint8

// Contacts, in the order in which they are tested.
const (
	EgoStopped  CollisionType = iota // the ego stood still
	StoppedOne                       // the other stood still
	ActiveRear                       // the other came from behind
	ActiveFront                      // the ego's front bumper hit the other
	Lateral                          // any other
)

var contactNames = [...]string{"ego stopped", "stopped track", "active rear", "active front", "lateral"}

// String returns the name of the contact.
func (c CollisionType) String() string { return contactNames[c%5] }

// MarshalText writes the name of the contact.
func (c CollisionType) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the name of a contact.
func (c *CollisionType) UnmarshalText(text []byte) error {
	i := slices.Index(contactNames[:], string(text))
	*c = CollisionType(max(0, i))
	return known(i, "contact", text)
}

// stopped is the largest speed that counts as standing still. behind is the bearing above
// which the other counts as coming from behind. The values are those of nuPlan (Caesar et
// al., 2021).
const (
	stopped = 0.05 // m/s
	behind  = 150 * math.Pi / 180
)

// Collisions returns, in order of time, the first contact with every actor and, if the
// ego is not at fault for it, the first later contact for which it is: a pedestrian who
// walks into a standing ego may still be run over. Further contacts do not count,
// because after a collision the two move through each other. Metrics and verdicts use
// this list.
func Collisions(l *DriveLog) []Collision {
	var out []Collision
	for i := range l.Events {
		e := &l.Events[i]
		if e.Kind != sim.Collision {
			continue
		}
		last := lastWith(out, e.Actor)
		if last != nil && last.AtFault {
			continue
		}
		if c := collisionOf(l, e); last == nil || c.AtFault {
			out = append(out, c)
		}
	}
	return out
}

// FirstContacts returns the first of Collisions with every actor: nuPlan, NAVSIM and
// NeuroNCAP count each actor only once.
func FirstContacts(l *DriveLog) []Collision {
	all := Collisions(l)
	var out []Collision
	for i := range all {
		if lastWith(all[:i], all[i].Actor) == nil {
			out = append(out, all[i])
		}
	}
	return out
}

// lastWith returns the last collision with an actor, nil for none.
func lastWith(collisions []Collision, id actor.ID) *Collision {
	for i := len(collisions) - 1; i >= 0; i-- {
		if collisions[i].Actor == id {
			return &collisions[i]
		}
	}
	return nil
}

// collisionOf classifies a collision by the states in its event.
func collisionOf(l *DriveLog, e *sim.Event) Collision {
	ego, other := l.WithState(actor.Ego, e.Ego), l.WithState(e.Actor, e.Other)
	rel := ego.Velocity().Sub(other.Velocity())
	c := Collision{
		Time: e.Time.Seconds(), Actor: e.Actor, Name: l.Actors[e.Actor].Name, Class: ClassOf(other.Kind),
		ImpactSpeed: rel.Norm(), HeadOn: math.Max(0, rel.Dot(ego.State.Pose.Forward())), EgoSpeed: ego.State.Speed,
		Ego: ego, Other: other,
	}
	own, its := mass(ego.Kind), mass(other.Kind)
	c.DeltaV = c.ImpactSpeed * its / (own + its)
	c.Kind = contactOf(&ego, &other, e.Impact)
	c.AtFault, c.Why = fault(l.Map, c.Kind, e.Impact, &ego)
	return c
}

// contactOf returns the type of a contact. part is the part of the ego that was hit.
func contactOf(ego, other *actor.Actor, part sim.Impact) CollisionType {
	bearing := ego.State.Pose.ToLocal(other.Box().Center).Angle()
	switch {
	case math.Abs(ego.State.Speed) <= stopped:
		return EgoStopped
	case math.Abs(other.State.Speed) <= stopped:
		return StoppedOne
	case math.Abs(bearing) > behind:
		return ActiveRear
	case part == sim.EgoFront:
		return ActiveFront
	}
	return Lateral
}

// fault reports whether the ego is at fault for a contact, and why.
func fault(m *road.Map, c CollisionType, part sim.Impact, ego *actor.Actor) (bool, string) {
	switch c {
	case EgoStopped:
		return false, "the ego stood"
	case StoppedOne:
		return true, "the other stood"
	case ActiveRear:
		return false, "the other came from behind"
	case ActiveFront:
		return true, "the ego's front hit it"
	}
	where := "from the side"
	if part == sim.EgoRear {
		where = "at the ego's rear"
	}
	switch lanes, drivable := LaneOccupancy(m, ego.Box()); {
	case !drivable:
		return true, where + ", while the ego was off the road"
	case lanes > 1:
		return true, where + ", while the ego was in several lanes"
	}
	return false, where + ", while the ego kept its lane"
}

// LaneOccupancy returns the number of lanes that a box is in, and whether all corners are on
// drivable ground. The number is 1 if all corners are on one lane or on its predecessors
// and successors. Ground outside all lanes counts as one more lane.
func LaneOccupancy(m *road.Map, b geom.OBB) (lanes int, drivable bool) {
	var on [4][]road.LaneID
	var all []road.LaneID
	drivable = true
	outside := 0
	for i, c := range b.Corners() {
		drivable = drivable && m.Drivable(c)
		on[i] = m.LanesAt(nil, c)
		all = append(all, on[i]...)
		if len(on[i]) == 0 {
			outside = 1
		}
	}
	if slices.ContainsFunc(all, func(id road.LaneID) bool { return holds(&m.Lanes[id], &on) }) {
		return 1, drivable
	}
	slices.Sort(all)
	return len(slices.Compact(all)) + outside, drivable
}

// holds reports whether every corner, given by the lanes it is on, is on lane l or on a
// predecessor or successor of it.
func holds(l *road.Lane, corners *[4][]road.LaneID) bool {
	for _, on := range corners {
		if !slices.ContainsFunc(on, func(id road.LaneID) bool {
			return id == l.ID || slices.Contains(l.Next, id) || slices.Contains(l.Prev, id)
		}) {
			return false
		}
	}
	return true
}

// mass returns the typical mass of a kind with its occupants, kg.
func mass(k actor.Kind) float64 {
	switch k {
	case actor.Van:
		return 2200
	case actor.Truck, actor.Bus:
		return 12000
	case actor.Motorcycle:
		return 280
	case actor.Cyclist:
		return 90
	case actor.Pedestrian:
		return 75
	case actor.Child:
		return 25
	case actor.Cone:
		return 4
	case actor.Box:
		return 20
	case actor.Animal:
		return 80
	}
	return 1400
}

// Sentence describes the collision.
func (c *Collision) Sentence() string {
	blame := "not at fault"
	if c.AtFault {
		blame = "at fault"
	}
	return fmt.Sprintf("collision with %s at %.2f s, impact at %.0f km/h, %s (%s)", c.Name, c.Time, 3.6*c.ImpactSpeed, blame, c.Why)
}
