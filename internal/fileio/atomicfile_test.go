package fileio_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"roadloop/internal/fileio"
)

func TestWriteLeavesNoTemporaryFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "down", "file")
	for _, text := range []string{"long before", "now"} {
		if err := fileio.Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	blocked := filepath.Join(filepath.Dir(path), "taken")
	if err := os.MkdirAll(filepath.Join(blocked, "by a folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := fileio.Write(blocked, nil); err == nil {
		t.Error("wrote a file in the place of a folder")
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 2 {
		t.Errorf("left over: %v", entries)
	}
}

// RemoveTemporary removes what a killed process left, and nothing else.
func TestRemoveTemporary(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "below", "a.json")
	p, err := fileio.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(p.Name) != filepath.Dir(path) || filepath.Ext(p.Name) != ".json" {
		t.Errorf("temporary file %s for %s", p.Name, path)
	}
	if err := errors.Join(fileio.Write(path, nil), fileio.RemoveTemporary(dir)); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 || entries[0].Name() != "a.json" {
		t.Errorf("left %v (%v), want a.json", entries, err)
	}
	if err := p.Commit(); err == nil {
		t.Error("Commit succeeds without the temporary file")
	}
	if err := p.Remove(); err != nil {
		t.Errorf("removing it again: %v", err)
	}
}

// Write does not replace a device.
func TestWriteKeepsDevices(t *testing.T) {
	for _, path := range []string{os.DevNull, "/dev/full"} {
		before, err := os.Lstat(path)
		if err != nil {
			t.Skip(err)
		}
		err = errors.Join(fileio.Check(path), fileio.Write(path, []byte("text")))
		if full := path == "/dev/full"; (err != nil) != full {
			t.Errorf("%s: error %v", path, err)
		}
		p, err := fileio.Create(path)
		if err == nil {
			err = errors.Join(p.Commit(), p.Remove())
		}
		if err != nil || p.Name != path {
			t.Errorf("%s: %+v, %v", path, p, err)
		}
		after, err := os.Lstat(path)
		if err != nil || after.Mode() != before.Mode() {
			t.Errorf("%s is another file now: %v, %v", path, after, err)
		}
	}
}

// CheckFolder predicts errors of Write, names the folder that was asked for, and leaves
// nothing.
func TestCheckFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "below")} {
		if err := fileio.CheckFolder(path); err == nil || err.Error() != path+" is not a folder" {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "new", "folder")} {
		if err := fileio.CheckFolder(path); err != nil {
			t.Error(err)
		}
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("files %v, %v", list, err)
	}
}

// Check predicts errors of Write and leaves no files.
func TestCheck(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := fileio.Check(filepath.Join(file, "below")); err == nil {
		t.Error("no error for a file below a file")
	}
	if err := fileio.Check(dir); err == nil {
		t.Error("no error for a folder")
	}
	if err := fileio.Check(filepath.Join(dir, "new", "folder", "file")); err != nil {
		t.Error(err)
	}
	if list, err := os.ReadDir(filepath.Join(dir, "new", "folder")); err != nil || len(list) != 0 {
		t.Errorf("files %v, %v", list, err)
	}
}
