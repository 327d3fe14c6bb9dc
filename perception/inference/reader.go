package inference

import (
	"fmt"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/sensor"
)

// Names of the engines, as Open knows them.
const (
	NativeName = "cnn"        // the operators that the network was trained with
	OpenCVName = "cnn-opencv" // the network as ONNX on OpenCV's DNN
)

// Open returns a reader of frames that runs a network on the named engine.
func Open(engine string, w *network.Weights) (*Reader, error) {
	var e Engine
	var err error
	switch engine {
	case NativeName:
		e, err = NewNative(w)
	case OpenCVName:
		var onnx []byte
		if onnx, err = w.ONNX(); err == nil {
			e, err = NewOpenCV(onnx, w.Config)
		}
	default:
		return nil, fmt.Errorf("engine %q: want %s or %s", engine, NativeName, OpenCVName)
	}
	if err != nil {
		return nil, err
	}
	return NewReader(e), nil
}

// Reader is the perception.Detector that is a network. It remembers nothing from
// one frame to the next. It is not safe for concurrent use.
type Reader struct {
	engine Engine
	input  []float32 // made for the first frame: copies that read none take no room
	heads  []float32
}

// NewReader returns a reader that runs a network on e.
func NewReader(e Engine) *Reader { return &Reader{engine: e} }

// Detect lets the network look at a frame.
func (r *Reader) Detect(f *sensor.Frame, im *perception.Image) error {
	if r.input == nil {
		size := r.engine.Config()
		r.input, r.heads = make([]float32, size.ImageSize()), make([]float32, size.HeadSize())
	}
	if len(f.Pix) != len(r.input) {
		return fmt.Errorf("it has %d values, the network wants %d", len(f.Pix), len(r.input))
	}
	network.Scale(r.input, f.Pix)
	if err := r.engine.Infer(r.input, r.heads); err != nil {
		return err
	}
	Decode(r.heads, f.Cal, im)
	return nil
}

// Clone returns a reader on the same engine: the two must take turns.
func (r *Reader) Clone() perception.Detector { return NewReader(r.engine) }

// Close frees the engine, which ends all clones too.
func (r *Reader) Close() error { return r.engine.Close() }
