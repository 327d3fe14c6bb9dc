package dataset

import (
	"bytes"
	"fmt"
	"math"

	"roadloop/perception"
	"roadloop/perception/training/synth"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// roadloopLayout is roadloop's own layout: a picture and a JSON document of labels
// for each frame, and all documents as lines of labels.jsonl.
type roadloopLayout struct{}

// labelsFile contains all records, one per line.
const labelsFile = "labels.jsonl"

func (roadloopLayout) picture(i int) string { return fmt.Sprintf("%06d.png", i) }

func (l roadloopLayout) frame(s *exportFrame) ([]file, any, error) {
	r := newRecord(s, l.picture(s.number))
	f, err := jsonFile(fmt.Sprintf("%06d.json", s.number), r)
	return []file{f}, r, err
}

func (roadloopLayout) finish(parts []part) ([]file, error) {
	var b bytes.Buffer
	for _, p := range parts {
		b.Write(p.Labels)
		b.WriteByte('\n')
	}
	return []file{{labelsFile, b.Bytes()}}, nil
}

func (roadloopLayout) notes() []string {
	return []string{
		"Boxes are `[x0, y0, x1, y1]` in pixels: `box` bounds the shape of the object, hidden parts included (amodal), `visible_box` the pixels that show it (modal). `length`, `width`, `bottom` and `top` are of the nominal box in space; limbs can stick out of it. Positions are `[x, y]` in meters in the vehicle frame (origin at the rear axle on the ground, x forward, y left); angles in radians; `camera` is the calibration.",
		"`ignore` marks objects that are too hidden, small, far or deep in fog and need not be found; `hidden` marks such lane boundaries.",
		"`drivable` contains the run lengths of a grid of 4×4 px cells, row by row: the number of cells that are not drivable, then drivable, and so on.",
	}
}

// record holds the labels of a frame. Boxes are [x0, y0, x1, y1] in pixels, points
// [x, y] in meters in the vehicle frame (origin at the rear axle on the ground, x
// forward, y left), angles radians.
type record struct {
	Frame      int              `json:"frame"`
	Image      string           `json:"image"`
	Map        string           `json:"map"`
	Camera     sensor.Camera    `json:"camera"`
	Conditions scene.Conditions `json:"conditions"`
	Objects    []object         `json:"objects"`
	// Boundaries of the own lane and the adjacent lanes.
	Boundaries []boundary `json:"boundaries"`
	// NoBoundaries is true if no boundary is defined, because the vehicle turns.
	NoBoundaries bool `json:"no_boundaries,omitempty"`
	// Drivable holds the run lengths of a grid of 4×4 pixel cells, row by row: the
	// number of cells that are not drivable, then drivable, and so on.
	Drivable []int `json:"drivable"`
}

type object struct {
	Class     string  `json:"class"`
	Instance  uint16  `json:"instance"`       // in the instance channel
	Kind      string  `json:"kind,omitempty"` // of road users
	Box       quad    `json:"box"`            // hidden parts included
	Modal     [4]int  `json:"visible_box"`    // of the pixels that show it
	Visible   float64 `json:"visible"`
	Truncated float64 `json:"truncated"`
	Veil      float64 `json:"veil"` // share of its contrast lost to fog
	Position  pair    `json:"position"`
	Distance  float64 `json:"distance"` // from the camera
	Heading   float64 `json:"heading"`  // relative to the camera's axis
	Length    float64 `json:"length"`
	Width     float64 `json:"width"`
	Bottom    float64 `json:"bottom"` // height of its underside
	Top       float64 `json:"top"`
	Ignore    bool    `json:"ignore"` // too hidden, small or far: need not be found
}

type boundary struct {
	Side   string `json:"side"`
	Points []pair `json:"points"`
	Hidden bool   `json:"hidden,omitempty"` // too hidden or short: need not be found
}

var sideNames = [perception.NumSides]string{"far left", "left", "right", "far right"}

// newRecord collects the labels of a frame.
func newRecord(s *exportFrame, picture string) record {
	r := record{
		Frame: s.number, Image: picture, Map: s.Map.Name, Camera: *s.Actual, Conditions: s.Conditions,
		Objects: []object{}, Boundaries: []boundary{}, NoBoundaries: s.NoLanes, Drivable: runs(s.drivable),
	}
	for k := range s.Objects {
		r.Objects = append(r.Objects, newObject(&s.Objects[k]))
	}
	for side, pts := range s.Lanes {
		if len(pts) == 0 {
			continue
		}
		b := boundary{Side: sideNames[side], Hidden: !s.BoundaryVisible(label.Boundary(side))}
		for _, p := range pts {
			b.Points = append(b.Points, point(p))
		}
		r.Boundaries = append(r.Boundaries, b)
	}
	return r
}

func newObject(o *label.Object) object {
	out := object{
		Class: synth.Class(o).String(), Instance: o.ID,
		Box:     quad{round(o.X0), round(o.Y0), round(o.X1), round(o.Y1)},
		Modal:   [4]int{o.Modal.Min.X, o.Modal.Min.Y, o.Modal.Max.X, o.Modal.Max.Y},
		Visible: round(o.Visible), Truncated: round(o.Truncated), Veil: round(o.FogLoss),
		Position: point(o.Pos), Distance: round(o.Distance), Heading: round(o.Heading),
		Length: round(o.Length), Width: round(o.Width), Bottom: round(o.Bottom), Top: round(o.Top),
		Ignore: !synth.Labeled(o),
	}
	if !o.IsSignal {
		out.Kind = o.Kind.String()
	}
	return out
}

// runs returns the run lengths of cells that are alternately not drivable and
// drivable.
func runs(cells []float32) []int {
	out := []int{0}
	now := false
	for _, v := range cells {
		if (v > .5) != now {
			now = !now
			out = append(out, 0)
		}
		out[len(out)-1]++
	}
	return out
}

func point(p geom.Vec) pair { return pair{round(p.X), round(p.Y)} }

// round rounds to four decimals, 0.1 mm, to keep files small.
func round(v float64) float64 { return math.Round(v*1e4) / 1e4 }
