//go:build !nocv

package video_test

import (
	"bytes"
	"os"
	"testing"

	"gocv.io/x/gocv"
)

func TestMP4Plays(t *testing.T) {
	path := write(t, "a.mp4", 7)
	data, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(data, []byte("avc1")) {
		t.Errorf("no H.264 in %d bytes (%v)", len(data), err)
	}
	v, err := gocv.VideoCaptureFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	m := gocv.NewMat()
	defer m.Close()
	for i := range 7 {
		if !v.Read(&m) {
			t.Fatalf("it ends after %d of 7 pictures", i)
		}
		im, err := m.ToImage()
		if err != nil {
			t.Fatal(err)
		}
		if d := distance(im, picture(96, 64, i)); d > 8 {
			t.Errorf("picture %d: pixels differ by %.2f", i, d)
		}
	}
	if v.Read(&m) {
		t.Error("it goes on after 7 pictures")
	}
}
