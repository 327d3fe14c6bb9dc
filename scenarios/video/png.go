package video

import (
	"errors"
	"image"
	"image/png"
	"os"
)

// pngWriter is the Writer of PNG files.
type pngWriter struct{ pendingFile }

// Add writes the frame; a second one is an error.
func (s *pngWriter) Add(im *image.RGBA) error {
	second := s.size != image.Point{}
	if err := s.checkFrame(im); err != nil {
		return err
	}
	if second {
		return s.setErr(errors.New("a PNG has only one frame"))
	}
	return s.setErr(s.write(im))
}

func (s *pngWriter) write(im *image.RGBA) error {
	f, err := os.Create(s.temp.Name)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(f, im), f.Close())
}

func (s *pngWriter) Close() error   { return s.finish() }
func (s *pngWriter) Discard() error { return s.discard() }
