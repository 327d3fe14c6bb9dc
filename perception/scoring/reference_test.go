package scoring

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/sim/geom"
)

// The tests in this file hold figures that the reference programs compute from the
// same inputs: pycocotools 2.0 (cocoeval.py), nuscenes-devkit (eval/detection/algo.py)
// and TrackEval (metrics/clear.py, hota.py, identity.py).

// lcg is a linear congruential generator with Knuth's constants; a reference program
// reproduces it in three lines.
type lcg uint64

// next returns the next number in [0, 1).
func (d *lcg) next() float64 {
	*d = *d*6364136223846793005 + 1442695040888963407
	return float64(*d>>40) / (1 << 24)
}

// upTo returns an integer from 0 to n, rounded half to even as Python does.
func (d *lcg) upTo(n float64) float64 { return math.RoundToEven(d.next() * n) }

// around returns an integer from -n/2 to n/2.
func (d *lcg) around(n float64) float64 { return math.RoundToEven((d.next() - .5) * n) }

func (d *lcg) score() float64 { return math.RoundToEven(d.next()*1e6) / 1e6 }

func TestPrecisionEqualsPycocotools(t *testing.T) {
	p := Precision{Class: perception.Car}
	objects, detections := 0, 0
	d := lcg(7)
	for range 60 {
		truths, dets := randomImage(&d)
		objects, detections = objects+len(truths), detections+len(dets)
		p.Add(truths, dets)
	}
	if objects != 128 || detections != 158 {
		t.Fatalf("%d objects and %d detections, the reference had 128 and 158", objects, detections)
	}
	near(t, "AP", p.AP(), 0.08646666062525708)
	near(t, "AP50", p.AP50(), 0.23165955327356733)
	near(t, "AP75", p.AP75(), 0.040706168784827475)
}

// randomImage returns objects, a fifth of them crowds, and detections near them and
// elsewhere.
func randomImage(d *lcg) (truths []Truth, dets []perception.Detection) {
	box := func(x, y, w, h float64) perception.Box { return perception.Box{X0: x, Y0: y, X1: x + w, Y1: y + h} }
	for range int(d.next() * 5) {
		x, y, w, h := d.upTo(250), d.upTo(150), d.upTo(60)+6, d.upTo(60)+6
		crowd := d.next() < .2
		truths = append(truths, Truth{Class: perception.Car, Box: box(x, y, w, h), Ignore: crowd})
		for range int(d.next() * 3) {
			dx, dy, dw, dh := d.around(12), d.around(12), d.around(12), d.around(12)
			found := box(x+dx, y+dy, max(3, w+dw), max(3, h+dh))
			if crowd {
				found = box(x+math.Floor(w/4)+dx, y+dy, max(3, math.Floor(w/2)+dw), max(3, h+dh))
			}
			dets = append(dets, perception.Detection{Class: perception.Car, Box: found, Score: d.score()})
		}
	}
	for range int(d.next() * 2) {
		dets = append(dets, perception.Detection{Class: perception.Car, Box: box(d.upTo(250), d.upTo(150), 20, 20), Score: d.score()})
	}
	return truths, dets
}

// Any number of detections of any size within an ignore region is no false positive.
func TestIgnoreRegionsAbsorbDetections(t *testing.T) {
	region := Truth{Class: perception.Car, Box: perception.Box{X0: 100, X1: 300, Y1: 100}, Ignore: true}
	p := Precision{Class: perception.Car}
	p.Add([]Truth{car(0, 10), region}, []perception.Detection{found(120, .9, 10), found(150, .9, 10), found(0, .5, 10)})
	near(t, "AP50", p.AP50(), 1)
	// A detection is excused if at most half of it is outside of the region.
	p = Precision{Class: perception.Car}
	p.Add([]Truth{car(0, 10), region}, []perception.Detection{found(96, .9, 10), found(94, .8, 10), found(0, .5, 10)})
	near(t, "AP50 next to the region", p.AP50(), .5)
}

// An object out of range excuses one detection, as in pycocotools; a second detection
// counts by its own distance.
func TestOutOfRangeObjectAbsorbsOneDetection(t *testing.T) {
	p := Precision{Class: perception.Car, Range: anywhere}
	p.Add([]Truth{car(50, 120), car(0, 10)}, []perception.Detection{found(50, .9, 90), found(50, .8, 90), found(0, .5, 10)})
	near(t, "AP50", p.AP50(), .5)
}

func TestUnknownDistancesAreInNoRange(t *testing.T) {
	truths := []Truth{car(0, math.NaN())}
	dets := []perception.Detection{found(0, .5, 10)}
	all, ranged := Precision{Class: perception.Car}, Precision{Class: perception.Car, Range: Range{Far: 15}}
	all.Add(truths, dets)
	ranged.Add(truths, dets)
	if all.Truths() != 1 || ranged.Truths() != 0 {
		t.Errorf("%d objects at any distance and %d within 15 m, want 1 and 0", all.Truths(), ranged.Truths())
	}
	near(t, "AP50", all.AP50(), 1)
}

