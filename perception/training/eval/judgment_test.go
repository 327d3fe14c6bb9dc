package eval

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/scoring"
	"roadloop/perception/training/synth"
	"roadloop/sim/geom"
)

// newJudgment returns the evaluation of an untrained network.
func newJudgment(t *testing.T, n int) *Evaluation {
	t.Helper()
	c := network.DefaultConfig()
	c.Widths = [6]int{4, 4, 4, 4, 4, 8}
	w, err := network.NewWeights(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	s := synth.Stream{Config: c, Seed: 3, Split: synth.HeldOut}
	return &Evaluation{
		Engine: func() (inference.Engine, error) { return inference.NewOneDNN(w) },
		Frames: func() (Frames, error) { return synth.NewGenerator(s) },
		Count:  n,
	}
}

// The report does not depend on the number of workers, also across blocks.
func TestReportIsIndependentOfWorkers(t *testing.T) {
	var want string
	for _, workers := range []int{1, 3} {
		j := newJudgment(t, block+10)
		j.Workers = workers
		last := 0
		j.Done = func(n int) { last = n }
		r, err := j.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if last != block+10 {
			t.Errorf("Done reported %d frames, want %d", last, block+10)
		}
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			want = string(data)
		}
		if string(data) != want {
			t.Errorf("the report with %d workers differs", workers)
		}
	}
}

// failingEngine fails at its third image.
type failingEngine struct {
	inference.Engine
	left *int
}

func (b failingEngine) Infer(image, heads []float32) error {
	if *b.left--; *b.left < 0 {
		return errors.New("out of order")
	}
	return b.Engine.Infer(image, heads)
}

func TestErrorsNameTheFrame(t *testing.T) {
	j := newJudgment(t, 10)
	whole := j.Engine
	left := 2
	j.Engine = func() (inference.Engine, error) {
		e, err := whole()
		return failingEngine{e, &left}, err
	}
	if _, err := j.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "frame 2: out of order") {
		t.Errorf("%v, want the frame and the reason", err)
	}
}

// Strong noise lowers the scores of an engine that uses its input; an unknown
// corruption is an error.
func TestStress(t *testing.T) {
	s := heldOut()
	blind := 0
	with := func(c synth.Corruption) *Evaluation {
		worse := s
		worse.Corruption = c
		return &Evaluation{
			Engine: func() (inference.Engine, error) {
				if c.Severity > 2 { // a network that fails from the third severity on
					blind++
					return zeroEngine{s.Config}, nil
				}
				return newPerfectEngine(t, s), nil
			},
			Frames: func() (Frames, error) { return synth.NewGenerator(worse) },
			Count:  8,
		}
	}
	r, err := EvaluateRobustness(t.Context(), []synth.CorruptionKind{synth.Noise, synth.Blur}, with, nil)
	if err != nil {
		t.Fatal(err)
	}
	if blind != 6 || len(r.Kinds) != 2 || len(r.Kinds[0].Severities) != synth.Severities || r.Frames != 8 {
		t.Fatalf("%d evaluations of a failing network, %+v", blind, r)
	}
	// Two of five severities keep all of AP50, the others none.
	if math.Abs(*r.Relative-.4) > .001 {
		t.Errorf("relative AP50 is %g, want 0.4", *r.Relative)
	}
	if m := r.Kinds[0].mean(); *m.AP50 > *r.Clean.AP50*.41 {
		t.Errorf("mean AP50 %g of %g", *m.AP50, *r.Clean.AP50)
	}
	if _, err := EvaluateRobustness(t.Context(), []synth.CorruptionKind{"snow"}, with, nil); err == nil {
		t.Error("snow was accepted")
	}
}

func box(x float64) perception.Box { return perception.Box{X0: x, Y0: 20, X1: x + 10, Y1: 40} }

// The worst mistakes are near and clearly visible, and have a reason.
func TestWorstMistakes(t *testing.T) {
	walker := func(x, d float64) scoring.Truth {
		return scoring.Truth{Class: perception.Pedestrian, Box: box(x), Distance: d, Visible: 1}
	}
	hidden := walker(0, 2)
	hidden.Ignore = true
	o := observation{frame: 7, placed: true, weather: "night", truths: []scoring.Truth{hidden, walker(50, 5), walker(100, 8), walker(150, 3)},
		found: []perception.Detection{
			{Class: perception.Pedestrian, Box: box(150), Score: .9, Distance: 3},
			{Class: perception.Cyclist, Box: box(50), Score: .6, Distance: 5},
			{Class: perception.Pedestrian, Box: box(0), Score: .8, Distance: 2},
			{Class: perception.Car, Box: box(250), Score: .5, Distance: 20},
		}}
	var w worst
	w.add(&o)
	got := w.list()
	if len(got) != 2 {
		t.Fatalf("%d mistakes, want a miss and a false alarm: %+v", len(got), got)
	}
	if want := "pedestrian, 5 m ahead, 20 px high, 100 % visible: classified as cyclist (0.60); night"; got[0].Text != want || got[0].Frame != 7 {
		t.Errorf("frame %d: %q, want %q", got[0].Frame, got[0].Text, want)
	}
	if want := "cyclist with a score of 0.60, 5 m ahead: is a pedestrian; night"; got[1].Text != want {
		t.Errorf("%q, want %q", got[1].Text, want)
	}
	for i := range 50 { // nearer in each frame
		near := observation{placed: true, frame: int64(i), truths: []scoring.Truth{walker(50, 20-.1*float64(i))}}
		w.add(&near)
	}
	if got := w.list()[0]; got.Frame != 7 {
		t.Errorf("the worst is of frame %d, want the nearest one's, 7", got.Frame)
	}
	if n := len(w.misses); n != maxMistakes[missed] {
		t.Errorf("%d misses are kept, want %d", n, maxMistakes[missed])
	}
}

func TestWorstLane(t *testing.T) {
	line := func(y float64) []geom.Vec { return []geom.Vec{{X: 4, Y: y}, {X: 20, Y: y}} }
	o := observation{weather: "day"}
	o.sides[perception.Left] = boundaries{line(1.75), line(1.8)}
	o.sides[perception.Right] = boundaries{line(-1.75), line(-1.2)}
	if got, want := o.worstLane().Text, "right boundary of the own lane, 0.55 m off 10 m ahead; day"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
