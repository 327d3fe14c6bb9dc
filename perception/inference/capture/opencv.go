//go:build !nocv

package capture

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"sync"

	"gocv.io/x/gocv"

	"roadloop/internal/imagefile"
)

// silence stops FFmpeg inside OpenCV from writing messages to stderr; errors are returned.
var silence = sync.OnceFunc(func() {
	const name, quiet = "OPENCV_FFMPEG_LOGLEVEL", "-8" // AV_LOG_QUIET
	if _, set := os.LookupEnv(name); !set {
		os.Setenv(name, quiet) // fails for malformed names only
	}
})

// openCVVideo reads on OpenCV.
type openCVVideo struct {
	name     string
	capture  *gocv.VideoCapture
	mat      gocv.Mat
	live     bool
	rate     float64
	frames   int
	read     int
	lastTime float64
}

// OpenVideo opens a video file.
func OpenVideo(path string) (Video, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("video: %w", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("video %s: it is not a regular file", path)
	case info.Size() == 0:
		return nil, fmt.Errorf("video %s: the file is empty", path)
	}
	silence()
	// The other backends write messages to stderr about files that they cannot open.
	c, err := gocv.VideoCaptureFileWithAPI(path, gocv.VideoCaptureFFmpeg)
	if err != nil || !c.IsOpened() {
		return nil, fmt.Errorf("video %s: it is damaged, or in a format that OpenCV cannot decode", path)
	}
	v := &openCVVideo{name: "video " + path, capture: c, mat: gocv.NewMat(), rate: c.Get(gocv.VideoCaptureFPS), lastTime: math.Inf(-1)}
	if n := c.Get(gocv.VideoCaptureFrameCount); n > 0 && n < 1<<31 {
		v.frames = int(n)
	}
	const usual = 25
	if !(v.rate > 0 && v.rate <= 1000) {
		v.rate = usual
	}
	return v, nil
}

// OpenWebcam opens a webcam by its number, 0 for the first.
func OpenWebcam(number int) (Video, error) {
	silence()
	api := gocv.VideoCaptureAny
	if runtime.GOOS == "linux" {
		api = gocv.VideoCaptureV4L2
	}
	c, err := gocv.VideoCaptureDeviceWithAPI(number, api)
	if err != nil || !c.IsOpened() {
		return nil, fmt.Errorf("webcam %d: there is none, or another program uses it", number)
	}
	v := &openCVVideo{name: fmt.Sprintf("webcam %d", number), capture: c, mat: gocv.NewMat(), live: true, rate: c.Get(gocv.VideoCaptureFPS)}
	const usual = 30
	if !(v.rate > 0 && v.rate <= 1000) {
		v.rate = usual
	}
	return v, nil
}

// Next reads a frame. The time of a frame of a file is that of the file, so that videos with a
// variable rate keep their timing; it is the nominal one where the file states none.
func (v *openCVVideo) Next(f *Frame) error {
	if !v.capture.Read(&v.mat) || v.mat.Empty() {
		return v.end()
	}
	position := v.capture.Get(gocv.VideoCapturePosMsec) / 1000
	nominal := float64(v.read) / v.rate
	if v.live || !(position > v.lastTime) || math.IsInf(position, 0) {
		position = math.Max(nominal, v.lastTime)
	}
	v.read++
	v.lastTime = position
	w, h := v.mat.Cols(), v.mat.Rows()
	if w < 1 || h < 1 || w > imagefile.MaxSide || h > imagefile.MaxSide {
		return fmt.Errorf("%s: frame %d: %d×%d px, want 1 to %d", v.name, v.read, w, h, imagefile.MaxSide)
	}
	switch v.mat.Channels() {
	case 1:
		gocv.CvtColor(v.mat, &v.mat, gocv.ColorGrayToBGR)
	case 4:
		gocv.CvtColor(v.mat, &v.mat, gocv.ColorBGRAToBGR)
	}
	data, err := v.mat.DataPtrUint8()
	if err != nil || len(data) != 3*w*h {
		return fmt.Errorf("%s: frame %d: %d bytes, want %d×%d px of 3", v.name, v.read, len(data), w, h)
	}
	f.RGB = append(f.RGB[:0], data...)
	for i := 0; i < len(f.RGB); i += 3 {
		f.RGB[i], f.RGB[i+2] = f.RGB[i+2], f.RGB[i]
	}
	f.Width, f.Height, f.Time = w, h, position
	return nil
}

// end returns the reason for which there is no further frame. Files state a number of frames
// that may be a little too high.
func (v *openCVVideo) end() error {
	switch {
	case v.live:
		return fmt.Errorf("%s: it delivers no more frames", v.name)
	case v.read == 0:
		return fmt.Errorf("%s: no frame can be decoded: %w", v.name, ErrCut)
	case v.frames > 0 && v.read < v.frames*9/10-2:
		return fmt.Errorf("%s: %d of %d frames can be decoded: %w", v.name, v.read, v.frames, ErrCut)
	}
	return io.EOF
}

func (v *openCVVideo) Rate() float64 { return v.rate }
func (v *openCVVideo) Frames() int   { return v.frames }

func (v *openCVVideo) Close() error { return errors.Join(v.mat.Close(), v.capture.Close()) }
