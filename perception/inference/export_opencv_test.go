//go:build !nocv

package inference_test

import (
	"encoding/binary"
	"math"
	"testing"

	"gocv.io/x/gocv"

	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/sim/sensor"
)

// OpenCV reads a raw export as it is, and runs it on several images at once.
func TestRawExportInOpenCV(t *testing.T) {
	const n = 2
	for name, w := range models(t) {
		e := inference.Export{Raw: true, Camera: sensor.FrontCamera()}
		model, err := e.ONNX(w)
		if err != nil {
			t.Fatal(err)
		}
		net, err := gocv.ReadNetFromONNXBytes(model)
		if err != nil {
			t.Fatal(err)
		}
		defer net.Close()
		batch, images := frames(t, w.Config, n)
		var raw []byte
		for _, v := range batch {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
		blob, err := gocv.NewMatWithSizesFromBytes([]int{n, 3, w.Config.Height, w.Config.Width}, gocv.MatTypeCV32F, raw)
		if err != nil {
			t.Fatal(err)
		}
		defer blob.Close()
		net.SetInput(blob, "image")
		out := net.Forward("drivable")
		defer out.Close()
		found, err := out.DataPtrFloat32()
		if err != nil {
			t.Fatal(err)
		}
		native, err := inference.NewOneDNN(w)
		if err != nil {
			t.Fatal(err)
		}
		defer native.Close()
		heads := make([]float32, w.Config.HeadSize())
		cells := len(heads) / network.HeadChannels
		if len(found) != n*cells {
			t.Fatalf("%s: %d values for %d images, want %d", name, len(found), n, n*cells)
		}
		for i, image := range images {
			if err := native.Infer(image, heads); err != nil {
				t.Fatal(err)
			}
			for k, v := range found[i*cells:][:cells] {
				if p := 1 / (1 + math.Exp(-float64(heads[k*network.HeadChannels+network.DrivableChannel]))); math.Abs(float64(v)-p) > 1e-3 {
					t.Fatalf("%s: image %d: drivable area of cell %d is %g, want %g", name, i, k, v, p)
				}
			}
		}
	}
}
