//go:build !nocv

package video

import (
	"errors"
	"os"
	"sync"

	"gocv.io/x/gocv"
)

// silence stops FFmpeg inside OpenCV from writing messages to stderr; errors are returned.
// The environment is the only way to set it. A value set by the user stays.
var silence = sync.OnceFunc(func() {
	const name, quiet = "OPENCV_FFMPEG_LOGLEVEL", "-8" // AV_LOG_QUIET
	if _, set := os.LookupEnv(name); !set {
		os.Setenv(name, quiet) // fails for malformed names only
	}
})

// openCVWriter encodes on the FFmpeg of OpenCV.
type openCVWriter struct {
	w             *gocv.VideoWriter
	width, height int
}

// newH264Writer creates a video at path. It tests whether the file can be written, because
// OpenCV does not report why it cannot.
func newH264Writer(path string, rate float64, width, height int) (h264Writer, error) {
	if err := errors.Join(os.WriteFile(path, nil, 0o644), probe(path)); err != nil {
		return nil, reason(err)
	}
	silence()
	w, err := gocv.VideoWriterFile(path, "avc1", rate, width, height, true)
	if err != nil {
		return nil, err
	}
	if !w.IsOpened() {
		return nil, errors.Join(errors.New("OpenCV has no H.264 encoder"), w.Close())
	}
	return &openCVWriter{w, width, height}, nil
}

func (v *openCVWriter) Write(rgb []byte) error {
	m, err := gocv.NewMatFromBytes(v.height, v.width, gocv.MatTypeCV8UC3, rgb)
	if err != nil {
		return err
	}
	defer m.Close()
	gocv.CvtColor(m, &m, gocv.ColorBGRToRGB) // swaps red and blue in either direction
	return v.w.Write(m)
}

// Close ends the video. OpenCV crashes if it is called twice.
func (v *openCVWriter) Close() error { return v.w.Close() }
