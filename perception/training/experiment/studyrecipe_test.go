package experiment

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/perception/training"
)

// A study that is repeated with other recipes reports the folder of the arm and what differs,
// for finished and for interrupted arms.
func TestStudyRejectsOtherRecipes(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	arms := tinyArms(t)
	s := Study{Dir: t.TempDir(), Arms: arms, EvalFrames: 1, Watch: func(i int, st *training.Step) {
		if i == 2 && st.Number == 1 {
			cancel()
		}
	}}
	if _, err := s.Run(ctx); err == nil {
		t.Fatal("the study was not interrupted")
	}
	initial, err := ReadInitial(filepath.Join(s.Dir, arms[0].Name, ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		arm    int
		change func(*Study)
		want   string
	}{
		"finished":    {0, func(s *Study) { s.Arms[0].Recipe.Training.Schedule.Total = 5 }, "training.schedule.Total is 2, want 5"},
		"second":      {1, func(s *Study) { s.Arms[1].Recipe.Data.RequireClass = "cone" }, `data.show is not set, want "cone"`},
		"interrupted": {2, func(s *Study) { s.Arms[2].Recipe.Data.Frames = 0 }, "data.frames is 4, want not set"},
		"initial":     {0, func(s *Study) { s.Initial = initial }, `initial is not set, want "` + initial.SHA256 + `"`},
	} {
		other := Study{Dir: s.Dir, Arms: tinyArms(t), EvalFrames: 1}
		c.change(&other)
		folder := filepath.Join(s.Dir, arms[c.arm].Name)
		want := folder + " has a run with another recipe, choose another folder: " + c.want
		if _, err := other.Run(t.Context()); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
	s.Watch = nil
	if results, err := s.Run(t.Context()); err != nil || len(results) != 2 {
		t.Errorf("%d results with the same recipes (%v)", len(results), err)
	}
}

// A plot without a value, or with at most one number of labels, has no logarithmic axis.
func TestPlotOfFewPoints(t *testing.T) {
	for name, results := range map[string][]ArmResult{
		"nothing":     nil,
		"no value":    {{Group: "a", Labels: 20}},
		"no labels":   {result("a", 0, .1)},
		"one label":   {result("a", 1, .1)},
		"same labels": {result("a", 1, .1), result("b", 1, .2), result("c", 0, .2)},
		"two":         {result("a", 0, .1), result("a", 1, .2), result("b", 50, .3)},
	} {
		svg, err := PlotCurves(MeanAP50(), Curves(results, MeanAP50()))
		if err != nil || !bytes.Contains(svg, []byte("</svg>")) {
			t.Errorf("%s: no plot (%v)", name, err)
		}
	}
}
