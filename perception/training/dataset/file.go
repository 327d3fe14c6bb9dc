package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image"
	"image/png"
	"maps"
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
