package eval

import (
	"fmt"
	"io"
	"text/tabwriter"

	"roadloop/perception/inference"
	"roadloop/perception/scoring"
)

// Report is the result of an evaluation. Numbers that could not be measured, for
// want of objects, are null. Shares are 0 to 1, lengths in m, angles in rad.
type Report struct {
	Split       string      `json:"split"`
	Seed        uint64      `json:"seed"`
	Frames      int         `json:"frames"`
	Classes     []Class     `json:"classes"` // within the distance that matters for the class
	Bands       []Class     `json:"bands"`   // by distance
	Weather     []Weather   `json:"weather"`
	OwnLane     []Lane      `json:"own_lane"`   // boundaries of the own lane
	NextLanes   []Lane      `json:"next_lanes"` // far boundaries of the lanes beside it
	LaneF1      *float64    `json:"lane_f1"`    // of all boundaries, as stripes in the image
	DrivableIoU *float64    `json:"drivable_iou"`
	Signals     Signals     `json:"signals"`
	Calibration Calibration `json:"calibration"`
}

// Calibration is how far scores tell the chance that a detection is right.
type Calibration struct {
	ECE         *float64      `json:"ece"`
	Temperature *float64      `json:"temperature"` // that would make the scores likeliest
	Bins        []scoring.Bin `json:"bins"`        // by rising score
}

// Class is how well a class of objects is found in a range of distances.
type Class struct {
	Class     string        `json:"class"`
	Range     scoring.Range `json:"range"`
	Objects   int           `json:"objects"`
	AP50      *float64      `json:"ap50"`
	AP        *float64      `json:"ap"`        // mean over IoU 0.50 to 0.95
	Precision *float64      `json:"precision"` // at the driver's threshold
	Recall    *float64      `json:"recall"`
	// Errors of the objects found at the driver's threshold.
	DistanceBias     *float64 `json:"distance_bias"`
	DistanceRMS      *float64 `json:"distance_rms"`
	DistanceRelative *float64 `json:"distance_relative"`
	Position         *float64 `json:"position"`
	Heading          *float64 `json:"heading"`
}

// Weather is how well objects are found in one kind of light and weather.
type Weather struct {
	Weather string  `json:"weather"`
	Frames  int     `json:"frames"`
	Classes []Class `json:"classes"`
}

// Lane is how well lane boundaries are found at a distance ahead of the rear axle.
type Lane struct {
	Ahead      float64  `json:"ahead"`
	Boundaries int      `json:"boundaries"`
	MeanError  *float64 `json:"mean_error"`
	Error95    *float64 `json:"error_95"` // 95 % are better
	Precision  *float64 `json:"precision"`
	Recall     *float64 `json:"recall"`
}

// Signals is how well traffic lights are read.
type Signals struct {
	Within    float64   `json:"within"`
	Signals   int       `json:"signals"`
	Recall    *float64  `json:"recall"`    // found, whatever light was read
	Accuracy  *float64  `json:"accuracy"`  // of those found, read right
	Confusion [3][3]int `json:"confusion"` // true by read: red, amber, green
}

func newClassReport(m *class) Class {
	p, g := &m.precision, &m.ranging
	precision, recall := p.At(inference.DefaultMinScore)
	return Class{
		Class: p.Class.String(), Range: p.Range, Objects: p.Truths(),
		AP50: round(p.AP50()), AP: round(p.AP()), Precision: round(precision), Recall: round(recall),
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

func newSignals(s *scoring.Signals) Signals {
	return Signals{Within: s.Within, Signals: s.Truths(), Recall: round(s.Recall()), Accuracy: round(s.Accuracy()), Confusion: s.Confusion()}
}

// WriteTable writes the report as a table for people.
func (r *Report) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%d frames of the %s split, seed %d\n\n", r.Frames, r.Split, r.Seed)
	fmt.Fprintln(t, "class\tm\tobjects\tAP50\tAP\tprecision\trecall\tdistance\tposition m\t")
	for _, list := range [][]Class{r.Classes, r.Bands} {
		for i := range list {
			c := &list[i]
			if c.Objects > 0 {
				fmt.Fprintf(t, "%s\t%g–%g\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t\n", c.Class, c.Range.Near, c.Range.Far, c.Objects,
					number(c.AP50), number(c.AP), number(c.Precision), number(c.Recall), percent(c.DistanceRelative), number(c.Position))
			}
		}
		fmt.Fprintln(t)
	}
	fmt.Fprintln(t, "weather\tframes\tcar AP50\tpedestrian AP50\tcyclist AP50\t")
	for _, v := range r.Weather {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t\n", v.Weather, v.Frames, number(v.Classes[0].AP50), number(v.Classes[2].AP50), number(v.Classes[3].AP50))
	}
	fmt.Fprintln(t, "\nlane\tahead m\tboundaries\terror m\t95 % m\tprecision\trecall\t")
	for k, list := range [][]Lane{r.OwnLane, r.NextLanes} {
		for _, l := range list {
			fmt.Fprintf(t, "%s\t%g\t%d\t%s\t%s\t%s\t%s\t\n", [...]string{"own", "next"}[k], l.Ahead, l.Boundaries,
				number(l.MeanError), number(l.Error95), number(l.Precision), number(l.Recall))
		}
	}
	fmt.Fprintf(t, "\nlane boundaries: F1 %s\nscores: ECE %s, best temperature %s", number(r.LaneF1), number(r.Calibration.ECE), number(r.Calibration.Temperature))
	fmt.Fprintf(t, "\nsignals within %g m: %d, found %s, read right %s\ndrivable area: IoU %s\n",
		r.Signals.Within, r.Signals.Signals, percent(r.Signals.Recall), percent(r.Signals.Accuracy), number(r.DrivableIoU))
	return t.Flush()
}

func number(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.3f", *v)
}

func percent(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100**v)
}
