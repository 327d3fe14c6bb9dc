package tape

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

// Frame is one decision: all that there was to see of it. It never changes; the
// caller must not change it either.
type Frame struct {
	Time  clock.Tick
	World *sim.World // a copy of the true world at the decision

	// What reached the driver since the decision before. Camera is the latest picture
	// that the network read, nil where none came.
	Camera *sensor.Frame
	Scans  []sensor.Scan
	Radars []sensor.RadarScan

	// How the driver came to its decision; nil for a driver that does not tell.
	Images   []perception.Image
	Scene    *perception.Scene
	Forecast []planning.Forecast
	Plan     *planning.Plan
	Want     vehicle.Command // of the controller, before the guard
	Guard    control.Intervention

	Decided vehicle.Command // by the driver, after the guard
	Command vehicle.Command // carried out: what the hands did, or else what was decided
	Manual  bool            // hands were at the wheel

	Events []sim.Event // since the decision before
	// End tells that this is the end of the run: nothing was decided, and the thoughts
	// are those of the decision before.
	End bool
}

// capture copies a moment. Hands are those at the wheel, nil for none.
func capture(m *roadloop.Step, hands *vehicle.Command) *Frame {
	f := &Frame{
		Time: m.Time, World: m.World.Clone(),
		Images: cloneImages(m.Images()), Scene: cloneScene(m.Scene),
		Forecast: cloneForecasts(m.Forecast), Plan: clonePlan(m.Plan),
		Want: m.Want, Guard: m.Guard,
		Decided: m.Command, Command: m.Command, Events: slices.Clone(m.Events),
	}
	if f.Scene != nil {
		f.Scene.Images = f.Images
	}
	if hands != nil {
		f.Command, f.Manual = *hands, true
	}
	if m.Obs == nil || m.Obs.Now != m.Time {
		f.End = true
		return f
	}
	f.listen(m.Obs)
	return f
}

// listen copies what was measured.
func (f *Frame) listen(o *sensor.Observation) {
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

// cloneImage copies an image into another, whose buffers are used again.
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
