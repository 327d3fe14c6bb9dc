package experiment

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception/training"
)

// resumeRun resumes the run in a folder, trains until its end, and returns its epochs and
// the number of steps.
func resumeRun(t *testing.T, dir string) (epochs []Epoch, steps int) {
	t.Helper()
	run, err := Resume(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	if err := run.Train(t.Context(), Callbacks{Step: func(*training.Step) { steps++ }}); err != nil {
		t.Fatal(err)
	}
	return run.Epochs(), steps
}

// compareRuns compares the results of two runs.
func compareRuns(t *testing.T, name, want, got string) {
	t.Helper()
	for _, file := range []string{ModelFile, BestFile} {
		if d := cmp.Diff(readModel(t, filepath.Join(want, file)), readModel(t, filepath.Join(got, file))); d != "" {
			t.Errorf("%s: the weights in %s differ:\n%.600s", name, file, d)
		}
	}
	_, a, err := Read(want)
	if err != nil {
		t.Fatal(err)
	}
	_, b, err := Read(got)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(a, b); d != "" {
		t.Errorf("%s: %s differs:\n%s", name, EpochsFile, d)
	}
}

// A run that is interrupted during the validation of an epoch resumes with this validation
// and has the results of an uninterrupted run.
func TestInterruptedValidation(t *testing.T) {
	whole := t.TempDir()
	train(t, whole, tiny(4), nil)
	for name, c := range map[string]struct {
		step int64
		left int // steps after the interruption
	}{
		"first epoch": {2, 2},
		"last epoch":  {4, 0},
	} {
		dir := t.TempDir()
		run, err := Start(dir, tiny(4), nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		err = run.Train(ctx, Callbacks{Step: func(s *training.Step) {
			if s.Number == c.step { // the next thing is the validation
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) || len(run.Epochs()) != int(c.step)/2-1 {
			t.Fatalf("%s: error %v after %d epochs", name, err, len(run.Epochs()))
		}
		run.Close()
		if epochs, steps := resumeRun(t, dir); len(epochs) != 2 || steps != c.left {
			t.Errorf("%s: %d epochs, %d steps after the interruption, want 2 and %d", name, len(epochs), steps, c.left)
		}
		compareRuns(t, name, whole, dir)
	}
}

// A resumed run does not train on after the end of its patience.
func TestResumeAfterPatience(t *testing.T) {
	r := tiny(40)
	r.Training.Schedule.Peak = 1e-12
	r.Patience = 1
	whole, dir := t.TempDir(), t.TempDir()
	want := train(t, whole, r, nil)
	train(t, dir, r, nil)
	if epochs, steps := resumeRun(t, dir); steps != 0 || len(epochs) != len(want) {
		t.Errorf("%d steps and %d epochs after the resume, want 0 and %d", steps, len(epochs), len(want))
	}
	compareRuns(t, "resumed", whole, dir)
}
