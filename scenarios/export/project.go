package export

import (
	"math"

	"roadloop/perception"
	"roadloop/perception/results"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// maxSilence is the longest time without a supporting measurement of an exported track: a
// tracker keeps road users that are hidden, which an image does not show.
const maxSilence = clock.PerSecond / 2

// heights are the assumed heights of tracked road users, m: the tracker has none.
var heights = [perception.NumClasses]float64{
	perception.Car: 1.5, perception.Truck: 3.2, perception.Pedestrian: 1.75, perception.Cyclist: 1.75, perception.Cone: .75,
}

// projectTracks appends the tracks that a frame shows: at the time of the frame, as boxes in
// its image. The belief is moved back to that time at constant velocity and yaw rate.
func projectTracks(dst []results.Object, s *perception.Scene, f *sensor.Frame) []results.Object {
	age := (s.Time - f.Time).Seconds()
	yaw := s.Ego.Pose.Yaw - s.Ego.YawRate*age
	back := geom.Unit(s.Ego.Pose.Yaw - s.Ego.YawRate*age/2).Scale(s.Ego.Speed * age)
	ego := geom.Pose{X: s.Ego.Pose.X - back.X, Y: s.Ego.Pose.Y - back.Y, Yaw: yaw}
	for i := range s.Tracks {
		t := &s.Tracks[i]
		if s.Time-t.Seen > maxSilence {
			continue
		}
		at := t.Pose
		at.X, at.Y = at.X-t.Vel.X*age, at.Y-t.Vel.Y*age
		at = ego.Relative(at)
		vel := geom.Pose{Yaw: -ego.Yaw}.ToWorld(t.Vel)
		space := &results.Space{
			Pos: at.Pos(), Top: heights[t.Class], Heading: at.Yaw, Length: t.Length, Width: t.Width, Vel: &vel,
		}
		if box, ok := project(space, f.Cal); ok {
			// Track ids may begin at 0, those of files at 1.
			dst = append(dst, results.Object{Class: t.Class.String(), ID: int64(t.ID) + 1, Score: t.Existence, Box: box, Space: space})
		}
	}
	return dst
}

// minPixels is the smallest width and height of an exported box, px.
const minPixels = 2

// project returns the bounds of a box in space, clipped to the image; ok is false if the
// image does not show it.
func project(s *results.Space, cal *sensor.Camera) (b perception.Box, ok bool) {
	if _, _, _, ok := cal.Project(s.Pos.X, s.Pos.Y, s.Bottom); !ok {
		return b, false
	}
	b = perception.Box{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	footprint := geom.OBB{Center: s.Pos, Yaw: s.Heading, Length: s.Length, Width: s.Width}
	for _, c := range footprint.Corners() {
		for _, z := range [...]float64{s.Bottom, s.Top} {
			x, y, depth := cal.Mount.ToSensor(c.X, c.Y, z)
			depth = math.Max(depth, .2) // corners behind the camera
			u, v := cal.Pixel(clampRay(x/depth), clampRay(y/depth))
			b = perception.Box{X0: math.Min(b.X0, u), Y0: math.Min(b.Y0, v), X1: math.Max(b.X1, u), Y1: math.Max(b.Y1, v)}
		}
	}
	b.X0, b.Y0 = math.Max(b.X0, 0), math.Max(b.Y0, 0)
	b.X1, b.Y1 = math.Min(b.X1, float64(cal.Width)), math.Min(b.Y1, float64(cal.Height))
	return b, b.X1-b.X0 >= minPixels && b.Y1-b.Y0 >= minPixels
}

// clampRay limits directions far outside the view, where the distortion polynomial is not
// monotonic.
func clampRay(v float64) float64 { return math.Max(-1.2, math.Min(1.2, v)) }
