package thumb

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"roadloop/scenarios"
)

func find(t *testing.T, name string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The picture shows the ego, its way and that of whom it meets.
func TestPictureShowsWhoMeets(t *testing.T) {
	m, err := Render(context.Background(), find(t, "cut-in"))
	if err != nil {
		t.Fatal(err)
	}
	orange, blue := 0, 0
	for i := 0; i < len(m.Pix); i += 4 {
		r, g, b := int(m.Pix[i]), int(m.Pix[i+1]), int(m.Pix[i+2])
		switch {
		case r > 200 && g > 80 && g < 190 && b < 80:
			orange++
		case b > 200 && g > 150 && r < 160:
			blue++
		}
	}
	if orange < 1000 || blue < 300 {
		t.Errorf("%d pixels of the ego and its way, %d of another's way", orange, blue)
	}
}

// A kept picture is the one that was made; a damaged one is made again, and a file of
// another text or build is another one.
func TestCache(t *testing.T) {
	c := NewCache(filepath.Join(t.TempDir(), "thumbs"))
	s := find(t, "zebra")
	made, err := c.Picture(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := read(c.path(s))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept.Pix, made.Pix) {
		t.Error("what is kept is another picture")
	}
	whole, err := os.ReadFile(c.path(s))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.path(s), whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := c.Picture(context.Background(), s)
	if err != nil || !bytes.Equal(again.Pix, made.Pix) {
		t.Errorf("of a damaged file came another picture, %v", err)
	}
	if mended, err := os.ReadFile(c.path(s)); err != nil || !bytes.Equal(mended, whole) {
		t.Errorf("the damaged file stays, %v", err)
	}
	other := *c
	other.build = "newer"
	if other.path(s) == c.path(s) || c.path(find(t, "cut-in")) == c.path(s) {
		t.Error("different pictures have one file")
	}
	if left, _ := filepath.Glob(filepath.Join(c.dir, ".new*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A directory that cannot be made costs the file, not the picture.
func TestCacheWithoutAPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := NewCache(filepath.Join(file, "thumbs")).Picture(context.Background(), find(t, "zebra")); err != nil || m == nil {
		t.Errorf("no picture: %v", err)
	}
}

func TestRenderStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Render(ctx, find(t, "zebra")); err == nil {
		t.Error("it went on")
	}
}
