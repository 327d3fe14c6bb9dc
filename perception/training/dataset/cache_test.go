package dataset

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roadloop/perception/network"
	"roadloop/sim/rng"
)

func openCache(t *testing.T, dir string, limit int64) *Cache {
	t.Helper()
	c, err := OpenCache(dir, limit)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// readFrame reads the first frame of a set and returns its pixels.
func readFrame(t *testing.T, s *Set, c *Cache) []byte {
	t.Helper()
	r, err := s.Reader(network.Config{Width: 64, Height: 32, Widths: [6]int{1, 1, 1, 1, 1, 1}})
	if err != nil {
		t.Fatal(err)
	}
	r.cache = c
	f, err := r.Frame(0)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(f.Image.RGB)
}

// A cached picture has the bytes of the decoded one, also in another process. A changed
// picture, another camera and a damaged file are decoded again.
func TestCache(t *testing.T) {
	files := map[string]string{cocoPicturePath: picturePNG(96, 64), cocoFile: strings.Replace(cocoDocument, `"width": 64, "height": 32`, `"width": 96, "height": 64`, 1)}
	dir, cacheDir := folder(t, files), filepath.Join(t.TempDir(), "frames")
	set := open(t, dir)
	plain := readFrame(t, set, nil)
	c := openCache(t, cacheDir, 1<<20)
	counts := func(c *Cache, wantHits, wantMisses int64, when string) {
		t.Helper()
		if hits, misses := c.Counts(); hits != wantHits || misses != wantMisses || c.Err() != nil {
			t.Errorf("%s: %d hits and %d misses, want %d and %d (%v)", when, hits, misses, wantHits, wantMisses, c.Err())
		}
	}
	for i := range int64(3) {
		if got := readFrame(t, set, c); !bytes.Equal(got, plain) {
			t.Error("the cached picture differs")
		}
		counts(c, i, 1, "same process")
	}
	c = openCache(t, cacheDir, 1<<20)
	if got := readFrame(t, set, c); !bytes.Equal(got, plain) {
		t.Error("the picture differs in another process")
	}
	counts(c, 1, 0, "another process")
	r, err := set.Reader(network.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	if f, err := r.Frame(0); err != nil || len(f.Picture.RGB) != 3*96*64 {
		t.Errorf("after the cache has a picture, evaluations cannot read it: %d bytes, %v", len(f.Picture.RGB), err)
	}
	stored, err := filepath.Glob(filepath.Join(cacheDir, "*.frame"))
	if err != nil || len(stored) != 1 {
		t.Fatalf("files %v (%v)", stored, err)
	}
	data, err := os.ReadFile(stored[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{data[:len(data)/2], nil, append(slices.Clone(data[:100]), append([]byte{data[100] ^ 1}, data[101:]...)...)} {
		if err := os.WriteFile(stored[0], damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		c = openCache(t, cacheDir, 1<<20)
		if got := readFrame(t, set, c); !bytes.Equal(got, plain) {
			t.Error("a damaged file changes the picture")
		}
		counts(c, 0, 1, "damaged")
	}
	if now, err := os.ReadFile(stored[0]); err != nil || !bytes.Equal(now, data) {
		t.Errorf("the damaged file was not replaced (%v)", err)
	}
	if err := os.WriteFile(filepath.Join(dir, cocoPicturePath), []byte(picturePNG(96, 64)+"x"), 0o644); err != nil {
		t.Fatal(err)
	}
	c = openCache(t, cacheDir, 1<<20)
	readFrame(t, set, c)
	counts(c, 0, 1, "changed picture")
}

// A full cache deletes the files that were not used for the longest time, but none in use,
// and nothing that is not its own.
func TestCacheLimit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "frames")
	pixels := make([]byte, 1000)
	names := make([]string, 4)
	for i := range names {
		names[i] = strings.Repeat(string(rune('a'+i)), 64) + ".frame"
	}
	const file = 1000 + 64 // bytes, with its head
	c := openCache(t, dir, 3*file)
	for i, name := range names[:3] {
		c.put(name, pixels)
		old := time.Now().Add(time.Duration(i-10) * time.Hour)
		if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	own := filepath.Join(dir, "thesis.frame")
	if err := os.WriteFile(own, make([]byte, 9000), 0o644); err != nil {
		t.Fatal(err)
	}
	c.put(names[3], pixels)
	if !c.get(names[0], pixels) || !c.get(names[2], pixels) || c.get(names[3], pixels) {
		t.Error("a full cache of files in use must keep them")
	}
	c = openCache(t, dir, 3*file)
	if !c.get(names[0], pixels) || !c.get(names[2], pixels) { // names[1] is the oldest now
		t.Error("files are gone")
	}
	c = openCache(t, dir, 3*file)
	c.put(names[3], pixels)
	for i, want := range []bool{true, false, true, true} {
		if got := exists(filepath.Join(dir, names[i])); got != want {
			t.Errorf("file %d exists: %v, want %v", i, got, want)
		}
	}
	if !exists(own) {
		t.Error("a file of the user was deleted")
	}
	if _, err := OpenCache(folder(t, map[string]string{"thesis.tex": "x"}), 1); err == nil || !strings.Contains(err.Error(), "is not a cache of roadloop") {
		t.Errorf("a folder of the user: %v", err)
	}
	if _, err := OpenCache(own, 1); err == nil {
		t.Error("accepted a file")
	}
}

// A cache that cannot be written costs time and nothing else.
func TestCacheThatCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "frames")
	c := openCache(t, dir, 1<<20)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir, nil, 0o644); err != nil { // a file in the place of the folder
		t.Fatal(err)
	}
	set := open(t, folder(t, cocoFiles()))
	if got := readFrame(t, set, c); len(got) != 3*64*32 || c.Err() == nil {
		t.Errorf("%d values, error %v", len(got), c.Err())
	}
}

// Prepare finds pictures of which only the head is valid. With SkipBad it leaves them out.
func TestPrepare(t *testing.T) {
	files := with(yoloFiles(), "images/train/0.png", smallPicture()[:60], "labels/train/0.txt", yoloBox)
	dir := folder(t, files)
	config := network.Config{Width: 64, Height: 32, Widths: [6]int{1, 1, 1, 1, 1, 1}}
	for _, skip := range []bool{false, true} {
		s, err := Open(dir, Options{SkipBad: skip})
		if err != nil || s.Len() != 3 {
			t.Fatalf("%v", err)
		}
		n := 0
		err = s.Prepare(t.Context(), config, 2, nil, func() { n++ })
		if !skip {
			if err == nil || !strings.Contains(err.Error(), "images/train/0.png") {
				t.Errorf("error %v, want the name of the picture", err)
			}
			continue
		}
		bad, first := s.Bad()
		if err != nil || n != 3 || s.Len() != 2 || bad != 1 || !strings.Contains(first[0].Error(), "images/train/0.png") {
			t.Errorf("%v: %d read, %d frames left, left out %d: %v", err, n, s.Len(), bad, first)
		}
		if filepath.Base(s.samples[0].picture) != "a.png" {
			t.Errorf("the first frame is %s", s.samples[0].picture)
		}
	}
}

// BenchmarkReadFrame measures reading a picture of 1280×720 px with and without the cache.
func BenchmarkReadFrame(b *testing.B) {
	dir := b.TempDir()
	picture := file{cocoPicturePath, noise(b, 1280, 720)}
	labels := file{cocoFile, []byte(strings.Replace(cocoDocument, `"width": 64, "height": 32`, `"width": 1280, "height": 720`, 1))}
	for _, f := range []file{picture, labels} {
		if err := f.write(dir); err != nil {
			b.Fatal(err)
		}
	}
	for _, cached := range []bool{false, true} {
		b.Run(map[bool]string{false: "decoded", true: "cached"}[cached], func(b *testing.B) {
			s, err := Open(dir, Options{})
			if err != nil {
				b.Fatal(err)
			}
			r, err := s.Reader(network.DefaultConfig())
			if err != nil {
				b.Fatal(err)
			}
			if cached {
				if r.cache, err = OpenCache(filepath.Join(b.TempDir(), "frames"), DefaultCacheLimit); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				if _, err := r.Frame(0); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
		})
	}
}

// noise returns a JPEG file of random blocks.
func noise(b *testing.B, w, h int) []byte {
	b.Helper()
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rng.New(1, "test", "noise")
	for y := range h {
		for x := range w {
			if x%8 == 0 && y%8 == 0 || x == 0 {
				im.Set(x, y, color.Gray{uint8(r.IntN(256))})
			} else {
				im.Set(x, y, im.At(x-1, y))
			}
		}
	}
	var buffer bytes.Buffer
	if err := jpeg.Encode(&buffer, im, nil); err != nil {
		b.Fatal(err)
	}
	return buffer.Bytes()
}
