package scoring

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
)

// upright is a line from the lower to the upper edge of an image 164 × 100, in
// which stripes are 3 px wide.
func upright(x float64) []geom.Vec { return []geom.Vec{{X: x, Y: 100}, {X: x, Y: 0}} }

func TestStripes(t *testing.T) {
	for _, c := range []struct {
		name          string
		truths, found [][]geom.Vec
		unseen        int
		want          float64
	}{
		{"the same", [][]geom.Vec{upright(50.5), upright(90.5)}, [][]geom.Vec{upright(50.5), upright(90.5)}, 0, 1},
		// Three columns each, of which two are common: 2/4 is not above 0.5.
		{"a column off", [][]geom.Vec{upright(50.5)}, [][]geom.Vec{upright(51.5)}, 0, 0},
		{"one of two", [][]geom.Vec{upright(50.5), upright(90.5)}, [][]geom.Vec{upright(50.5)}, 0, 2. / 3},
		{"one too many", [][]geom.Vec{upright(50.5)}, [][]geom.Vec{upright(20.5), upright(50.5)}, 0, 2. / 3},
		{"one excused", [][]geom.Vec{upright(50.5)}, [][]geom.Vec{upright(20.5), upright(50.5), upright(90.5)}, 1, 2. / 3},
		{"twice the same", [][]geom.Vec{upright(50.5)}, [][]geom.Vec{upright(50.5), upright(50.5)}, 0, 2. / 3},
		{"outside the image", [][]geom.Vec{upright(50.5), upright(400)}, [][]geom.Vec{upright(50.5)}, 0, 1},
		{"nothing", nil, nil, 0, math.NaN()},
	} {
		s := Stripes{Width: 164, Height: 100}
		s.Add(c.truths, c.found, c.unseen)
		near(t, c.name, s.F1(), c.want)
	}
}

// A slanted stripe covers its width times its length, and rounded ends.
func TestStripeArea(t *testing.T) {
	s := Stripes{Width: 1640, Height: 590}
	mask := make([]bool, 1640*590)
	s.stripe(mask, []geom.Vec{{X: 300, Y: 100}, {X: 600, Y: 500}}) // 500 px long, 30 wide
	n := 0
	for _, v := range mask {
		if v {
			n++
		}
	}
	if want := 500*30 + math.Pi*15*15; math.Abs(float64(n)-want) > .01*want {
		t.Errorf("%d pixels, want %.0f", n, want)
	}
}

// Four detections of score 0.9, three of them right, and two of 0.2, none right:
// (4·|0.9 − 0.75| + 2·0.2)/6.
func TestECEByHand(t *testing.T) {
	var c Calibration
	truths := []Truth{car(0, 10), car(50, 10), car(100, 10)}
	c.Add(truths, []perception.Detection{found(0, .9, 10), found(50, .9, 10), found(100, .9, 10), found(300, .9, 10)})
	c.Add(nil, []perception.Detection{found(0, .2, 10), found(50, .2, 10)})
	near(t, "ECE", c.ECE(), (4*.15+2*.2)/6)
	bins := c.Bins()
	if b := bins[9]; b.Detections != 4 || b.Precision != .75 {
		t.Errorf("upper bin %+v, want 4 detections of which 0.75 are right", b)
	}
	c = Calibration{MinScore: .5}
	c.Add(nil, []perception.Detection{found(0, .2, 10)})
	near(t, "ECE of nothing", c.ECE(), math.NaN())
	near(t, "temperature of nothing", c.Temperature(), 1)
}

// Scores that were made too sure by a factor of 2.5 in their logits are given back
// that factor, and are calibrated with it.
func TestTemperatureUndoesOverconfidence(t *testing.T) {
	r := rng.New(1, "test", "temperature")
	var raw, cooled Calibration
	var logits []float64
	var right []bool
	for range 20000 {
		z := r.Range(-2, 3)
		logits, right = append(logits, 2.5*z), append(right, r.Chance(1/(1+math.Exp(-z))))
		raw.count(1/(1+math.Exp(-2.5*z)), right[len(right)-1])
	}
	temperature := raw.Temperature()
	if math.Abs(temperature-2.5) > .1 {
		t.Errorf("temperature %.3f, want 2.5", temperature)
	}
	for i, z := range logits {
		cooled.count(1/(1+math.Exp(-z/temperature)), right[i])
	}
	if before, after := raw.ECE(), cooled.ECE(); before < .08 || after > .015 {
		t.Errorf("ECE %.3f before and %.3f after scaling", before, after)
	}
}
