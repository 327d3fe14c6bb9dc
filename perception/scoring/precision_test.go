package scoring

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"roadloop/perception"
	"roadloop/sim/geom"
)

// square returns a 10×10 box with its upper left corner at x.
func square(x float64) perception.Box { return perception.Box{X0: x, Y0: 0, X1: x + 10, Y1: 10} }

func car(x, distance float64) Truth {
	return Truth{Class: perception.Car, Box: square(x), Distance: distance}
}

func found(x, score, distance float64) perception.Detection {
	return perception.Detection{Class: perception.Car, Box: square(x), Score: score, Distance: distance}
}

var anywhere = Range{Far: 100}

func near(t *testing.T, name string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) < 1e-9) && !(math.IsNaN(got) && math.IsNaN(want)) {
		t.Errorf("%s = %.12g, want %.12g", name, got, want)
	}
}

func TestAveragePrecisionByHand(t *testing.T) {
	hidden := car(0, 10)
	hidden.Ignore = true
	for _, c := range []struct {
		name   string
		truths []Truth
		dets   []perception.Detection
		want   float64
	}{
		{"perfect", []Truth{car(0, 10), car(50, 10)}, []perception.Detection{found(0, .9, 10), found(50, .8, 10)}, 1},
		{"nothing found", []Truth{car(0, 10)}, nil, 0},
		{"nothing there", nil, []perception.Detection{found(0, .9, 10)}, math.NaN()},
		// One of two: precision 1 for the recalls 0 to 0.50, which are 51 of 101.
		{"half", []Truth{car(0, 10), car(50, 10)}, []perception.Detection{found(0, .9, 10)}, 51. / 101},
		// Right, wrong, right: precision 1 up to recall 0.5, then 2/3.
		{"one false", []Truth{car(0, 10), car(50, 10)},
			[]perception.Detection{found(0, .9, 10), found(200, .8, 10), found(50, .7, 10)}, (51 + 50*2./3) / 101},
		// The second detection of the same car is false, but comes after all recall.
		{"double", []Truth{car(0, 10)}, []perception.Detection{found(0, .9, 10), found(1, .8, 10)}, 1},
		{"double first", []Truth{car(0, 10)}, []perception.Detection{found(1, .8, 10), found(200, .9, 10)}, .5},
		// IoU of boxes 10 wide shifted by 3: 7/13 > 0.5; by 4: 6/14 < 0.5.
		{"shifted by 3", []Truth{car(0, 10)}, []perception.Detection{found(3, .9, 10)}, 1},
		{"shifted by 4", []Truth{car(0, 10)}, []perception.Detection{found(4, .9, 10)}, 0},
		{"hidden found", []Truth{hidden, car(50, 10)}, []perception.Detection{found(0, .95, 10), found(50, .9, 10)}, 1},
		{"far found", []Truth{car(0, 120), car(50, 10)}, []perception.Detection{found(0, .95, 120), found(50, .9, 10)}, 1},
		{"far false", []Truth{car(50, 10)}, []perception.Detection{found(0, .95, 120), found(50, .9, 10)}, 1},
		{"other class", []Truth{car(0, 10)}, []perception.Detection{{Class: perception.Truck, Box: square(0), Score: .9, Distance: 10}}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Precision{Class: perception.Car, Range: anywhere}
			p.Add(c.truths, c.dets)
			near(t, "AP50", p.AP50(), c.want)
		})
	}
}

// An IoU of 7/13 ≈ 0.538 counts at the threshold 0.50 alone of ten.
func TestAveragePrecisionOverThresholds(t *testing.T) {
	p := Precision{Class: perception.Car, Range: anywhere}
	p.Add([]Truth{car(0, 10)}, []perception.Detection{found(3, .9, 10)})
	near(t, "AP", p.AP(), .1)
}

func TestPrecisionAndRecallAtAScore(t *testing.T) {
	p := Precision{Class: perception.Car, Range: anywhere}
	p.Add([]Truth{car(0, 10), car(50, 10), car(100, 10)},
		[]perception.Detection{found(0, .9, 10), found(200, .8, 10), found(50, .2, 10)})
	precision, recall := p.At(.5)
	near(t, "precision", precision, .5)
	near(t, "recall", recall, 1./3)
}

// AP is between 0 and 1, does not depend on the split of images over calls, and never
// rises with one more false detection.
func TestAveragePrecisionProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "truths")
		var truths []Truth
		for i := range n {
			truths = append(truths, car(float64(i)*40, 10))
		}
		dets := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) perception.Detection {
			return found(rapid.Float64Range(0, 250).Draw(t, "x"), rapid.Float64Range(0, 1).Draw(t, "score"), 10)
		}), 0, 12).Draw(t, "found")
		p := Precision{Class: perception.Car, Range: anywhere}
		p.Add(truths, dets)
		before := p.AP50()
		if !(before >= 0 && before <= 1) {
			t.Fatalf("AP50 = %v", before)
		}
		q := Precision{Class: perception.Car, Range: anywhere}
		q.Add(truths, append(dets, found(1000, rapid.Float64Range(0, 1).Draw(t, "false score"), 10)))
		if q.AP50() > before+1e-12 {
			t.Fatalf("a false detection raised AP50 from %v to %v", before, q.AP50())
		}
	})
}

func TestRanging(t *testing.T) {
	r := Ranging{Class: perception.Car, Range: anywhere, MinScore: .3}
	a, b := found(0, .9, 11), found(50, .9, 18)
	a.Pos, a.Heading = geom.Vec{X: 11, Y: 0}, math.Pi-.1
	b.Pos, b.Heading = geom.Vec{X: 18, Y: 0}, .1
	ta, tb := car(0, 10), car(50, 20)
	ta.Pos, ta.Heading = geom.Vec{X: 10, Y: 0}, -math.Pi+.1
	tb.Pos = geom.Vec{X: 18, Y: 2}
	r.Add([]Truth{ta, tb, car(100, 30)}, []perception.Detection{a, b, found(100, .1, 90)})
	if r.Found() != 2 {
		t.Fatalf("%d found, want 2: the third is below the score", r.Found())
	}
	near(t, "bias", r.Bias(), -.5)
	near(t, "RMS", r.RMS(), math.Sqrt((1+4)/2.))
	near(t, "relative", r.Relative(), .1)
	near(t, "position", r.Position(), 1.5)
	near(t, "heading", r.Heading(), .15)
}
