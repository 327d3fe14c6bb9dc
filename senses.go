package roadloop

import (
	"context"
	"fmt"

	"roadloop/perception"
	"roadloop/perception/fusion"
	"roadloop/sim"
	"roadloop/sim/sensor"
)

// Tracker turns messages, and what was read from their frames, into a believed
// scene, which the next call overwrites.
type Tracker interface {
	Update(obs *sensor.Observation, images []perception.Image) *perception.Scene
}

// Senses is the Perceiver of a driver without an oracle: a detector reads the
// frames of the camera, a tracker joins what it found with radar and lidar.
type Senses struct {
	Detector perception.Detector
	Tracker  Tracker

	images []perception.Image
}

// NewSenses returns senses for the car of a case: d reads the frames of its camera,
// and fusion joins what it found with radar and lidar.
func NewSenses(c *Case, d perception.Detector) (*Senses, error) {
	f, err := fusion.New(fusion.Config{Map: c.World.Map, Lidar: c.Rig.Lidar.Mount, Rings: c.Rig.Lidar.Rings, Camera: &c.Rig.Camera.Calibration})
	if err != nil {
		return nil, err
	}
	return &Senses{Detector: d, Tracker: f}, nil
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
