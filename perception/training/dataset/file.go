package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"roadloop/internal/fileio"
)

// file is a file to write: its path in the data set, with slashes, and its contents.
type file struct {
	path string
	data []byte
}

// write writes the file atomically.
func (f *file) write(dir string) error {
	return fileio.Write(filepath.Join(dir, filepath.FromSlash(f.path)), f.data)
}

// sum returns the SHA-256 of the file.
func (f *file) sum() string {
	sum := sha256.Sum256(f.data)
	return hex.EncodeToString(sum[:])
}

// sums returns the file for `sha256sum -c`: the checksums of all other files, by
// path.
func sums(parts []part, files []file) *file {
	all := make(map[string]string)
	for i := range parts {
		maps.Copy(all, parts[i].Sums)
	}
	for i := range files {
		all[files[i].path] = files[i].sum()
	}
	var b bytes.Buffer
	for _, path := range slices.Sorted(maps.Keys(all)) {
		b.WriteString(all[path] + "  " + path + "\n")
	}
	return &file{path: "SHA256SUMS", data: b.Bytes()}
}

// jsonFile returns a file with v as one line of JSON.
func jsonFile(path string, v any) (file, error) {
	data, err := json.Marshal(v)
	return file{path: path, data: append(data, '\n')}, err
}

func encodePNG(im image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := png.Encode(&b, im)
	return b.Bytes(), err
}

// openRegular opens a regular file.
func openRegular(path string) (*os.File, error) {
	if err := checkRegular(path); err != nil {
		return nil, err
	}
	return os.Open(path)
}

// readRegular returns the contents of a regular file.
func readRegular(path string) ([]byte, error) {
	if err := checkRegular(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// checkRegular returns an error for pipes and devices, since reading them may never
// end. It ignores a missing file; opening it fails later.
func checkRegular(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", path)
	}
	return nil
}
