package codec

import (
	"errors"
	"fmt"
	"image"

	"gocv.io/x/gocv"
)

// Video is an MP4 with H.264 in the making. It is not safe for concurrent use.
type Video struct {
	w             *gocv.VideoWriter // nil once closed: OpenCV crashes on a closed one
	width, height int
}

// NewVideo begins a video in a file at path, which is overwritten, with pictures of an
// even number of pixels each way.
func NewVideo(path string, rate float64, width, height int) (*Video, error) {
	if width%2 != 0 || height%2 != 0 {
		return nil, fmt.Errorf("video: H.264 takes pictures of even width and height, not %d×%d", width, height)
	}
	w, err := gocv.VideoWriterFile(path, "avc1", rate, width, height, true)
	if err != nil {
		return nil, fmt.Errorf("video: %w", err)
	}
	if !w.IsOpened() {
		return nil, errors.Join(errors.New("video: OpenCV has no H.264 encoder"), w.Close())
	}
	return &Video{w: w, width: width, height: height}, nil
}

// Write appends a picture, given as RGB row by row.
func (v *Video) Write(rgb []byte) error {
	if v.w == nil {
		return errors.New("video: it is closed")
	}
	if len(rgb) != 3*v.width*v.height {
		return fmt.Errorf("video: a picture of %d bytes among those of %d×%d pixels", len(rgb), v.width, v.height)
	}
	m, err := gocv.NewMatFromBytes(v.height, v.width, gocv.MatTypeCV8UC3, rgb)
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

// Close ends the video. Closing it again does nothing.
func (v *Video) Close() error {
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

// mp4 writes an MP4.
type mp4 struct {
	part
	rate  float64
	video *Video // nil before the first picture
	rgb   []byte
}

// Add appends a picture; of an odd number of pixels the last is left out.
func (m *mp4) Add(im *image.RGBA) error {
	if err := m.take(im); err != nil {
		return err
	}
	w, h := im.Rect.Dx()&^1, im.Rect.Dy()&^1
	if m.video == nil {
		var err error
		if m.video, err = NewVideo(m.temp, m.rate, w, h); err != nil {
			return m.fail(err)
		}
	}
	m.rgb = m.rgb[:0]
	for y := range h {
		row := im.Pix[y*im.Stride:]
		for x := range w {
			m.rgb = append(m.rgb, row[4*x:4*x+3]...)
		}
	}
	return m.fail(m.video.Write(m.rgb))
}

// end closes the video.
func (m *mp4) end() error {
	if m.video == nil {
		return nil
	}
	return m.video.Close()
}

func (m *mp4) Close() error {
	m.fail(m.end())
	return m.finish()
}

func (m *mp4) Discard() error { return errors.Join(m.end(), m.drop()) }
