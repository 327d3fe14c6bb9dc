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
		Images: cloneImages(m.Images()), Scene: cloneScene(m.Scene),
		Forecast: cloneForecasts(m.Forecast), Plan: clonePlan(m.Plan),
		Want: m.Want, Guard: m.Guard,
		Decided: m.Command, Command: m.Command, Events: slices.Clone(m.Events),
	}
	if f.Scene != nil {
		f.Scene.Images = f.Images
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
		s.Points = slices.Clone(s.Points)
		f.Scans = append(f.Scans, s)
	}
	for _, r := range o.Radars {
		r.Targets = slices.Clone(r.Targets)
		f.Radars = append(f.Radars, r)
	}
}

func cloneImages(images []perception.Image) []perception.Image {
	if len(images) == 0 {
		return nil
	}
	out := make([]perception.Image, len(images))
	for i := range images {
		cloneImage(&out[i], &images[i])
	}
	return out
}

// cloneImage copies src to dst and reuses the buffers of dst.
func cloneImage(dst, src *perception.Image) {
	dst.Time, dst.Cal, dst.GridWidth = src.Time, src.Cal, src.GridWidth
	dst.Detections = append(dst.Detections[:0], src.Detections...)
	dst.Drivable = append(dst.Drivable[:0], src.Drivable...)
	dst.Boundaries = cloneBoundaries(src.Boundaries)
}

func cloneBoundaries(bs []perception.Boundary) []perception.Boundary {
	out := slices.Clone(bs)
	for i := range out {
		out[i].Points = slices.Clone(out[i].Points)
	}
	return out
}

func cloneScene(s *perception.Scene) *perception.Scene {
	if s == nil {
		return nil
	}
	c := *s
	c.Tracks, c.Signals = slices.Clone(s.Tracks), slices.Clone(s.Signals)
	c.Boundaries = cloneBoundaries(s.Boundaries)
	return &c
}

func cloneForecasts(fs []planning.Forecast) []planning.Forecast {
	out := slices.Clone(fs)
	for i := range out {
		out[i].Modes = slices.Clone(out[i].Modes)
	}
	return out
}

func clonePlan(p *planning.Plan) *planning.Plan {
	if p == nil {
		return nil
	}
	c := *p
	c.Waypoints, c.Proposals = slices.Clone(p.Waypoints), slices.Clone(p.Proposals)
	for i := range c.Proposals {
		c.Proposals[i].Waypoints = slices.Clone(c.Proposals[i].Waypoints)
	}
	return &c
}
