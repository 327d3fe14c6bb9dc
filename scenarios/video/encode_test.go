package video_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"

	"roadloop/scenarios/video"
)

// picture returns a disc on a color gradient; the disc moves with i.
func picture(w, h, i int) *image.RGBA {
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{uint8(255 * x / w), uint8(255 * y / h), 90, 255}
			if dx, dy := x-10-4*i, y-h/2; dx*dx+dy*dy < 36 {
				c = color.RGBA{250, 250, 250, 255}
			}
			im.SetRGBA(x, y, c)
		}
	}
	return im
}

// write writes a file of n frames.
func write(t *testing.T, name string, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "new", name)
	w, err := video.Create(path, 10)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := w.Add(picture(96, 64, i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Errorf("%s exists before it is complete", name)
	}
	for range 2 {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Add(picture(96, 64, 0)); err == nil {
		t.Error("a closed file accepts a frame")
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v are in the folder (%v), want only the file", entries, err)
	}
	return path
}

// distance returns the mean difference of the channels of two images, 0 to 255.
func distance(a, b image.Image) float64 {
	sum, n := 0.0, 0
	for y := range 64 {
		for x := range 96 {
			p := color.RGBAModel.Convert(a.At(x, y)).(color.RGBA)
			q := color.RGBAModel.Convert(b.At(x, y)).(color.RGBA)
			for _, d := range []int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B)} {
				sum += float64(max(d, -d))
				n++
			}
		}
	}
	return sum / float64(n)
}

func TestPNGEqualsFrame(t *testing.T) {
	data, err := os.ReadFile(write(t, "a.png", 1))
	if err != nil {
		t.Fatal(err)
	}
	im, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if d := distance(im, picture(96, 64, 0)); d != 0 {
		t.Errorf("pixels differ by %.2f", d)
	}
}

// A GIF has the right delays, shows every frame up to the error of 256 colors, and has the
// same bytes each time.
func TestGIFShowsFrames(t *testing.T) {
	data, err := os.ReadFile(write(t, "a.gif", 7))
	if err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if want := slices.Repeat([]int{10}, 7); !slices.Equal(g.Delay, want) || g.LoopCount != 0 {
		t.Errorf("delays %v, loops %d, want %v forever", g.Delay, g.LoopCount, want)
	}
	screen := image.NewRGBA(image.Rect(0, 0, 96, 64))
	for i, im := range g.Image {
		for y := im.Rect.Min.Y; y < im.Rect.Max.Y; y++ {
			for x := im.Rect.Min.X; x < im.Rect.Max.X; x++ {
				screen.Set(x, y, im.At(x, y))
			}
		}
		if d := distance(screen, picture(96, 64, i)); d > 5 {
			t.Errorf("picture %d: pixels differ by %.2f", i, d)
		}
	}
	if g.Image[3].Rect.Dx() > 40 {
		t.Errorf("picture 3 holds %v where only a disc moved", g.Image[3].Rect)
	}
	again, err := os.ReadFile(write(t, "a.gif", 7))
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("the same frames give different bytes (%v)", err)
	}
}

// After a failure the old file stays, and no other file remains.
func TestFailureKeepsOldFile(t *testing.T) {
	for _, ext := range video.Extensions {
		if video.CheckName(ext) != nil {
			continue // MP4 without OpenCV
		}
		path := filepath.Join(t.TempDir(), "a"+ext)
		if err := os.WriteFile(path, []byte("old"), 0o666); err != nil {
			t.Fatal(err)
		}
		begin := func() video.Writer {
			w, err := video.Create(path, 10)
			if err != nil {
				t.Fatal(err)
			}
			return w
		}
		if err := begin().Close(); !errors.Is(err, video.ErrEmpty) {
			t.Errorf("%s without pictures: %v", ext, err)
		}
		w := begin()
		if err := w.Add(picture(96, 64, 0)); err != nil {
			t.Fatal(err)
		}
		if err := w.Add(picture(32, 64, 0)); err == nil {
			t.Errorf("%s accepts frames of two sizes", ext)
		}
		if err := w.Close(); err == nil {
			t.Errorf("%s closes without error after an error", ext)
		}
		w = begin()
		if err := errors.Join(w.Add(picture(96, 64, 0)), w.Discard(), w.Close()); err != nil {
			t.Error(err)
		}
		if data, err := os.ReadFile(path); err != nil || string(data) != "old" {
			t.Errorf("%s: %q, %v", ext, data, err)
		}
		if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
			t.Errorf("%v are left (%v)", entries, err)
		}
	}
}

func TestCreateRejectsInvalidArguments(t *testing.T) {
	for path, rate := range map[string]float64{"a.avi": 10, "a": 10, "a.gif": 0, "a.mp4": -1} {
		if _, err := video.Create(filepath.Join(t.TempDir(), path), rate); err == nil {
			t.Errorf("accepts %s at %g/s", path, rate)
		}
	}
}

// slow is a writer that blocks on each frame until step is signaled.
type slow struct {
	step   chan bool
	added  []*image.RGBA
	closed int
}

func (s *slow) Add(im *image.RGBA) error {
	<-s.step
	s.added = append(s.added, im)
	return nil
}
func (s *slow) Close() error   { s.closed++; return nil }
func (s *slow) Discard() error { return nil }

// A slow encoder never blocks Add. Frames without room are dropped.
func TestRecorderNeverBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &slow{step: make(chan bool)}
		r := video.Record(w, 2)
		var kept []*image.RGBA
		for i := range 20 {
			if im := picture(8, 8, i); r.Add(im) {
				kept = append(kept, im)
			}
			synctest.Wait() // the encoder holds the first picture
		}
		if len(kept) != 3 || r.Dropped() != 17 {
			t.Errorf("%d pictures taken and %d dropped of 20 with room for two", len(kept), r.Dropped())
		}
		close(w.step)
		for range 2 {
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if r.Add(kept[0]) || w.closed != 1 || !slices.Equal(w.added, kept) {
			t.Errorf("closed %d times, wrote %d of %d pictures", w.closed, len(w.added), len(kept))
		}
	})
}

// The last frame before a gap is repeated for the dropped frames.
func TestRecorderKeepsTiming(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &slow{step: make(chan bool)}
		r := video.Record(w, 1)
		before, after := picture(8, 8, 1), picture(8, 8, 2)
		r.Add(picture(8, 8, 0))
		synctest.Wait()
		r.Add(before)
		for range 48 {
			r.Add(picture(8, 8, 3))
		}
		if n := r.Dropped(); n != 48 {
			t.Errorf("%d pictures dropped, want 48", n)
		}
		close(w.step)
		synctest.Wait()
		r.Add(after)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if len(w.added) != 51 || w.added[50] != after {
			t.Fatalf("%d pictures written of 51 added", len(w.added))
		}
		for i, im := range w.added[1:50] {
			if im != before {
				t.Fatalf("picture %d is not the one before the pause", i+1)
			}
		}
	})
}

// broken fails at the second frame.
type broken struct{ slow }

func (b *broken) Add(*image.RGBA) error {
	b.closed++
	if b.closed > 1 {
		return errors.New("disk full")
	}
	return nil
}

func TestRecorderReturnsError(t *testing.T) {
	r := video.Record(new(broken), 8)
	for range 3 {
		r.Add(picture(8, 8, 0))
	}
	if err := r.Close(); err == nil || err.Error() != "disk full" {
		t.Errorf("%v", err)
	}
}
