package desktop

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/ui"
	"roadloop/scenarios/film/codec"
)

// filming is a film of the window in the making.
type filming struct {
	to      *codec.Recorder
	path    string
	size    image.Point   // pixels, even
	due     float64       // s until the next picture
	elapsed float64       // s
	picture *ebiten.Image // of that size, for a window of another one; nil before there was
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
	w.messages.Say(ui.Info, "Filming the window; the same key, or a click on REC, ends it")
}

// cut ends the film. The file is completed in the background.
func (w *Window) cut() {
	f := w.filming
	w.filming, w.filmingArea = nil, ui.Rect{}
	if f.picture != nil {
		f.picture.Deallocate()
	}
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
	f.elapsed += w.snap.Elapsed
	if f.due -= w.snap.Elapsed; f.due > 0 || f.size.X == 0 || f.size.Y == 0 {
		return
	}
	f.due = max(0, f.due+1./filmRate)
	if size != f.size {
		from = f.fit(from)
	}
	m := image.NewRGBA(image.Rectangle{Max: f.size})
	from.SubImage(m.Rect).(*ebiten.Image).ReadPixels(m.Pix)
	f.to.Add(m)
}

// fit returns a picture of the window as large as the film: all of it, with
// black bars where its aspect ratio differs.
func (f *filming) fit(from *ebiten.Image) *ebiten.Image {
	if f.picture == nil {
		f.picture = ebiten.NewImage(f.size.X, f.size.Y)
	}
	f.picture.Fill(color.Black)
	b := from.Bounds()
	k := min(float64(f.size.X)/float64(b.Dx()), float64(f.size.Y)/float64(b.Dy()))
	op := &ebiten.DrawImageOptions{Filter: ebiten.FilterLinear}
	op.GeoM.Scale(k, k)
	op.GeoM.Translate((float64(f.size.X)-k*float64(b.Dx()))/2, (float64(f.size.Y)-k*float64(b.Dy()))/2)
	f.picture.DrawImage(from, op)
	return f.picture
}

// drawFilming shows on the screen, but not in the film, that and for how long the window is
// filmed. A click on it ends the film.
func (w *Window) drawFilming(to *ebiten.Image) {
	f := w.filming
	if f == nil {
		return
	}
	c := w.paint.Begin(to, w.scale)
	seconds := int(f.elapsed)
	text := fmt.Sprintf("REC %d:%02d", seconds/60, seconds%60)
	r := filmingArea(c, text)
	w.filmingArea = r
	c.RoundRect(r, 4, c.Theme.Background)
	c.RoundFrame(r, 4, 1, c.Theme.Bad)
	c.Circle(ui.Point{X: r.X + 13, Y: r.Y + r.H/2}, 5, c.Theme.Bad)
	r.CutLeft(24)
	c.Label(r, text, c.Theme.Number, ui.Left)
	w.paint.End()
}

// filmingArea returns where the sign is that the window is filmed: in the middle of the top
// bar.
func filmingArea(c *ui.Canvas, text string) ui.Rect {
	width := c.Measure(text, c.Theme.Number) + 34
	b := c.Bounds()
	return ui.Rect{X: (b.W - width) / 2, Y: barHeight + 6, W: width, H: 24}
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
