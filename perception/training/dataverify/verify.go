// Package dataverify verifies the rules of data set formats: COCO, KITTI's object and
// tracking benchmarks, YOLO, TuSimple, nuScenes and roadloop's own. A data set may come from any
// program. The package shares no code with the one that writes data sets, so that an
// error of the writer is not repeated by the reader. Pictures are decoded by package
// imagefile, which knows nothing of data sets.
package dataverify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"roadloop/internal/fileio"
	"roadloop/internal/imagefile"
)

// formats verify the rules of a format. They return an error if the folder holds no data
// set of the format.
var formats = []struct {
	name   string
	verify func(*checker) error
}{
	{"roadloop", (*checker).roadloop}, {"coco", (*checker).coco}, {"kitti", (*checker).kitti},
	{"kitti-tracking", (*checker).kittiTracking}, {"yolo", (*checker).yolo}, {"tusimple", (*checker).tusimple},
	{"nuscenes", (*checker).nuscenes},
}

// Formats returns the names of the formats.
func Formats() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Report is the result of verifying a data set.
type Report struct {
	Dir        string      `json:"dir"`
	Format     string      `json:"format"`
	Valid      bool        `json:"valid"`
	Images     int         `json:"images"`
	Labels     int         `json:"labels"`
	Violations []Violation `json:"violations"`
	// Omitted is the number of violations after the first MaxViolations.
	Omitted int `json:"omitted,omitempty"`
}

// MaxViolations is the largest number of violations in a report.
const MaxViolations = 100

// Violation is a rule that a file violates.
type Violation struct {
	File    string `json:"file"`            // relative to the folder of the data set
	Line    int    `json:"line,omitempty"`  // from 1; 0 for the file as a whole
	Field   string `json:"field,omitempty"` // such as annotations[3].bbox
	Message string `json:"message"`
}

// String returns file:line: field: message.
func (v *Violation) String() string {
	out := v.File
	if v.Line > 0 {
		out += fmt.Sprintf(":%d", v.Line)
	}
	if v.Field != "" {
		out += ": " + v.Field
	}
	return out + ": " + v.Message
}

// Verify verifies a data set. The format "" means the one that dataset.json names. It
// returns an error if the folder cannot be read or holds no data set of the format.
func Verify(dir, format string) (*Report, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("data set: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("data set: %s is a file, want a folder", dir)
	}
	if format == "" {
		if format, err = namedFormat(dir); err != nil {
			return nil, err
		}
	}
	for _, f := range formats {
		if f.name != format {
			continue
		}
		c := &checker{dir: dir, sizes: make(map[string]image.Point), report: Report{Dir: dir, Format: format, Violations: []Violation{}}}
		if err := f.verify(c); err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
		c.metadata()
		c.checksums()
		c.report.Valid = len(c.report.Violations) == 0
		return &c.report, nil
	}
	return nil, fmt.Errorf("format %q is none of %s", format, strings.Join(Formats(), ", "))
}

// namedFormat returns the format that dataset.json names.
func namedFormat(dir string) (string, error) {
	const file = "dataset.json"
	data, err := fileio.ReadRegular(filepath.Join(dir, file))
	switch {
	case errors.Is(err, fileio.ErrNotRegular):
		return "", fmt.Errorf("%s: %s: %w", dir, file, cause(err))
	case err != nil:
		return "", fmt.Errorf("%s has no dataset.json that names the format: choose it with --format", dir)
	}
	var about struct{ Format string }
	if err := json.Unmarshal(data, &about); err != nil || about.Format == "" {
		return "", fmt.Errorf("%s: dataset.json names no format: choose it with --format", dir)
	}
	return about.Format, nil
}

// checker verifies a data set.
type checker struct {
	dir    string
	report Report
	sizes  map[string]image.Point // of decoded pictures by path; 0 of a broken one
}

// fail adds a violation.
func (c *checker) fail(file string, line int, field, format string, args ...any) {
	if len(c.report.Violations) == MaxViolations {
		c.report.Omitted++
		return
	}
	c.report.Violations = append(c.report.Violations, Violation{filepath.ToSlash(file), line, field, fmt.Sprintf(format, args...)})
}

// path returns the path of a file of the data set.
func (c *checker) path(file string) string { return filepath.Join(c.dir, filepath.FromSlash(file)) }

// exists reports whether a file or folder of the data set exists.
func (c *checker) exists(file string) bool { _, err := os.Stat(c.path(file)); return err == nil }

// read reads a file of the data set. If it cannot, it adds a violation.
func (c *checker) read(file string) ([]byte, bool) {
	data, err := fileio.ReadRegular(c.path(file))
	if err != nil {
		c.fail(file, 0, "", "%v", cause(err))
		return nil, false
	}
	return data, true
}

