package replay

import (
	"encoding/json"
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// FrameDetections holds the detections of the network in a camera image, in pixels; the page draws
// them on the video.
type FrameDetections struct {
	Found      []Detection       `json:"found,omitempty"`
	Boundaries []json.RawMessage `json:"lines,omitempty"` // of lanes: columns of alternating x and y
}

// Detection is a detection.
type Detection struct {
	Class    string `json:"c"`
	Box      [4]int `json:"b"` // left, top, right, bottom
	Distance int    `json:"d"` // dm
	Score    int    `json:"p"` // percent
}

// NewFrameDetections returns the detections in an image of a camera.
func NewFrameDetections(cal *sensor.Camera, im *perception.Image) FrameDetections {
	var s FrameDetections
	for i := range im.Detections {
		s.Found = append(s.Found, newFound(&im.Detections[i]))
	}
	for i := range im.Boundaries {
		s.Boundaries = append(s.Boundaries, projectToImage(cal, im.Boundaries[i].Points))
	}
	return s
}

func newFound(d *perception.Detection) Detection {
	round := func(x float64) int { return int(math.Round(x)) }
	return Detection{
		Class: d.Class.String(), Distance: round(d.Distance * deci), Score: round(100 * d.Score),
		Box: [4]int{round(d.Box.X0), round(d.Box.Y0), round(d.Box.X1), round(d.Box.Y1)},
	}
}

// pixelTolerance is the largest distance of a simplified line from the network's, px.
const pixelTolerance = .5

// projectToImage projects points on the ground, in the vehicle frame, to the image. It
// returns alternating x and y of the simplified line.
func projectToImage(cal *sensor.Camera, pts []geom.Vec) json.RawMessage {
	var line []geom.Vec
	for _, p := range pts {
		if u, v, _, ok := cal.Project(p.X, p.Y, 0); ok {
			line = append(line, geom.Vec{X: u, Y: v})
		}
	}
	line = simplify(line, pixelTolerance)
	return column(2*len(line), 1, func(i int) float64 {
		if i%2 == 0 {
			return line[i/2].X
		}
		return line[i/2].Y
	})
}
