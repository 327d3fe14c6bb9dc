package eval

import (
	"fmt"

	"roadloop/internal/fileio"
	"roadloop/perception/camera"
	"roadloop/perception/inference"
	"roadloop/perception/scoring"
	"roadloop/perception/training/synth"
)

// Schema names the format of a report.
//
// In version 2, a class's range, a mistake's distance and within of signals are null
// if distances are not labelled, and weather is empty if it is not labelled.
const Schema = "roadloop.eval/2"

// Report is the result of an evaluation. Numbers that cannot be measured, because
// there are no objects or labels, are null. Shares are 0 to 1, lengths in m, angles
// in rad.
type Report struct {
	Schema string       `json:"schema"`
	Model  string       `json:"model,omitempty"` // SHA-256 of the network
	Split  string       `json:"split,omitempty"`
	Seed   uint64       `json:"seed"`
	Axes   []synth.Axis `json:"axes,omitempty"` // of the simulated frames
	Data   string       `json:"data,omitempty"` // the data set that was evaluated on, as the user names it
	Frames int          `json:"frames"`
	// Cameras says how the cameras of pictures from disk are known; Views is the number of
	// views of a picture that the network saw.
	Cameras []camera.Known `json:"cameras,omitempty"`
	Views   int            `json:"views,omitempty"`
	// Classes are evaluated within the relevant distance of the class, or at any
	// distance if some frames have no distances.
	Classes  []Class            `json:"classes"`
	Bands    []Class            `json:"bands"`   // by distance, for frames with distances
	Heights  []Height           `json:"heights"` // by height in the image
	COCO     []COCO             `json:"coco"`    // at any distance; the last entry is the mean
	Weather  []Weather          `json:"weather"`
	NDS      *scoring.NDSReport `json:"nuscenes"`
	KITTI    []KITTI            `json:"kitti"`     // in the image
	BirdsEye []KITTI            `json:"kitti_bev"` // on the ground

	OwnLane   []Lane   `json:"own_lane"`   // boundaries of the own lane
	NextLanes []Lane   `json:"next_lanes"` // far boundaries of the adjacent lanes
	LaneF1    *float64 `json:"lane_f1"`    // of all boundaries, as stripes in the image (CULane)
	TuSimple  TuSimple `json:"tusimple"`

	DrivableIoU     *float64 `json:"drivable_iou"`
	DrivableMeanIoU *float64 `json:"drivable_mean_iou"` // of drivable and not drivable

	Signals     Signals     `json:"signals"`
	Calibration Calibration `json:"calibration"`

	Curves []Curve   `json:"curves"`
	Worst  []Mistake `json:"worst"`

	Latency    *Latency    `json:"latency,omitempty"`
	Robustness *Robustness `json:"robustness,omitempty"`
}

// maxReport is the size of the largest report that is read, bytes.
const maxReport = 1 << 28

// ReadReport reads a report from a file in JSON.
func ReadReport(path string) (*Report, error) {
	var r Report
	if err := fileio.ReadJSON(path, maxReport, &r); err != nil {
		return nil, fmt.Errorf("reading an evaluation: %w", err)
	}
	if r.Schema != Schema {
		return nil, fmt.Errorf("%s is no report of eval --json: its schema is %q, want %q", path, r.Schema, Schema)
	}
	return &r, nil
}

// Height holds the detection metrics of a class for a range of box heights.
type Height struct {
	Class   string        `json:"class"`
	Pixels  scoring.Range `json:"px"`
	Objects int           `json:"objects"`
	AP50    *float64      `json:"ap50"`
	AP      *float64      `json:"ap"`
}

// COCO holds COCO's figures of a class, in pixels of the pictures on disk. They equal those
// of pycocotools on exported results.
type COCO struct {
	Class   string   `json:"class"`
	Objects int      `json:"objects"`
	AP      *float64 `json:"ap"` // mean over IoU 0.50 to 0.95
	AP50    *float64 `json:"ap50"`
	AP75    *float64 `json:"ap75"`
	Small   AreaAP   `json:"small"`  // up to 32² px
	Medium  AreaAP   `json:"medium"` // 32² to 96² px
	Large   AreaAP   `json:"large"`
}

// AreaAP is the average precision of objects in a range of areas.
type AreaAP struct {
	Objects int      `json:"objects"`
	AP      *float64 `json:"ap"`
}

func newArea(p *scoring.Precision) AreaAP { return AreaAP{p.Truths(), round(p.AP())} }

// KITTI is KITTI's average precision (R40) in the image or on the ground. As in KITTI's
// development kit, n < 41 objects reach no more than (n − 1)/40.
type KITTI struct {
	Class      string   `json:"class"`
	Difficulty string   `json:"difficulty"`
	IoU        float64  `json:"iou"`
	Objects    int      `json:"objects"`
	AP         *float64 `json:"ap"`
}

