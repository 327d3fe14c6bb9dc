package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"roadloop/scenarios/video"
)

// filmRate is the frame rate of videos, 1/s: they play in real time.
const filmRate = 10

// videoDir is the temporary folder for videos. The zero value creates it on first use.
type videoDir struct {
	mu   sync.Mutex
	dir  string
	made int
}

// open creates a video with frames of the given size in pixels.
func (s *videoDir) open(width, height int) (*pendingVideo, error) {
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
	w, err := video.NewVideo(path, filmRate, width, height)
	if err != nil {
		return nil, err
	}
	return &pendingVideo{w, path}, nil
}

// close removes the folder.
func (s *videoDir) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	dir := s.dir
	s.dir = ""
	if dir == "" {
		return nil
	}
	return os.RemoveAll(dir)
}

// pendingVideo is an unfinished MP4.
type pendingVideo struct {
	*video.Video
	path string
}

// finish ends the video, removes its file and returns the content.
func (v *pendingVideo) finish() (data []byte, err error) {
	defer func() { err = errors.Join(err, os.Remove(v.path)) }()
	if err := v.Close(); err != nil {
		return nil, err
	}
	if data, err = os.ReadFile(v.path); err != nil {
		return nil, fmt.Errorf("video: %w", err)
	}
	return data, nil
}
