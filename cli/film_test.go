package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"roadloop/internal/opencv"
)

// An interrupted or terminated film command leaves no files.
func TestFilmCleansUpAfterSignal(t *testing.T) {
	if !opencv.Included {
		t.Skip(opencv.ErrNotIncluded)
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		dir := t.TempDir()
		cmd := process(t, "film", "headway/1", "--perception", "oracle", "--view", "chase", "--out", filepath.Join(dir, "a.mp4"))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		startedDrive := func() bool {
			films, err := filepath.Glob(filepath.Join(dir, ".tmp-*"))
			return err == nil && len(films) > 0
		}
		for deadline := time.Now().Add(2 * time.Minute); !startedDrive() && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
		}
		if !startedDrive() {
			t.Error("film did not start writing")
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Error(err)
		}
		if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != exitInterrupted { // the exit code matters
			t.Errorf("%v: %v, want exit code %d", signal, cmd.ProcessState, exitInterrupted)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
			t.Errorf("after %v: left %v (%v)", signal, entries, err)
		}
	}
}

// A drive with ground truth has no camera frames: its default view shows the world.
func TestFilmOfGroundTruthShowsTheWorld(t *testing.T) {
	dir := t.TempDir()
	render := func(name string, more ...string) []byte {
		t.Helper()
		path := filepath.Join(dir, name)
		command(t, exitOK, append([]string{"film", "straight/1", "--perception", "oracle", "--at", "1s", "--size", "320x192", "--out", path}, more...)...)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	plain := render("plain.png")
	if !bytes.Equal(plain, render("chase.png", "--view", "chase")) || bytes.Equal(plain, render("split.png", "--view", "split")) {
		t.Error("the default view is not chase")
	}
}
