package eval

import (
	"maps"
	"slices"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/scoring"
)

// bands are the distances by which objects are reported, m.
var bands = []scoring.Range{{Near: 0, Far: 15}, {Near: 15, Far: 30}, {Near: 30, Far: 50}, {Near: 50, Far: 80}}

// within is the distance up to which a class matters most, m.
var within = [perception.NumClasses]float64{50, 50, 25, 30, 30, 40, 40, 40}

// reaches are the distances at which lane boundaries are measured, m.
var reaches = [...]float64{6, 10, 20}

// class is what is measured of a class in a range of distances, or of any distance.
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

// heights are the heights in the image by which objects are reported, px.
var heights = []scoring.Range{{Near: 4, Far: 12}, {Near: 12, Far: 25}, {Near: 25, Far: 50}, {Near: 50, Far: 200}}

// tally accumulates all measures.
type tally struct {
	near    classes                         // within the distance that matters
	all     classes                         // of any distance, known or not
	placed  bool                            // distances of all frames are labelled
	banded  [perception.NumClasses][]*class // by band
	tall    []*scoring.Precision            // by class and height
	weather map[string]*weather             // where it is known

	nds         *scoring.NDS
	above       []*scoring.BirdsEye
	own, beside [len(reaches)]scoring.Lateral // boundaries of the own lane, and of those beside it
	stripes     scoring.Stripes
	tusimple    scoring.TuSimple
	drivable    scoring.Area
	signals     scoring.Signals
	calibration scoring.Calibration
	worst       worst
}

// classes are the measures of all classes.
type classes [perception.NumClasses]*class

// weather is what is measured in one kind of light and weather.
type weather struct {
	frames    int
	near, all classes
}

// signalsWithin is the distance up to which signals are read, m.
const signalsWithin = 40

func newTally(width, height int) *tally {
	t := &tally{
		near: nearby(), all: anywhere(), placed: true, weather: make(map[string]*weather),
		nds:         scoring.NewNDS(inference.Footprints()),
		above:       birdsEyes(),
		signals:     scoring.Signals{Within: signalsWithin, MinScore: inference.DefaultMinScore},
		stripes:     scoring.Stripes{Width: width, Height: height},
		tusimple:    scoring.TuSimple{Width: width, Height: height},
		calibration: scoring.Calibration{MinScore: minBelieved},
	}
	for c := range perception.NumClasses {
		for _, r := range bands {
			t.banded[c] = append(t.banded[c], newClass(perception.Class(c), r))
		}
		for _, h := range heights {
			t.tall = append(t.tall, &scoring.Precision{Class: perception.Class(c), Heights: h})
		}
	}
	for i, d := range reaches {
		t.own[i].Ahead, t.beside[i].Ahead = d, d
	}
	return t
}

// nearby returns a measure of each class within the distance that matters.
func nearby() (out classes) {
	for c := range out {
		out[c] = newClass(perception.Class(c), scoring.Range{Far: within[c]})
	}
	return out
}

// anywhere returns a measure of each class at any distance.
func anywhere() (out classes) {
	for c := range out {
		out[c] = newClass(perception.Class(c), scoring.Range{})
	}
	return out
}

// birdsEyes returns KITTI's measures: its classes and difficulties, each at KITTI's
// IoU and at the lower one that is usual for cameras.
func birdsEyes() (out []*scoring.BirdsEye) {
	sizes := inference.Footprints()
	for _, k := range []struct {
		class perception.Class
		ious  [2]float64
	}{{perception.Car, [2]float64{.7, .5}}, {perception.Pedestrian, [2]float64{.5, .25}}, {perception.Cyclist, [2]float64{.5, .25}}} {
		for _, d := range scoring.Difficulties() {
			for _, iou := range k.ious {
				out = append(out, &scoring.BirdsEye{Class: k.class, Difficulty: d, IoU: iou, Size: sizes[k.class]})
			}
		}
	}
	return out
}

