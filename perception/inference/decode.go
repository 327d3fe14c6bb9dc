package inference

import (
	"math"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/detmath"
	"roadloop/sim/sensor"
)

// Thresholds of the default decoder, chosen on validation frames.
const (
	// DefaultMinScore is the minimum score of an object.
	DefaultMinScore = 0.13
	// DefaultMinBoundary is the minimum probability of a lane boundary in a cell.
	DefaultMinBoundary = 0.35
)

// Decoder decodes heads into detections. The zero value uses the default thresholds.
// It has no state and may be shared.
type Decoder struct {
	MinScore    float64 // 0..1; 0 means DefaultMinScore
	MinBoundary float64 // 0..1; 0 means DefaultMinBoundary
}

// Decode decodes the heads of one camera image with the default thresholds; see
// Decoder.Decode.
func Decode(heads []float32, cal *sensor.Camera, dst *perception.Image) {
	var d Decoder
	d.Decode(heads, cal, dst)
}

// Decode fills dst from the heads of one camera image: objects by falling score, lane
// boundaries from left to right, and the drivable grid. It reuses the buffers of dst,
// allocates nothing once they have grown, and does not change dst.Time. heads must
// hold [Height/4, Width/4, network.HeadChannels] values; with any other number dst is
// left empty.
func (d *Decoder) Decode(heads []float32, cal *sensor.Camera, dst *perception.Image) {
	g := grid{heads: heads, w: cal.Width / network.Stride, h: cal.Height / network.Stride, zoom: cal.Zoom()}
	dst.Cal, dst.GridWidth = cal, g.w
	dst.Detections, dst.Boundaries, dst.Drivable = dst.Detections[:0], dst.Boundaries[:0], dst.Drivable[:0]
	if len(heads) != g.w*g.h*network.HeadChannels {
		return
	}
	minScore, minBoundary := d.MinScore, d.MinBoundary
	if minScore <= 0 {
		minScore = DefaultMinScore
	}
	if minBoundary <= 0 {
		minBoundary = DefaultMinBoundary
	}
	dst.Detections = g.objects(dst.Detections, cal, logit(minScore))
	dst.Detections = suppress(dst.Detections)
	g.boundaries(dst, cal, minBoundary)
	for i := range g.w * g.h {
		dst.Drivable = append(dst.Drivable, float32(sigmoid(float64(g.heads[i*network.HeadChannels+network.DrivableChannel]))))
	}
}

// grid is the heads of an image.
type grid struct {
	heads []float32
	w, h  int
	zoom  float64 // of the camera
}

// at returns a channel of a cell.
func (g *grid) at(x, y, channel int) float64 {
	return float64(g.heads[(y*g.w+x)*network.HeadChannels+channel])
}

func sigmoid(x float64) float64 { return 1 / (1 + detmath.Exp(-x)) }

// logit is the inverse of sigmoid.
func logit(p float64) float64 { return math.Log(p / (1 - p)) }
