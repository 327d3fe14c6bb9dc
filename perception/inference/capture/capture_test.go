package capture_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/perception/inference/capture"
)

func write(t *testing.T, path string, data []byte) string {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o644)); err != nil {
		t.Fatal(err)
	}
	return path
}

func encode(t *testing.T, im image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.PNG", "a.jpg", ".DS_Store", "._a.jpg", "notes.txt", "z.MP4", "sub/c.png"} {
		write(t, filepath.Join(dir, name), nil)
	}
	names := func(argument string) string {
		files, err := capture.Find(argument)
		if err != nil {
			return "error: " + strings.ReplaceAll(err.Error(), dir, "DIR")
		}
		var out []string
		for _, f := range files {
			name := filepath.Base(f.Path)
			if f.Video {
				name += " (video)"
			}
			out = append(out, name)
		}
		return strings.Join(out, " ")
	}
	t.Chdir(dir)
	for argument, want := range map[string]string{
		dir: "a.jpg b.PNG z.MP4 (video)", dir + "/*.jpg": "a.jpg", dir + "/*": "a.jpg b.PNG z.MP4 (video)", dir + "/sub/c.png": "c.png",
		`sub\c.png`: "c.png", `sub\*.png`: "c.png", dir + "/notes.txt": "notes.txt",
		dir + "/*.bmp": "error: DIR/*.bmp: no picture and no video matches", dir + "/x[": "error: DIR/x[: syntax error in pattern",
		dir + "/none": "error: stat DIR/none: no such file or directory",
	} {
		if got := names(argument); got != want {
			t.Errorf("%s: %s, want %s", argument, got, want)
		}
	}
}

// Pictures of every color model are read as RGB.
func TestColorModels(t *testing.T) {
	dir := t.TempDir()
	deep := image.NewNRGBA64(image.Rect(0, 0, 8, 6))
	gray := image.NewGray16(image.Rect(0, 0, 8, 6))
	palette := image.NewPaletted(image.Rect(0, 0, 8, 6), color.Palette{color.RGBA{200, 100, 50, 255}})
	for y := range 6 {
		for x := range 8 {
			deep.Set(x, y, color.NRGBA64{200 << 8, 100 << 8, 50 << 8, 0xffff})
			gray.Set(x, y, color.Gray16{120 << 8})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, gray, nil); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		want [3]byte
	}{
		"deep.png": {encode(t, deep), [3]byte{200, 100, 50}}, "gray16.png": {encode(t, gray), [3]byte{120, 120, 120}},
		"palette.png": {encode(t, palette), [3]byte{200, 100, 50}}, "gray.jpg": {b.Bytes(), [3]byte{120, 120, 120}},
	} {
		var f capture.Frame
		if err := capture.Read(write(t, filepath.Join(dir, name), c.data), &f); err != nil {
			t.Error(err)
			continue
		}
		if f.Width != 8 || f.Height != 6 || len(f.RGB) != 3*48 || [3]byte(f.RGB[60:63]) != c.want {
			t.Errorf("%s: %d×%d, %v; want %v", name, f.Width, f.Height, f.RGB[60:63], c.want)
		}
	}
}

// Truncated and huge pictures are named.
func TestBadPictures(t *testing.T) {
	dir := t.TempDir()
	whole := encode(t, image.NewGray(image.Rect(0, 0, 64, 64)))
	huge := bytes.Clone(whole)
	copy(huge[16:24], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536×65536 in the header, with a wrong checksum
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"cut.png": {whole[:len(whole)-30], "cut.png"}, "text.jpg": {[]byte("hello"), "unknown format, want PNG, JPEG, WebP or BMP"},
		"empty.png": {nil, "empty.png"}, "huge.png": {huge, "huge.png"},
	} {
		var f capture.Frame
		if err := capture.Read(write(t, filepath.Join(dir, name), c.data), &f); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if err := capture.Read(dir, new(capture.Frame)); err == nil {
		t.Error("read a folder")
	}
}
