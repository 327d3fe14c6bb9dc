package scoring

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/sim/geom"
)

func TestLateral(t *testing.T) {
	straight := []geom.Vec{{X: 4, Y: 1.75}, {X: 30, Y: 1.75}}
	slanted := []geom.Vec{{X: 5, Y: 1.75}, {X: 15, Y: 1.95}} // 0.1 m off at 10 m
	short := []geom.Vec{{X: 2, Y: 1.75}, {X: 8, Y: 1.75}}
	l := Lateral{Ahead: 10}
	l.Add(straight, slanted)
	l.Add(straight, straight)
	l.Add(straight, nil)
	l.Add(straight, short)
	l.Add(nil, straight)
	l.Add(short, nil)
	if l.Truths() != 4 {
		t.Errorf("%d boundaries reach 10 m, want 4", l.Truths())
	}
	near(t, "mean", l.Mean(), .05)
	near(t, "quantile", l.Quantile(.95), .1)
	near(t, "recall", l.Recall(), .5)
	near(t, "precision", l.Precision(), 2./3)
}

func TestLateralWithoutBoundaries(t *testing.T) {
	l := Lateral{Ahead: 10}
	near(t, "mean", l.Mean(), math.NaN())
	near(t, "quantile", l.Quantile(.5), math.NaN())
	near(t, "recall", l.Recall(), math.NaN())
}

func TestBoundary(t *testing.T) {
	im := perception.Image{Boundaries: []perception.Boundary{{Side: perception.Right, Points: []geom.Vec{{X: 3}}}}}
	if got := Boundary(&im, perception.Right); len(got) != 1 {
		t.Errorf("right boundary has %d points, want 1", len(got))
	}
	if got := Boundary(&im, perception.Left); got != nil {
		t.Errorf("left boundary is %v, want none", got)
	}
}

func TestSignals(t *testing.T) {
	light := func(c perception.Class, x, distance float64) Truth {
		return Truth{Class: c, Box: square(x), Distance: distance}
	}
	read := func(c perception.Class, x, score float64) perception.Detection {
		return perception.Detection{Class: c, Box: square(x), Score: score}
	}
	s := Signals{Within: 40, MinScore: .3}
	s.Add([]Truth{
		light(perception.SignalRed, 0, 20), light(perception.SignalRed, 50, 20), light(perception.SignalGreen, 100, 20),
		light(perception.SignalAmber, 150, 20), light(perception.SignalRed, 200, 45), car(250, 10),
	}, []perception.Detection{
		read(perception.SignalRed, 1, .9), read(perception.SignalGreen, 1, .5), // the better one counts
		read(perception.SignalAmber, 50, .6),
		read(perception.SignalGreen, 100, .4),
		read(perception.SignalAmber, 150, .2), // below the score
		read(perception.SignalRed, 250, .9),   // not a signal
	})
	if s.Truths() != 4 {
		t.Errorf("%d signals, want 4", s.Truths())
	}
	near(t, "accuracy", s.Accuracy(), 2./3)
	near(t, "recall", s.Recall(), 3./4)
	want := [numLights][numLights]int{{1, 1, 0}, {0, 0, 0}, {0, 0, 1}}
	if s.Confusion() != want {
		t.Errorf("confusion %v, want %v", s.Confusion(), want)
	}
}

func TestArea(t *testing.T) {
	var a Area
	for _, c := range []struct{ truth, found bool }{{true, true}, {true, false}, {false, true}, {true, true}, {false, false}} {
		a.Add(c.truth, c.found)
	}
	near(t, "IoU", a.IoU(), .5)
}
