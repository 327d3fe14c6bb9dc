package imitation

import (
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
)

// camera is the front camera of the car. For a driver with an oracle, which has no camera, it
// renders the images that the camera would have taken.
type camera struct {
	rig *rig.Rig
	cal *sensor.Camera
}

// newCamera returns the camera of a case.
func newCamera(p *runner.Spec) (*camera, error) {
	fresh, err := runner.Compile(p.Case) // an oracle's driver switched the sensors off in p
	if err != nil {
		return nil, err
	}
	all := &fresh.Drive.Rig
	front, model, err := all.Camera("")
	if err != nil {
		return nil, err
	}
	r, err := rig.New(all.Only(front.Name), fresh.Drive.World.Map, fresh.Drive.World.Seed)
	if err != nil {
		return nil, err
	}
	return &camera{rig: r, cal: &model.Calibration}, nil
}

// latestImage returns the image that had arrived at a decision, nil for none. Calls are
// in order of decisions, which have the same period as images. has reports whether the
// driver has a camera; then the result is the driver's image.
func (e *camera) latestImage(f *timeline.Step, has bool) *sensor.Frame {
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
