// Package inference runs the network and decodes its heads. Two engines compute the
// same: OneDNN runs a roadloop model on oneDNN, with the operators of its training;
// NewOpenCV runs any ONNX model with the documented inputs and outputs. It also draws
// detections onto frames, and shows the parts of an image on which one depends.
package inference

import "roadloop/perception/network"

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
