package dataset

import (
	"path/filepath"
	"testing"

	"roadloop/perception"
	"roadloop/perception/training/synth"
)

// Every picture has an id of its own, also in formats without ids: results name pictures by it.
func TestPicturesHaveIDs(t *testing.T) {
	for _, f := range stillFormats() {
		dir := t.TempDir()
		export(t, dir, Export{Format: f, Frames: 3})
		s := open(t, dir)
		seen := make(map[string]bool)
		for i := range s.samples {
			if id := s.samples[i].id; id == "" || seen[id] {
				t.Errorf("%s: picture %d has the id %q", f, i, id)
			} else {
				seen[id] = true
			}
		}
	}
	if s := open(t, folder(t, yoloFiles())); s.samples[0].id != "1" || s.samples[1].id != "2" {
		t.Errorf("ids %q and %q", s.samples[0].id, s.samples[1].id)
	}
}

// A relative path from within a data set finds the same labels as one from outside.
func TestPathsFromWithin(t *testing.T) {
	yolo, coco := folder(t, yoloFiles()), folder(t, cocoFiles())
	for _, c := range []struct{ folder, path string }{
		{yolo, "."}, {yolo, yoloPath}, {filepath.Join(yolo, "images"), ".."},
		{coco, "."}, {filepath.Join(coco, "annotations"), filepath.Base(cocoFile)},
	} {
		t.Chdir(c.folder)
		s, err := Open(c.path, Options{})
		if err != nil {
			t.Errorf("%s from %s: %v", c.path, c.folder, err)
			continue
		}
		if o := s.samples[0].objects; len(o) != 1 || c.folder == yolo && synth.Class(&o[0]) != perception.Car || s.Background() > 0 {
			t.Errorf("%s from %s: %+v", c.path, c.folder, o)
		}
	}
}
