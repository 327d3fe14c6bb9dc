//go:build nocv

package video_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"roadloop/internal/opencv"
	"roadloop/scenarios/video"
)

// Without OpenCV an MP4 is rejected before any file is created.
func TestMP4NeedsOpenCV(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.mp4")
	_, err := video.Create(path, 10)
	_, videoErr := video.NewVideo(path, 10, 64, 48)
	for _, err := range []error{video.CheckName(path), err, videoErr} {
		if !errors.Is(err, opencv.ErrNotIncluded) {
			t.Errorf("%v, want %v", err, opencv.ErrNotIncluded)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("%v are left (%v)", entries, err)
	}
}
