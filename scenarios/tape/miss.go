package tape

import (
	"context"
	"fmt"
	"math"
	"slices"

	"roadloop"
	"roadloop/perception"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
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
	stack, ok := s.ride.Session.Driver().(*roadloop.Stack)
	if !ok {
		return fmt.Errorf("the driver tells nothing of what it sees")
	}
	m := missed{id: id, from: from, to: to}
	senses := sensesOf(stack)
	switch {
	case c.Camera && senses == nil:
		return fmt.Errorf("the driver has no camera: it perceives with an oracle")
	case c.Camera:
		d := &missingDetector{Detector: senses.Detector, missed: m}
		d.Witness(s.world())
		senses.Detector = d
	case senses != nil:
		senses.Tracker = &missingTracker{senses.Tracker, m, s.world()}
	default:
		stack.Perceiver = &missingPerceiver{stack.Perceiver, m, s.world()}
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

// missingTracker believes in everyone but one.
type missingTracker struct {
	roadloop.Tracker
	missed missed
	world  *sim.World
}

// Update returns what is believed, without the one.
func (t *missingTracker) Update(obs *sensor.Observation, images []perception.Image) *perception.Scene {
	return t.missed.among(t.Tracker.Update(obs, images), t.world)
}

// Fork returns the same in the world w.
func (t *missingTracker) Fork(w *sim.World) (roadloop.Tracker, error) {
	in, err := roadloop.ForkLayer(t.Tracker, w)
	return &missingTracker{in, t.missed, w}, err
}

// missingPerceiver believes in everyone but one.
type missingPerceiver struct {
	perception.Perceiver
	missed missed
	world  *sim.World
}

// Perceive returns what is believed, without the one.
func (p *missingPerceiver) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	scene, err := p.Perceiver.Perceive(ctx, obs)
	if err != nil {
		return nil, err
	}
	return p.missed.among(scene, p.world), nil
}

// Unwrap returns the perceiver that sees all.
func (p *missingPerceiver) Unwrap() perception.Perceiver { return p.Perceiver }

// Fork returns the same in the world w.
func (p *missingPerceiver) Fork(w *sim.World) (perception.Perceiver, error) {
	in, err := roadloop.ForkLayer(p.Perceiver, w)
	return &missingPerceiver{in, p.missed, w}, err
}

// missingDetector does not find one road user in pictures.
type missingDetector struct {
	perception.Detector
	missed missed
	past   []glimpse // in order of time, as far back as pictures take to arrive
}

// glimpse is where the road user was, seen from the car.
type glimpse struct {
	time   clock.Tick
	box    geom.OBB // in the vehicle frame
	height float64
	class  perception.Class
}

// Witness notes where the road user is.
func (d *missingDetector) Witness(w *sim.World) {
	a, ego := &w.Actors()[d.missed.id-1], w.Ego().State.Pose
	box := a.Box()
	box.Center, box.Yaw = ego.ToLocal(box.Center), box.Yaw-ego.Yaw
	if len(d.past) > int(2*clock.PerSecond) {
		d.past = slices.Clone(d.past[clock.PerSecond:])
	}
	d.past = append(d.past, glimpse{w.Time(), box, a.Shape.Height, perception.Class(a.Kind.Class())})
	if in, ok := d.Detector.(interface{ Witness(*sim.World) }); ok {
		in.Witness(w)
	}
}

// least is the overlap with the outline of the road user, as IoU, from which on a
// detection of its class is taken to be of it.
const least = 0.3

// Detect fills in what the frame shows, without the one.
func (d *missingDetector) Detect(f *sensor.Frame, im *perception.Image) error {
	if err := d.Detector.Detect(f, im); err != nil || !d.missed.now(f.Time) {
		return err
	}
	g := d.glimpse(f.Time)
	outline, ok := g.outline(f.Cal)
	if !ok {
		return nil
	}
	im.Detections = slices.DeleteFunc(im.Detections, func(x perception.Detection) bool {
		return x.Class == g.class && x.Box.IoU(outline) >= least
	})
	return nil
}

// glimpse returns where the road user was at a time, the first or last that is known.
func (d *missingDetector) glimpse(t clock.Tick) *glimpse {
	for i := len(d.past) - 1; i > 0; i-- {
		if d.past[i].time <= t {
			return &d.past[i]
		}
	}
	return &d.past[0]
}

// outline returns the box around the road user in the picture; ok is false where it is
// not before the camera.
func (g *glimpse) outline(cal *sensor.Camera) (b perception.Box, ok bool) {
	b = perception.Box{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	for _, p := range g.box.Corners() {
		for _, z := range [...]float64{0, g.height} {
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

// Fork returns the same around a copy of the detector.
func (d *missingDetector) Fork(w *sim.World) (perception.Detector, error) {
	in, err := roadloop.ForkLayer(d.Detector, w)
	return &missingDetector{in, d.missed, slices.Clone(d.past)}, err
}
