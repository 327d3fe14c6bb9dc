//go:build !nocv

package inference

import (
	"fmt"
	"image"

	"gocv.io/x/gocv"
)

// openCVYOLO runs a model on OpenCV's DNN module.
type openCVYOLO struct {
	net           gocv.Net
	width, height int
	out           []float32
}

func newYOLORunner(model []byte, width, height int) (yoloRunner, error) {
	net, err := gocv.ReadNetFromONNXBytes(model)
	if err != nil || net.Empty() {
		return nil, fmt.Errorf("OpenCV cannot read the ONNX model; export it for OpenCV's DNN module (opset 12, no dynamic shapes)")
	}
	if err := net.SetPreferableBackend(gocv.NetBackendOpenCV); err != nil {
		return nil, fmt.Errorf("OpenCV: %w", err)
	}
	return &openCVYOLO{net: net, width: width, height: height}, nil
}

func (o *openCVYOLO) run(rgb []byte) ([]float32, int, error) {
	m, err := gocv.NewMatFromBytes(o.height, o.width, gocv.MatTypeCV8UC3, rgb)
	if err != nil {
		return nil, 0, err
	}
	defer m.Close()
	blob := gocv.BlobFromImage(m, 1./255, image.Pt(o.width, o.height), gocv.NewScalar(0, 0, 0, 0), false, false)
	defer blob.Close()
	o.net.SetInput(blob, "")
	out := o.net.Forward("")
	defer out.Close()
	size := out.Size()
	if len(size) != 3 || size[0] != 1 {
		return nil, 0, fmt.Errorf("the output has the shape %v, want [1 4+classes boxes]", size)
	}
	data, err := out.DataPtrFloat32()
	if err != nil {
		return nil, 0, err
	}
	o.out = append(o.out[:0], data...)
	return o.out, size[1], nil
}

func (o *openCVYOLO) close() error { return o.net.Close() }
