package report

import (
	"bytes"
	"encoding/base64"
	"os"
	"testing"

	"roadloop"
	"roadloop/internal/opencv"
	"roadloop/perception"
	"roadloop/scenarios/replay"
	"roadloop/sim/sensor"
)

// newStep returns a step with an image of one color, or without one.
func newStep(cal *sensor.Camera, shade byte, seen bool) *roadloop.Step {
	m := &roadloop.Step{Obs: new(sensor.Observation)}
	if seen {
		m.Obs.Frames = []sensor.Frame{{Cal: cal, Pix: bytes.Repeat([]byte{shade}, 3*cal.Width*cal.Height)}}
		m.Scene = &perception.Scene{Images: []perception.Image{{Detections: []perception.Detection{{Class: perception.Car, Score: .5, Distance: 12.34,
			Box: perception.Box{X0: 1.4, Y0: 2.6, X1: 30, Y1: 40}}}}}}
	}
	return m
}

// A video begins with the first image, keeps its timing if images are dropped, and is MP4
// with H.264.
func TestCameraVideo(t *testing.T) {
	if !opencv.Included {
		t.Skip(opencv.ErrNotIncluded)
	}
	cal := sensor.FrontCamera()
	var s videoDir
	f := &cameraVideo{dir: &s}
	for i := range 6 * filmPeriod {
		m := newStep(&cal, byte(10*i), i >= 2*filmPeriod && i != 4*filmPeriod)
		f.watch(m)
	}
	if len(f.sights) != 4 {
		t.Errorf("%d frames of the 4 periods since the first image", len(f.sights))
	}
	if got, want := f.sights[0].Found[0], (replay.Detection{Class: "car", Box: [4]int{1, 3, 30, 40}, Distance: 123, Score: 50}); got != want {
		t.Errorf("found %+v, want %+v", got, want)
	}
	text, err := f.finish()
	if err != nil {
		t.Fatal(err)
	}
	data, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil || !bytes.Contains(data[:min(len(data), 16)], []byte("ftyp")) || !bytes.Contains(data, []byte("avc1")) {
		t.Errorf("%d bytes that are not MP4 with H.264 (%v)", len(data), err)
	}
	dir := s.dir
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v are left in the folder (%v)", left, err)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder still exists (%v)", err)
	}
}

// A case without camera images has no video, and no folder is created.
func TestNoVideoWithoutImages(t *testing.T) {
	cal := sensor.FrontCamera()
	var s videoDir
	f := &cameraVideo{dir: &s}
	for range 10 {
		f.watch(newStep(&cal, 0, false))
	}
	if data, err := f.finish(); data != nil || err != nil || s.dir != "" {
		t.Errorf("%d bytes, %v, folder %q", len(data), err, s.dir)
	}
}

func TestVideoRejectsOtherSizes(t *testing.T) {
	if !opencv.Included {
		t.Skip(opencv.ErrNotIncluded)
	}
	var s videoDir
	v, err := s.open(64, 48)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if err := v.Write(make([]byte, 10)); err == nil {
		t.Error("accepts a frame of ten bytes")
	}
	if err := v.Write(make([]byte, 3*64*48)); err != nil {
		t.Error(err)
	}
	if _, err := v.finish(); err != nil {
		t.Error(err)
	}
}
