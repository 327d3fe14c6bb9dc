package roadloop

import (
	"context"
	"math"

	"roadloop/perception"
	"roadloop/sim"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// Sight is a Perceiver that believes another one, apart from what nobody at the
// wheel could see: road users of whom every corner is behind a car or a truck. A
// careful driver is measured with it, who cannot brake for a child behind a van.
type Sight struct{ Perceiver perception.Perceiver }

// eyes is how far the driver's eyes are before the rear axle, m.
const eyes = 1.3

// Perceive drops what is hidden. The scene belongs to the other perceiver, which
// must make a new list of tracks in every call.
func (s *Sight) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	scene, err := s.Perceiver.Perceive(ctx, obs)
	if err != nil {
		return nil, err
	}
	from := scene.Ego.Pose.ToWorld(geom.Vec{X: eyes})
	all := scene.Tracks
	var seen []perception.Track
	for i := range all {
		if visible(from, all, i) {
			seen = append(seen, all[i])
		}
	}
	view := *scene
	view.Tracks = seen
	return &view, nil
}

// Fork returns a sight of a copy of the other perceiver.
func (s *Sight) Fork(w *sim.World) (perception.Perceiver, error) {
	p, err := ForkLayer(s.Perceiver, w)
	if err != nil {
		return nil, err
	}
	return &Sight{p}, nil
}

// visible tells that the middle or a corner of track i can be seen from a point.
func visible(from geom.Vec, all []perception.Track, i int) bool {
	box := all[i].Box()
	corners := box.Corners()
	for _, p := range append(corners[:], box.Center) {
		if !hidden(from, p, all, i) {
			return true
		}
	}
	return false
}

// hidden tells that a car or truck other than track i stands between two points.
func hidden(from, to geom.Vec, all []perception.Track, i int) bool {
	ray := to.Sub(from)
	for j := range all {
		high := all[j].Class == perception.Car || all[j].Class == perception.Truck
		if j == i || !high {
			continue
		}
		if at, hit := geom.RayOBB(from, ray.Angle(), all[j].Box()); hit && at < math.Max(0, ray.Norm()-0.05) {
			return true
		}
	}
	return false
}
