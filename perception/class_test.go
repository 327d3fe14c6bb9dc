package perception_test

import (
	"testing"

	"roadloop/perception"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// classOfKind is the class of every kind of actor.
var classOfKind = map[actor.Kind]perception.Class{
	actor.Car: perception.Car, actor.Van: perception.Car,
	actor.Truck: perception.Truck, actor.Bus: perception.Truck,
	actor.Pedestrian: perception.Pedestrian, actor.Child: perception.Pedestrian,
	actor.Cyclist: perception.Cyclist, actor.Motorcycle: perception.Cyclist,
	actor.Cone: perception.Cone, actor.Box: perception.Cone, actor.Animal: perception.Cone,
}

func TestClassOf(t *testing.T) {
	for i, name := range actor.Kinds() {
		k := actor.Kind(i)
		want, ok := classOfKind[k]
		if got := perception.ClassOf(k); !ok || got != want {
			t.Errorf("%s is a %v, want %v", name, got, want)
		}
		if k.Obstacle() != (want == perception.Cone) {
			t.Errorf("%s: obstacle %v", name, k.Obstacle())
		}
	}
	for state, want := range map[road.SignalState]perception.Class{
		road.Red: perception.SignalRed, road.Amber: perception.SignalAmber, road.Green: perception.SignalGreen,
	} {
		if got := perception.SignalClass(state); got != want || !got.IsSignal() || got.SignalState() != state {
			t.Errorf("state %v is the class %v, want %v", state, got, want)
		}
	}
}

// The pixels of an actor show the class that its label has.
func TestPixelClassesAgree(t *testing.T) {
	ofPixel := map[scene.Class]perception.Class{
		scene.Car: perception.Car, scene.Truck: perception.Truck, scene.Pedestrian: perception.Pedestrian,
		scene.Cyclist: perception.Cyclist, scene.Cone: perception.Cone,
	}
	m, err := road.Generate(road.Params{Kind: road.KindStraight})
	if err != nil {
		t.Fatal(err)
	}
	builder, err := scene.NewBuilder(m)
	if err != nil {
		t.Fatal(err)
	}
	cal := sensor.FrontCamera()
	view := scene.FrameState{View: scene.View{Cal: &cal, Ego: m.Lanes[0].Center.At(40)}}
	var list scene.List
	for i, name := range actor.Kinds() {
		k := actor.Kind(i)
		a := actor.Actor{ID: 1, Kind: k, Shape: actor.DefaultShape(k)}
		a.State.Pose = view.Ego.Compose(geom.Pose{X: 20})
		view.Actors = []actor.Actor{a}
		builder.Build(&list, &view)
		for _, in := range list.Instances {
			for _, mat := range in.Mesh.Materials {
				if got, ok := ofPixel[mat.Class]; !ok || got != perception.ClassOf(k) {
					t.Errorf("%s: pixels of the class %d, want %v", name, mat.Class, perception.ClassOf(k))
				}
			}
		}
		if len(list.Instances) == 0 {
			t.Errorf("%s is not drawn", name)
		}
	}
}
