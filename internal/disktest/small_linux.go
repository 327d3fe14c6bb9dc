// Package disktest gives tests a disk that is soon full.
package disktest

import (
	"syscall"
	"testing"
)

// Small mounts a file system with the given options of tmpfs, such as "size=128k", until
// the test ends. It skips the test if it cannot mount one.
func Small(t *testing.T, options string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, options); err != nil {
		t.Skipf("cannot mount a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return folder
}
