package sim

import (
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/vehicle"
)

// Spec determines a run completely, except for the driver. It never changes
// after a World is made from it, and many worlds may share it.
type Spec struct {
	Map    *road.Map
	Seed   uint64
	Ego    EgoSpec
	Actors []ActorSpec
	// Conditions are light and weather.
	Conditions scene.Conditions
	// Friction is the tire-road friction coefficient of the ego; 0 derives it
	// from Conditions.Wet, from 0.9 dry to 0.6 wet.
	Friction float64
	Signals  []SignalOverride
}

// SignalOverride replaces the timing plan of one signal of the map. A plan with
// a single phase, such as {Red: 1}, keeps that light.
type SignalOverride struct {
	Signal road.SignalID
	Plan   road.SignalPlan
}

// Start is the initial position and speed of an actor.
type Start struct {
	Lane  road.LaneID
	S     float64 // of the rear axle (vehicles) or the center (others) along the lane, m
	D     float64 // to the left of the lane's center line, m
	Speed float64 // m/s
	// Pose, if set, is the pose in the map frame and overrides the lane fields.
	// Behaviors that need a lane then use the nearest one.
	Pose *geom.Pose
	// Turned is added to the heading of the lane, rad; π is against the lane.
	Turned float64
}

// EgoSpec is the vehicle under test. Zero Params stand for vehicle.BMW320i and
// zero Actuators for vehicle.DefaultActuators.
type EgoSpec struct {
	Start     Start
	Params    vehicle.Params
	Actuators vehicle.Actuators
	Model     vehicle.Model
	// Route is the ego's planned lanes. It only selects the ego's branch where
	// the branches of a junction overlap.
	Route      []road.LaneID
	Appearance *actor.Appearance // nil draws them from the seed
}

// ActorSpec is one other road user or obstacle.
type ActorSpec struct {
	// Name labels the actor in events and names its random streams, so that its
	// random numbers do not depend on the other actors. It must be unique; empty
	// stands for "actor N" with the actor's ID.
	Name       string
	Kind       actor.Kind
	Shape      actor.Shape       // zero stands for actor.DefaultShape(Kind)
	Appearance *actor.Appearance // nil draws them from the actor's stream
	Start      Start             // ignored with Walk, which begins on its path
	Behavior   Behavior          // nil stands for Still
	Script     []Maneuver
}

// Behavior is the motion model of an actor between the maneuvers of its script:
// Drive, Follow, Walk or Still.
type Behavior interface{ behavior() }

// Drive is an autonomous traffic driver: it follows the Intelligent Driver
// Model, changes lanes by MOBIL, obeys signals, signs and right of way, and
// yields to pedestrians on crosswalks. It works for cars, trucks and cyclists.
type Drive struct {
	// Route is the lanes to take, from the starting lane on. After its end, or if
	// it is empty, turns are drawn from the actor's stream. A driver also uses
	// parallel lanes from which the same turns complete the route.
	Route []road.LaneID
	// Speed is the desired speed on a free road, m/s; 0 draws it near the limit.
	Speed float64
	// Model, if set, replaces the driver's random car-following parameters; its V0
	// is used if Speed is 0.
	Model *vehicle.IDM
	// KeepLane forbids lane changes other than those of the script.
	KeepLane bool
	// SafeStart lowers the starting speed so that the driver need not brake harder
	// than comfortably for anything ahead.
	SafeStart bool
}

// Follow is a scripted vehicle: it keeps its lane and its starting speed and
// executes its script with plausible accelerations. It ignores signals, signs
// and, unless Courteous, all other road users.
type Follow struct {
	Route []road.LaneID // as in Drive
	// Courteous vehicles brake for obstacles ahead by the Intelligent Driver Model.
	Courteous bool
}

// Walk is a pedestrian (or any other object) that moves along Path.
type Walk struct {
	Path []geom.Vec // map frame; the actor begins at its first point
	// Speed is the walking speed, m/s; 0 draws one by kind, about 1.3 m/s.
	Speed float64
	// Wary pedestrians look before they step on a lane: they wait for a
	// sufficient gap in traffic, and may hesitate when a car comes close.
	Wary bool
	// WaitAtStart keeps the actor at the first point until its script begins Go or SetWalk.
	WaitAtStart bool
	// Loop walks the path back and forth forever, with a rest of 3 to 15 s at each end.
	Loop bool
}

// Still does not move: parked cars, cones, standing pedestrians.
type Still struct{}

func (Drive) behavior()  {}
func (Follow) behavior() {}
func (Walk) behavior()   {}
func (Still) behavior()  {}
