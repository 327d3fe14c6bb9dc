package eval

import (
	"maps"
	"slices"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/scoring"
)

// bands are the distance ranges of the report, m.
var bands = []scoring.Range{{Near: 0, Far: 15}, {Near: 15, Far: 30}, {Near: 30, Far: 50}, {Near: 50, Far: 80}}

// maxRange is the relevant distance of each class, m.
var maxRange = [perception.NumClasses]float64{50, 50, 25, 30, 30, 40, 40, 40}

// laneDistances are the distances ahead at which lane boundaries are measured, m.
var laneDistances = [...]float64{6, 10, 20}

// classMetrics accumulates the metrics of a class in a range of distances, or at any
// distance.
type classMetrics struct {
	precision scoring.Precision
	ranging   scoring.Ranging
}

func newClassMetrics(c perception.Class, r scoring.Range) *classMetrics {
	return &classMetrics{
		precision: scoring.Precision{Class: c, Range: r},
		ranging:   scoring.Ranging{Class: c, Range: r, MinScore: inference.DefaultMinScore},
	}
}

// heights are the ranges of heights in the image of the report, px.
var heights = []scoring.Range{{Near: 4, Far: 12}, {Near: 12, Far: 25}, {Near: 25, Far: 50}, {Near: 50, Far: 200}}

// metrics accumulates all metrics.
type metrics struct {
	near     classMetricsSet                        // within the relevant distance
	all      classMetricsSet                        // at any distance, known or not
	placed   bool                                   // all frames have labelled distances
	banded   [perception.NumClasses][]*classMetrics // by band
	byHeight []*scoring.Precision                   // by class and height
	weather  map[string]*weatherMetrics             // if known

	nds           *scoring.NDS
	coco          [perception.NumClasses][len(areas)]scoring.Precision // in pixels of the picture
	kitti         []*scoring.KITTI                                     // in the image
	birdsEye      []*scoring.KITTI
	own, adjacent [len(laneDistances)]scoring.Lateral // boundaries of the own lane and far boundaries of the adjacent lanes
	stripes       scoring.CULane
	tusimple      scoring.TuSimple
	drivable      scoring.Area
	signals       scoring.Signals
	calibration   scoring.Calibration
	worst         worst
	bootstrap     bootstrap
	views         int
}

// classMetricsSet holds the metrics of all classes.
type classMetricsSet [perception.NumClasses]*classMetrics

// weatherMetrics accumulates the metrics in one kind of light and weather.
type weatherMetrics struct {
	frames    int
	near, all classMetricsSet
}

// signalsWithin is the maximum distance of evaluated signals, m.
const signalsWithin = 40

func newMetrics(width, height int) *metrics {
	t := &metrics{
		near: newRangedClasses(), all: newUnrangedClasses(), placed: true, weather: make(map[string]*weatherMetrics),
		nds:         scoring.NewNDS(inference.Footprints()),
		kitti:       inImage(),
		birdsEye:    birdsEyes(),
		signals:     scoring.Signals{Within: signalsWithin, MinScore: inference.DefaultMinScore},
		stripes:     scoring.CULane{Width: width, Height: height},
		tusimple:    scoring.TuSimple{Width: width, Height: height},
		calibration: scoring.Calibration{MinScore: minCalibrated},
	}
	for c := range perception.NumClasses {
		for _, r := range bands {
			t.banded[c] = append(t.banded[c], newClassMetrics(perception.Class(c), r))
		}
		for k, a := range areas {
			t.coco[c][k] = scoring.Precision{Class: perception.Class(c), Areas: a}
		}
		for _, h := range heights {
			t.byHeight = append(t.byHeight, &scoring.Precision{Class: perception.Class(c), Heights: h})
		}
	}
	for i, d := range laneDistances {
		t.own[i].Ahead, t.adjacent[i].Ahead = d, d
	}
	return t
}

// newRangedClasses returns metrics of each class within the relevant distance.
func newRangedClasses() (out classMetricsSet) {
	for c := range out {
		out[c] = newClassMetrics(perception.Class(c), scoring.Range{Far: maxRange[c]})
	}
	return out
}

