package fileio

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadAllStopsAtTheLimit(t *testing.T) {
	if data, err := ReadAll(strings.NewReader("abcd"), 4); err != nil || string(data) != "abcd" {
		t.Errorf("%q, %v; want all four bytes", data, err)
	}
	if _, err := ReadAll(strings.NewReader("abcde"), 4); !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "4 bytes") {
		t.Errorf("five bytes: %v, want ErrTooLarge with the limit", err)
	}
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, make([]byte, 2<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	if data, err := ReadFile(path, 2<<20); err != nil || len(data) != 2<<20 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if _, err := ReadFile(path, 1<<20); !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "1 MiB") || !strings.Contains(err.Error(), path) {
		t.Errorf("%v, want ErrTooLarge with path and limit", err)
	}
	if _, err := ReadFile(path+"x", 1); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v, want ErrNotExist", err)
	}
}

// An endless device causes an error before it fills the memory.
func TestEndlessFile(t *testing.T) {
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip("no /dev/zero")
	}
	if _, err := ReadFile("/dev/zero", 1<<16); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%v, want ErrTooLarge", err)
	}
}
