package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"roadloop/scenarios/film/codec"
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
	w, err := codec.NewVideo(path, filmRate, width, height)
	if err != nil {
		return nil, err
	}
	return &video{w, path}, nil
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

// video is an MP4 in the making.
type video struct {
	*codec.Video
	path string
}

// finish ends the video, removes its file and returns what was in it.
func (v *video) finish() (data []byte, err error) {
	defer func() { err = errors.Join(err, os.Remove(v.path)) }()
	if err := v.Close(); err != nil {
		return nil, err
	}
	if data, err = os.ReadFile(v.path); err != nil {
		return nil, fmt.Errorf("video: %w", err)
	}
	return data, nil
}