// newUnrangedClasses returns metrics of each class at any distance.
func newUnrangedClasses() (out classMetricsSet) {
	for c := range out {
		out[c] = newClassMetrics(perception.Class(c), scoring.Range{})
	}
	return out
}

// areas are COCO's ranges of areas: all, small, medium and large.
var areas = [...]scoring.Areas{{}, scoring.Small, scoring.Medium, scoring.Large}

// kittiClasses are the classes of KITTI, with KITTI's IoU and the lower IoU that is usual
// on the ground for cameras.
var kittiClasses = []struct {
	class perception.Class
	ious  [2]float64
}{{perception.Car, [2]float64{.7, .5}}, {perception.Pedestrian, [2]float64{.5, .25}}, {perception.Cyclist, [2]float64{.5, .25}}}

// inImage returns KITTI's metrics of boxes in the image, by class and difficulty.
func inImage() (out []*scoring.KITTI) {
	for _, k := range kittiClasses {
		for _, d := range scoring.Difficulties() {
			out = append(out, &scoring.KITTI{Class: k.class, Difficulty: d, IoU: k.ious[0]})
		}
	}
	return out
}

// birdsEyes returns KITTI's metrics of boxes on the ground, by class, difficulty and IoU.
func birdsEyes() (out []*scoring.KITTI) {
	sizes := inference.Footprints()
	for _, k := range kittiClasses {
		for _, d := range scoring.Difficulties() {
			for _, iou := range k.ious {
				out = append(out, &scoring.KITTI{Class: k.class, Difficulty: d, IoU: iou, Ground: true, Size: sizes[k.class]})
			}
		}
	}
	return out
}

// add counts a frame.
func (t *metrics) add(o *observation) {
	t.objects(o)
	t.stripes.Add(o.lines[0], o.lines[1], o.unseen)
	t.tusimple.Add(o.lines[0], o.lines[1], o.unseen)
	for side := range o.sides {
		if o.scoreLanes {
			t.boundary(perception.Side(side), &o.sides[side])
		}
	}
	t.drivable.Merge(o.drivable)
	t.worst.add(o)
	t.views = max(t.views, o.views)
	t.bootstrap.add(o)
}

// objects counts the objects of a frame.
func (t *metrics) objects(o *observation) {
	t.placed = t.placed && o.placed
	near, all := []*classMetricsSet{&t.near}, []*classMetricsSet{&t.all}
	if o.weather != "" {
		there, ok := t.weather[o.weather]
		if !ok {
			there = &weatherMetrics{near: newRangedClasses(), all: newUnrangedClasses()}
			t.weather[o.weather] = there
		}
		there.frames++
		near, all = append(near, &there.near), append(all, &there.all)
	}
	for c := range perception.NumClasses {
		for _, m := range all {
			m[c].precision.Add(o.truths, o.found)
		}
		if o.placed {
			for _, m := range near {
				m[c].add(o)
			}
			for _, m := range t.banded[c] {
				m.add(o)
			}
		}
	}
	for _, p := range t.byHeight {
		p.Add(o.truths, o.found)
	}
	for c := range t.coco {
		for k := range t.coco[c] {
			t.coco[c][k].Add(o.picture.truths, o.picture.found)
		}
	}
	if o.graded {
		for _, b := range t.kitti {
			b.Add(o.picture.truths, o.picture.found, o.picture.kitti)
		}
	}
	if o.sized {
		for _, b := range t.birdsEye {
			b.Add(o.picture.truths, o.picture.found, o.picture.kitti)
		}
		t.nds.Add(o.truths, o.found)
	}
	t.signals.Add(o.truths, o.found)
	t.calibration.Add(o.truths, o.found)
}

// add counts the objects of a frame with distances.
func (c *classMetrics) add(o *observation) {
	c.precision.Add(o.truths, o.found)
	c.ranging.Add(o.truths, o.found)
}

// selectMetrics returns near, the metrics within the relevant distance, if all
// distances are known, otherwise all.
func (t *metrics) selectMetrics(near, all *classMetricsSet) *classMetricsSet {
	if t.placed {
		return near
	}
	return all
}

// boundary counts a boundary of a frame.
func (t *metrics) boundary(side perception.Side, b *boundaries) {
	to := &t.own
	if side == perception.FarLeft || side == perception.FarRight {
		to = &t.adjacent
	}
	for i := range to {
		to[i].Add(b.truth, b.found)
	}
}

