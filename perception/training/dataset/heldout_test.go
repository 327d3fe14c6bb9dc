package dataset

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roadloop/perception/training/synth"
)

// Each list of an export is read as its split, and together they have the frames of all maps.
func TestSplitsOfExports(t *testing.T) {
	const frames = 3
	for _, format := range []Format{KITTI, NuScenes} {
		dir := t.TempDir()
		for i := range frames { // of one map each
			export(t, dir, Export{Format: format, First: i * synth.FramesPerMap, Frames: 1, Val: 25, Test: 25})
		}
		seen := make(map[string]bool)
		for _, split := range []synth.Split{synth.Train, synth.Validation, synth.HeldOut} {
			s, err := Open(dir, Options{Split: split})
			if err != nil {
				t.Fatal(err)
			}
			for i := range s.samples {
				if path := s.samples[i].picture; seen[path] {
					t.Errorf("%s: %s is in two splits", format, path)
				} else {
					seen[path] = true
				}
			}
		}
		if len(seen) != frames {
			t.Errorf("%s: %d frames, want %d", format, len(seen), frames)
		}
	}
}

// kittiFrame returns the files of a frame below a folder.
func kittiFrame(folder, name string) []string {
	return []string{folder + "/image_2/" + name + ".png", kittiPicture(), folder + "/calib/" + name + ".txt", calib, folder + "/label_2/" + name + ".txt", car}
}

