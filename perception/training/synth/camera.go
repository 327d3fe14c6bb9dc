package synth

import (
	"fmt"
	"math"

	"roadloop/sim/rng"
	"roadloop/sim/sensor"
)

// Range is an interval of values that are drawn uniformly.
type Range struct{ From, To float64 }

// CameraRanges are the ranges from which the cameras of groups of frames are drawn. A
// range of zero value stands for that of MountTolerance.
type CameraRanges struct {
	Focal            Range // factor of the focal length
	Height           Range // m above the nominal height
	Pitch, Yaw, Roll Range // rad added to the nominal angles
}

// MountTolerance is the tolerance of a mounted camera, the ranges of a stream that names
// none.
var MountTolerance = CameraRanges{
	Focal: Range{.97, 1.03}, Height: Range{-.06, .06},
	Pitch: Range{-.012, .012}, Yaw: Range{-.012, .012}, Roll: Range{-.01, .01},
}

// Check returns an error for the first range out of bounds.
func (c *CameraRanges) Check() error {
	for _, r := range []struct {
		name     string
		r        Range
		lo, hi   float64
		describe string
	}{
		{"focal", c.Focal, .1, 10, "factors from 0.1 to 10"},
		{"height", c.Height, -5, 5, "meters from -5 to 5"},
		{"pitch", c.Pitch, -math.Pi / 4, math.Pi / 4, "angles from -45° to 45°"},
		{"yaw", c.Yaw, -math.Pi, math.Pi, "angles from -180° to 180°"},
		{"roll", c.Roll, -math.Pi / 4, math.Pi / 4, "angles from -45° to 45°"},
	} {
		if r.r != (Range{}) && !(r.r.From >= r.lo && r.r.From <= r.r.To && r.r.To <= r.hi) {
			return fmt.Errorf("camera range %s: from %g to %g, want %s, the smaller one first", r.name, r.r.From, r.r.To, r.describe)
		}
	}
	return nil
}

// or returns r, or other if r is zero.
func (r Range) or(other Range) Range {
	if r == (Range{}) {
		return other
	}
	return r
}

// randomCamera returns a camera that differs from the nominal one within ranges. Cameras
// of one stream of random numbers differ from their nominal ones by the same amounts.
func randomCamera(r *rng.Stream, nominal *sensor.Camera, ranges *CameraRanges) sensor.Camera {
	draw := func(a, usual Range) float64 {
		a = a.or(usual)
		return r.Range(a.From, a.To)
	}
	c, t := *nominal, &MountTolerance
	c.Mount.Z += draw(ranges.Height, t.Height)
	c.Mount.Pitch += draw(ranges.Pitch, t.Pitch)
	c.Mount.Yaw += draw(ranges.Yaw, t.Yaw)
	c.Mount.Roll += draw(ranges.Roll, t.Roll)
	f := draw(ranges.Focal, t.Focal)
	c.Fx, c.Fy = c.Fx*f, c.Fy*f
	return c
}

// randomCamera returns a camera close to the nominal one: within the range of CameraAxis,
// or within Vary.
func (s *Stream) randomCamera(r *rng.Stream, nominal *sensor.Camera) sensor.Camera {
	if !s.has(CameraAxis) {
		return randomCamera(r, nominal, &s.Vary)
	}
	in := DefaultCameraRange()
	if s.CameraRange != nil {
		in = *s.CameraRange
	}
	c := *nominal
	c.Mount.Z = r.Range(in.MinHeight, in.MaxHeight)
	c.Mount.Pitch += r.Range(-in.Pitch, in.Pitch)
	c.Mount.Yaw += r.Range(-in.Yaw, in.Yaw)
	c.Mount.Roll += r.Range(-in.Roll, in.Roll)
	f := r.Range(1-in.Focal, 1+in.Focal)
	c.Fx, c.Fy = c.Fx*f, c.Fy*f
	return c
}
