// Package uitest provides an invisible window and a simulated user for tests. It needs
// a display.
package uitest

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
)

// Screen is an invisible window.
type Screen struct {
	User  User
	In    *ui.Input
	paint *ui.Painter
	image *ebiten.Image
	scale float64
}

// NewScreen returns a window of a size in points.
func NewScreen(width, height int, scale float64) *Screen {
	return &Screen{In: ui.NewInput(), paint: ui.NewPainter(ui.Dark()), scale: scale,
		image: ebiten.NewImage(int(float64(width)*scale), int(float64(height)*scale))}
}

// Frame draws a frame with the actions since the last one.
func (s *Screen) Frame(draw func(c *ui.Canvas, in *ui.Input)) {
	var now ui.Snapshot
	s.User.Poll(&now, s.scale)
	s.In.BeginFrame(&now)
	c := s.paint.Begin(s.image, s.scale)
	c.Fill(c.Theme.Background)
	draw(c, s.In)
	s.In.EndFrame(c)
	s.paint.End()
	Flush(s.image)
}

// Picture returns the contents of the window.
func (s *Screen) Picture() *image.RGBA { return Picture(s.image) }

// Flush executes pending draw commands, as the end of a frame does. Tests run within
// one Ebitengine update, in which commands would otherwise pile up in memory.
func Flush(screen *ebiten.Image) {
	var pixel [4]byte
	screen.SubImage(image.Rect(0, 0, 1, 1)).(*ebiten.Image).ReadPixels(pixel[:])
}

// Picture reads back an image.
func Picture(from *ebiten.Image) *image.RGBA {
	b := from.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	from.ReadPixels(out.Pix)
	return out
}

// Save saves an image among the artifacts of a test.
func Save(t testing.TB, name string, m image.Image) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.ArtifactDir(), name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
}
