package dataset

import (
	"bytes"
	"fmt"
	"math"

	"roadloop/perception"
	"roadloop/perception/results"
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

func (roadloopLayout) holds() holds { return holds{lidar: true, radar: true, alone: true} }

func (roadloopLayout) picture(p place, _ string) string { return fmt.Sprintf("%06d.png", p.Number) }

func (l roadloopLayout) frame(s *exportFrame) ([]file, any, error) {
	r := newRecord(s, l.picture(s.place, ""))
	var files []file
	if s.scan != nil {
		m := s.scan.Cal.Mount
		r.Lidar = &lidarRecord{File: fmt.Sprintf("lidar/%06d.bin", s.number), Mount: lidarFrame(&m)}
		files = append(files, file{path: r.Lidar.File, data: velodyne(s.scan)})
	}
	f, err := jsonFile(fmt.Sprintf("%06d.json", s.number), r)
	return append(files, f), r, err
}

func (roadloopLayout) finish(parts []part) ([]file, error) {
	var b bytes.Buffer
	for _, p := range parts {
		b.Write(p.Labels)
		b.WriteByte('\n')
	}
	return []file{{path: labelsFile, data: b.Bytes()}}, nil
}

func (roadloopLayout) notes() []string {
	return []string{
		"Boxes are `[x0, y0, x1, y1]` in pixels: `box` bounds the shape of the object, hidden parts included (amodal), `visible_box` the pixels that show it (modal). `length`, `width`, `bottom` and `top` are of the nominal box in space; limbs can stick out of it. Positions are `[x, y]` in meters in the vehicle frame (origin at the rear axle on the ground, x forward, y left); angles in radians; `camera` is the calibration.",
		"`ignore` marks objects that are too hidden, small, far or deep in fog and need not be found; `hidden` marks such lane boundaries.",
		"`occluded` is 0 if at least 80 % of the object are visible, 1 if at least 50 %, else 2. `truncated` is the share of the bounds of its box in space outside of the image. In frames of a drive, `track` is the number of the actor, the same in all frames.",
		"`lidar` names a file of points as float32 x, y, z, intensity, in a frame with the axes of the vehicle frame and the origin `mount`. `radar` lists returns in polar coordinates about the radar: m, rad (positive to the left), m/s (negative when approaching), dBsm.",
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
	// Lidar and Radar are what the other sensors measured.
	Lidar *lidarRecord  `json:"lidar,omitempty"`
	Radar []radarRecord `json:"radar,omitempty"`

	Seed     uint64   `json:"seed"`
	Scenario string   `json:"scenario,omitempty"` // of a drive
	Sequence *int     `json:"sequence,omitempty"` // number of the drive
	Index    *int     `json:"index,omitempty"`    // in the drive
	Time     *float64 `json:"time,omitempty"`     // s since the first frame of the drive
	EgoSpeed float64  `json:"ego_speed"`          // m/s
}

// lidarRecord is a lidar scan: the file of its points, and the origin of their frame.
type lidarRecord struct {
	File  string       `json:"file"`
	Mount sensor.Mount `json:"mount"`
}

// radarRecord is the measurement of a radar.
type radarRecord struct {
	Sensor  string        `json:"sensor"`
	Mount   sensor.Mount  `json:"mount"`
	Targets []radarTarget `json:"targets"`
}

type radarTarget struct {
	Range     float64 `json:"range"`
	Azimuth   float64 `json:"azimuth"`
	RangeRate float64 `json:"range_rate"`
	RCS       float64 `json:"rcs"`
}

type object struct {
	Class     string  `json:"class"`
	Instance  uint16  `json:"instance"`       // in the instance channel
	Kind      string  `json:"kind,omitempty"` // of road users
	Box       quad    `json:"box"`            // hidden parts included
	Modal     [4]int  `json:"visible_box"`    // of the pixels that show it
	Visible   float64 `json:"visible"`
	Occluded  int     `json:"occluded"` // 0 visible, 1 partly, 2 largely hidden
	Truncated float64 `json:"truncated"`
	Track     *int    `json:"track,omitempty"` // the same in all frames of a drive
	Veil      float64 `json:"veil"`            // share of its contrast lost to fog
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
		Objects: []object{}, Boundaries: []boundary{}, NoBoundaries: s.NoLanes, Drivable: runs(synth.Drivable(s.Image)),
		Seed: s.about.Seed, Scenario: s.about.Scenario, EgoSpeed: s.about.Speed,
	}
	if s.Sequence != alone {
		r.Sequence, r.Index, r.Time = &s.Sequence, &s.Index, &s.time
	}
	for k := range s.Objects {
		o := newObject(&s.Objects[k])
		if s.Sequence != alone {
			track := trackID(&s.Objects[k])
			o.Track = &track
		}
		r.Objects = append(r.Objects, o)
	}
	for i := range s.radars {
		r.Radar = append(r.Radar, newRadarRecord(&s.radars[i]))
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

func newRadarRecord(in *sensor.RadarScan) radarRecord {
	out := radarRecord{Sensor: in.Sensor, Mount: in.Mount, Targets: []radarTarget{}}
	for _, t := range in.Targets {
		out.Targets = append(out.Targets, radarTarget{round(t.Range), round(t.Azimuth), round(t.RangeRate), round(t.RCS)})
	}
	return out
}

// trackID returns the number of an object in the tracks of a drive: the actor.ID of an
// actor, which is constant in a drive, and a larger number for a signal.
func trackID(o *label.Object) int { return int(o.ID) - 1 }

func newObject(o *label.Object) object {
	out := object{
		Class: synth.Class(o).String(), Instance: o.ID,
		Box:     quad{round(o.X0), round(o.Y0), round(o.X1), round(o.Y1)},
		Modal:   [4]int{o.Modal.Min.X, o.Modal.Min.Y, o.Modal.Max.X, o.Modal.Max.Y},
		Visible: round(o.Visible), Occluded: results.Occlusion(o.Visible), Truncated: round(o.Truncated), Veil: round(o.FogLoss),
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
func runs(cells []bool) []int {
	out := []int{0}
	now := false
	for _, v := range cells {
		if v != now {
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
