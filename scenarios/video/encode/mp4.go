package encode

import (
	"errors"
	"fmt"
	"image"
	"os"
	"sync"

	"gocv.io/x/gocv"
)

// Video writes an MP4 with H.264. It is not safe for concurrent use.
type Video struct {
	w             *gocv.VideoWriter // nil once closed: OpenCV crashes on a closed one
	path          string
	width, height int
	frames        int
}

// silence stops FFmpeg inside OpenCV from writing messages to stderr; errors are returned.
// The environment is the only way to set it. A value set by the user stays.
var silence = sync.OnceFunc(func() {
	const name, quiet = "OPENCV_FFMPEG_LOGLEVEL", "-8" // AV_LOG_QUIET
	if _, set := os.LookupEnv(name); !set {
		os.Setenv(name, quiet) // fails for malformed names only
	}
})

// NewVideo creates a video at path and overwrites an existing file. Width and height must
// be even. A file that cannot be written is reported as such, not as an encoder error.
func NewVideo(path string, rate float64, width, height int) (*Video, error) {
	if width%2 != 0 || height%2 != 0 {
		return nil, fmt.Errorf("video: H.264 requires even width and height, got %d×%d", width, height)
	}
	if err := errors.Join(os.WriteFile(path, nil, 0o644), probe(path)); err != nil {
		return nil, fmt.Errorf("video: %w", reason(err))
	}
	silence()
	w, err := gocv.VideoWriterFile(path, "avc1", rate, width, height, true)
	if err != nil {
		return nil, fmt.Errorf("video: %w", err)
	}
	if !w.IsOpened() {
		return nil, errors.Join(errors.New("video: OpenCV has no H.264 encoder"), w.Close())
	}
	return &Video{w: w, path: path, width: width, height: height}, nil
}

// Write appends a frame of RGB pixels, row by row.
func (v *Video) Write(rgb []byte) error {
	if v.w == nil {
		return errors.New("video: already closed")
	}
	if len(rgb) != 3*v.width*v.height {
		return fmt.Errorf("video: frame of %d bytes, want %d×%d pixels of 3 bytes", len(rgb), v.width, v.height)
	}
	m, err := gocv.NewMatFromBytes(v.height, v.width, gocv.MatTypeCV8UC3, rgb)
	if err != nil {
		return fmt.Errorf("video: %w", err)
	}
	defer m.Close()
	gocv.CvtColor(m, &m, gocv.ColorBGRToRGB) // swaps red and blue in either direction
	if err := v.w.Write(m); err != nil {
		return fmt.Errorf("video: %w", err)
	}
	v.frames++
	return nil
}

// Close ends the video and checks that the file has all frames. Closing it again does
// nothing.
func (v *Video) Close() error {
	if err := v.end(); err != nil || v.frames == 0 {
		return err
	}
	frames := v.frames
	v.frames = 0
	err := checkMP4(v.path, frames)
	if err == nil {
		return nil
	}
	if cause := probe(v.path); cause != nil {
		err = cause
	}
	return fmt.Errorf("video: %w", err)
}

// end ends the video without checking the file.
func (v *Video) end() error {
	if v.w == nil {
		return nil
	}
	w := v.w
	v.w = nil
	if err := w.Close(); err != nil {
		return fmt.Errorf("video: %w", err)
	}
	return nil
}

// mp4 is the Writer of MP4 files.
type mp4 struct {
	pendingFile
	rate  float64
	video *Video // nil before the first frame
	rgb   []byte
}

// Add appends a frame. It drops the last column or row of an odd size.
func (m *mp4) Add(im *image.RGBA) error {
	if err := m.checkFrame(im); err != nil {
		return err
	}
	w, h := im.Rect.Dx()&^1, im.Rect.Dy()&^1
	if m.video == nil {
		var err error
		if m.video, err = NewVideo(m.temp, m.rate, w, h); err != nil {
			return m.setErr(err)
		}
	}
	m.rgb = m.rgb[:0]
	for y := range h {
		row := im.Pix[y*im.Stride:]
		for x := range w {
			m.rgb = append(m.rgb, row[4*x:4*x+3]...)
		}
	}
	return m.setErr(m.video.Write(m.rgb))
}

func (m *mp4) Close() error {
	if m.video != nil {
		m.setErr(m.video.Close())
	}
	return m.finish()
}

func (m *mp4) Discard() error {
	var err error
	if m.video != nil {
		err = m.video.end()
		m.video = nil
	}
	return errors.Join(err, m.discard())
}
