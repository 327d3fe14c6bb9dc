package roadloop

import (
	"context"
	"fmt"

	"roadloop/perception"
	"roadloop/perception/fusion"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/sim"
	"roadloop/sim/sensor"
)

// Detector reads what a camera frame shows. It fills the image but for its time,
// reusing its buffers.
type Detector interface {
	Detect(f *sensor.Frame, im *perception.Image) error
}

// Tracker turns messages, and what was read from their frames, into a believed
// scene, which the next call overwrites.
type Tracker interface {
	Update(obs *sensor.Observation, images []perception.Image) *perception.Scene
}

// Senses is the Perceiver of a driver without an oracle: a detector reads the
// frames of the camera, a tracker joins what it found with radar and lidar.
type Senses struct {
	Detector Detector
	Tracker  Tracker

	images []perception.Image
}

// NewSenses returns senses for the car of a case: a network that reads frames on
// engine, and fusion.
func NewSenses(c *Case, engine inference.Engine) (*Senses, error) {
	f, err := fusion.New(fusion.Config{Map: c.World.Map, Lidar: c.Rig.Lidar.Mount, Rings: c.Rig.Lidar.Rings, Camera: &c.Rig.Camera.Calibration})
	if err != nil {
		return nil, err
	}
	return &Senses{Detector: newReader(engine), Tracker: f}, nil
}

// Perceive reads every frame of the observation and updates what is believed.
func (s *Senses) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for len(s.images) < len(obs.Frames) {
		s.images = append(s.images, perception.Image{})
	}
	s.images = s.images[:len(obs.Frames)]
	for i := range obs.Frames {
		f, im := &obs.Frames[i], &s.images[i]
		if err := s.Detector.Detect(f, im); err != nil {
			return nil, fmt.Errorf("reading the frame of %v: %w", f.Time, err)
		}
		im.Time = f.Time
	}
	return s.Tracker.Update(obs, s.images), nil
}

// Images returns what was read in the last call of Perceive.
func (s *Senses) Images() []perception.Image { return s.images }

// Fork returns senses that go on exactly as s would.
func (s *Senses) Fork(w *sim.World) (perception.Perceiver, error) {
	d, err := ForkLayer(s.Detector, w)
	if err != nil {
		return nil, err
	}
	t, err := ForkLayer(s.Tracker, w)
	if err != nil {
		return nil, err
	}
	return &Senses{Detector: d, Tracker: t}, nil
}

// reader is the Detector that is a network. It remembers nothing from one frame
// to the next.
type reader struct {
	engine inference.Engine
	input  []float32
	heads  []float32
}

func newReader(e inference.Engine) *reader {
	size := e.Config()
	return &reader{engine: e, input: make([]float32, size.ImageSize()), heads: make([]float32, size.HeadSize())}
}

// Detect lets the network look at a frame.
func (r *reader) Detect(f *sensor.Frame, im *perception.Image) error {
	if len(f.Pix) != len(r.input) {
		return fmt.Errorf("it has %d values, the network wants %d", len(f.Pix), len(r.input))
	}
	network.Scale(r.input, f.Pix)
	if err := r.engine.Infer(r.input, r.heads); err != nil {
		return err
	}
	inference.Decode(r.heads, f.Cal, im)
	return nil
}

// Fork returns a reader on the same engine: the two must take turns.
func (r *reader) Fork(*sim.World) (Detector, error) { return newReader(r.engine), nil }
