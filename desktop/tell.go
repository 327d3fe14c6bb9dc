package desktop

import (
	"image"
	"path/filepath"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/ui"
)

// tell says what went wrong in the background.
func (w *Window) tell() {
	if w.player != nil {
		if err := w.player.takeErr(); err != nil {
			w.fail("The driver failed, the drive ends here", err)
		}
		if err := w.player.saveErr(); err != nil {
			w.fail("The drive cannot be saved", err)
		}
	}
	select {
	case err := <-w.shots:
		if err != nil {
			w.fail("It cannot be saved", err)
		}
	default:
	}
	if w.dock.Changed() && !w.snap.Buttons[ui.Primary] {
		w.rememberLayout()
	}
}

// saveShot reads what was drawn and writes it in the background.
func (w *Window) saveShot(from *ebiten.Image) {
	b := from.Bounds()
	m := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	from.ReadPixels(m.Pix)
	path := w.newPath("pictures", ".png")
	w.films.Go(func() {
		w.shots <- writePNG(path, m)
		w.changed()
	})
	w.messages.Say(ui.Info, "Picture saved to "+filepath.ToSlash(path))
}
