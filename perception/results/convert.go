package results

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// FromDetection converts a detection of a camera's image. One image does not show the
// length and the width: size holds those of the class, m. The height is that of the box at
// the distance. Space is nil if the detection is not in front of the camera.
func FromDetection(d *perception.Detection, cal *sensor.Camera, size geom.Vec) Object {
	return Object{Class: d.Class.String(), Score: d.Score, Box: d.Box, Space: space(d, cal, size)}
}

func space(d *perception.Detection, cal *sensor.Camera, size geom.Vec) *Space {
	_, _, depth, ok := cal.Project(d.Pos.X, d.Pos.Y, cal.Mount.Z)
	if !ok {
		return nil
	}
	s := &Space{Pos: d.Pos, Heading: d.Heading, Length: size.X, Width: size.Y}
	middle := (d.Box.X0 + d.Box.X1) / 2
	height := func(v float64) float64 {
		x, y := cal.Ray(middle, v)
		_, _, z := cal.Mount.ToVehicle(x*depth, y*depth, depth)
		return cal.Mount.Z + z
	}
	bottom, top := height(d.Box.Y1), height(d.Box.Y0)
	if d.Class.IsSignal() {
		s.Bottom, s.Top = bottom, top
	} else {
		s.Top = math.Max(0, top-bottom)
	}
	if s.check() != nil {
		return nil
	}
	return s
}
