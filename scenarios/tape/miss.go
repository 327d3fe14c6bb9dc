package tape

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

// Miss lets perception miss a road user for a time.
type Miss struct {
	Actor string     `json:"actor"`         // as named in Plan.Names
	For   clock.Tick `json:"for,omitempty"` // 0 for the rest of the drive
	// Camera drops only what the network reads in pictures: radar and lidar may still
	// know of the road user. Else it is dropped from what is believed, whoever tells.
	Camera bool `json:"camera,omitempty"`
}

// String says in words what changes.
func (c Miss) String() string {
	who := "nobody sees " + c.Actor
	if c.Camera {
		who = "the camera does not see " + c.Actor
	}
	if c.For == 0 {
		return who
	}
	return fmt.Sprintf("%s for %v", who, c.For)
}

func (c Miss) make(s *site) error {
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
		return fmt.Errorf("the driver has no layers: what it perceives cannot be changed")
	}
	m := missed{id: id, from: from, to: to}
	pipeline := stack.Perceiver.Pipeline()
	switch {
	case c.Camera && pipeline == nil:
		return fmt.Errorf("the driver has no camera: it perceives with an oracle")
	case c.Camera:
		pipeline.Detector = &missingDetector{pipeline.Detector, m}
	default:
		stack.Perceiver = &missingPerceiver{stack.Perceiver, m}
	}
	return nil
}

// missed is who is missed, and when.
type missed struct {
	id       actor.ID
	from, to clock.Tick
}

func (m *missed) now(t clock.Tick) bool { return t >= m.from && t < m.to }

// among returns the scene without the tracks that stand where the road user is: those
// whose middle is within its outline and half a meter around it.
func (m *missed) among(s *perception.Scene, w *sim.World) *perception.Scene {
	if !m.now(s.Time) {
		return s
	}
	room := w.Actors()[m.id-1].Box().Inflate(.5, .5)
	c := *s
	c.Tracks = slices.DeleteFunc(slices.Clone(s.Tracks), func(t perception.Track) bool { return room.Contains(t.Pose.Pos()) })
	return &c
}

// missingPerceiver drops one road user from the scene.
type missingPerceiver struct {
	perception.Perceiver
	missed missed
}

// Perceive returns the scene without the road user.
func (p *missingPerceiver) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	scene, err := p.Perceiver.Perceive(ctx, obs)
	if err != nil {
		return nil, err
	}
	w, ok := sim.WorldFrom(ctx)
	if !ok {
		return nil, fmt.Errorf("missing actor %d: the context carries no world", p.missed.id)
	}
	return p.missed.among(scene, w), nil
}

// Clone returns the same around a copy of the perceiver.
func (p *missingPerceiver) Clone() perception.Perceiver {
	return &missingPerceiver{p.Perceiver.Clone(), p.missed}
}

// missingDetector drops one road user from what is read in frames.
type missingDetector struct {
	perception.Detector
	missed missed
}

// Clone returns the same around a copy of the detector.
func (d *missingDetector) Clone() perception.Detector {
	return &missingDetector{d.Detector.Clone(), d.missed}
}

// least is the overlap with the outline of the road user, as IoU, from which on a
// detection of its class is taken to be of it.
const least = 0.3

// Detect fills in what the frame shows, without the road user.
func (d *missingDetector) Detect(f *sensor.Frame, im *perception.Image) error {
	if err := d.Detector.Detect(f, im); err != nil || !d.missed.now(f.Time) {
		return err
	}
	e, ok := f.Truth.(*rig.Exposure)
	if !ok {
		return fmt.Errorf("missing actor %d: the frame carries no ground truth", d.missed.id)
	}
	view := e.View()
	a := &view.Actors[d.missed.id-1]
	outline, ok := outlineOf(a, view.Ego, f.Cal)
	if !ok {
		return nil
	}
	class := perception.Class(a.Kind.Class())
	im.Detections = slices.DeleteFunc(im.Detections, func(x perception.Detection) bool {
		return x.Class == class && x.Box.IoU(outline) >= least
	})
	return nil
}

// outlineOf returns the box around a road user in the image; ok is false where it is not
// in front of the camera.
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
