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

	// The sensor messages since the previous decision. Camera is the latest image, nil
	// if none arrived.
	Camera *sensor.Frame
	Scans  []sensor.Scan
	Radars []sensor.RadarScan

	// The outputs of the layers; nil for a driver that does not expose them.
	Images   []perception.Image
	Scene    *perception.Scene
	Forecast []planning.Forecast
	Plan     *planning.Plan
	Want     vehicle.Command // of the controller, before the guard
	Guard    control.Intervention

	Decided    vehicle.Command // by the driver, after the guard
	Command    vehicle.Command // executed: the override if there was one, else Decided
	Overridden bool            // a human's override was executed

	Events []sim.Event // since the previous decision
	// End marks the end of the run: there was no decision, and the layer outputs are
	// those of the previous one.
	End bool
}

// capture copies a step. override is nil if the driver was in control.
func capture(m *roadloop.Step, override *vehicle.Command) *Step {
	f := &Step{
		Time: m.Time, World: m.World.Clone(),
		Scene: m.Scene.Clone(), Forecast: planning.CloneForecasts(m.Forecast), Plan: m.Plan.Clone(),
		Want: m.Want, Guard: m.Guard,
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
	return f
}

// copyMessages copies the sensor messages.
func (f *Step) copyMessages(o *sensor.Observation) {
	if n := len(o.Frames); n > 0 {
		c := o.Frames[n-1]
		c.Pix, c.Truth = slices.Clone(c.Pix), nil
		f.Camera = &c
	}
	for _, s := range o.Scans {
		f.Scans = append(f.Scans, s.Clone())
	}
	for _, r := range o.Radars {
		f.Radars = append(f.Radars, r.Clone())
	}
}
