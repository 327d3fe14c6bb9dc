package experiment

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/synth"
)

// exportSet writes a data set of simulated frames and returns its folder.
func exportSet(t *testing.T, r Recipe, format dataset.Format, frames int) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), string(format))
	export := dataset.Export{Stream: synth.Stream{Config: r.Training.Network, Seed: 3, Split: synth.Train}, Format: format, Frames: frames}
	if err := export.Write(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	return folder
}

// Several data sets and simulated frames train together. The cache does not change the
// weights, and neither does an interruption.
func TestRunOnMixedData(t *testing.T) {
	r := tiny(4)
	r.Data.Sets = []DataSet{{Path: exportSet(t, r, dataset.COCO, 5), SkipBad: true}, {Path: exportSet(t, r, dataset.KITTI, 4)}}
	r.Data.Mix = .5
	var models [2]*network.Weights
	for i := range models {
		dir := t.TempDir()
		run, err := Start(dir, r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			if run.Cache, err = dataset.OpenCache(filepath.Join(t.TempDir(), "cache"), 1<<30); err != nil {
				t.Fatal(err)
			}
		}
		read := 0
		watch := Callbacks{
			Data: func(d *DataSets) {
				if len(d.Sets) != 2 || d.Training != 4+3 {
					t.Errorf("%d sets, %d frames for training", len(d.Sets), d.Training)
				}
			},
			Prepared: func(n, total int) {
				if read++; n != read || total != 9 {
					t.Errorf("picture %d of %d is reported after %d", n, total, read-1)
				}
			},
		}
		if err := run.Train(t.Context(), watch); err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			if hits, misses := run.Cache.Counts(); hits == 0 || misses != 5+4 {
				t.Errorf("%d pictures were found in the cache and %d were not, want each of 5 and 4 to be decoded once", hits, misses)
			}
		}
		run.Close()
		models[i] = readModel(t, filepath.Join(dir, ModelFile))
	}
	for i := range models[0].Params {
		if !slices.Equal(models[0].Params[i].Data, models[1].Params[i].Data) {
			t.Errorf("%s differs with the cache", models[0].Params[i].Name)
		}
	}
	described := r.Data
	if got := described.String(); !strings.HasPrefix(got, "data set coco, ") || !strings.HasSuffix(got, "; 50 % simulated frames, split train, seed 1") {
		t.Errorf("described as %q", got)
	}
}

// Simulated frames are rehearsed when the whole of a given network is fine-tuned on few
// frames, unless the recipe says otherwise.
func TestRehearsalByDefault(t *testing.T) {
	base := tiny(2)
	base.Data.Sets = []DataSet{{Path: exportSet(t, base, dataset.COCO, 3)}}
	w, err := network.NewWeights(base.Training.Network, 1)
	if err != nil {
		t.Fatal(err)
	}
	initial := &Initial{Weights: w, SHA256: strings.Repeat("0", 64)}
	for name, c := range map[string]struct {
		change  func(*Recipe)
		initial *Initial
		want    float64
	}{
		"fine-tuning":  {func(*Recipe) {}, initial, Rehearsal},
		"from scratch": {func(*Recipe) {}, nil, 1},
		"chosen":       {func(r *Recipe) { r.Data.Mix = .25 }, initial, .25},
		"off":          {func(r *Recipe) { r.Data.Mix = 1 }, initial, 1},
		"L2-SP":        {func(r *Recipe) { r.Training.L2SP = 10 }, initial, 1},
		"part of it":   {func(r *Recipe) { r.Training.Tune = training.TuneHeads }, initial, 1},
		"no data set":  {func(r *Recipe) { r.Data.Sets = nil }, initial, 0},
	} {
		r := base
		c.change(&r)
		run, err := Start(t.TempDir(), r, c.initial)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := run.Recipe().Data.Mix; got != c.want {
			t.Errorf("%s: a share of %g, want %g", name, got, c.want)
		}
		run.Close()
	}
}

// A recipe of an earlier version, with one data set, resumes with this data set alone.
func TestRecipeOfEarlierVersion(t *testing.T) {
	r := tiny(2)
	r.Data.Sets = []DataSet{{Path: exportSet(t, r, dataset.COCO, 3)}}
	dir := t.TempDir()
	run, err := Start(dir, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	set := run.Recipe().Data.Sets[0]
	run.Close()
	path := filepath.Join(dir, RecipeFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	from, to := strings.Index(text, `"sets"`), strings.Index(text, `"mix": 1`)
	if from < 0 || to < from {
		t.Fatalf("recipe without sets: %s", text)
	}
	old := text[:from] + `"folder": "` + set.Path + `", "labels_sha256": "` + set.Labels + `"` + text[to+len(`"mix": 1`):]
	if err := os.WriteFile(path, []byte(old), 0o644); err != nil {
		t.Fatal(err)
	}
	if run, err = Resume(dir); err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	if got := run.Recipe().Data; len(got.Sets) != 1 || got.Sets[0] != set || got.Mix != 1 || got.Folder != "" {
		t.Errorf("data %+v, want the set %+v", got, set)
	}
	if err := run.Train(t.Context(), Callbacks{}); err != nil {
		t.Error(err)
	}
}

// A part that the files of a data set separate for validation is used for it.
func TestSeparateValidation(t *testing.T) {
	r := tiny(2)
	folder := exportSet(t, r, dataset.KITTI, 6)
	for name, text := range map[string]string{"train.txt": "000001\n000002\n000003\n000004\n", "val.txt": "000005\n000000\n"} {
		path := filepath.Join(folder, "ImageSets", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r.Data.Sets = []DataSet{{Path: folder}}
	m, err := r.open()
	if err != nil {
		t.Fatal(err)
	}
	if a, b := m.parts[synth.Train].Len(), m.parts[synth.Validation].Len(); a != 4 || b != 2 {
		t.Errorf("%d frames for training and %d for validation, want 4 and 2", a, b)
	}
}
