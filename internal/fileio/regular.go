package fileio

import (
	"errors"
	"fmt"
	"os"
)

// ErrNotRegular is wrapped by errors about folders, pipes and devices.
var ErrNotRegular = errors.New("is not a regular file")

// CheckRegular returns an error for anything but a regular file: reading a pipe or a device
// may never end. It ignores a missing file; opening it fails later.
func CheckRegular(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s %w", path, ErrNotRegular)
	}
	return nil
}

// OpenRegular opens a regular file.
func OpenRegular(path string) (*os.File, error) {
	if err := CheckRegular(path); err != nil {
		return nil, err
	}
	return os.Open(path)
}

// ReadRegular returns the contents of a regular file.
func ReadRegular(path string) ([]byte, error) {
	if err := CheckRegular(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}
