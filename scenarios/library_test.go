package scenarios_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
)

// Library does not compile the files. This test compiles every file, with all ends of
// ranges and the grid.
func TestLibraryCompiles(t *testing.T) {
	all, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	families := map[string]bool{}
	for _, s := range all {
		if _, err := drivetest.ParseAndCheck(s.Slug()+".yaml", s.Source); err != nil {
			t.Error(err)
		}
		for _, c := range grid(t, s) {
			if _, err := runner.Compile(c); err != nil {
				t.Errorf("%s: %v", c.ID(), err)
			}
		}
		if s.Description == "" || s.Family == "" {
			t.Errorf("%s has no description or family", s.Slug())
		}
		families[s.Family] = true
	}
	if len(all) < 10 || len(families) < 8 {
		t.Errorf("%d scenarios of %d families", len(all), len(families))
	}
}

func TestFind(t *testing.T) {
	s, err := scenarios.Find("zebra")
	if err != nil || s.Slug() != "zebra" {
		t.Fatalf("found %v, %v", s, err)
	}
	_, err = scenarios.Find("zbera")
	if !errors.Is(err, scenarios.ErrUnknown) || !strings.Contains(err.Error(), `did you mean "zebra"?`) {
		t.Errorf("error %v, want a suggestion", err)
	}
	if _, err = scenarios.Find("quite-another-thing"); !errors.Is(err, scenarios.ErrUnknown) || strings.Contains(err.Error(), "did you mean") {
		t.Errorf("error %v, want no suggestion", err)
	}
	if _, err = scenarios.Find("nowhere/none.yaml"); err == nil {
		t.Error("found a file that does not exist")
	}
}

func TestFindReadsFilesOfAnyName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "noext")
	if err := os.WriteFile(path, []byte(sound), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Find(path)
	if err != nil || s.Slug() != "noext" || s.Ref() != path {
		t.Errorf("%+v, %v", s, err)
	}
	if c, err := scenarios.FindCase(path + "/7"); err != nil || c.ID() != "noext/7" {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := scenarios.Find(path + "s"); !errors.Is(err, scenarios.ErrUnknown) || !strings.Contains(err.Error(), "there is no such file") {
		t.Errorf("error %v", err)
	}
}
