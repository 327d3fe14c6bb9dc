package label_test

import (
	"fmt"

	"roadloop/sim/actor"
	"roadloop/sim/label"
	"roadloop/sim/raster"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// A car 20 m ahead of the camera, labelled.
func ExampleLabeler() {
	m, err := road.Generate(road.Params{Kind: road.KindStraight, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	st, err := scene.NewBuilder(m)
	if err != nil {
		fmt.Println(err)
		return
	}
	cal := sensor.FrontCamera()
	lane := &m.Lanes[0]
	car := actor.Actor{ID: 1, Kind: actor.Car, Shape: actor.DefaultShape(actor.Car), State: actor.State{Pose: lane.Center.At(120)}}
	view := scene.FrameState{
		View:       scene.View{Cal: &cal, Ego: lane.Center.At(100)},
		Conditions: scene.Conditions{SunElevation: .8}, Actors: []actor.Actor{car},
	}
	var list scene.List
	st.Build(&list, &view)
	image := raster.New(&cal, raster.AllChannels).Render(&list)

	var l label.Labeler
	for _, o := range l.Objects(image, &list, m, &view) {
		fmt.Printf("%v, %.1f m ahead, box %.0f–%.0f × %.0f–%.0f, hidden: %v\n", o.Kind, o.Pos.X, o.X0, o.X1, o.Y0, o.Y1, o.Visible < .5)
	}
	lanes, _ := l.Lanes(m, view.Ego)
	left := lanes[label.Left]
	fmt.Printf("left boundary from %.0f m to %.0f m, %.2f m to the left\n", left[0].X, left[len(left)-1].X, left[0].Y)
	// Output:
	// car, 21.3 m ahead, box 148–172 × 83–102, hidden: false
	// left boundary from 0 m to 50 m, 1.75 m to the left
}
