package video

import (
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"roadloop/internal/opencv"
)

// noise returns an image that compresses badly.
func noise(w, h int, seed uint64) *image.RGBA {
	im, r := image.NewRGBA(image.Rect(0, 0, w, h)), rand.New(rand.NewPCG(seed, 1))
	for i := range im.Pix {
		im.Pix[i] = uint8(r.Uint32())
	}
	return im
}

// checkMP4 distinguishes a complete video from a truncated one and from one that lacks
// frames.
func TestCheckMP4DetectsTruncation(t *testing.T) {
	if !opencv.Included {
		t.Skip(opencv.ErrNotIncluded)
	}
	path := filepath.Join(t.TempDir(), "a.mp4")
	w, err := Create(path, 10)
	if err != nil {
		t.Fatal(err)
	}
	const frames = 12
	for i := range frames {
		if err := w.Add(noise(64, 48, uint64(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := checkMP4(path, frames); err != nil {
		t.Errorf("a complete video: %v", err)
	}
	if err := checkMP4(path, frames+1); err == nil {
		t.Error("a video without its last frame passes")
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.mp4")
	for n := 0; n < len(whole); n += 1 + len(whole)/200 {
		if err := os.WriteFile(cut, whole[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		if err := checkMP4(cut, frames); err == nil {
			t.Errorf("%d of %d bytes pass", n, len(whole))
		}
	}
}
