package report

import (
	"errors"
	"fmt"
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

// open begins a film with pictures of the given size in pixels.
func (s *studio) open(width, height int) (*video, error) {
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
	w, err := gocv.VideoWriterFile(path, "avc1", filmRate, width, height, true)
	if err != nil {
		return nil, fmt.Errorf("video: %w", err)
	}
	if !w.IsOpened() {
		return nil, errors.Join(errors.New("video: OpenCV has no H.264 encoder"), w.Close())
	}
	return &video{path: path, w: w, width: width, height: height}, nil
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
	path          string
	w             *gocv.VideoWriter
	width, height int
}

// write appends a picture, given as RGB row by row.
func (v *video) write(pix []byte) error {
	if len(pix) != 3*v.width*v.height {
		return fmt.Errorf("video: a picture of %d bytes among those of %d×%d pixels", len(pix), v.width, v.height)
	}
	m, err := gocv.NewMatFromBytes(v.height, v.width, gocv.MatTypeCV8UC3, pix)
	if err != nil {
		return fmt.Errorf("video: %w", err)
	}
	defer m.Close()
	gocv.CvtColor(m, &m, gocv.ColorBGRToRGB) // which swaps red and blue either way
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
