package oracle_test

import (
	"context"
	"slices"
	"testing"

	"roadloop/oracle"
	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// believes is a perceiver that always believes the same.
type believes perception.Scene

func (b *believes) Perceive(context.Context, *sensor.Observation) (*perception.Scene, error) {
	return (*perception.Scene)(b), nil
}
func (b *believes) Clone() perception.Perceiver    { return b }
func (b *believes) Pipeline() *perception.Pipeline { return nil }

func TestSightHidesWhatIsBehindCars(t *testing.T) {
	track := func(id int32, c perception.Class, x, y, length, width float64) perception.Track {
		return perception.Track{ID: id, Class: c, Pose: geom.Pose{X: x, Y: y}, Length: length, Width: width}
	}
	all := &believes{Tracks: []perception.Track{
		track(1, perception.Car, 20, 0, 4.5, 1.9),
		track(2, perception.Car, 40, 0, 4.5, 1.9),         // behind the first
		track(3, perception.Car, 40, 3.5, 4.5, 1.9),       // in the next lane
		track(4, perception.Truck, 30, -3.5, 8, 2.5),      // parked
		track(5, perception.Pedestrian, 35, -4, .5, .5),   // steps out beyond the truck
		track(6, perception.Pedestrian, 35, -1.9, .5, .5), // has stepped out
		track(7, perception.Pedestrian, 20, 6, .5, .5),
		track(8, perception.Car, 20, 8, 4.5, 1.9), // beyond a pedestrian, who hides nothing
		track(9, perception.Car, -10, 0, 4.5, 1.9),
	}}
	s := oracle.OcclusionFilter{Perceiver: all}
	scene, err := s.Perceive(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var seen []int32
	for i := range scene.Tracks {
		seen = append(seen, scene.Tracks[i].ID)
	}
	if want := []int32{1, 3, 4, 6, 7, 8, 9}; !slices.Equal(seen, want) {
		t.Errorf("sees %v, want %v", seen, want)
	}
	if len(all.Tracks) != 9 {
		t.Errorf("the scene of the perceiver lost tracks: %d", len(all.Tracks))
	}
}
