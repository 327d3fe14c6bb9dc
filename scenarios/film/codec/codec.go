// Package codec writes moving and still pictures to files: MP4 with H.264, which
// browsers play, GIF and PNG. A file appears under its name when it is whole, and not
// at all where something fails. Equal pictures give equal bytes of PNG and GIF; those
// of MP4 are up to the encoder.
package codec

import (
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Writer takes the pictures of a file, all of the same size, one after the other. It is
// not safe for concurrent use.
type Writer interface {
	// Add appends a picture. It keeps nothing of im.
	Add(im *image.RGBA) error
	// Close completes the file under its name, or removes what there is of it after an
	// error or where no picture was added, which is an error too. Closing again does nothing.
	Close() error
	// Discard drops the file. After Close it does nothing.
	Discard() error
}

// Extensions lists what names of files may end in.
var Extensions = []string{".mp4", ".gif", ".png"}

// ErrEmpty tells that a file was closed before it had a picture.
var ErrEmpty = errors.New("no picture was added")

// Create begins a file of the kind that its name ends in, for pictures at the given
// rate, 1/s, which a PNG has no use for: it takes one picture.
func Create(path string, rate float64) (Writer, error) {
	if !(rate > 0 && rate <= 100) {
		return nil, fmt.Errorf("%s: %g pictures a second, want more than 0 and up to 100", path, rate)
	}
	kind := strings.ToLower(filepath.Ext(path))
	switch kind {
	case ".mp4", ".gif", ".png":
	default:
		return nil, fmt.Errorf("%s: want a name that ends in %s", path, strings.Join(Extensions, ", "))
	}
	part, err := newPart(path, kind)
	if err != nil {
		return nil, err
	}
	switch kind {
	case ".mp4":
		return &mp4{part: part, rate: rate}, nil
	case ".gif":
		return &animation{part: part, rate: rate}, nil
	}
	return &still{part: part}, nil
}

// part is a file in the making, beside the one that it will be.
type part struct {
	path, temp string
	size       image.Point
	err        error // the first of Add
	over       bool
}

// newPart makes an empty file of a kind in the folder of path, which it makes where it
// is missing.
func newPart(path, kind string) (part, error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return part{}, fmt.Errorf("writing %s: %w", path, err)
	}
	f, err := os.CreateTemp(dir, ".roadloop-*"+kind)
	if err != nil {
		return part{}, fmt.Errorf("writing %s: %w", path, err)
	}
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return part{}, errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(f.Name()))
	}
	return part{path: path, temp: f.Name()}, nil
}

// take checks the next picture.
func (p *part) take(im *image.RGBA) error {
	size := im.Rect.Size()
	switch {
	case p.over:
		return fmt.Errorf("%s is closed", p.path)
	case p.err != nil:
		return p.err
	case size.X <= 0 || size.Y <= 0 || p.size != (image.Point{}) && size != p.size:
		p.err = fmt.Errorf("%s: a picture of %d×%d pixels among those of %d×%d", p.path, size.X, size.Y, p.size.X, p.size.Y)
		return p.err
	}
	p.size = size
	return nil
}

// fail notes an error of Add.
func (p *part) fail(err error) error {
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("writing %s: %w", p.path, reason(err))
	}
	return p.err
}

// finish gives the file its name, if it is whole and on the disk.
func (p *part) finish() error {
	if p.over {
		return nil
	}
	if p.err == nil && p.size == (image.Point{}) {
		p.err = fmt.Errorf("%s: %w", p.path, ErrEmpty)
	}
	if p.err == nil {
		p.fail(flush(p.temp))
	}
	if p.err == nil {
		p.fail(os.Rename(p.temp, p.path))
	}
	if p.err != nil {
		return errors.Join(p.err, p.drop())
	}
	p.over = true
	return nil
}

// flush waits until a file is on the disk. Some file systems report only then that there
// is no room.
func flush(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// drop removes the file. It may be gone already: OpenCV removes what it cannot write.
func (p *part) drop() error {
	if p.over {
		return nil
	}
	p.over = true
	if err := os.Remove(p.temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing what was written of %s: %w", p.path, err)
	}
	return nil
}

// probe reports why a file cannot be written: it is gone, its permissions, or no room for
// the next bytes. It leaves the content as it was.
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

// reason returns an error without the name of the temporary file, which means nothing to
// the caller's user.
func reason(err error) error {
	if p := new(fs.PathError); errors.As(err, &p) {
		return p.Err
	}
	return err
}
