package experiment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/synth"
)

// tiny returns a recipe that is fast enough for tests.
func tiny(steps int64) Recipe {
	r := DefaultRecipe(steps)
	r.Training.Network.Widths = [6]int{4, 4, 4, 4, 4, 4}
	r.Training.Batch = 4
	r.Data.Axes, r.Data.AxisShare = nil, 0
	r.Epoch, r.ValFrames = 2, 3
	return r
}

// train starts a run and trains until its end.
func train(t *testing.T, dir string, r Recipe, initial *Initial) []Epoch {
	t.Helper()
	run, err := Start(dir, r, initial)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	if err := run.Train(t.Context(), Callbacks{}); err != nil {
		t.Fatal(err)
	}
	return run.Epochs()
}

func readModel(t *testing.T, path string) *network.Weights {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w, _, err := network.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestRunWritesAllFiles(t *testing.T) {
	dir := t.TempDir()
	epochs := train(t, dir, tiny(5), nil)
	if len(epochs) != 3 || epochs[2].Step != 5 || epochs[1].Step != 4 {
		t.Errorf("epochs %+v, want three that end at steps 2, 4 and 5", epochs)
	}
	for i, e := range epochs {
		if !(e.Losses.Total > 0) || !(e.Validation.Loss > 0) || e.Validation.Lane == nil || e.Validation.Drivable == nil {
			t.Errorf("epoch %d was not measured: %+v", i+1, e)
		}
	}
	for _, name := range []string{RecipeFile, CheckpointFile, ModelFile, BestFile, ONNXFile, EpochsFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	var kept []Epoch
	data, err := os.ReadFile(filepath.Join(dir, EpochsFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &kept); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(epochs, kept); d != "" {
		t.Errorf("epochs.json differs:\n%s", d)
	}
	if events, _ := filepath.Glob(filepath.Join(dir, "events.out.tfevents.*")); len(events) != 1 {
		t.Errorf("event files %v, want one", events)
	}
	if _, err := Start(dir, tiny(5), nil); err == nil || !strings.Contains(err.Error(), "exists") {
		t.Errorf("a second run in the same folder: %v", err)
	}
}

// trainDirEnv names the folder for a training in a child process of this test binary.
const trainDirEnv = "ROADLOOP_TEST_RUN"

// TestMain trains in the child process that a test kills; it resumes an existing run.
func TestMain(m *testing.M) {
	dir := os.Getenv(trainDirEnv)
	if dir == "" {
		os.Exit(m.Run())
	}
	run, err := Resume(dir)
	if errors.Is(err, os.ErrNotExist) {
		run, err = Start(dir, tiny(8), nil)
	}
	if err == nil {
		err = run.Train(context.Background(), Callbacks{})
	}
	if err != nil {
		println(err.Error())
		os.Exit(1)
	}
}

// A process that is repeatedly killed and resumed ends with the same weights as an
// uninterrupted one.
func TestKilledRunResumesToSameWeights(t *testing.T) {
	alone, killed := t.TempDir(), filepath.Join(t.TempDir(), "run")
	train(t, alone, tiny(8), nil)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	kills := 0
	for delay := 20 * time.Millisecond; ; delay = delay * 8 / 5 {
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), trainDirEnv+"="+killed)
		var says bytes.Buffer
		cmd.Stderr = &says
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(delay, func() { _ = cmd.Process.Kill() }) // may have ended
		err := cmd.Wait()
		timer.Stop()
		if err == nil {
			break
		}
		if says.Len() > 0 {
			t.Fatalf("after %d kills: %s", kills, says.String())
		}
		kills++
	}
	if kills == 0 {
		t.Error("no process was killed")
	}
	want, got := readModel(t, filepath.Join(alone, ModelFile)), readModel(t, filepath.Join(killed, ModelFile))
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("after %d kills the weights differ:\n%.600s", kills, d)
	}
	best, again := readModel(t, filepath.Join(alone, BestFile)), readModel(t, filepath.Join(killed, BestFile))
	if d := cmp.Diff(best, again); d != "" {
		t.Errorf("after %d kills the best weights differ:\n%.600s", kills, d)
	}
}

// With a tiny learning rate, no epoch is better than the first.
func TestPatienceStopsTraining(t *testing.T) {
	r := tiny(40)
	r.Training.Schedule.Peak = 1e-12
	r.Patience = 2
	if epochs := train(t, t.TempDir(), r, nil); len(epochs) != 3 || !epochs[0].Best || epochs[2].Best {
		t.Errorf("%d epochs, want 3 of which the first is best", len(epochs))
	}
}

