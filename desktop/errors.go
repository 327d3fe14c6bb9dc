package desktop

import (
	"image"
	"path/filepath"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
)

// reportErrors shows errors from the background.
func (w *Window) reportErrors() {
	if w.player != nil {
		if err := w.player.takeErr(); err != nil {
			w.fail("The driver failed; the drive ends here", err)
		}
		if err := w.player.saveErr(); err != nil {
			w.fail("Cannot save the drive", err)
		}
	}
	select {
	case err := <-w.saves:
		if err != nil {
			w.fail("Cannot save the file", err)
		}
	default:
	}
	if w.dock.Changed() && !w.snap.Buttons[ui.Primary] {
		w.rememberLayout()
	}
}

// saveScreenshot reads the drawn frame and saves it in the background.
func (w *Window) saveScreenshot(from *ebiten.Image) {
	b := from.Bounds()
	m := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	from.ReadPixels(m.Pix)
	path := w.newPath("pictures", ".png")
	w.films.Go(func() {
		w.saves <- writePNG(path, m)
		w.changed()
	})
	w.messages.Add(ui.Info, "Screenshot saved to "+filepath.ToSlash(path))
}
