package inference

import (
	"fmt"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/sensor"
)

// Engine names for Open.
const (
	OneDNNName = "cnn"        // oneDNN, with the operators of the training
	OpenCVName = "cnn-opencv" // the ONNX model on OpenCV's DNN module
)

// Open returns a detector that runs a network on the named engine.
func Open(engine string, w *network.Weights) (*Detector, error) {
	var e Engine
	var err error
	switch engine {
	case OneDNNName:
		e, err = NewOneDNN(w)
	case OpenCVName:
		var onnx []byte
		if onnx, err = w.ONNX(); err == nil {
			e, err = NewOpenCV(onnx, w.Config)
		}
	default:
		return nil, fmt.Errorf("engine %q: want %s or %s", engine, OneDNNName, OpenCVName)
	}
	if err != nil {
		return nil, err
	}
	return NewDetector(e), nil
}

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
