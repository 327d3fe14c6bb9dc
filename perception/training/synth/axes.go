package synth

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"roadloop/sim/rng"
	"roadloop/sim/scene"
)

// Axis is an axis of domain randomization (Tobin et al. 2017): a group of variations of the
// picture that a stream can have or lack.
type Axis string

// Axes. The first six are the fields of scene.Appearance.
const (
	HorizonAxis  Axis = "horizon"
	VehicleAxis  Axis = "vehicles"
	PeopleAxis   Axis = "people"
	RoadsideAxis Axis = "roadside"
	RoadAxis     Axis = "road"
	LightAxis    Axis = "light"
	SnowAxis     Axis = "snow"    // falling and lying
	ImagingAxis  Axis = "imaging" // camera models after the tone curve
	CameraAxis   Axis = "camera"  // wide ranges of focal length and mount
)

// Axes returns all axes.
func Axes() []Axis {
	return []Axis{HorizonAxis, VehicleAxis, PeopleAxis, RoadsideAxis, RoadAxis, LightAxis, SnowAxis, ImagingAxis, CameraAxis}
}

// DefaultAxisShare is the share of the maps that have each axis of variation in training. With
// 1, no frame would have the appearance of the scenarios, and the network would read it worse.
const DefaultAxisShare = .6

// ParseAxes returns the axes with the given names. The name "all" means all axes, "none" no
// axis.
func ParseAxes(names []string) ([]Axis, error) {
	if len(names) == 1 && names[0] == "all" {
		return Axes(), nil
	}
	if len(names) == 1 && names[0] == "none" {
		return nil, nil
	}
	var out []Axis
	for _, n := range names {
		if !slices.Contains(Axes(), Axis(n)) {
			return nil, fmt.Errorf("axis %q is not one of %s", n, AxisNames(Axes()))
		}
		if slices.Contains(out, Axis(n)) {
			return nil, fmt.Errorf("duplicate axis %q", n)
		}
		out = append(out, Axis(n))
	}
	return out, nil
}

// AxisNames returns the names of axes, separated by commas.
func AxisNames(axes []Axis) string {
	names := make([]string, len(axes))
	for i, a := range axes {
		names[i] = string(a)
	}
	return strings.Join(names, ", ")
}

// CheckAxes returns an error for an unknown or duplicate axis, or an invalid range of cameras.
func (s *Stream) CheckAxes() error {
	for i, a := range s.Axes {
		if !slices.Contains(Axes(), a) {
			return fmt.Errorf("axis %q is not one of %s", a, AxisNames(Axes()))
		}
		if slices.Contains(s.Axes[:i], a) {
			return fmt.Errorf("duplicate axis %q", a)
		}
	}
	if !(s.AxisShare >= 0 && s.AxisShare <= 1) {
		return fmt.Errorf("axis share %g, want 0 to 1", s.AxisShare)
	}
	if s.CameraRange == nil {
		return nil
	}
	if !s.has(CameraAxis) {
		return fmt.Errorf("a camera range has no effect without the axis %q", CameraAxis)
	}
	return s.CameraRange.check()
}

// drawAxes returns the axes of a group of frames.
func (s *Stream) drawAxes(group int64) (axes []Axis) {
	if s.AxisShare == 0 {
		return s.Axes
	}
	r := rng.New(s.Seed, name(s.Split, group), "axes")
	for _, a := range s.Axes {
		if r.Chance(s.AxisShare) {
			axes = append(axes, a)
		}
	}
	return axes
}

// has reports whether the stream has an axis.
func (s *Stream) has(a Axis) bool { return slices.Contains(s.Axes, a) }

// appearance returns the appearance of the stream's frames.
func (s *Stream) appearance() scene.Appearance {
	return scene.Appearance{
		Horizon: s.has(HorizonAxis), Vehicles: s.has(VehicleAxis), People: s.has(PeopleAxis),
		Roadside: s.has(RoadsideAxis), Road: s.has(RoadAxis), Light: s.has(LightAxis),
	}
}

// CameraRange is the range of the cameras of CameraAxis around the nominal camera. Each value
// is uniform in its range.
type CameraRange struct {
	Focal     float64 `json:"focal"`      // ± share of the nominal focal length
	MinHeight float64 `json:"min_height"` // above the road, m
	MaxHeight float64 `json:"max_height"`
	Pitch     float64 `json:"pitch"` // ± around the nominal angle, rad
	Yaw       float64 `json:"yaw"`
	Roll      float64 `json:"roll"`
}

// DefaultCameraRange returns the range of frames that are resampled to the nominal camera: the residual of an estimated calibration, and mounts from a low car to a van.
func DefaultCameraRange() CameraRange {
	const degree = math.Pi / 180
	return CameraRange{Focal: .10, MinHeight: 1.0, MaxHeight: 2.2, Pitch: 1.5 * degree, Yaw: 2 * degree, Roll: 1.5 * degree}
}

// check returns an error for a range that no camera has.
func (c *CameraRange) check() error {
	switch {
	case !(c.Focal >= 0 && c.Focal < 1):
		return fmt.Errorf("camera range: focal length ±%g, want 0 to below 1", c.Focal)
	case !(c.MinHeight > 0 && c.MaxHeight >= c.MinHeight && c.MaxHeight <= 10):
		return fmt.Errorf("camera range: heights from %g to %g m, want 0 < lower ≤ upper ≤ 10", c.MinHeight, c.MaxHeight)
	}
	for _, v := range [...]struct {
		name  string
		angle float64
	}{{"pitch", c.Pitch}, {"yaw", c.Yaw}, {"roll", c.Roll}} {
		if !(v.angle >= 0 && v.angle < math.Pi/4) {
			return fmt.Errorf("camera range: %s ±%g rad, want 0 to below π/4", v.name, v.angle)
		}
	}
	return nil
}
