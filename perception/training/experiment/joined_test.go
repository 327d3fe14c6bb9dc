package experiment

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roadloop/perception/network"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/synth"
)

// truncatePicture cuts a picture of a data set of the format KITTI, so that only its head is
// valid.
func truncatePicture(t *testing.T, folder string) {
	t.Helper()
	pictures, err := filepath.Glob(filepath.Join(folder, "training", "image_2", "*.png"))
	if err != nil || len(pictures) == 0 {
		t.Fatalf("no pictures in %s (%v)", folder, err)
	}
	if err := os.Truncate(pictures[0], 60); err != nil {
		t.Fatal(err)
	}
}

// The option to leave out pictures that cannot be decoded applies to each of several data
// sets, and to an estimate. The number of frames for training is the number that is used.
func TestSkipBadOfSeveralSets(t *testing.T) {
	r := tiny(2)
	r.Epoch, r.ValFrames = 2, 0
	coco, kitti := exportSet(t, r, dataset.COCO, 5), exportSet(t, r, dataset.KITTI, 4)
	truncatePicture(t, kitti)
	r.Data.Sets = []DataSet{{Path: coco}, {Path: kitti, SkipBad: true}}
	for frames, want := range map[int64]int{0: 4 + 2, 3: 3, 100: 4 + 2} {
		r.Data.Frames = frames
		run, err := Start(t.TempDir(), r, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = run.Train(t.Context(), Callbacks{Data: func(d *DataSets) {
			n, _ := d.Sets[1].Bad()
			if d.Training != want || n != 1 {
				t.Errorf("--frames %d: %d frames for training and %d left out, want %d and 1", frames, d.Training, n, want)
			}
		}})
		if err != nil {
			t.Error(err)
		}
		run.Close()
	}
	r.Data.Frames = 0
	if _, err := DryRun(t.Context(), r, nil); err != nil {
		t.Errorf("estimate: %v", err)
	}
	r.Data.Sets = []DataSet{{Path: coco, SkipBad: true}, {Path: kitti}}
	if _, err := DryRun(t.Context(), r, nil); err == nil || !strings.Contains(err.Error(), "000000.png") {
		t.Errorf("%v, want an error with the picture of the set without the option", err)
	}
}

// The number of frames for training protects from forgetting, not the size of the data set.
func TestRehearsalOfFewFramesOfLargeSet(t *testing.T) {
	set, err := dataset.Open(exportSet(t, tiny(2), dataset.COCO, 2), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	large := slices.Repeat([]*dataset.Set{set}, FewFrames/2+1)
	for frames, want := range map[int64]float64{0: 1, 20: Rehearsal, FewFrames + 1: 1} {
		r := tiny(2)
		r.Data.Sets, r.Data.Frames = make([]DataSet, 1), frames
		m := &datasets{Recipe: &r, parts: map[synth.Split]*dataset.Set{synth.Train: dataset.Join(large...)}}
		r.protect(m, true)
		if r.Data.Mix != want {
			t.Errorf("%d of %d frames: a share of %g, want %g", frames, m.parts[synth.Train].Len(), r.Data.Mix, want)
		}
	}
}

// Training on some frames of several data sets, and validation, read frames of each set.
func TestFramesOfSeveralSets(t *testing.T) {
	r := tiny(2)
	r.Data.Sets = []DataSet{{Path: exportSet(t, r, dataset.COCO, 20)}, {Path: exportSet(t, r, dataset.KITTI, 20)}}
	r.Data.Frames, r.ValFrames = 2, 2
	m, err := r.open()
	if err != nil {
		t.Fatal(err)
	}
	src, err := m.source(synth.Train)
	if err != nil {
		t.Fatal(err)
	}
	validation, err := m.frames(synth.Validation, r.ValFrames)
	if err != nil {
		t.Fatal(err)
	}
	training, err := src.(dataset.Source).Set.Reader(network.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	for name, frames := range map[string]interface {
		Frame(i int64) (*synth.Frame, error)
	}{"training": training, "validation": validation} {
		sets := make(map[bool]int) // number of frames of KITTI and others
		for i := range int64(2) {
			f, err := frames.Frame(i)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			sets[f.Picture.KITTI]++
		}
		if sets[true] != 1 || sets[false] != 1 {
			t.Errorf("%s: %v, want a frame of each set", name, sets)
		}
	}
	if _, err := training.Frame(2); err == nil {
		t.Error("a third frame for training")
	}
}
