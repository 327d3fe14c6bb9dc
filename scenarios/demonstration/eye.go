package demonstration

import (
	"roadloop/scenarios"
	"roadloop/scenarios/tape"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
)

// eye is the camera of the car. A driver with an oracle has none switched on: then
// this one sees what it would have seen.
type eye struct {
	rig *rig.Rig
	cal *sensor.Camera
}

// newEye mounts the camera of a case, and no other sensor.
func newEye(p *scenarios.Plan) (*eye, error) {
	fresh, err := p.Case.Compile() // a driver with an oracle took the sensors away
	if err != nil {
		return nil, err
	}
	c := rig.Config{Camera: fresh.Drive.Rig.Camera}
	r, err := rig.New(c, fresh.Drive.World.Map, fresh.Drive.World.Seed)
	if err != nil {
		return nil, err
	}
	return &eye{rig: r, cal: &c.Camera.Calibration}, nil
}

// see returns the picture that had arrived at a decision, nil for none. Decisions come
// in order; they are as far apart as pictures are. Of a driver that has a camera it is
// the driver's.
func (e *eye) see(f *tape.Frame, has bool) *sensor.Frame {
	if !f.End {
		e.rig.Sample(f.World)
	}
	arrived := e.rig.Observe(f.Time).Frames
	switch {
	case has:
		return f.Camera
	case len(arrived) > 0:
		return &arrived[len(arrived)-1]
	}
	return nil
}
