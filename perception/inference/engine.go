// Package inference runs the network and decodes its heads. Two engines compute the
// same: Native runs a roadloop model on oneDNN, with the operators of its training;
// OpenCV runs any ONNX model with the documented inputs and outputs.
package inference

import (
	"errors"
	"fmt"
	"image"
	"unsafe"

	"gocv.io/x/gocv"

	"roadloop/perception/network"
)

// Engine computes the heads of one image at a time. It is not safe for concurrent
// use; each worker needs its own.
type Engine interface {
	// Infer computes heads, [Height/4, Width/4, network.HeadChannels], from an image,
	// [Height, Width, 3], scaled by network.Scale.
	Infer(image, heads []float32) error
	// Config returns the size of the network.
	Config() network.Config
	Close() error
}

// OneDNN runs a model on oneDNN in the calling thread.
type OneDNN struct{ runner *network.Runner }

var _ Engine = (*OneDNN)(nil)

// NewOneDNN returns an engine that computes in float32.
func NewOneDNN(w *network.Weights) (*OneDNN, error) {
	return NewOneDNNWith(w, network.RunnerConfig{})
}

// NewOneDNNWith returns an engine for a model. It returns network.ErrHeads for a
// model of another task than driving.
func NewOneDNNWith(w *network.Weights, c network.RunnerConfig) (*OneDNN, error) {
	if err := w.Config.CheckDriving(&network.Meta{}); err != nil {
		return nil, err
	}
	r, err := network.NewRunnerWith(w, c)
	if err != nil {
		return nil, err
	}
	return &OneDNN{r}, nil
}

// InferBatch computes the heads of consecutive images, with the same bytes as Infer
// for each.
func (n *OneDNN) InferBatch(images, heads []float32) error { return n.runner.RunBatch(images, heads) }

// Infer computes the heads of an image.
func (n *OneDNN) Infer(image, heads []float32) error { return n.runner.Run(image, heads) }

// Config returns the size of the network.
func (n *OneDNN) Config() network.Config { return n.runner.Config() }

// Close frees the engine.
func (n *OneDNN) Close() error {
	n.runner.Close()
	return nil
}

// OpenCV runs an ONNX model on OpenCV's DNN module, with as many threads as
// OpenCV chooses.
type OpenCV struct {
	net    gocv.Net
	config network.Config
}

var _ Engine = (*OpenCV)(nil)

// NewOpenCV loads an ONNX model whose input and output are those of
// network.Weights.ONNX for the given size.
func NewOpenCV(onnx []byte, config network.Config) (*OpenCV, error) {
	if err := errors.Join(config.Check(), config.CheckDriving(&network.Meta{})); err != nil {
		return nil, err
	}
	if err := network.CheckONNX(onnx, config); err != nil {
		return nil, err
	}
	net, err := gocv.ReadNetFromONNXBytes(onnx)
	if err != nil {
		return nil, fmt.Errorf("OpenCV: reading the ONNX model: %w", err)
	}
	if net.Empty() {
		return nil, fmt.Errorf("OpenCV: cannot read the ONNX model")
	}
	if err := net.SetPreferableBackend(gocv.NetBackendOpenCV); err != nil {
		return nil, fmt.Errorf("OpenCV: %w", err)
	}
	return &OpenCV{net: net, config: config}, nil
}

// Infer computes the heads of an image.
func (o *OpenCV) Infer(input, heads []float32) error {
	c := &o.config
	if len(input) != c.ImageSize() || len(heads) != c.HeadSize() {
		return fmt.Errorf("OpenCV: image of %d and heads of %d values, want %d and %d", len(input), len(heads), c.ImageSize(), c.HeadSize())
	}
	hwc, err := gocv.NewMatFromBytes(c.Height, c.Width, gocv.MatTypeCV32FC3, floatBytes(input))
	if err != nil {
		return fmt.Errorf("OpenCV: %w", err)
	}
	defer hwc.Close()
	blob := gocv.BlobFromImage(hwc, 1, image.Pt(c.Width, c.Height), gocv.NewScalar(0, 0, 0, 0), false, false)
	defer blob.Close()
	o.net.SetInput(blob, "image")
	out := o.net.Forward("heads")
	defer out.Close()
	data, err := out.DataPtrFloat32()
	if err != nil {
		return fmt.Errorf("OpenCV: reading the heads: %w", err)
	}
	if len(data) != len(heads) {
		return fmt.Errorf("OpenCV: the model has %d outputs, want %d", len(data), len(heads))
	}
	w, h := c.Grid()
	for k := range network.HeadChannels {
		plane := data[k*w*h : (k+1)*w*h]
		for i, v := range plane {
			heads[i*network.HeadChannels+k] = v
		}
	}
	return nil
}

// Config returns the size of the network.
func (o *OpenCV) Config() network.Config { return o.config }

// Close frees the engine.
func (o *OpenCV) Close() error { return o.net.Close() }

// floatBytes returns the memory of s.
func floatBytes(s []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), 4*len(s))
}