// report returns the report.
func (t *metrics) report() *Report {
	r := &Report{
		Views:       t.views,
		LaneF1:      round(t.stripes.F1()),
		TuSimple:    TuSimple{round(t.tusimple.Accuracy()), round(t.tusimple.FalsePositives()), round(t.tusimple.FalseNegatives())},
		DrivableIoU: round(t.drivable.IoU()), DrivableMeanIoU: round(t.drivable.MeanIoU()),
		Signals: t.signalReport(), Calibration: newCalibration(&t.calibration), Worst: t.worst.list(),
	}
	if n, ok := t.nds.Report(); ok {
		r.NDS = &n
	}
	for c, m := range t.selectMetrics(&t.near, &t.all) {
		class := newClassReport(m)
		class.AP50Interval = t.bootstrap.ap50(m.precision.Class, t.placed)
		r.Classes = append(r.Classes, class)
		r.Curves = append(r.Curves, newCurve(&m.precision))
		for _, m := range t.banded[c] {
			r.Bands = append(r.Bands, newClassReport(m))
		}
	}
	for _, p := range t.byHeight {
		r.Heights = append(r.Heights, Height{p.Class.String(), p.Heights, p.Truths(), round(p.AP50()), round(p.AP())})
	}
	r.COCO = t.cocoReport()
	for _, b := range t.kitti {
		r.KITTI = append(r.KITTI, newKITTI(b))
	}
	for _, b := range t.birdsEye {
		r.BirdsEye = append(r.BirdsEye, newKITTI(b))
	}
	for i := range laneDistances {
		r.OwnLane = append(r.OwnLane, newLane(&t.own[i]))
		r.NextLanes = append(r.NextLanes, newLane(&t.adjacent[i]))
	}
	for _, w := range slices.Sorted(maps.Keys(t.weather)) {
		there := t.weather[w]
		out := Weather{Weather: w, Frames: there.frames}
		for _, m := range t.selectMetrics(&there.near, &there.all) {
			out.Classes = append(out.Classes, newClassReport(m))
		}
		r.Weather = append(r.Weather, out)
	}
	return r
}

// cocoReport returns COCO's figures of the classes with objects, and their means.
func (t *metrics) cocoReport() (out []COCO) {
	for c := range t.coco {
		if p := &t.coco[c]; p[0].Truths() > 0 {
			out = append(out, COCO{
				Class: p[0].Class.String(), Objects: p[0].Truths(), AP: round(p[0].AP()), AP50: round(p[0].AP50()), AP75: round(p[0].AP75()),
				Small: newArea(&p[1]), Medium: newArea(&p[2]), Large: newArea(&p[3]),
			})
		}
	}
	if len(out) == 0 {
		return nil
	}
	return append(out, t.cocoMean())
}

// cocoMean returns the means over the classes with objects, as pycocotools prints them.
func (t *metrics) cocoMean() COCO {
	mean := func(area int, ap func(p *scoring.Precision) float64) (objects int, m *float64) {
		sum, n := 0.0, 0.0
		for c := range t.coco {
			if p := &t.coco[c][area]; p.Truths() > 0 {
				objects, sum, n = objects+p.Truths(), sum+ap(p), n+1
			}
		}
		return objects, round(sum / n)
	}
	out := COCO{Class: "mean"}
	out.Objects, out.AP = mean(0, (*scoring.Precision).AP)
	_, out.AP50 = mean(0, (*scoring.Precision).AP50)
	_, out.AP75 = mean(0, (*scoring.Precision).AP75)
	for k, a := range []*AreaAP{&out.Small, &out.Medium, &out.Large} {
		a.Objects, a.AP = mean(k+1, (*scoring.Precision).AP)
	}
	return out
}

// signalReport returns the metrics of signals, within a distance if distances are
// known.
func (t *metrics) signalReport() Signals {
	s := &t.signals
	out := Signals{Signals: s.Truths(), Recall: round(s.Recall()), Accuracy: round(s.Accuracy()), Confusion: s.Confusion()}
	if t.placed {
		out.Within = &s.Within
	}
	return out
}
