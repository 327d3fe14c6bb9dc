package codec

import (
	"errors"
	"image"
	"image/png"
	"os"
)

// still writes a PNG.
type still struct{ part }

// Add writes the picture; a second one is an error.
func (s *still) Add(im *image.RGBA) error {
	second := s.size != image.Point{}
	if err := s.take(im); err != nil {
		return err
	}
	if second {
		return s.fail(errors.New("a PNG holds one picture"))
	}
	return s.fail(s.write(im))
}

func (s *still) write(im *image.RGBA) error {
	f, err := os.Create(s.temp)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(f, im), f.Close())
}

func (s *still) Close() error   { return s.finish() }
func (s *still) Discard() error { return s.drop() }
