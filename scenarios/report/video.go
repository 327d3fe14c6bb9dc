package report

import (
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"gocv.io/x/gocv"
)

// filmRate is the number of pictures a second: films play in real time.
const filmRate = 5

// encodeVideo returns the pictures as an MP4 with H.264, which browsers play.
func encodeVideo(frames []*image.RGBA) (data []byte, err error) {
	if len(frames) == 0 {
		return nil, errors.New("video: no pictures")
	}
	dir, err := os.MkdirTemp("", "roadloop-film-")
	if err != nil {
		return nil, fmt.Errorf("video: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "film.mp4")
	size := frames[0].Bounds().Size()
	w, err := gocv.VideoWriterFile(path, "avc1", filmRate, size.X, size.Y, true)
	if err != nil {
		return nil, fmt.Errorf("video: %w", err)
	}
	if !w.IsOpened() {
		return nil, errors.Join(errors.New("video: OpenCV has no H.264 encoder"), w.Close())
	}
	for _, f := range frames {
		if err := writeFrame(w, f); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("video: %w", err)
	}
	return os.ReadFile(path)
}

func writeFrame(w *gocv.VideoWriter, im *image.RGBA) error {
	m, err := gocv.ImageToMatRGB(im)
	if err != nil {
		return fmt.Errorf("video: %w", err)
	}
	defer m.Close()
	if err := w.Write(m); err != nil {
		return fmt.Errorf("video: %w", err)
	}
	return nil
}
