package experiment

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"roadloop/internal/disktest"
)

// A disk that is full at a checkpoint ends the training with that error. The checkpoint
// before stays, and with room again the run ends with the policy of one that had room.
func TestFullDiskKeepsTheCheckpoint(t *testing.T) {
	whole := t.TempDir()
	e, err := Start(whole, short("dqn"), setup(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Train(context.Background(), Callbacks{}); err != nil {
		t.Fatal(err)
	}
	dir := disktest.Small(t, "size=1m")
	fill := filepath.Join(dir, "fill")
	if e, err = Start(dir, short("dqn"), setup(1)); err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	before := read(t, dir, CheckpointFile)
	f, err := os.Create(fill)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil { // to the last page
		_, err = f.Write(make([]byte, 4096))
	}
	f.Close()
	if err := e.Train(context.Background(), Callbacks{}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("training on a full disk: %v, want %v", err, syscall.ENOSPC)
	}
	if !bytes.Equal(read(t, dir, CheckpointFile), before) {
		t.Error("the checkpoint has changed")
	}
	if err := os.Remove(fill); err != nil {
		t.Fatal(err)
	}
	if e, err = Resume(dir, setup(1)); err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Train(context.Background(), Callbacks{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{PolicyFile, BestFile, MetricsFile, EpisodesFile, ValidationFile} {
		if !bytes.Equal(read(t, whole, name), read(t, dir, name)) {
			t.Errorf("%s differs", name)
		}
	}
}
