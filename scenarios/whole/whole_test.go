package whole_test

import (
	"os"
	"path/filepath"
	"testing"

	"roadloop/scenarios/whole"
)

func TestWriteReplacesAndLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "down", "file")
	for _, text := range []string{"long before", "now"} {
		if err := whole.Write(path, []byte(text)); err != nil {
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
	if err := whole.Write(blocked, nil); err == nil {
		t.Error("wrote a file in the place of a folder")
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 2 {
		t.Errorf("left over: %v", entries)
	}
}