func newKITTI(k *scoring.KITTI) KITTI {
	return KITTI{k.Class.String(), k.Difficulty.Name, k.IoU, k.Truths(), round(k.AP())}
}

// TuSimple holds the metrics of the TuSimple lane benchmark.
type TuSimple struct {
	Accuracy       *float64 `json:"accuracy"`
	FalsePositives *float64 `json:"false_positives"`
	FalseNegatives *float64 `json:"false_negatives"`
}

// Calibration describes how well scores equal the probability that a detection is
// right.
type Calibration struct {
	ECE  *float64         `json:"ece"`
	Best *scoring.Scaling `json:"best"` // scaling of maximum likelihood
	Bins []scoring.Bin    `json:"bins"` // by rising score
}

func newCalibration(c *scoring.Calibration) Calibration {
	out := Calibration{ECE: round(c.ECE()), Bins: c.Bins()}
	if s, ok := c.Fit(); ok {
		out.Best = &scoring.Scaling{Temperature: *round(s.Temperature), Shift: *round(s.Shift)}
	}
	return out
}

// Curve is precision over recall at an IoU of 0.5.
type Curve struct {
	Class     string    `json:"class"`
	Recall    []float64 `json:"recall"`
	Precision []float64 `json:"precision"`
}

// newCurve reduces a curve to the resolution of a plot.
func newCurve(p *scoring.Precision) Curve {
	c := Curve{Class: p.Class.String()}
	if p.Truths() == 0 {
		return c
	}
	recall, precision := p.Curve()
	last := -1.0
	for i, r := range recall {
		if r >= last+.005 {
			c.Recall, c.Precision = append(c.Recall, *round(r)), append(c.Precision, *round(precision[i]))
			last = r
		}
	}
	return c
}

// Class holds the detection metrics of a class in a range of distances.
type Class struct {
	Class   string         `json:"class"`
	Range   *scoring.Range `json:"range"` // null for any distance
	Objects int            `json:"objects"`
	AP50    *float64       `json:"ap50"`
	// AP50Interval is the 95 % confidence interval of AP50 over the frames, for sets of up to
	// 500 pictures from disk; null if it cannot be estimated.
	AP50Interval *Interval `json:"ap50_interval,omitempty"`
	AP75         *float64  `json:"ap75"`
	AP           *float64  `json:"ap"`        // mean over IoU 0.50 to 0.95
	Precision    *float64  `json:"precision"` // at the driver's threshold
	Recall       *float64  `json:"recall"`
	// Errors of the objects found at the driver's threshold.
	DistanceBias     *float64 `json:"distance_bias"`
	DistanceRMS      *float64 `json:"distance_rms"`
	DistanceRelative *float64 `json:"distance_relative"`
	Position         *float64 `json:"position"`
	Heading          *float64 `json:"heading"`
}

// Weather holds the detection metrics in one kind of light and weather.
type Weather struct {
	Weather string  `json:"weather"`
	Frames  int     `json:"frames"`
	Classes []Class `json:"classes"`
}

// Lane holds the metrics of lane boundaries at a distance ahead of the rear axle.
type Lane struct {
	Ahead      float64  `json:"ahead"`
	Boundaries int      `json:"boundaries"`
	MeanError  *float64 `json:"mean_error"`
	Error95    *float64 `json:"error_95"` // 95th percentile
	Precision  *float64 `json:"precision"`
	Recall     *float64 `json:"recall"`
}

// Signals holds the metrics of traffic lights.
type Signals struct {
	Within    *float64  `json:"within"` // m; null for any distance
	Signals   int       `json:"signals"`
	Recall    *float64  `json:"recall"`    // found, in any state
	Accuracy  *float64  `json:"accuracy"`  // share of found signals with correct state
	Confusion [3][3]int `json:"confusion"` // true by detected state: red, amber, green
}

func newClassReport(m *classMetrics) Class {
	p, g := &m.precision, &m.ranging
	precision, recall := p.At(inference.DefaultMinScore)
	var within *scoring.Range
	if p.Range != (scoring.Range{}) {
		within = &p.Range
	}
	return Class{
		Class: p.Class.String(), Range: within, Objects: p.Truths(),
		AP50: round(p.AP50()), AP75: round(p.AP75()), AP: round(p.AP()), Precision: round(precision), Recall: round(recall),
		DistanceBias: round(g.Bias()), DistanceRMS: round(g.RMS()), DistanceRelative: round(g.Relative()),
		Position: round(g.Position()), Heading: round(g.Heading()),
	}
}

func newLane(l *scoring.Lateral) Lane {
	return Lane{
		Ahead: l.Ahead, Boundaries: l.Truths(), MeanError: round(l.Mean()), Error95: round(l.Quantile(.95)),
		Precision: round(l.Precision()), Recall: round(l.Recall()),
	}
}
