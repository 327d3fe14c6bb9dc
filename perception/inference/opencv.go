//go:build !nocv

package inference

import (
	"fmt"
	"image"
	"unsafe"

	"gocv.io/x/gocv"

	"roadloop/perception/network"
)

// openCV runs an ONNX model on OpenCV's DNN module.
type openCV struct {
	net    gocv.Net
	config network.Config
}

// NewOpenCV returns an engine that runs an ONNX model on OpenCV's DNN module, with as many
// threads as OpenCV chooses. The model has the inputs and outputs that network.CheckONNX
// documents. A build without OpenCV returns opencv.ErrNotIncluded.
func NewOpenCV(onnx []byte) (Engine, error) {
	config, err := network.CheckONNX(onnx)
	if err != nil {
		return nil, err
	}
	if onnx, err = network.PruneONNX(onnx); err != nil {
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
	return &openCV{net: net, config: config}, nil
}

// Infer computes the heads of an image.
func (o *openCV) Infer(input, heads []float32) error {
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
func (o *openCV) Config() network.Config { return o.config }

// Close frees the engine.
func (o *openCV) Close() error { return o.net.Close() }

// floatBytes returns the memory of s.
func floatBytes(s []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), 4*len(s))
}
