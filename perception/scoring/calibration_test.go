package scoring

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/sim/rng"
)

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
	near(t, "ECE without detections", c.ECE(), math.NaN())
	if _, ok := c.Fit(); ok {
		t.Error("Fit found no scaling")
	}
}

// Fit recovers a distortion of the logits by a factor of 2.5 and a shift of -0.6, and
// calibrates the scores.
func TestFitUndoesDistortion(t *testing.T) {
	r := rng.New(1, "test", "temperature")
	var raw, scaled Calibration
	var scores []float64
	var right []bool
	for range 20000 {
		z := r.Range(-2, 3)
		scores = append(scores, 1/(1+math.Exp(-(2.5*z-.6))))
		right = append(right, r.Chance(1/(1+math.Exp(-z))))
		raw.count(scores[len(scores)-1], right[len(right)-1])
	}
	s, ok := raw.Fit()
	if !ok || math.Abs(s.Temperature-2.5) > .1 || math.Abs(s.Shift+.6) > .1 {
		t.Errorf("temperature %.3f and shift %.3f, want 2.5 and -0.6", s.Temperature, s.Shift)
	}
	for i, p := range scores {
		scaled.count(s.Apply(p), right[i])
	}
	if before, after := raw.ECE(), scaled.ECE(); before < .05 || after > .015 {
		t.Errorf("ECE %.3f before and %.3f after scaling", before, after)
	}
}

// If every detection is right, no scaling is best.
func TestFitNeedsBothOutcomes(t *testing.T) {
	var c Calibration
	for range 100 {
		c.count(.9, true)
		c.count(.7, true)
	}
	if s, ok := c.Fit(); ok {
		t.Errorf("fitted %+v", s)
	}
}
