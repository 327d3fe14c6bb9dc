package oracle

import (
	"context"
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// OcclusionFilter wraps a Perceiver and drops the road users that a human driver could not
// see: every corner is behind a car or a truck. Reference drivers use it: they cannot brake
// for a child behind a van.
type OcclusionFilter struct{ perception.Perceiver }

// eyes is how far the driver's eyes are before the rear axle, m.
const eyes = 1.3

// Perceive drops the hidden road users. The list of tracks is a new one; the rest of the
// scene is that of the wrapped perceiver.
func (s *OcclusionFilter) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
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

// Clone returns a filter around a copy of the wrapped perceiver.
func (s *OcclusionFilter) Clone() perception.Perceiver {
	return &OcclusionFilter{s.Perceiver.Clone()}
}

// visible reports whether the middle or a corner of track i can be seen from a point.
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

// hidden reports whether a car or truck other than track i stands between two points.
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
