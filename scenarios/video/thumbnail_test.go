package video

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

// The thumbnail shows the ego, its path and that of the other actor.
func TestThumbnailShowsPaths(t *testing.T) {
	m, err := Thumbnail(context.Background(), find(t, "cut-in"))
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
		t.Errorf("%d pixels of the ego and its path, %d of the other's path", orange, blue)
	}
}

// A cached thumbnail equals the rendered one, a damaged file is rendered again, and
// another text or build has another file.
func TestCache(t *testing.T) {
	c := NewThumbnailCache(filepath.Join(t.TempDir(), "thumbs"))
	s := find(t, "zebra")
	made, err := c.Thumbnail(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := read(c.path(s))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept.Pix, made.Pix) {
		t.Error("the cached thumbnail differs")
	}
	whole, err := os.ReadFile(c.path(s))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.path(s), whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := c.Thumbnail(context.Background(), s)
	if err != nil || !bytes.Equal(again.Pix, made.Pix) {
		t.Errorf("a damaged file gives another thumbnail, %v", err)
	}
	if mended, err := os.ReadFile(c.path(s)); err != nil || !bytes.Equal(mended, whole) {
		t.Errorf("the damaged file stays, %v", err)
	}
	other := *c
	other.build = "newer"
	if other.path(s) == c.path(s) || c.path(find(t, "cut-in")) == c.path(s) {
		t.Error("different thumbnails have the same file")
	}
	if left, _ := filepath.Glob(filepath.Join(c.dir, ".new*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// If the directory cannot be created, the thumbnail is rendered but not stored.
func TestCacheWithoutDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := NewThumbnailCache(filepath.Join(file, "thumbs")).Thumbnail(context.Background(), find(t, "zebra")); err != nil || m == nil {
		t.Errorf("no thumbnail: %v", err)
	}
}

func TestRenderStopsWhenContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Thumbnail(ctx, find(t, "zebra")); err == nil {
		t.Error("no error for an ended context")
	}
}