// A driving training starts from pretrained layers.
func TestRunFromPretrainedModel(t *testing.T) {
	dir := t.TempDir()
	pre := tiny(2)
	pre.Training.Task = training.Next
	epochs := train(t, dir, pre, nil)
	if epochs[0].Validation.MeanAP50 != nil || !(epochs[0].Validation.Loss > 0) {
		t.Errorf("pretraining was measured as %+v", epochs[0].Validation)
	}
	if _, err := os.Stat(filepath.Join(dir, ONNXFile)); err == nil {
		t.Error("a pretraining network was exported as ONNX")
	}
	model, err := ReadInitial(filepath.Join(dir, ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	r := tiny(2)
	r.Training.Tune = training.TuneHeads
	into := t.TempDir()
	train(t, into, r, model)
	from, to := readModel(t, filepath.Join(dir, ModelFile)), readModel(t, filepath.Join(into, ModelFile))
	if d := cmp.Diff(from.Params[0], to.Params[0]); d != "" {
		t.Errorf("the stem differs from the pretrained one:\n%s", d)
	}
	if to.Config.Heads != 0 {
		t.Errorf("the heads have %d channels, want those of driving", to.Config.Heads)
	}
}

func TestStartRejectsInvalidRecipes(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Recipe)
		want   string
	}{
		"epoch":    {func(r *Recipe) { r.Epoch = 0 }, "epoch of 0"},
		"class":    {func(r *Recipe) { r.Data.ExcludeClasses = []string{"tank"} }, `"tank" is not one of car`},
		"shown":    {func(r *Recipe) { r.Data.RequireClass = "moose" }, `"moose" is not one of`},
		"patience": {func(r *Recipe) { r.ValFrames, r.Patience = 0, 1 }, "needs validation frames"},
		"batch":    {func(r *Recipe) { r.Training.Batch = 3 }, "cannot be split"},
		"task":     {func(r *Recipe) { r.Training.Task = "sleep" }, `task "sleep"`},
	} {
		r := tiny(2)
		c.change(&r)
		if _, err := Start(t.TempDir(), r, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", name, err, c.want)
		}
	}
	path := filepath.Join(t.TempDir(), "no.rlm")
	if err := os.WriteFile(path, []byte("no model"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadInitial(path); err == nil || !strings.Contains(err.Error(), "no.rlm: ") {
		t.Errorf("invalid initial weights: %v", err)
	}
}

func TestResumeRejectsBadFolders(t *testing.T) {
	if _, err := Resume(t.TempDir()); err == nil {
		t.Error("resumed an empty folder")
	}
	dir := t.TempDir()
	run, err := Start(dir, tiny(2), nil)
	if err != nil {
		t.Fatal(err)
	}
	run.Close()
	path := filepath.Join(dir, RecipeFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for old, c := range map[string][2]string{
		`"batch": 4`: {`"batch": 8`, "differs from that of the checkpoint"},
		`"epoch": 2`: {`"epochs": 2`, "unknown field"},
	} {
		changed := bytes.Replace(data, []byte(old), []byte(c[0]), 1)
		if err := os.WriteFile(path, changed, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Resume(dir); err == nil || !strings.Contains(err.Error(), c[1]) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want one with the file name and %q", c[0], err, c[1])
		}
	}
}

func TestTry(t *testing.T) {
	e, err := DryRun(t.Context(), tiny(1000), nil)
	if err != nil {
		t.Fatal(err)
	}
	if e.Steps != 1000 || e.Frames != 4000 || !(e.FramesPerSec > 0) || e.Time <= 0 || e.Memory < 1<<20 {
		t.Errorf("estimate %+v", e)
	}
}

// A data set on disk serves training and validation; its labels are part of the
// recipe.
func TestRunOnDataSet(t *testing.T) {
	r := tiny(4)
	folder := filepath.Join(t.TempDir(), "set")
	export := dataset.Export{Stream: synth.Stream{Config: r.Training.Network, Seed: 3, Split: synth.Train}, Format: dataset.COCO, Frames: 12}
	if err := export.Write(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	r.Data.Sets = []DataSet{{Path: folder}}
	dir := t.TempDir()
	epochs := train(t, dir, r, nil)
	if len(epochs) != 2 || !(epochs[1].Validation.Loss > 0) || epochs[1].Validation.Drivable != nil {
		t.Errorf("epochs %+v, want two with losses, and no drivable area, which COCO does not label", epochs)
	}
	saved, _, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(saved.Data.Sets) != 1 || len(saved.Data.Sets[0].Labels) != 64 || saved.Data.Mix != 1 || r.Data.Sets[0].Labels != "" {
		t.Errorf("the recipe has no digest of the labels: %+v", saved.Data)
	}
	model, err := os.ReadFile(filepath.Join(dir, ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, meta, err := network.Read(bytes.NewReader(model)); err != nil || meta.Data != "data set set, labels with SHA-256 "+saved.Data.Sets[0].Labels {
		t.Errorf("the model's data are %q (%v)", meta.Data, err)
	}
	labels := filepath.Join(folder, "annotations", "instances.json")
	if _, err := Start(t.TempDir(), withData(r, Data{Sets: []DataSet{{Path: folder, Annotations: "none.json"}}}), nil); err == nil || !strings.Contains(err.Error(), "--annotations none.json") {
		t.Errorf("%v, want an error for a missing file", err)
	}
	data, err := os.ReadFile(labels)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(labels, append(data, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
	again, err := Resume(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := again.Train(t.Context(), Callbacks{}); err == nil || !strings.Contains(err.Error(), "have changed") {
		t.Errorf("%v, want an error for changed labels", err)
	}
	r.Training.Task = training.Masked
	if _, err := Start(t.TempDir(), r, nil); err == nil {
		t.Error("accepted a data set for a task without labels")
	}
	unlabelled := regexp.MustCompile(`"annotations":\[.*\]`).ReplaceAll(data, []byte(`"annotations":[]`))
	if err := os.WriteFile(labels, unlabelled, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.TempDir(), withData(tiny(4), Data{Sets: []DataSet{{Path: folder}}}), nil); err == nil || !strings.Contains(err.Error(), "none of the 11 training frames has a label") {
		t.Errorf("%v, want an error for a data set without labels", err)
	}
}

func withData(r Recipe, d Data) Recipe {
	r.Data = d
	return r
}

// Resume removes the temporary files of a killed process.
func TestResumeRemovesTemporaryFiles(t *testing.T) {
	dir := t.TempDir()
	run, err := Start(dir, tiny(2), nil)
	if err != nil {
		t.Fatal(err)
	}
	run.Close()
	left := filepath.Join(dir, ".tmp-checkpoint-1")
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if run, err = Resume(dir); err != nil {
		t.Fatal(err)
	}
	run.Close()
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s: %v, want it removed", left, err)
	}
}