func TestNuScenesErrorsEqualTheDevkit(t *testing.T) {
	t.Run("two objects", func(t *testing.T) {
		n := NewNDS(sizes)
		n.Add([]Truth{at(10, 0, 0), at(20, 0, 0)}, []perception.Detection{seen(10, 0, 0, .9), seen(21.9, 0, 0, .1)})
		r, _ := n.Report()
		near(t, "AP", r.MAP, 0.719135802469136)
		near(t, "ATE", r.ATE, 0.2691666666666665)
	})
	t.Run("drawn", func(t *testing.T) {
		c := Center{Class: perception.Car, Range: 50, Size: sizes[perception.Car]}
		d := lcg(5)
		for range 12 {
			c.add(randomScene(&d))
		}
		near(t, "AP", c.AP(), 0.2811499181545477)
		near(t, "ATE", c.means()[translation], 1.1743529897484728)
	})
}

// randomScene returns cars ahead and detections of them.
func randomScene(d *lcg) (truths []Truth, dets []perception.Detection) {
	ahead := func() float64 { return 5 + d.upTo(3500)/100 }
	for range int(d.next() * 4) {
		x := ahead()
		truths = append(truths, at(x, 0, 0))
		if d.next() < .8 {
			off := d.around(400) / 100
			dets = append(dets, seen(x+off, 0, 0, d.score()))
		}
	}
	if d.next() < .4 {
		x := ahead()
		dets = append(dets, seen(x, 0, 0, d.score()))
	}
	return truths, dets
}

func TestTrackingEqualsTrackEval(t *testing.T) {
	spots := func(list ...float64) (out []TrackPoint) { // id, x, id, x …
		for i := 0; i < len(list); i += 2 {
			out = append(out, TrackPoint{ID: int(list[i]), Pos: geom.Vec{X: list[i+1]}})
		}
		return out
	}
	var gap Tracking
	gap.Add(spots(1, 0), spots(1, .5))
	gap.Add(spots(1, 0), spots(9, 30))
	gap.Add(spots(1, 0), spots(1, 1.5, 2, 0))
	var drawn Tracking
	d := lcg(11)
	scene := crossingObjects{at: [4]float64{0, 5, 9, 20}, id: [4]float64{1, 2, 3, 4}, next: 5}
	for f := range 60 {
		truths, tracks := scene.step(&d, f)
		drawn.Add(spots(truths...), spots(tracks...))
	}
	for _, c := range []struct {
		name     string
		tracking *Tracking
		want     TrackingReport
	}{
		{"a gap", &gap, TrackingReport{HOTA: 0.3798628463206065, DetA: 0.29649122807017547, AssA: 0.4868421052631579, MOTA: -1. / 3, IDF1: 0.5714285714285714, Switches: 1}},
		{"drawn", &drawn, TrackingReport{HOTA: 0.2629157476808526, DetA: 0.5078081943509068, AssA: 0.13662613012162764, MOTA: 0.4788732394366197, IDF1: 0.3027295285359802, Switches: 32}},
	} {
		r, _ := c.tracking.Report()
		near(t, c.name+": HOTA", r.HOTA, c.want.HOTA)
		near(t, c.name+": DetA", r.DetA, c.want.DetA)
		near(t, c.name+": AssA", r.AssA, c.want.AssA)
		near(t, c.name+": MOTA", r.MOTA, c.want.MOTA)
		near(t, c.name+": IDF1", r.IDF1, c.want.IDF1)
		if r.Switches != c.want.Switches {
			t.Errorf("%s: %d switches, want %d", c.name, r.Switches, c.want.Switches)
		}
	}
}

// crossingObjects is four objects on a line that pass each other, with tracks that
// switch IDs.
type crossingObjects struct {
	at, id [4]float64
	next   float64
}

// step returns the IDs and positions of objects and tracks in a frame. Some frames
// have no objects or no tracks.
func (c *crossingObjects) step(d *lcg, frame int) (truths, tracks []float64) {
	for k := range c.at {
		c.at[k] += (d.next() - .4) * 2
		if d.next() < .1 {
			c.id[k], c.next = c.next, c.next+1
		}
		if d.next() < .9 {
			truths = append(truths, float64(k), math.RoundToEven(c.at[k]*100)/100)
		}
		if d.next() < .8 {
			tracks = append(tracks, c.id[k], math.RoundToEven((c.at[k]+(d.next()-.5)*4)*100)/100)
		}
	}
	if d.next() < .3 {
		tracks, c.next = append(tracks, c.next, d.upTo(3000)/100), c.next+1
	}
	if frame%13 == 5 {
		tracks = nil
	}
	if frame%17 == 9 {
		truths = nil
	}
	return truths, tracks
}
