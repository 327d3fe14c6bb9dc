package drive

import (
	"image/color"
	"math"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// A truck 50 m ahead and 10 m to the left that drives to the left, 8 m/s slower than the ego.
func TestDecodeUser(t *testing.T) {
	obs := make([]float32, (NumUsers+1)*UserValues)
	copy(obs[UserValues:], []float32{1, .5, .1, 0, 1, -.2, .1, .75, .8, 0, 1})
	u, ok := DecodeUser(obs, 1)
	if !ok || u.Kind != actor.Truck || u.Pose.Pos().Dist(geom.Vec{X: 50, Y: 10}) > 1e-4 || math.Abs(u.Pose.Yaw-math.Pi/2) > 1e-6 ||
		u.Velocity.Dist(geom.Vec{X: -8, Y: 4}) > 1e-4 || math.Abs(u.Length-9) > 1e-4 || math.Abs(u.Width-2.4) > 1e-4 {
		t.Errorf("%+v, %v", u, ok)
	}
	for _, row := range []int{-1, 2, NumUsers + 1} {
		if u, ok := DecodeUser(obs, row); ok {
			t.Errorf("row %d is %+v", row, u)
		}
	}
}

// Every observation of a vector that is shown as values has a name for each.
func TestValuesHaveNames(t *testing.T) {
	c := Config{}
	for _, name := range []string{State, Navigation, PerceivedRoad} {
		s := c.space(name)
		if got := len(ValueNames(name)); got != s.Size() {
			t.Errorf("%s has %d names for %d values", name, got, s.Size())
		}
	}
	if ValueNames(Rays) != nil || ActionNames(Waypoints) != nil || len(ActionNames(SteeringAcceleration)) != 2 {
		t.Error("names of values that have none, or none of steering and acceleration")
	}
}

// Waypoint 2 is 1.5 s ahead: x = 1 is 54 m, and a standard deviation of .5 is a quarter of that.
func TestDecodeWaypoint(t *testing.T) {
	action, std := make([]float64, 2*NumWaypoints), make([]float64, 2*NumWaypoints)
	action[4], action[5], std[4], std[5] = 0, -.5, .5, .25
	if at := DecodeWaypoint(action, 2); at.Dist(geom.Vec{X: 27, Y: -6}) > 1e-4 {
		t.Errorf("waypoint at %v", at)
	}
	if s := WaypointSpread(std, 2); s.Dist(geom.Vec{X: 13.5, Y: 3}) > 1e-9 {
		t.Errorf("standard deviations %v", s)
	}
}

// Later channels are drawn over earlier ones, and lines differ from the road.
func TestPaintTop(t *testing.T) {
	c := func(r uint8) color.NRGBA { return color.NRGBA{R: r, A: 255} }
	colors := TopColors{Outside: c(1), Road: c(2), Line: c(3), Route: c(4), Vehicles: c(5), Others: c(6), Stop: c(7)}
	obs := []byte{
		0, 0, 0, 0, 0,
		128, 0, 0, 0, 0,
		255, 0, 0, 0, 0,
		128, 255, 0, 0, 0,
		255, 255, 255, 0, 0,
		0, 0, 0, 255, 0,
		128, 255, 255, 255, 255,
	}
	rgba := make([]byte, 4*7)
	if n := testing.AllocsPerRun(10, func() { PaintTop(rgba, obs, &colors) }); n > 0 {
		t.Errorf("%g allocations", n)
	}
	for i := range 7 {
		if rgba[4*i] != byte(i+1) || rgba[4*i+3] != 255 {
			t.Errorf("pixel %d is %v", i, rgba[4*i:4*i+4])
		}
	}
}
