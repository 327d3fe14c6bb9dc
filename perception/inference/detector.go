package inference

import (
	"fmt"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/sensor"
)

// Detector is a perception.Detector that runs a network. It has no state between
// frames. It is not safe for concurrent use.
type Detector struct {
	engine Engine
	input  []float32 // allocated at the first frame, so that unused clones are small
	heads  []float32
}

// NewDetector returns a detector that runs a network on e.
func NewDetector(e Engine) *Detector { return &Detector{engine: e} }

// Detect runs the network on a frame.
func (r *Detector) Detect(f *sensor.Frame, im *perception.Image) error {
	if r.input == nil {
		size := r.engine.Config()
		r.input, r.heads = make([]float32, size.ImageSize()), make([]float32, size.HeadSize())
	}
	if len(f.Pix) != len(r.input) {
		return fmt.Errorf("the image has %d values, the network expects %d", len(f.Pix), len(r.input))
	}
	network.Scale(r.input, f.Pix)
	if err := r.engine.Infer(r.input, r.heads); err != nil {
		return err
	}
	Decode(r.heads, f.Cal, im)
	return nil
}

// Clone returns a detector on the same engine; the two must not run concurrently.
func (r *Detector) Clone() perception.Detector { return NewDetector(r.engine) }

// Close frees the engine, also for all clones.
func (r *Detector) Close() error { return r.engine.Close() }
