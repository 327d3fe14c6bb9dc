package video

import (
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"roadloop/internal/fileio"
	"roadloop/internal/opencv"
)

// Writer writes the frames of a file, all of the same size. It is not safe for concurrent
// use.
type Writer interface {
	// Add appends a frame. It keeps no reference to im.
	Add(im *image.RGBA) error
	// Close completes the file. After an error of Add, or without frames, it removes the
	// file and returns an error. Closing again does nothing.
	Close() error
	// Discard removes the file. After Close it does nothing.
	Discard() error
}

// Extensions are the supported extensions of file names.
var Extensions = []string{".mp4", ".gif", ".png"}

// ErrEmpty is the error of closing a file without frames.
var ErrEmpty = errors.New("no frame was added")

// CheckName returns an error if the extension of a file name selects no format, or MP4 in a
// build without OpenCV: then the error is opencv.ErrNotIncluded.
func CheckName(path string) error {
	kind := strings.ToLower(filepath.Ext(path))
	switch {
	case !slices.Contains(Extensions, kind):
		return fmt.Errorf("%s: the name must end in %s", path, strings.Join(Extensions, " or "))
	case kind == ".mp4" && !opencv.Included:
		return fmt.Errorf("%s: MP4 needs OpenCV, GIF does not: %w", path, opencv.ErrNotIncluded)
	}
	return nil
}

// Create returns a writer of a file. The extension of its name selects the format; see
// CheckName. rate is the frame rate, 1/s; a PNG has one frame and ignores it.
func Create(path string, rate float64) (Writer, error) {
	if !(rate > 0 && rate <= 100) {
		return nil, fmt.Errorf("%s: frame rate %g, must be in (0, 100]", path, rate)
	}
	if err := CheckName(path); err != nil {
		return nil, err
	}
	kind := strings.ToLower(filepath.Ext(path))
	temp, err := fileio.Create(path)
	if err != nil {
		return nil, err
	}
	file := pendingFile{path: path, temp: temp}
	switch kind {
	case ".mp4":
		return &mp4{pendingFile: file, rate: rate}, nil
	case ".gif":
		return &gifWriter{pendingFile: file, rate: rate}, nil
	}
	return &pngWriter{pendingFile: file}, nil
}

// pendingFile is a temporary file that is renamed to path once it is complete.
type pendingFile struct {
	path string
	temp *fileio.Pending
	size image.Point
	err  error // the first of Add
	over bool
}

// checkFrame checks the next frame.
func (p *pendingFile) checkFrame(im *image.RGBA) error {
	size := im.Rect.Size()
	switch {
	case p.over:
		return fmt.Errorf("%s is closed", p.path)
	case p.err != nil:
		return p.err
	case size.X <= 0 || size.Y <= 0 || p.size != (image.Point{}) && size != p.size:
		p.err = fmt.Errorf("%s: frame of %d×%d pixels, want %d×%d", p.path, size.X, size.Y, p.size.X, p.size.Y)
		return p.err
	}
	p.size = size
	return nil
}

// setErr stores the first error.
func (p *pendingFile) setErr(err error) error {
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("writing %s: %w", p.path, reason(err))
	}
	return p.err
}

// finish syncs the file to disk and renames it, unless there was an error.
func (p *pendingFile) finish() error {
	if p.over {
		return nil
	}
	if p.err == nil && p.size == (image.Point{}) {
		p.err = fmt.Errorf("%s: %w", p.path, ErrEmpty)
	}
	if p.err == nil {
		p.setErr(p.temp.Commit())
	}
	if p.err != nil {
		return errors.Join(p.err, p.discard())
	}
	p.over = true
	return nil
}

// discard removes the file. It may be gone already: OpenCV removes files that it cannot
// write.
func (p *pendingFile) discard() error {
	if p.over {
		return nil
	}
	p.over = true
	if err := p.temp.Remove(); err != nil {
		return fmt.Errorf("removing the incomplete file of %s: %w", p.path, err)
	}
	return nil
}

// probe returns the reason why a file cannot be written: it is missing, its permissions,
// or a full disk. It does not change the content.
func probe(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return reason(err)
	}
	info, err := f.Stat()
	if err == nil {
		const bytes = 64 << 10
		_, err = f.WriteAt(make([]byte, bytes), info.Size())
		err = errors.Join(err, f.Truncate(info.Size()))
	}
	return reason(errors.Join(err, f.Close()))
}

// reason removes the name of the temporary file from an error.
func reason(err error) error {
	if p := new(fs.PathError); errors.As(err, &p) {
		return p.Err
	}
	return err
}
