package desktop

import (
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/ui"
	"roadloop/scenarios/film/codec"
)

// filming is a film of the window in the making.
type filming struct {
	to   *codec.Recorder
	path string
	size image.Point // pixels, even
	due  float64     // s until the next picture
}

const (
	filmRate = 20 // pictures a second
	filmWait = 40 // pictures that may wait for the encoder
)

// film begins a film of the window in a file of a kind, or ends the one there is.
func (w *Window) film(suffix string) {
	if w.filming != nil {
		w.cut()
		return
	}
	path := w.newPath("films", suffix)
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	var to codec.Writer
	if err == nil {
		to, err = codec.Create(path, filmRate)
	}
	if err != nil {
		w.fail("The window cannot be filmed", err)
		return
	}
	w.filming = &filming{to: codec.Record(to, filmWait), path: path}
	w.messages.Say(ui.Info, "Filming the window; the same key ends it")
}

// cut ends the film. The file is completed in the background.
func (w *Window) cut() {
	f := w.filming
	w.filming = nil
	w.films.Go(func() {
		err := f.to.Close()
		if err != nil {
			err = fmt.Errorf("film %s: %w", f.path, err)
		}
		w.shots <- err
		w.changed()
	})
	w.messages.Say(ui.Info, "Film saved to "+f.path)
}

// expose adds what was drawn to the film when it is time.
func (w *Window) expose(from *ebiten.Image) {
	f := w.filming
	if f == nil {
		return
	}
	b := from.Bounds()
	size := image.Pt(b.Dx()&^1, b.Dy()&^1)
	if f.size == (image.Point{}) {
		f.size = size
	}
	if size != f.size {
		w.messages.Say(ui.Caution, "The window has another size: the film ends here")
		w.cut()
		return
	}
	if f.due -= w.snap.Elapsed; f.due > 0 || size.X == 0 || size.Y == 0 {
		return
	}
	f.due = max(0, f.due+1./filmRate)
	m := image.NewRGBA(image.Rectangle{Max: size})
	from.SubImage(m.Rect).(*ebiten.Image).ReadPixels(m.Pix)
	f.to.Add(m)
}

// endFilms completes all films.
func (w *Window) endFilms() (err error) {
	if w.filming != nil {
		err = w.filming.to.Close()
		w.filming = nil
	}
	w.films.Wait()
	for {
		select {
		case failed := <-w.shots:
			err = errors.Join(err, failed)
		default:
			return err
		}
	}
}
