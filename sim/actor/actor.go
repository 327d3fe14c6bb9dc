// Package actor describes the road users of a world: kind, size, appearance and
// current state. It is plain data that traffic, sensors and renderers share; it
// contains no motion models.
package actor

import "roadloop/sim/geom"

// ID identifies an actor within a run. The ego is always Ego; the IDs of the
// others start at 1, in the order of the spec.
type ID int32

// Ego is the ID of the vehicle under test.
const Ego ID = 0

// Kind is a kind of road user or obstacle.
type Kind uint8

// Kinds of actors.
const (
	Car Kind = iota
	Van
	Truck
	Bus
	Motorcycle
	Cyclist
	Pedestrian
	Child
	Cone
	Box    // debris on the road
	Animal // a deer
)

var kindNames = [...]string{"car", "van", "truck", "bus", "motorcycle", "cyclist", "pedestrian", "child", "cone", "box", "animal"}

// String returns the name of the kind in scenario files.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// ParseKind returns the kind with the given name in scenario files.
func ParseKind(name string) (Kind, bool) {
	for i, n := range kindNames {
		if n == name {
			return Kind(i), true
		}
	}
	return 0, false
}

// Kinds returns the names of all kinds.
func Kinds() []string { return kindNames[:] }

// OnFoot reports whether the actor walks.
func (k Kind) OnFoot() bool { return k == Pedestrian || k == Child }

// Vulnerable reports whether the actor is a vulnerable road user: a pedestrian, cyclist
// or motorcyclist.
func (k Kind) Vulnerable() bool { return k.OnFoot() || k == Cyclist || k == Motorcycle }

// Obstacle reports whether the actor is neither a vehicle nor a vulnerable road user: a
// cone, debris or an animal.
func (k Kind) Obstacle() bool { return k == Cone || k == Box || k == Animal }

// Shape is the size of an actor.
type Shape struct {
	Length, Width, Height float64 // m
	// RearToCenter is the distance from the origin of the actor's pose (the rear
	// axle of a vehicle, the center of all other kinds) forward to the center of its
	// box, m.
	RearToCenter float64
}

// DefaultShape returns the usual size of a kind. Cars, pedestrians, children and
// cyclists have the sizes of the Euro NCAP targets GVT, EPTa, EPTc and EBTa.
func DefaultShape(k Kind) Shape {
	switch k {
	case Van:
		return Shape{5.3, 2.0, 2.3, 1.6}
	case Truck:
		return Shape{8.6, 2.5, 3.6, 2.6}
	case Bus:
		return Shape{11.8, 2.55, 3.1, 3.2}
	case Motorcycle:
		return Shape{2.08, 0.79, 1.5, 0.673}
	case Cyclist:
		return Shape{1.89, 0.5, 1.75, 0.605}
	case Pedestrian:
		return Shape{0.6, 0.5, 1.8, 0}
	case Child:
		return Shape{0.711, 0.298, 1.154, 0}
	case Cone:
		return Shape{0.36, 0.36, 0.75, 0}
	case Box:
		return Shape{0.8, 0.8, 0.6, 0}
	case Animal:
		return Shape{1.7, 0.45, 1.3, 0}
	}
	return Shape{4.023, 1.712, 1.427, 1.328}
}

// Lights are the lamps that are on, as a bit set.
type Lights uint8

// Lamps.
const (
	BrakeLights Lights = 1 << iota
	LeftIndicator
	RightIndicator
	Headlights
)

// Appearance is the appearance of an actor. It has no effect on physics.
type Appearance struct {
	Paint   [3]uint8 // main color, sRGB
	Variant uint32   // free bits for body shape, clothing and the like
}

// Skins is the number of skin colors of pedestrians and riders.
const Skins = 5

// Skin returns the index of the skin color, from 0, the lightest, to Skins-1.
func (l Appearance) Skin() int { return int(l.Variant >> 8 % Skins) }

// WithSkin returns a copy of l with the given skin color, from 0, the lightest,
// to 1, the darkest.
func (l Appearance) WithSkin(shade float64) Appearance {
	want := uint32(min(Skins-1, max(0, int(shade*Skins))))
	high := l.Variant >> 8
	high -= high % Skins
	if high > 1<<24-1-Skins {
		high -= Skins
	}
	l.Variant = (high+want)<<8 | l.Variant&0xff
	return l
}

// State is the pose and motion of an actor.
type State struct {
	Pose    geom.Pose // of the actor's origin, map frame; see Shape.RearToCenter
	Speed   float64   // along the heading, m/s
	Accel   float64   // along the heading, m/s²
	YawRate float64   // rad/s
	Steer   float64   // road wheel angle, rad, positive to the left
	Lights  Lights
	Gait    float64 // walking or pedaling phase, rad; for rendering only
}

// Actor is a road user or obstacle at one time.
type Actor struct {
	ID         ID
	Kind       Kind
	Shape      Shape
	Appearance Appearance
	State      State
}

// Box returns the footprint of the actor in the map frame.
func (a *Actor) Box() geom.OBB {
	c := a.State.Pose.ToWorld(geom.Vec{X: a.Shape.RearToCenter})
	return geom.OBB{Center: c, Yaw: a.State.Pose.Yaw, Length: a.Shape.Length, Width: a.Shape.Width}
}

// Velocity returns the velocity of the actor's origin in the map frame, m/s.
func (a *Actor) Velocity() geom.Vec { return a.State.Pose.Forward().Scale(a.State.Speed) }
