package perception

import (
	"context"
	"fmt"

	"roadloop/sim/sensor"
)

// Pipeline is a Perceiver made of two layers: a detector reads the frames of all cameras,
// and a tracker fuses what it found with the messages of the other sensors.
type Pipeline struct {
	Detector Detector
	Tracker  Tracker

	images []Image
}

// NewPipeline returns a pipeline of a detector and a tracker.
func NewPipeline(d Detector, t Tracker) *Pipeline { return &Pipeline{Detector: d, Tracker: t} }

// Perceive reads every frame of the observation and updates the scene.
func (p *Pipeline) Perceive(ctx context.Context, obs *sensor.Observation) (*Scene, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for len(p.images) < len(obs.Frames) {
		p.images = append(p.images, Image{})
	}
	p.images = p.images[:len(obs.Frames)]
	for i := range obs.Frames {
		f, im := &obs.Frames[i], &p.images[i]
		if err := p.Detector.Detect(f, im); err != nil {
			return nil, fmt.Errorf("reading the frame of %s at %v: %w", f.Sensor, f.Time, err)
		}
		im.Sensor, im.Time = f.Sensor, f.Time
	}
	return p.Tracker.Update(obs, p.images), nil
}

// Clone returns a pipeline of copies of the layers.
func (p *Pipeline) Clone() Perceiver { return NewPipeline(p.Detector.Clone(), p.Tracker.Clone()) }

// Pipeline returns p.
func (p *Pipeline) Pipeline() *Pipeline { return p }
