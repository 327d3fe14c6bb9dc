package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A training ends with the name of its model; resuming it then says that nothing was
// left to do, and which flags it ignored.
func TestTrainNamesItsModel(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	_, says := command(t, exitOK, "train", "--small", "--steps", "1", "--batch", "2", "--frames", "2", "--judge", "0", "--out", out)
	model := filepath.Join(out, "model.rlm")
	if !strings.HasSuffix(says, "model: "+model+"\n") || strings.Contains(says, "validation") {
		t.Errorf("says %q", says)
	}
	if _, err := os.Stat(model); err != nil {
		t.Error(err)
	}
	_, says = command(t, exitOK, "train", "--resume", "--steps", "9999", "--out", out)
	for _, part := range []string{"ignored: --steps\n", "the run in " + out + " has ended", "model: " + model} {
		if !strings.Contains(says, part) {
			t.Errorf("%q is not in %q", part, says)
		}
	}
}
