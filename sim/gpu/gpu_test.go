package gpu_test

import (
	"image"
	"image/png"
	"os"
	"testing"

	"roadloop/internal/displaytest"
)

func TestMain(m *testing.M) { displaytest.Main(m) }

// save writes two images, one above the other.
func save(t testing.TB, path string, above, below []byte, w, h int) {
	t.Helper()
	im := image.NewRGBA(image.Rect(0, 0, w, 2*h))
	for i := range w * h {
		copy(im.Pix[4*i:], append(above[3*i:3*i+3:3*i+3], 255))
		copy(im.Pix[4*(i+w*h):], append(below[3*i:3*i+3:3*i+3], 255))
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, im); err != nil {
		t.Fatal(err)
	}
}
