package sim

import (
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/traffic"
	"roadloop/sim/vehicle"
)

// Spec is everything that determines a run, apart from the driver. It never
// changes once a World is made from it, and many worlds may share it.
type Spec struct {
	Map    *road.Map
	Seed   uint64
	Ego    EgoSpec
	Actors []ActorSpec
	// Conditions are light and weather.
	Conditions scene.Conditions
	// Friction is the tire-road coefficient of the ego; 0 takes it from
	// Conditions.Wet, from 0.9 dry to 0.6 wet.
	Friction float64
	Signals  []SignalOverride
}

// SignalOverride replaces the plan of one signal of the map. A plan with one
// phase only, such as {Red: 1}, holds that light.
type SignalOverride struct {
	Signal road.SignalID
	Plan   road.Plan
}

// Start is where and how fast an actor begins.
type Start struct {
	Lane  road.LaneID
	S     float64 // of the rear axle (vehicles) or the middle (others) along the lane, m
	D     float64 // to the left of the middle of the lane, m
	Speed float64 // m/s
	// Pose, if set, is where the actor stands in the map frame, whatever the lane
	// fields say. Behaviors that need a lane then take the nearest one.
	Pose *geom.Pose
	// Turned is added to the heading of the lane, rad: π faces oncoming.
	Turned float64
}

// EgoSpec is the vehicle under test. The zero Params are those of the BMW 320i
// and the zero Actuators the usual ones.
type EgoSpec struct {
	Start     Start
	Params    vehicle.Params
	Actuators vehicle.Actuators
	Model     vehicle.Model
	// Route is the lanes that the ego means to take. It only settles which branch
	// of a junction the ego is taken to be on where branches overlap.
	Route []road.LaneID
	Looks *actor.Looks // nil draws them from the seed
}

// ActorSpec is one other road user or obstacle.
type ActorSpec struct {
	// Name labels the actor in events and names its random streams, so that it
	// behaves the same whoever else is there. It must be unique; empty stands for
	// "actor N" with the actor's ID.
	Name     string
	Kind     actor.Kind
	Shape    actor.Shape  // zero takes actor.DefaultShape(Kind)
	Looks    *actor.Looks // nil draws them from the actor's stream
	Start    Start        // of no effect with Walk, which begins on its path
	Behavior Behavior     // nil is Still
	Script   []Maneuver
}

// Behavior is how an actor moves between the maneuvers of its script: Drive,
// Follow, Walk or Still.
type Behavior interface{ behavior() }

// Drive is a driver of their own: follows the Intelligent Driver Model, changes
// lanes by MOBIL, obeys signals, signs and right of way, and yields to people on
// crosswalks. Cars, trucks and cyclists alike may drive.
type Drive struct {
	// Route is the lanes to take, from the starting lane on; when it ends, or is
	// empty, turns are drawn from the actor's stream. A driver also uses parallel
	// lanes from which the rest of the route can be driven by the same turns.
	Route []road.LaneID
	// Speed is the wanted speed on a free road, m/s; 0 draws it near the limit.
	Speed float64
	// Model, if set, replaces the driver's random car-following parameters; its V0
	// counts where Speed is 0.
	Model *traffic.IDM
	// KeepLane forbids lane changes that the script does not ask for.
	KeepLane bool
	// SafeStart lowers the starting speed to one from which the driver need not brake
	// harder than is comfortable for anything ahead of it.
	SafeStart bool
}

// Follow is a scripted vehicle: it keeps its lane and its starting speed and
// does what its script says at plausible accelerations. It disregards signals,
// signs and, unless Courteous, everyone else.
type Follow struct {
	Route []road.LaneID // as in Drive
	// Courteous vehicles brake for what is ahead of them by the Intelligent Driver Model.
	Courteous bool
}

// Walk is a person on foot (or anything else) that moves along Path.
type Walk struct {
	Path []geom.Vec // map frame; the actor begins at its first point
	// Speed to walk at, m/s; 0 draws one by kind, about 1.3 m/s.
	Speed float64
	// Wary people look before they step on a lane: they wait until the gap in
	// traffic is long enough for them, and may hesitate when a car comes close.
	Wary bool
	// Waits keeps the actor at the first point until its script says Go or Walk.
	Waits bool
	// Loop walks the path back and forth without end, resting 3 to 15 s at its ends.
	Loop bool
}

// Still does not move: parked cars, cones, people who stand.
type Still struct{}

func (Drive) behavior()  {}
func (Follow) behavior() {}
func (Walk) behavior()   {}
func (Still) behavior()  {}
