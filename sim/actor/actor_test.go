package actor_test

import (
	"fmt"
	"math"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

func TestParseKindInvertsString(t *testing.T) {
	for i, name := range actor.Kinds() {
		k, ok := actor.ParseKind(name)
		if !ok || k != actor.Kind(i) || k.String() != name {
			t.Errorf("kind %d has the name %q, which parses as %v, %v", i, name, k, ok)
		}
	}
	if _, ok := actor.ParseKind("unicorn"); ok {
		t.Error("ParseKind accepts a unicorn")
	}
	if got := actor.Kind(99).String(); got != "unknown" {
		t.Errorf("kind 99 has the name %q", got)
	}
}

func TestVulnerable(t *testing.T) {
	want := map[actor.Kind][2]bool{ // on foot, vulnerable
		actor.Car: {}, actor.Bus: {}, actor.Cone: {}, actor.Animal: {},
		actor.Cyclist: {false, true}, actor.Motorcycle: {false, true},
		actor.Pedestrian: {true, true}, actor.Child: {true, true},
	}
	for k, w := range want {
		if k.OnFoot() != w[0] || k.Vulnerable() != w[1] {
			t.Errorf("%v: on foot %v, vulnerable %v", k, k.OnFoot(), k.Vulnerable())
		}
	}
}

// Every default shape has a size, and its rear axle lies within the body.
func TestDefaultShapes(t *testing.T) {
	for i := range actor.Kinds() {
		s := actor.DefaultShape(actor.Kind(i))
		if s.Length <= 0 || s.Width <= 0 || s.Height <= 0 || s.RearToCenter < 0 || s.RearToCenter > s.Length/2 {
			t.Errorf("%v has the shape %+v", actor.Kind(i), s)
		}
	}
}

// The box of a vehicle lies ahead of its rear axle, along its heading.
func TestBoxAndVelocity(t *testing.T) {
	a := actor.Actor{Shape: actor.Shape{Length: 4, Width: 2, RearToCenter: 1.5},
		State: actor.State{Pose: geom.Pose{X: 10, Y: 5, Yaw: math.Pi / 2}, Speed: 3}}
	if b := a.Box(); b.Center.Dist(geom.Vec{X: 10, Y: 6.5}) > 1e-12 || b.Length != 4 || b.Width != 2 {
		t.Errorf("box %+v", b)
	}
	if v := a.Velocity(); v.Dist(geom.Vec{Y: 3}) > 1e-12 {
		t.Errorf("velocity %+v", v)
	}
}

func ExampleActor_Box() {
	car := actor.Actor{Kind: actor.Car, Shape: actor.DefaultShape(actor.Car)}
	fmt.Printf("%.3f m ahead of the rear axle\n", car.Box().Center.X)
	// Output: 1.328 m ahead of the rear axle
}
