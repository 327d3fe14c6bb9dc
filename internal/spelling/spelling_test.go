package spelling_test

import (
	"testing"

	"roadloop/internal/spelling"
)

func TestClosest(t *testing.T) {
	names := []string{"highway-fast-v0", "highway-v0", "drive-town-v0", "seed", "steps"}
	for word, want := range map[string]string{
		"highway-fst-v0": "highway-fast-v0", "highway-fast": "highway-fast-v0", "highway": "highway-v0", "drive-twon-v0": "drive-town-v0",
		"sed": "seed", "step": "steps", "seed": "seed", "st": "", "moon": "", "": "",
	} {
		if got := spelling.Closest(word, names); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}
