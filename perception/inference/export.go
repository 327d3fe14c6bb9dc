package inference

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"roadloop/internal/onnx"
	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/sensor"
)

// Export configures an ONNX model for other programs.
type Export struct {
	// Raw leaves out the decoded objects: TopK and GatherElements are unknown to OpenCV 4.6.
	Raw bool
	// Camera is the camera that the distances assume; its size is that of the network.
	Camera sensor.Camera
	Meta   network.Meta // of the weights
	Name   string       // of the model, for its metadata
	// License of the weights, "" if it is not known.
	License string
}

// DecodedObjects is the number of objects per image of an exported model.
const DecodedObjects = maxDetections

// ONNX returns the network as an ONNX model (opset 11) for any number N of images. Its input
// is "image" [N, 3, Height, Width]: RGB, (v/255 − 0.5)/0.25. Its outputs are, besides "heads"
// as in network.Weights.ONNX:
//
//   - "boxes" [N, K, 4]: x0, y0, x1, y1 in pixels, K = DecodedObjects, by falling score
//   - "scores" [N, K]: 0 to 1, and 0 from the last object on
//   - "classes" [N, K]: int64, the index into names, −1 from the last object on
//   - "distance" [N, K]: m
//   - "drivable" [N, 1, Height/4, Width/4]: probability
//   - "lanes" [N, NumSides, Height/4, Width/4]: probability of a boundary, from far left to
//     far right
//
// Objects are those of Decode with the camera of the export. The properties of the model
// hold names, stride, min_score, normalization, camera, training_data and license.
func (e *Export) ONNX(w *network.Weights) ([]byte, error) {
	if err := w.Config.CheckDriving(&e.Meta); err != nil {
		return nil, err
	}
	c := &e.Camera
	switch {
	case c.Width != w.Config.Width || c.Height != w.Config.Height:
		return nil, fmt.Errorf("export: the camera has %d×%d pixels, the network %d×%d", c.Width, c.Height, w.Config.Width, w.Config.Height)
	case c.K1 != 0 || c.K2 != 0:
		return nil, errors.New("export: the camera has lens distortion, want a camera without")
	case !c.LooksForward():
		return nil, errors.New("export: the camera does not look forward")
	}
	var g onnx.Graph
	if err := w.AddONNX(&g); err != nil {
		return nil, err
	}
	width, height := w.Config.Grid()
	g.Name("roadloop")
	g.Input("image", onnx.Batch, 3, w.Config.Height, w.Config.Width)
	g.Output("heads", onnx.Batch, network.HeadChannels, height, width)
	d := decoderGraph{graph: &g, cal: c, w: width, h: height}
	d.maps()
	g.Output("drivable", onnx.Batch, 1, height, width)
	g.Output("lanes", onnx.Batch, perception.NumSides, height, width)
	if !e.Raw {
		d.objects()
		g.Output("boxes", onnx.Batch, DecodedObjects, 4)
		g.Output("scores", onnx.Batch, DecodedObjects)
		g.TypedOutput("classes", onnx.Int64, onnx.Batch, DecodedObjects)
		g.Output("distance", onnx.Batch, DecodedObjects)
	}
	if err := e.properties(&g, w); err != nil {
		return nil, err
	}
	return g.Model(network.Opset), nil
}

// properties adds the metadata of the model: texts, or JSON where a key has several values.
func (e *Export) properties(g *onnx.Graph, w *network.Weights) error {
	var names []string
	for c := range perception.NumClasses {
		names = append(names, perception.Class(c).String())
	}
	sum, err := w.SHA256()
	if err != nil {
		return err
	}
	for _, p := range []struct {
		key   string
		value any
	}{
		{"model", e.Name},
		{"weights_sha256", sum},
		{"names", names},
		{"lane_names", [perception.NumSides]string{"far left", "left", "right", "far right"}},
		{"image_size", map[string]int{"width": w.Config.Width, "height": w.Config.Height}},
		{"normalization", map[string]any{"color": "RGB", "scale": 1. / 255, "mean": .5, "std": .25}},
		{"stride", network.Stride},
		{"min_score", DefaultMinScore},
		{"camera", e.Camera},
		{"camera_note", "pixels; mount in m and rad relative to the middle of the rear axle on the ground, x forward, y left; pitch down is positive"},
		{"training_data", e.Meta.Data},
		{"training_frames", e.Meta.Frames},
		{"license", e.License},
	} {
		text, ok := p.value.(string)
		if !ok {
			data, err := json.Marshal(p.value)
			if err != nil {
				return fmt.Errorf("export: %s: %w", p.key, err)
			}
			text = string(data)
		}
		if text != "" {
			g.Metadata(p.key, strings.TrimSpace(text))
		}
	}
	return nil
}
