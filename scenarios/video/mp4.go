package video

import (
	"errors"
	"fmt"
	"image"
)

// Video writes an MP4 with H.264. It is not safe for concurrent use.
type Video struct {
	w             h264Writer // nil once closed
	path          string
	width, height int
	frames        int
}

// h264Writer encodes the frames of an MP4.
type h264Writer interface {
	// Write appends a frame of RGB pixels, row by row. The size is that of the video.
	Write(rgb []byte) error
	// Close ends the video. Call it once.
	Close() error
}

// NewVideo creates a video at path and overwrites an existing file. Width and height must
// be even. A file that cannot be written is reported as such, not as an encoder error. A
// build without OpenCV returns opencv.ErrNotIncluded.
func NewVideo(path string, rate float64, width, height int) (*Video, error) {
	if width%2 != 0 || height%2 != 0 {
		return nil, fmt.Errorf("video: H.264 requires even width and height, got %d×%d", width, height)
	}
	w, err := newH264Writer(path, rate, width, height)
	if err != nil {
		return nil, fmt.Errorf("video: %w", err)
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
	if err := v.w.Write(rgb); err != nil {
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
		if m.video, err = NewVideo(m.temp.Name, m.rate, w, h); err != nil {
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
