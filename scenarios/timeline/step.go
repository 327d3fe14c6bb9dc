package timeline

import (
	"slices"

	"roadloop"
	"roadloop/control"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

// Step is one decision with its inputs and outputs. It is immutable; the caller must
// not change it.
type Step struct {
	Time  clock.Tick
	World *sim.World // a copy of the true world at the decision

	// The sensor messages since the previous decision. Frames holds the latest frame of each
	// camera that delivered one, and Camera is that of the front camera, nil if none arrived.
	Camera *sensor.Frame
	Frames []sensor.Frame
	Scans  []sensor.Scan
	Radars []sensor.RadarScan
	Other  []sensor.Message

	// The outputs of the layers; nil for a driver that does not expose them.
	Images   []perception.Image
	Scene    *perception.Scene
	Forecast []planning.Forecast
	Plan     *planning.Plan
	Want     vehicle.Command // of the controller, before the guard
	Guard    control.Intervention
	Policy   *roadloop.PolicyView // what a trained policy observed and computed, nil for other drivers

	Decided    vehicle.Command // by the driver, after the guard
	Command    vehicle.Command // executed: the override if there was one, else Decided
	Overridden bool            // a human's override was executed

	Events []sim.Event // since the previous decision
	// End marks the end of the run: there was no decision, and the layer outputs are
	// those of the previous one.
	End bool
}

// Frame returns the latest frame of a camera, nil if none arrived.
func (f *Step) Frame(camera string) *sensor.Frame {
	for i := range f.Frames {
		if f.Frames[i].Sensor == camera {
			return &f.Frames[i]
		}
	}
	return nil
}

// Image returns what the driver detected in the latest frame of a camera, nil if nothing
// read one.
func (f *Step) Image(camera string) *perception.Image {
	return perception.NewestImage(f.Images, camera)
}

// capture copies a step. override is nil if the driver was in control. front is the name
// of the front camera.
func capture(m *roadloop.Step, override *vehicle.Command, front string) *Step {
	f := &Step{
		Time: m.Time, World: m.World.Clone(),
		Scene: m.Scene.Clone(), Forecast: planning.CloneForecasts(m.Forecast), Plan: m.Plan.Clone(),
		Want: m.Want, Guard: m.Guard, Policy: m.Policy.Clone(),
		Decided: m.Command, Command: m.Command, Events: slices.Clone(m.Events),
	}
	if f.Scene != nil {
		f.Images = f.Scene.Images
	}
	if override != nil {
		f.Command, f.Overridden = *override, true
	}
	if m.Obs == nil || m.Obs.Now != m.Time {
		f.End = true
		return f
	}
	f.copyMessages(m.Obs)
	f.Camera = f.Frame(front)
	return f
}

// copyMessages copies the sensor messages.
func (f *Step) copyMessages(o *sensor.Observation) {
	for i := range o.Frames {
		if c := o.Frames[i]; &o.Frames[i] == o.Frame(c.Sensor) {
			c.Pix, c.Truth = slices.Clone(c.Pix), nil
			f.Frames = append(f.Frames, c)
		}
	}
	for _, s := range o.Scans {
		f.Scans = append(f.Scans, s.Clone())
	}
	for _, r := range o.Radars {
		f.Radars = append(f.Radars, r.Clone())
	}
	for _, m := range o.Other {
		m.Value = m.Value.Clone()
		f.Other = append(f.Other, m)
	}
}