// Held-out frames are below testing, or below training in data sets that divide KITTI's
// training frames.
func TestHeldOutKITTI(t *testing.T) {
	const testLabels = "testing/label_2/000007.txt"
	lists := func(test string) []string {
		return []string{"ImageSets/train.txt", "000007\n", "ImageSets/val.txt", "000007\n", "ImageSets/test.txt", test + "\n"}
	}
	exported := func() map[string]string {
		return with(with(kittiFiles(), kittiFrame("testing", "000009")...), lists("000009")...)
	}
	both := func() map[string]string {
		return with(with(kittiFiles(), kittiFrame("testing", "000007")...), lists("000007")...)
	}
	divided := func() map[string]string {
		return with(with(kittiFiles(), kittiFrame("training", "000008")...), lists("000008")...)
	}
	for name, c := range map[string]struct {
		files map[string]string
		at    string // of the data set in the folder
		want  string // the picture of the only frame, or the error
	}{
		"an export":                   {exported(), "", "DIR/testing/image_2/000009.png"},
		"the folder training":         {exported(), "training", "DIR/testing/image_2/000009.png"},
		"both folders count from 0":   {both(), "", "DIR/testing/image_2/000007.png"},
		"divided training frames":     {divided(), "", "DIR/training/image_2/000008.png"},
		"divided, next to KITTI's":    {with(divided(), "testing/image_2/000008.png", kittiPicture()), "", "DIR/training/image_2/000008.png"},
		"KITTI's own":                 {with(both(), testLabels, ""), "", "DIR/testing/image_2/000007.png has no labels: there is no DIR/" + testLabels + ", and KITTI publishes none for the frames of testing"},
		"KITTI's own, without a twin": {with(exported(), "testing/label_2/000009.txt", ""), "", "DIR/testing/image_2/000009.png has no labels: there is no DIR/testing/label_2/000009.txt, and KITTI"},
		"neither picture nor labels":  {with(kittiFiles(), lists("000004")...), "", "labels: open DIR/training/label_2/000004.txt: no such file or directory"},
	} {
		dir := folder(t, c.files)
		s, err := Open(filepath.Join(dir, c.at), Options{Split: synth.HeldOut})
		got := ""
		switch {
		case err != nil:
			got = err.Error()
		case s.Len() != 1 || len(s.samples[0].objects) != 1:
			t.Errorf("%s: %d frames, the first one with %d objects, want one", name, s.Len(), len(s.samples[0].objects))
		default:
			got = s.samples[0].picture
		}
		if got = strings.ReplaceAll(filepath.ToSlash(got), filepath.ToSlash(dir), "DIR"); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	// The labels of training are not those of another picture with the same name.
	if _, err := Open(folder(t, with(both(), testLabels, "")), Options{Split: synth.HeldOut, SkipBad: true}); err == nil || !strings.Contains(err.Error(), "all were left out") {
		t.Errorf("KITTI's own, without bad frames: %v", err)
	}
}

const (
	nuScenesData   = "v1.0-mini/sample_data.json"
	nuScenesSplits = "v1.0-mini/splits.json"
	nuScenesBefore = `[{"token": "d0", "sample_token": "f0", "ego_pose_token": "e1", "calibrated_sensor_token": "c1", "timestamp": 5, "filename": "samples/CAM_FRONT/b.png", "is_key_frame": true},` + "\n"
)

// nuScenesScenes is nuScenesFiles with an earlier scene, and lists of both scenes.
func nuScenesScenes() map[string]string {
	return with(withReplaced(nuScenesFiles(), nuScenesData, "[\n", nuScenesBefore),
		"samples/CAM_FRONT/b.png", smallPicture(),
		"v1.0-mini/scene.json", `[{"token": "n0", "name": "scene-0"}, {"token": "n1", "name": "scene-1"}]`,
		"v1.0-mini/sample.json", `[{"token": "f0", "scene_token": "n0"}, {"token": "f1", "scene_token": "n1"}]`,
		nuScenesSplits, `{"roadloop_train": ["scene-1"], "roadloop_val": [], "roadloop_test": ["scene-0"]}`)
}

// splits.json separates the scenes of nuScenes, and each split has its frames alone.
func TestSplitsOfNuScenes(t *testing.T) {
	dir := folder(t, nuScenesScenes())
	for split, want := range map[synth.Split][]string{"": {"b.png", "a.png"}, synth.Train: {"a.png"}, synth.HeldOut: {"b.png"}} {
		s, err := Open(dir, Options{Split: split})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range s.samples {
			got = append(got, filepath.Base(s.samples[i].picture))
		}
		if !slices.Equal(got, want) {
			t.Errorf("split %q: %v, want %v", split, got, want)
		}
	}
	s := newSet(dir, Options{})
	has := make(map[synth.Split]bool)
	for _, split := range []synth.Split{synth.Train, synth.Validation, synth.HeldOut} {
		has[split] = s.nuScenesHasSplit(split)
	}
	if want := (map[synth.Split]bool{synth.Train: true, synth.Validation: false, synth.HeldOut: true}); !maps.Equal(has, want) {
		t.Errorf("splits %v, want %v", has, want)
	}
	for name, files := range map[string]map[string]string{"an empty list": nuScenesScenes(), "no file": nuScenesFiles()} {
		if _, err := Open(folder(t, files), Options{Split: synth.Validation}); err == nil || !strings.Contains(err.Error(), "no file separates validation frames") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestBadSplitsOfNuScenes(t *testing.T) {
	testBadInput(t, nuScenesScenes, Options{Split: synth.Train}, []badInput{
		{nuScenesSplits, "", "3", "DIR/" + nuScenesSplits + ":1: document: found number, want an object"},
		{nuScenesSplits, "", "{\n\"roadloop_train\": 3}", "DIR/" + nuScenesSplits + ":2: document: found number, want an array"},
		{nuScenesSplits, `["scene-1"]`, `["scene-1", "scene-7"]`, "DIR/" + nuScenesSplits + `: roadloop_train: there is no scene "scene-7"`},
		{"v1.0-mini/sample.json", `"token": "f1"`, `"token": "f7"`, "DIR/" + nuScenesData + ":2: sample_data d1: there is no sample f1"},
		{"v1.0-mini/sample.json", "", "-", "labels: open DIR/v1.0-mini/sample.json: no such file or directory"},
	})
}

// A second key frame of a sample is left out and counted, and the first one keeps its labels.
func TestSecondKeyFrame(t *testing.T) {
	files := func() map[string]string {
		return withReplaced(nuScenesFiles(), nuScenesData, "\n]", ",\n"+`{"token": "d9", "sample_token": "f1", "ego_pose_token": "e1", "calibrated_sensor_token": "c1", "timestamp": 9, "filename": "samples/CAM_FRONT/a.png", "is_key_frame": true}`+"\n]")
	}
	want := nuScenesData + ":4: sample_data d9: sample f1 has a second key frame of CAM_FRONT"
	dir := folder(t, files())
	if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
	s, err := Open(dir, Options{SkipBad: true})
	if err != nil {
		t.Fatal(err)
	}
	n, first := s.Bad()
	if n != 1 || !strings.Contains(first[0].Error(), want) {
		t.Errorf("%d bad entries %v, want %s", n, first, want)
	}
	if s.Len() != 1 || len(s.samples[0].objects) != 1 {
		t.Errorf("%d frames, the first one with %d objects, want one", s.Len(), len(s.samples[0].objects))
	}
}
