package roadloop

import (
	"context"
	"fmt"

	"roadloop/perception"
	"roadloop/perception/fusion"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/sim/sensor"
)

// Senses is the Perceiver of a driver without an oracle: the network reads the
// frames of the camera, fusion joins what it found with radar and lidar.
type Senses struct {
	engine inference.Engine
	fusion *fusion.Fusion
	input  []float32
	heads  []float32
	images []perception.Image
}

// NewSenses returns senses for the car of a case that read frames with engine.
func NewSenses(c *Case, engine inference.Engine) (*Senses, error) {
	f, err := fusion.New(fusion.Config{Map: c.World.Map, Lidar: c.Rig.Lidar.Mount, Camera: &c.Rig.Camera.Calibration})
	if err != nil {
		return nil, err
	}
	size := engine.Config()
	return &Senses{
		engine: engine, fusion: f,
		input: make([]float32, size.ImageSize()), heads: make([]float32, size.HeadSize()),
	}, nil
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
		if err := s.read(&obs.Frames[i], &s.images[i]); err != nil {
			return nil, fmt.Errorf("reading the frame of %v: %w", obs.Frames[i].Time, err)
		}
	}
	return s.fusion.Update(obs, s.images), nil
}

// read lets the network look at a frame.
func (s *Senses) read(f *sensor.Frame, im *perception.Image) error {
	if len(f.Pix) != len(s.input) {
		return fmt.Errorf("it has %d values, the network wants %d", len(f.Pix), len(s.input))
	}
	network.Scale(s.input, f.Pix)
	if err := s.engine.Infer(s.input, s.heads); err != nil {
		return err
	}
	inference.Decode(s.heads, f.Cal, im)
	im.Time = f.Time
	return nil
}

// Images returns what was read in the last call of Perceive.
func (s *Senses) Images() []perception.Image { return s.images }
