package report

import (
	"bytes"
	"encoding/base64"
	"os"
	"testing"

	"roadloop"
	"roadloop/perception"
	"roadloop/scenarios/report/replay"
	"roadloop/sim/sensor"
)

// moment is a decision with a picture of one color, or without one.
func moment(cal *sensor.Camera, shade byte, seen bool) *roadloop.Step {
	m := &roadloop.Step{Obs: new(sensor.Observation)}
	if seen {
		m.Obs.Frames = []sensor.Frame{{Cal: cal, Pix: bytes.Repeat([]byte{shade}, 3*cal.Width*cal.Height)}}
		m.Scene = &perception.Scene{Images: []perception.Image{{Detections: []perception.Detection{{Class: perception.Car, Score: .5, Distance: 12.34,
			Box: perception.Box{X0: 1.4, Y0: 2.6, X1: 30, Y1: 40}}}}}}
	}
	return m
}

// A film begins with the first frame, goes on in time where frames are dropped, and
// is MP4 with H.264.
func TestFilm(t *testing.T) {
	cal := sensor.FrontCamera()
	var s studio
	f := &film{studio: &s}
	for i := range 6 * filmPeriod {
		m := moment(&cal, byte(10*i), i >= 2*filmPeriod && i != 4*filmPeriod)
		f.watch(m)
	}
	if len(f.sights) != 4 {
		t.Errorf("%d pictures of the 4 periods since the first frame", len(f.sights))
	}
	if got, want := f.sights[0].Found[0], (replay.Found{Class: "car", Box: [4]int{1, 3, 30, 40}, Distance: 123, Score: 50}); got != want {
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
		t.Errorf("%v are left in the folder of films (%v)", left, err)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder of films is still there (%v)", err)
	}
}

// A case whose camera shows nothing has no film, and no folder is made.
func TestNoFilmWithoutFrames(t *testing.T) {
	cal := sensor.FrontCamera()
	var s studio
	f := &film{studio: &s}
	for range 10 {
		f.watch(moment(&cal, 0, false))
	}
	if data, err := f.finish(); data != nil || err != nil || s.dir != "" {
		t.Errorf("%d bytes, %v, folder %q", len(data), err, s.dir)
	}
}

func TestVideoRefusesOtherSizes(t *testing.T) {
	var s studio
	v, err := s.open(64, 48)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if err := v.Write(make([]byte, 10)); err == nil {
		t.Error("took a picture of ten bytes")
	}
	if err := v.Write(make([]byte, 3*64*48)); err != nil {
		t.Error(err)
	}
	if _, err := v.finish(); err != nil {
		t.Error(err)
	}
}
