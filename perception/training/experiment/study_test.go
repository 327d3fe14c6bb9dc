package experiment

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception"
	"roadloop/perception/training"
	"roadloop/perception/training/synth"
)

// Every arm has its own folder, and its initial model is of an earlier arm.
func TestArmsAreInTrainingOrder(t *testing.T) {
	labels, err := LabelArms(DefaultStudySize())
	if err != nil {
		t.Fatal(err)
	}
	shots, err := FewShotArms(DefaultStudySize(), perception.Cone)
	if err != nil {
		t.Fatal(err)
	}
	axes, err := AxisArms(DefaultStudySize())
	if err != nil {
		t.Fatal(err)
	}
	for name, arms := range map[string][]Arm{"labels": labels, "few-shot": shots, "axes": axes} {
		seen := map[string]bool{"": true}
		for i := range arms {
			a := &arms[i]
			if seen[a.Name] || !seen[a.From] {
				t.Errorf("%s: arm %q twice, or before %q", name, a.Name, a.From)
			}
			seen[a.Name] = true
		}
	}
	// For each of three seeds: two pretrainings, three numbers of labels from three
	// initial models, three values of Tune.
	if n := 3 * (2 + 3*3 + 3); len(labels) != n {
		t.Errorf("%d arms, want %d", len(labels), n)
	}
	// For each seed: no axes, all, and all but each one.
	if n := 3 * (2 + len(synth.Axes())); len(axes) != n {
		t.Errorf("%d arms of axes, want %d", len(axes), n)
	}
	for i := range axes {
		a := &axes[i]
		missing := strings.TrimPrefix(a.Group, "all but ")
		for _, x := range synth.Axes() {
			want := a.Group != "no axes" && missing != string(x)
			if got := slices.Contains(a.Recipe.Data.Axes, x); got != want {
				t.Errorf("arm %s: axis %s is %v, want %v", a.Name, x, got, want)
			}
		}
		if err := a.Recipe.check(); err != nil {
			t.Errorf("arm %s: %v", a.Name, err)
		}
	}
	for i := range shots {
		d := &shots[i].Recipe.Data
		if without := len(d.ExcludeClasses) == 1 && d.ExcludeClasses[0] == "cone"; without == (d.RequireClass == "cone") {
			t.Errorf("arm %s excludes %v and requires %q", shots[i].Name, d.ExcludeClasses, d.RequireClass)
		}
	}
}

func TestSizeCheckRejects(t *testing.T) {
	for _, s := range []StudySize{{}, {Labels: []int64{0}, Seeds: 1, Steps: 1, Pretrain: 1}, {Labels: []int64{5}, Steps: 1, Pretrain: 1}} {
		if _, err := LabelArms(s); err == nil {
			t.Errorf("%+v: no error", s)
		}
	}
}

// tinyArms returns a pretraining and two trainings that are fast enough for tests.
func tinyArms(t *testing.T) []Arm {
	t.Helper()
	all, err := LabelArms(StudySize{Labels: []int64{4}, Seeds: 1, Steps: 2, Pretrain: 2})
	if err != nil {
		t.Fatal(err)
	}
	var out []Arm
	for _, a := range all {
		if a.Name == "masked-1" || a.Group == "seeded weights" || a.Group == "pretrained: masked" {
			a.Recipe.Training.Network.Widths = [6]int{4, 4, 4, 4, 4, 4}
			a.Recipe.Training.Batch = 2
			out = append(out, a)
		}
	}
	return out
}

// A study that is interrupted in its second arm resumes there and ends with the
// results of an uninterrupted one.
func TestStudyResumes(t *testing.T) {
	whole := Study{Dir: t.TempDir(), Arms: tinyArms(t), EvalFrames: 4}
	want, err := whole.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(want) != 2 || want[0].Group != "seeded weights" || want[1].Labels != 4 || want[1].Drivable == nil {
		t.Fatalf("results %+v", want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	begun := map[int]int{}
	part := Study{Dir: t.TempDir(), Arms: tinyArms(t), EvalFrames: 4, Watch: func(i int, s *training.Step) {
		begun[i]++
		if i == 1 && s.Number == 1 {
			cancel()
		}
	}}
	if _, err := part.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want context.Canceled", err)
	}
	got, err := part.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("results differ:\n%s", d)
	}
	if begun[0] != 2 {
		t.Errorf("the first arm ran %d steps, want 2 in total", begun[0])
	}
}

func TestMissingInitialModel(t *testing.T) {
	s := Study{Dir: t.TempDir(), Arms: tinyArms(t)[1:], EvalFrames: 1}
	s.Arms[0], s.Arms[1] = s.Arms[1], s.Arms[0]
	if _, err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "initial model") {
		t.Errorf("error %v", err)
	}
}

func TestDamagedResult(t *testing.T) {
	s := Study{Dir: t.TempDir(), Arms: tinyArms(t)[1:2], EvalFrames: 1}
	if _, err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(s.Dir, s.Arms[0].Name, "result.json")
	if err := os.WriteFile(path, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want one with %s", err, path)
	}
}

// result returns a result of a group.
func result(group string, labels int64, ap float64) ArmResult {
	return ArmResult{Group: group, Labels: labels, Measures: Measures{MeanAP50: &ap}}
}

// Means and sample standard deviations by hand.
func TestCurves(t *testing.T) {
	results := []ArmResult{
		result("a", 200, .4), result("a", 20, .1), result("b", 20, .5), result("a", 20, .3), {Group: "b", Labels: 200},
	}
	want := []Curve{
		{"a", []CurvePoint{{20, .2, math.Sqrt(.02), 2}, {200, .4, 0, 1}}},
		{"b", []CurvePoint{{20, .5, 0, 1}}},
	}
	got := Curves(results, MeanAP50())
	if d := cmp.Diff(want, got, cmp.Comparer(func(x, y float64) bool { return math.Abs(x-y) < 1e-12 })); d != "" {
		t.Errorf("curves differ:\n%s", d)
	}
	var table bytes.Buffer
	if err := WriteCurves(&table, MeanAP50(), got); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"20 frames", "0.200 ± 0.141", "0.500 ± 0.000"} {
		if !strings.Contains(table.String(), line) {
			t.Errorf("the table lacks %q:\n%s", line, table.String())
		}
	}
	svg, err := PlotCurves(MeanAP50(), got)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(svg, []byte("<svg")) || !bytes.Contains(svg, []byte("labeled frames")) {
		t.Error("no plot with its axis")
	}
}