// add counts a frame.
func (t *tally) add(o *observation) {
	t.objects(o)
	t.stripes.Add(o.lines[0], o.lines[1], o.unseen)
	t.tusimple.Add(o.lines[0], o.lines[1], o.unseen)
	for side := range o.sides {
		if o.asked {
			t.boundary(perception.Side(side), &o.sides[side])
		}
	}
	t.drivable.Merge(o.drivable)
	t.worst.add(o)
}

// objects counts the objects of a frame.
func (t *tally) objects(o *observation) {
	t.placed = t.placed && o.placed
	near, all := []*classes{&t.near}, []*classes{&t.all}
	if o.weather != "" {
		there, ok := t.weather[o.weather]
		if !ok {
			there = &weather{near: nearby(), all: anywhere()}
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
	for _, p := range t.tall {
		p.Add(o.truths, o.found)
	}
	if o.sized {
		for _, b := range t.above {
			b.Add(o.truths, o.found, o.kitti)
		}
		t.nds.Add(o.truths, o.found)
	}
	t.signals.Add(o.truths, o.found)
	t.calibration.Add(o.truths, o.found)
}

// add counts the objects of a frame that has distances.
func (c *class) add(o *observation) {
	c.precision.Add(o.truths, o.found)
	c.ranging.Add(o.truths, o.found)
}

// asked returns the measures of the classes within the distance that matters, where
// all distances are known, and those of any distance otherwise.
func (t *tally) asked(near, all *classes) *classes {
	if t.placed {
		return near
	}
	return all
}

// boundary counts a boundary of a frame.
func (t *tally) boundary(side perception.Side, b *boundaries) {
	to := &t.own
	if side == perception.FarLeft || side == perception.FarRight {
		to = &t.beside
	}
	for i := range to {
		to[i].Add(b.truth, b.found)
	}
}

// report sums up.
func (t *tally) report() *Report {
	r := &Report{
		LaneF1:      round(t.stripes.F1()),
		TuSimple:    TuSimple{round(t.tusimple.Accuracy()), round(t.tusimple.FalsePositives()), round(t.tusimple.FalseNegatives())},
		DrivableIoU: round(t.drivable.IoU()), DrivableMeanIoU: round(t.drivable.MeanIoU()),
		Signals: t.signalReport(), Calibration: newCalibration(&t.calibration), Worst: t.worst.list(),
	}
	if n, ok := t.nds.Report(); ok {
		r.NDS = &n
	}
	for c, m := range t.asked(&t.near, &t.all) {
		r.Classes = append(r.Classes, newClassReport(m))
		r.Curves = append(r.Curves, newCurve(&m.precision))
		for _, m := range t.banded[c] {
			r.Bands = append(r.Bands, newClassReport(m))
		}
	}
	for _, p := range t.tall {
		r.Heights = append(r.Heights, Height{p.Class.String(), p.Heights, p.Truths(), round(p.AP50()), round(p.AP())})
	}
	for _, b := range t.above {
		r.BirdsEye = append(r.BirdsEye, BirdsEye{b.Class.String(), b.Difficulty.Name, b.IoU, b.Truths(), round(b.AP())})
	}
	for i := range reaches {
		r.OwnLane = append(r.OwnLane, newLane(&t.own[i]))
		r.NextLanes = append(r.NextLanes, newLane(&t.beside[i]))
	}
	for _, w := range slices.Sorted(maps.Keys(t.weather)) {
		there := t.weather[w]
		out := Weather{Weather: w, Frames: there.frames}
		for _, m := range t.asked(&there.near, &there.all) {
			out.Classes = append(out.Classes, newClassReport(m))
		}
		r.Weather = append(r.Weather, out)
	}
	return r
}

// signalReport is what is read from signals: their distance matters where it is known.
func (t *tally) signalReport() Signals {
	s := &t.signals
	out := Signals{Signals: s.Truths(), Recall: round(s.Recall()), Accuracy: round(s.Accuracy()), Confusion: s.Confusion()}
	if t.placed {
		out.Within = &s.Within
	}
	return out
}
