package eval

import (
	"maps"
	"slices"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/scoring"
	"roadloop/sim/geom"
)

// bands are the distances by which objects are reported, m.
var bands = []scoring.Range{{Near: 0, Far: 15}, {Near: 15, Far: 30}, {Near: 30, Far: 50}, {Near: 50, Far: 80}}

// within is the distance up to which a class matters most, m.
var within = [perception.NumClasses]float64{50, 50, 25, 30, 30, 40, 40, 40}

// reaches are the distances at which lane boundaries are measured, m.
var reaches = [...]float64{6, 10, 20}

// class is what is measured of a class in a range of distances.
type class struct {
	precision scoring.Precision
	ranging   scoring.Ranging
}

func newClass(c perception.Class, r scoring.Range) *class {
	return &class{
		precision: scoring.Precision{Class: c, Range: r},
		ranging:   scoring.Ranging{Class: c, Range: r, MinScore: inference.DefaultMinScore},
	}
}

// tally accumulates all measures.
type tally struct {
	near    [perception.NumClasses]*class   // within the distance that matters
	banded  [perception.NumClasses][]*class // by band
	weather map[string]*[perception.NumClasses]*class
	frames  map[string]int

	own, beside [len(reaches)]scoring.Lateral // boundaries of the own lane, and of those beside it
	drivable    scoring.Area
	signals     scoring.Signals
	stripes     scoring.Stripes
	calibration scoring.Calibration
}

func newTally(width, height int) *tally {
	t := &tally{
		weather: make(map[string]*[perception.NumClasses]*class), frames: make(map[string]int),
		signals:     scoring.Signals{Within: 40, MinScore: inference.DefaultMinScore},
		stripes:     scoring.Stripes{Width: width, Height: height},
		calibration: scoring.Calibration{MinScore: minScore},
	}
	t.near = nearby()
	for c := range perception.NumClasses {
		for _, r := range bands {
			t.banded[c] = append(t.banded[c], newClass(perception.Class(c), r))
		}
	}
	for i, d := range reaches {
		t.own[i].Ahead, t.beside[i].Ahead = d, d
	}
	return t
}

// nearby returns a measure of each class within the distance that matters.
func nearby() (out [perception.NumClasses]*class) {
	for c := range out {
		out[c] = newClass(perception.Class(c), scoring.Range{Far: within[c]})
	}
	return out
}

// objects counts the objects of an image.
func (t *tally) objects(truths []scoring.Truth, dets []perception.Detection, weather string) {
	t.frames[weather]++
	there, ok := t.weather[weather]
	if !ok {
		n := nearby()
		there = &n
		t.weather[weather] = there
	}
	for c := range perception.NumClasses {
		for _, m := range append([]*class{t.near[c], there[c]}, t.banded[c]...) {
			m.precision.Add(truths, dets)
			m.ranging.Add(truths, dets)
		}
	}
	t.signals.Add(truths, dets)
	t.calibration.Add(truths, dets)
}

// boundary counts a boundary of an image.
func (t *tally) boundary(side perception.Side, truth, found []geom.Vec) {
	to := &t.own
	if side == perception.FarLeft || side == perception.FarRight {
		to = &t.beside
	}
	for i := range to {
		to[i].Add(truth, found)
	}
}

// report sums up.
func (t *tally) report() *Report {
	r := &Report{
		DrivableIoU: round(t.drivable.IoU()), Signals: newSignals(&t.signals), LaneF1: round(t.stripes.F1()),
		Calibration: Calibration{ECE: round(t.calibration.ECE()), Temperature: round(t.calibration.Temperature()), Bins: t.calibration.Bins()},
	}
	for c := range perception.NumClasses {
		r.Classes = append(r.Classes, newClassReport(t.near[c]))
		for _, m := range t.banded[c] {
			r.Bands = append(r.Bands, newClassReport(m))
		}
	}
	for i := range reaches {
		r.OwnLane = append(r.OwnLane, newLane(&t.own[i]))
		r.NextLanes = append(r.NextLanes, newLane(&t.beside[i]))
	}
	for _, w := range slices.Sorted(maps.Keys(t.weather)) {
		all := Weather{Weather: w, Frames: t.frames[w]}
		for _, m := range t.weather[w] {
			all.Classes = append(all.Classes, newClassReport(m))
		}
		r.Weather = append(r.Weather, all)
	}
	return r
}
