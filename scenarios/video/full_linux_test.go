package video

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"roadloop/internal/disktest"
)

// On a full disk the old file stays and the error is ENOSPC, with no byte free at the start
// and with a disk that fills up later.
func TestFullDiskKeepsOldFile(t *testing.T) {
	for _, ext := range Extensions {
		if CheckName(ext) != nil {
			continue // MP4 without OpenCV
		}
		for _, free := range []int{0, 40 << 10} {
			dir := disktest.Small(t, "size=128k")
			path := filepath.Join(dir, "a"+ext)
			old := []byte("old")
			fill := make([]byte, 124<<10-free)
			if err := errors.Join(os.WriteFile(path, old, 0o644), os.WriteFile(filepath.Join(dir, "fill"), fill, 0o644)); err != nil {
				t.Fatal(err)
			}
			w, err := Create(path, 10)
			for i := uint64(0); err == nil && i < 10 && (ext != ".png" || i < 1); i++ {
				err = w.Add(noise(320, 240, i))
			}
			if w != nil {
				err = errors.Join(err, w.Close())
			}
			if !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("%s with %d bytes free: %v, want %v", ext, free, err, syscall.ENOSPC)
			}
			if data, err := os.ReadFile(path); err != nil || !bytes.Equal(data, old) {
				t.Errorf("%s with %d bytes free: the old file has %d bytes (%v)", ext, free, len(data), err)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
				t.Errorf("%s with %d bytes free: %v are left (%v)", ext, free, entries, err)
			}
		}
	}
}
