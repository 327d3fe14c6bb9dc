package report

import (
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"sync"

	"gocv.io/x/gocv"
)

// filmRate is the number of pictures a second: films play in real time.
const filmRate = 10

// studio is the folder in which films are made. The zero value makes one when it
// is needed.
type studio struct {
	mu   sync.Mutex
	dir  string
	made int
}

// open begins a film with pictures of the given size.
func (s *studio) open(size image.Point) (*video, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "roadloop-films-")
		if err != nil {
			return nil, fmt.Errorf("video: %w", err)
		}
		s.dir = dir
	}
	s.made++
	path := filepath.Join(s.dir, fmt.Sprintf("%d.mp4", s.made))
	w, err := gocv.VideoWriterFile(path, "avc1", filmRate, size.X, size.Y, true)
	if err != nil {
		return nil, fmt.Errorf("video: %w", err)
	}
	if !w.IsOpened() {
		return nil, errors.Join(errors.New("video: OpenCV has no H.264 encoder"), w.Close())
	}
	return &video{path: path, w: w}, nil
}

// close removes the folder.
func (s *studio) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	dir := s.dir
	s.dir = ""
	if dir == "" {
		return nil
	}
	return os.RemoveAll(dir)
}

// video is an MP4 with H.264, which browsers play, in the making.
type video struct {
	path string
	w    *gocv.VideoWriter
}

// write appends a picture.
func (v *video) write(im *image.RGBA) error {
	m, err := gocv.ImageToMatRGB(im)
	if err != nil {
		return fmt.Errorf("video: %w", err)
	}
	defer m.Close()
	if err := v.w.Write(m); err != nil {
		return fmt.Errorf("video: %w", err)
	}
	return nil
}

// finish ends the video, removes its file and returns what was in it.
func (v *video) finish() (data []byte, err error) {
	defer func() { err = errors.Join(err, os.Remove(v.path)) }()
	if err := v.w.Close(); err != nil {
		return nil, fmt.Errorf("video: %w", err)
	}
	if data, err = os.ReadFile(v.path); err != nil {
		return nil, fmt.Errorf("video: %w", err)
	}
	return data, nil
}
