package timeline

import (
	"context"
	"fmt"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
)

// Miss hides a road user from perception for a time.
type Miss struct {
	Actor string     `json:"actor"`         // as named in Plan.Names
	For   clock.Tick `json:"for,omitempty"` // 0 for the rest of the drive
	// Camera drops only the detections in camera images: radar and lidar may still
	// detect the road user. Without Camera, the tracks at its place are dropped.
	Camera bool `json:"camera,omitempty"`
}

// String describes the change.
func (c Miss) String() string {
	text := "perception misses " + c.Actor
	if c.Camera {
		text = "camera misses " + c.Actor
	}
	if c.For == 0 {
		return text
	}
	return fmt.Sprintf("%s for %v", text, c.For)
}

func (c Miss) apply(s *present) error {
	id, err := s.actor(c.Actor)
	if err != nil {
		return err
	}
	from, to, err := s.span(c.For)
	if err != nil {
		return err
	}
	stack := s.ride.Session.Driver().Stack()
	if stack == nil {
		return fmt.Errorf("the driver has no layers: its perception cannot be changed")
	}
	m := missedActor{id: id, from: from, to: to}
	pipeline := stack.Perceiver.Pipeline()
	switch {
	case c.Camera && pipeline == nil:
		return fmt.Errorf("the driver has no camera: its perception is an oracle")
	case c.Camera:
		pipeline.Detector = &missingDetector{pipeline.Detector, m}
	default:
		stack.Perceiver = &missingPerceiver{stack.Perceiver, m}
	}
	return nil
}

// missedActor is the road user to hide, and the time span.
type missedActor struct {
	id       actor.ID
	from, to clock.Tick
}

func (m *missedActor) now(t clock.Tick) bool { return t >= m.from && t < m.to }

// filter returns the scene without the tracks of the road user: the tracks with their
// center in its box, inflated by 0.5 m.
func (m *missedActor) filter(s *perception.Scene, w *sim.World) *perception.Scene {
	if !m.now(s.Time) {
		return s
	}
	room := w.Actors()[m.id-1].Box().Inflate(.5, .5)
	c := *s
	c.Tracks = slices.DeleteFunc(slices.Clone(s.Tracks), func(t perception.Track) bool { return room.Contains(t.Pose.Pos()) })
	return &c
}

// missingPerceiver is a Perceiver without the tracks of one road user.
type missingPerceiver struct {
	perception.Perceiver
	missed missedActor
}

// Perceive returns the scene without the road user.
func (p *missingPerceiver) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	scene, err := p.Perceiver.Perceive(ctx, obs)
	if err != nil {
		return nil, err
	}
	w, ok := sim.WorldFrom(ctx)
	if !ok {
		return nil, fmt.Errorf("removing actor %d from the scene: the context carries no world", p.missed.id)
	}
	return p.missed.filter(scene, w), nil
}

// Clone returns a copy around a copy of the perceiver.
func (p *missingPerceiver) Clone() perception.Perceiver {
	return &missingPerceiver{p.Perceiver.Clone(), p.missed}
}

// missingDetector is a Detector without the detections of one road user.
type missingDetector struct {
	perception.Detector
	missed missedActor
}

// Clone returns a copy around a copy of the detector.
func (d *missingDetector) Clone() perception.Detector {
	return &missingDetector{d.Detector.Clone(), d.missed}
}

// minIoU is the IoU with the projected box of the road user above which a detection of
// its class is attributed to it.
const minIoU = 0.3

// Detect fills in the detections without those of the road user.
func (d *missingDetector) Detect(f *sensor.Frame, im *perception.Image) error {
	if err := d.Detector.Detect(f, im); err != nil || !d.missed.now(f.Time) {
		return err
	}
	e, ok := f.Truth.(*rig.Exposure)
	if !ok {
		return fmt.Errorf("removing actor %d from the detections: the frame carries no ground truth", d.missed.id)
	}
	view := e.View()
	a := &view.Actors[d.missed.id-1]
	outline, ok := outlineOf(a, view.Ego, f.Cal)
	if !ok {
		return nil
	}
	class := perception.ClassOf(a.Kind)
	im.Detections = slices.DeleteFunc(im.Detections, func(x perception.Detection) bool {
		return x.Class == class && x.Box.IoU(outline) >= minIoU
	})
	return nil
}

// outlineOf returns the box around a road user in the image. ok is false if it is behind
// the camera.
func outlineOf(a *actor.Actor, ego geom.Pose, cal *sensor.Camera) (b perception.Box, ok bool) {
	box := a.Box()
	box.Center, box.Yaw = ego.ToLocal(box.Center), box.Yaw-ego.Yaw
	b = perception.Box{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	for _, p := range box.Corners() {
		for _, z := range [...]float64{0, a.Shape.Height} {
			u, v, _, before := cal.Project(p.X, p.Y, z)
			if !before {
				continue
			}
			b.X0, b.X1 = math.Min(b.X0, u), math.Max(b.X1, u)
			b.Y0, b.Y1 = math.Min(b.Y0, v), math.Max(b.Y1, v)
			ok = true
		}
	}
	b.X0, b.X1 = math.Max(0, b.X0), math.Min(float64(cal.Width), b.X1)
	b.Y0, b.Y1 = math.Max(0, b.Y0), math.Min(float64(cal.Height), b.Y1)
	return b, ok
}
