package gpu_test

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"
)

// loop runs the tests inside Ebitengine's loop, where pixels can be read.
type loop struct {
	m    *testing.M
	code int
}

func (l *loop) Update() error {
	l.code = l.m.Run()
	return ebiten.Termination
}
func (l *loop) Draw(*ebiten.Image)         {}
func (l *loop) Layout(int, int) (int, int) { return 320, 192 }

func TestMain(m *testing.M) {
	l := &loop{m: m, code: 1}
	if err := ebiten.RunGame(l); err != nil && !errors.Is(err, ebiten.Termination) {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(l.code)
}

// save keeps two pictures, one above the other.
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
