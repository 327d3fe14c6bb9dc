package dataset

import (
	"bytes"
	"fmt"
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// tusimpleLayout is the layout of TuSimple's lane challenge (2017): label_data.jsonl
// has, for each image, the columns where the lane boundaries cross certain rows.
type tusimpleLayout struct{}

// Rows of the image that are sampled, as h_samples.
const (
	sampleTop  = 84 // px in an image with a height of sampleHeight, slightly below the horizon
	sampleStep = 4

	sampleHeight = 192 // px
	noLane       = -2
)

// rows returns the first row that is sampled in an image, and the step.
func rows(height int) (top, step int) {
	scale := float64(height) / sampleHeight
	return int(math.Round(sampleTop * scale)), max(1, int(math.Round(sampleStep*scale)))
}

// tusimpleLine is a line of label_data.jsonl.
type tusimpleLine struct {
	Lanes   [][]int `json:"lanes"`
	Rows    []int   `json:"h_samples"`
	RawFile string  `json:"raw_file"`
}

func (tusimpleLayout) holds() holds { return holds{alone: true} }

func (tusimpleLayout) picture(p place, _ string) string {
	return fmt.Sprintf("images/%06d.png", p.Number)
}

func (l tusimpleLayout) frame(s *exportFrame) ([]file, any, error) {
	if s.NoLanes {
		return nil, nil, nil
	}
	line := tusimpleLine{Lanes: [][]int{}, RawFile: l.picture(s.place, "")}
	top, step := rows(s.Image.Height)
	for v := top; v < s.Image.Height; v += step {
		line.Rows = append(line.Rows, v)
	}
	for _, pts := range s.Lanes {
		if xs, ok := crossings(pts, s.Actual, line.Rows); ok {
			line.Lanes = append(line.Lanes, xs)
		}
	}
	return nil, line, nil
}

// crossings returns the columns where a boundary crosses the middles of rows, noLane
// if it does not; ok is false if it crosses fewer than two.
func crossings(pts []geom.Vec, cal *sensor.Camera, rows []int) (xs []int, ok bool) {
	n := 0
	for _, row := range rows {
		x := crossing(pts, cal, float64(row)+.5)
		if x != noLane {
			n++
		}
		xs = append(xs, x)
	}
	return xs, n > 1
}

// crossing returns the column in which a boundary, from near to far, crosses the
// height v, or noLane.
func crossing(pts []geom.Vec, cal *sensor.Camera, v float64) int {
	for i := range max(0, len(pts)-1) {
		u0, v0, _, ok0 := cal.Project(pts[i].X, pts[i].Y, 0)
		u1, v1, _, ok1 := cal.Project(pts[i+1].X, pts[i+1].Y, 0)
		if !ok0 || !ok1 || v0 < v || v1 > v || v0 == v1 {
			continue
		}
		u := u0 + (u1-u0)*(v0-v)/(v0-v1)
		if u >= 0 && u < float64(cal.Width) {
			return int(math.Floor(u))
		}
	}
	return noLane
}

func (tusimpleLayout) finish(parts []part) ([]file, error) {
	var b bytes.Buffer
	for _, p := range parts {
		if !bytes.Equal(p.Labels, []byte("null")) {
			b.Write(p.Labels)
			b.WriteByte('\n')
		}
	}
	return []file{{path: "label_data.jsonl", data: b.Bytes()}}, nil
}

func (tusimpleLayout) notes() []string {
	return []string{
		fmt.Sprintf("`lanes` contains the columns in which boundaries cross the rows of `h_samples`, or %d, from left to right: boundaries of the own lane and of the adjacent lanes, including occluded parts.", noLane),
		"Rows begin at the far end of the road and are 4 px apart in images with a height of 192 px; TuSimple's own are 10 px apart in images with a height of 720 px.",
		"Frames in which no boundary is defined, because the vehicle turns at a junction, have a picture and no line.",
	}
}
