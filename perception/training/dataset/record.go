package dataset

import (
	"math"

	"roadloop/perception"
	"roadloop/perception/training/stream"
	"roadloop/sim/geom"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// record is the labels of a frame. Boxes are [x0, y0, x1, y1] in pixels, points
// [x, y] in meters in the vehicle frame (origin at the rear axle on the ground, x
// forward, y left), angles radians.
type record struct {
	Frame      int              `json:"frame"`
	Image      string           `json:"image"`
	Map        string           `json:"map"`
	Camera     sensor.Camera    `json:"camera"`
	Conditions scene.Conditions `json:"conditions"`
	Objects    []object         `json:"objects"`
	// Boundaries of the own lane and the lanes beside it.
	Boundaries []boundary `json:"boundaries"`
	// NoBoundaries tells that none is defined, as the vehicle turns.
	NoBoundaries bool `json:"no_boundaries,omitempty"`
	// Drivable holds the runs of a grid of 4×4 pixel cells, row by row: that many
	// cells not drivable, then that many drivable, and so on.
	Drivable []int `json:"drivable"`
}

type object struct {
	Class     string     `json:"class"`
	Kind      string     `json:"kind,omitempty"` // of road users
	Box       [4]float64 `json:"box"`
	Visible   float64    `json:"visible"`
	Truncated float64    `json:"truncated"`
	Position  [2]float64 `json:"position"`
	Distance  float64    `json:"distance"` // from the camera
	Heading   float64    `json:"heading"`  // relative to the camera's axis
	Ignore    bool       `json:"ignore"`   // too hidden, small or far to be asked for
}

type boundary struct {
	Side   string       `json:"side"`
	Points [][2]float64 `json:"points"`
}

var sideNames = [perception.NumSides]string{"far left", "left", "right", "far right"}

// newRecord collects the labels of a frame.
func newRecord(i int, f *stream.Frame, drivable []float32) record {
	r := record{
		Frame: i, Image: imageName(i), Map: f.Map.Name, Camera: *f.Camera, Conditions: f.Conditions,
		Objects: []object{}, Boundaries: []boundary{}, Drivable: runs(drivable),
	}
	for k := range f.Objects {
		o := &f.Objects[k]
		out := object{
			Class: stream.Class(o).String(), Box: [4]float64{round(o.X0), round(o.Y0), round(o.X1), round(o.Y1)},
			Visible: round(o.Visible), Truncated: round(o.Truncated), Position: point(o.Pos),
			Distance: round(o.Distance), Heading: round(o.Heading), Ignore: !stream.Wanted(o),
		}
		if !o.IsSignal {
			out.Kind = o.Kind.String()
		}
		r.Objects = append(r.Objects, out)
	}
	r.NoBoundaries = f.NoLanes
	for side, pts := range f.Lanes {
		if len(pts) == 0 {
			continue
		}
		b := boundary{Side: sideNames[side]}
		for _, p := range pts {
			b.Points = append(b.Points, point(p))
		}
		r.Boundaries = append(r.Boundaries, b)
	}
	return r
}

// runs returns the lengths of the runs of cells that are not, are, are not …
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

func point(p geom.Vec) [2]float64 { return [2]float64{round(p.X), round(p.Y)} }

// round keeps files small: a tenth of a millimeter is enough.
func round(v float64) float64 { return math.Round(v*1e4) / 1e4 }