// cause returns an error about a file without its path.
func cause(err error) error {
	if errors.Is(err, fileio.ErrNotRegular) {
		return fmt.Errorf("it %w", fileio.ErrNotRegular)
	}
	if e, ok := err.(*fs.PathError); ok {
		return e.Err
	}
	return err
}

// local reports whether a path stays within the data set.
func local(path string) bool { return filepath.IsLocal(filepath.FromSlash(path)) }

// list returns the names of the files of a folder in order, without hidden ones.
func (c *checker) list(folder string) (names []string) {
	entries, _ := os.ReadDir(c.path(folder)) // a missing folder is empty
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

// folders returns the names of the folders of a folder in order, without hidden ones.
func (c *checker) folders(folder string) (names []string) {
	entries, _ := os.ReadDir(c.path(folder)) // a missing folder is empty
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

// isPicture reports whether a file is a picture by its name.
func isPicture(name string) bool { return imagefile.HasExtension(name) }

// stem returns the name of a file without extension.
func stem(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }

// picture decodes a picture and returns the size of the upright picture, because labels are
// in its coordinates; ok is false if it cannot be decoded, which is a violation the first
// time.
func (c *checker) picture(file string) (size image.Point, ok bool) {
	if size, known := c.sizes[file]; known {
		return size, size != image.Point{}
	}
	defer func() { c.sizes[file] = size }()
	data, ok := c.read(file)
	if !ok {
		return size, false
	}
	im, err := imagefile.Decode(file, data)
	if err != nil {
		c.fail(file, 0, "", "decoding the picture: %s", strings.TrimPrefix(err.Error(), "picture "+file+": ")) // the violation names the file
		return size, false
	}
	c.report.Images++
	return im.Bounds().Size(), true
}

// share reports a value outside of 0 to 1.
func (c *checker) share(file string, line int, field string, v float64) {
	if !(v >= 0 && v <= 1) {
		c.fail(file, line, field, "%g is outside of 0 to 1", v)
	}
}

// box reports a box of x0, y0, x1, y1 without width or height, or outside of its picture.
func (c *checker) box(file string, line int, field string, b [4]float64, size image.Point) {
	const tolerance = .02 // px, of rounding
	w, h := float64(size.X), float64(size.Y)
	switch {
	case !(b[2] > b[0] && b[3] > b[1]):
		c.fail(file, line, field, "the box from %g, %g to %g, %g px has no width or height", b[0], b[1], b[2], b[3])
	case !(b[0] >= -tolerance && b[1] >= -tolerance && b[2] <= w+tolerance && b[3] <= h+tolerance):
		c.fail(file, line, field, "the box from %g, %g to %g, %g px is outside of the picture of %d×%d px", b[0], b[1], b[2], b[3], size.X, size.Y)
	}
}

// lines yields the lines of a text with their numbers, without their ends.
func lines(data []byte) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		n := 0
		for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\ufeff"))) {
			n++
			if !yield(n, strings.TrimRight(string(line), "\r\n")) {
				return
			}
		}
	}
}

// metadata verifies metadata.jsonl, if there is one: its images exist, and no map is in
// two lists.
func (c *checker) metadata() {
	const file = "metadata.jsonl"
	if !c.exists(file) {
		return
	}
	data, ok := c.read(file)
	if !ok {
		return
	}
	lists, seen := make(map[string]string), make(map[string]bool)
	for n, text := range lines(data) {
		line, ok := c.object(file, n, text)
		if !ok {
			continue
		}
		image, _ := line.text("image")
		switch {
		case image == "" || !local(image):
			c.fail(file, n, "image", "%q is not a path in the data set", image)
		case !c.exists(image):
			c.fail(file, n, "image", "there is no %s", image)
		case seen[image]:
			c.fail(file, n, "image", "%s has two lines", image)
		}
		seen[image] = true
		m, _ := line.text("map_id")
		list, _ := line.text("subset")
		if old, known := lists[m]; known && m != "" && old != list {
			c.fail(file, n, "subset", "the map %s is in the lists %s and %s", m, old, list)
		}
		lists[m] = list
	}
}

// checksums verifies SHA256SUMS, if there is one.
func (c *checker) checksums() {
	const file = "SHA256SUMS"
	if !c.exists(file) {
		return
	}
	data, ok := c.read(file)
	if !ok {
		return
	}
	for n, line := range lines(data) {
		sum, path, ok := strings.Cut(line, "  ")
		if !ok || len(sum) != 2*sha256.Size || !local(path) {
			c.fail(file, n, "", "want a SHA-256, two spaces and a path")
			continue
		}
		got, err := checksum(c.path(path))
		switch {
		case err != nil:
			c.fail(file, n, "", "%s: %v", path, cause(err))
		case got != sum:
			c.fail(path, 0, "", "the checksum is not the one of %s", file)
		}
	}
}

// checksum returns the SHA-256 of a file.
func checksum(path string) (string, error) {
	f, err := fileio.OpenRegular(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
