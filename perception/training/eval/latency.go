package eval

import (
	"fmt"
	"slices"
	"time"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/training/synth"
)

// Latency is the time of the network for one image on one core, with decoding, in ms.
// It is the only metric that depends on the machine.
type Latency struct {
	Median float64 `json:"median"`
	P95    float64 `json:"p95"` // 95 % take less
	Images int     `json:"images"`
}

// Measure times the engine on a frame.
func Measure(engine inference.Engine, f *synth.Frame) (*Latency, error) {
	const warm, images = 10, 200
	c := engine.Config()
	image, heads := make([]float32, c.ImageSize()), make([]float32, c.HeadSize())
	var found perception.Image
	took := make([]float64, 0, images)
	for i := range warm + images {
		start := time.Now()
		network.Scale(image, f.Image.RGB)
		if err := engine.Infer(image, heads); err != nil {
			return nil, fmt.Errorf("measuring latency: %w", err)
		}
		inference.Decode(heads, f.Camera, &found)
		if i >= warm {
			took = append(took, float64(time.Since(start).Microseconds())/1000)
		}
	}
	slices.Sort(took)
	return &Latency{Median: took[images/2], P95: took[images*95/100], Images: images}, nil
}
