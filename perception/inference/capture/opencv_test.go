//go:build !nocv

package capture_test

import (
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gocv.io/x/gocv"

	"roadloop/perception/inference/capture"
)

// movie writes a video of gray frames that get brighter.
func movie(t *testing.T, path string, frames int) string {
	t.Helper()
	w, err := gocv.VideoWriterFile(path, "MJPG", 10, 64, 48, true)
	if err != nil || !w.IsOpened() {
		t.Skip("OpenCV writes no MJPEG: ", err)
	}
	for i := range frames {
		m := gocv.NewMatWithSizeFromScalar(gocv.NewScalar(float64(4*i), float64(4*i), 200, 0), 48, 64, gocv.MatTypeCV8UC3)
		if err := errors.Join(w.Write(m), m.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// count reads a video to its end.
func count(t *testing.T, path string) (frames int, last capture.Frame, err error) {
	t.Helper()
	v, err := capture.OpenVideo(path)
	if err != nil {
		return 0, last, err
	}
	defer v.Close()
	for {
		if err := v.Next(&last); errors.Is(err, io.EOF) {
			return frames, last, nil
		} else if err != nil {
			return frames, last, err
		}
		frames++
	}
}

func TestVideo(t *testing.T) {
	path := movie(t, filepath.Join(t.TempDir(), "a.avi"), 30)
	n, last, err := count(t, path)
	if err != nil || n != 30 || last.Width != 64 || last.Height != 48 {
		t.Fatalf("%d frames, %v", n, err)
	}
	if math.Abs(last.Time-2.9) > .11 {
		t.Errorf("the last frame is at %.2f s, want 2.9", last.Time)
	}
	if r, g, b := int(last.RGB[0]), int(last.RGB[1]), int(last.RGB[2]); r < 180 || g < 100 || g > 130 || b < 100 || b > 130 {
		t.Errorf("the last frame is %d, %d, %d; want red 200, others 116", r, g, b)
	}
}

// A video that is cut off gives its frames and then an error that names it.
func TestCutVideo(t *testing.T) {
	dir := t.TempDir()
	data, err := os.ReadFile(movie(t, filepath.Join(dir, "a.avi"), 60))
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, filepath.Join(dir, "cut.avi"), data[:len(data)/2])
	n, _, err := count(t, path)
	if !errors.Is(err, capture.ErrCut) || !strings.Contains(err.Error(), "cut.avi") {
		t.Errorf("%d frames, %v; want %v", n, err, capture.ErrCut)
	}
	for name, data := range map[string][]byte{"empty.mp4": nil, "text.mp4": []byte("hello"), "head.mp4": data[:40]} {
		if _, _, err := count(t, write(t, filepath.Join(dir, name), data)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := capture.OpenVideo(dir); err == nil {
		t.Error("opened a folder")
	}
	if _, err := capture.OpenWebcam(99); err == nil || !strings.Contains(err.Error(), "webcam 99") {
		t.Errorf("webcam: %v", err)
	}
}
