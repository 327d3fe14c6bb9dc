package traffic_test

import (
	"fmt"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/traffic"
)

func Example() {
	m := straight(1, 500, 14)
	if err := m.Build(); err != nil {
		fmt.Println(err)
		return
	}
	cars := make([]actor.Actor, 1)
	cars[0] = actor.Actor{ID: 1, Shape: actor.DefaultShape(actor.Car)}
	ego := actor.Actor{Shape: actor.DefaultShape(actor.Car), State: actor.State{Pose: geom.Pose{X: 200}}}
	t := traffic.New(m)
	if err := t.AddDriver(&cars[0], traffic.DriverConfig{S: 100, Speed: 10, DesiredSpeed: 10}); err != nil {
		fmt.Println(err)
		return
	}
	env := traffic.Env{Ego: &ego, Actors: cars}
	for range 3000 {
		env.Now++
		t.Step(&env)
	}
	fmt.Printf("stands at %.0f m behind the ego at 200 m\n", cars[0].State.Pose.X)
	// Output: stands at 194 m behind the ego at 200 m
}
