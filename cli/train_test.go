package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// train prints the path of its model. Resuming a finished run reports that it has ended,
// and which flags are ignored.
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
	for _, part := range []string{"ignored: --steps\n", "the run in " + out + " has already ended", "model: " + model} {
		if !strings.Contains(says, part) {
			t.Errorf("%q is not in %q", part, says)
		}
	}
}
