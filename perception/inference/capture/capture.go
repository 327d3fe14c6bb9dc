// Package capture reads the pictures of cameras: picture files, videos and webcams. Videos and
// webcams need OpenCV; a build without it returns opencv.ErrNotIncluded for them.
package capture

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"roadloop/internal/imagefile"
)

// Frame is a picture.
type Frame struct {
	RGB           []byte // row by row
	Width, Height int
	Time          float64 // s from the beginning of a video; 0 for a picture file
}

// Video yields the frames of a video or a webcam.
type Video interface {
	// Next reads the next frame into f and reuses its buffer. It returns io.EOF at the end, and
	// another error if the source breaks before.
	Next(f *Frame) error
	// Rate returns the nominal frames per second.
	Rate() float64
	// Frames returns the number of frames that the file states, 0 if unknown. It may be wrong.
	Frames() int
	Close() error
}

// ErrCut is the error of a video that ends before its end.
var ErrCut = errors.New("the video is cut off or damaged")

// Input is a file to read.
type Input struct {
	Path  string
	Video bool // otherwise it is a picture
}

// videoTypes are the extensions of videos in lower case.
var videoTypes = []string{".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".ts", ".wmv", ".mjpeg"}

// isVideo reports whether the name of a file ends like that of a video.
func isVideo(path string) bool {
	return slices.Contains(videoTypes, strings.ToLower(filepath.Ext(path)))
}

// Find returns the files of an argument: a file, the pictures and videos of a folder in order
// of their names, or those that match a pattern such as drive/*.jpg. Hidden files and other
// files of a folder are skipped; a folder without any, and a pattern without match, is an
// error. Paths with backslashes, as of Windows, are understood.
func Find(argument string) ([]Input, error) {
	path := argument
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && strings.Contains(path, `\`) {
		if slashed := strings.ReplaceAll(path, `\`, "/"); slashed != path {
			if other, e := os.Stat(slashed); e == nil {
				path, info, err = slashed, other, nil
			} else if strings.ContainsAny(slashed, "*?[") {
				path = slashed
			}
		}
	}
	switch {
	case err == nil && info.IsDir():
		return folder(path)
	case err == nil:
		return []Input{{path, isVideo(path)}}, nil
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, "*?["):
		return pattern(path)
	}
	return nil, err
}

func folder(dir string) (out []Input, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if !e.IsDir() && wanted(path) {
			out = append(out, Input{path, isVideo(path)})
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: the folder holds no pictures (%s) and no videos", dir, strings.Join(imagefile.Extensions(), ", "))
	}
	return out, nil
}

func pattern(path string) (out []Input, err error) {
	matches, err := filepath.Glob(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, m := range matches {
		if info, err := os.Stat(m); err == nil && !info.IsDir() && wanted(m) {
			out = append(out, Input{m, isVideo(m)})
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no picture and no video matches", path)
	}
	return out, nil
}

// wanted reports whether a file of a folder is a picture or a video.
func wanted(path string) bool {
	return !strings.HasPrefix(filepath.Base(path), ".") && (imagefile.HasExtension(path) || isVideo(path))
}

// Read reads a picture file into f and reuses its buffer.
func Read(path string, f *Frame) error {
	im, err := imagefile.Read(path)
	if err != nil {
		return err
	}
	f.RGB = imagefile.RGB(f.RGB, im)
	f.Width, f.Height, f.Time = im.Bounds().Dx(), im.Bounds().Dy(), 0
	return nil
}

// Size returns the size of a picture file from its header.
func Size(path string) (w, h int, err error) { return imagefile.Size(path) }
