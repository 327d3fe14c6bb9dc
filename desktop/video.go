package desktop

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/video"
)

// videoCapture is a video of the window in progress.
type videoCapture struct {
	to      *video.Recorder
	path    string
	size    image.Point   // pixels, even
	due     float64       // s until the next video frame
	elapsed float64       // s
	picture *ebiten.Image // of that size, if the window has another one; nil until needed
}

const (
	videoRate  = 20 // frames per second
	videoQueue = 40 // frames that may wait for the encoder
)

// toggleVideo starts a video of the window in a format, or ends the current one.
func (w *Window) toggleVideo(suffix string) {
	if w.videoCapture != nil {
		w.stopVideo()
		return
	}
	path := w.newPath("films", suffix)
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	var to video.Writer
	if err == nil {
		to, err = video.Create(path, videoRate)
	}
	if err != nil {
		w.fail("Cannot record a video", err)
		return
	}
	w.videoCapture = &videoCapture{to: video.Record(to, videoQueue), path: path}
	w.messages.Add(ui.Info, "Recording a video of the window; press the same key or click REC to stop")
}

// stopVideo ends the video. The file is completed in the background.
func (w *Window) stopVideo() {
	f := w.videoCapture
	w.videoCapture, w.videoIndicatorArea = nil, ui.Rect{}
	if f.picture != nil {
		f.picture.Deallocate()
	}
	w.films.Go(func() {
		err := f.to.Close()
		if err != nil {
			err = fmt.Errorf("video %s: %w", f.path, err)
		}
		w.saves <- err
		w.changed()
	})
	w.messages.Add(ui.Info, "Video saved to "+f.path)
}

// addFrame adds the drawn frame to the video if it is due.
func (w *Window) addFrame(from *ebiten.Image) {
	f := w.videoCapture
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
	f.due = max(0, f.due+1./videoRate)
	if size != f.size {
		from = f.fit(from)
	}
	m := image.NewRGBA(image.Rectangle{Max: f.size})
	from.SubImage(m.Rect).(*ebiten.Image).ReadPixels(m.Pix)
	f.to.Add(m)
}

// fit scales a frame of the window to the video size, with black bars if the aspect
// ratios differ.
func (f *videoCapture) fit(from *ebiten.Image) *ebiten.Image {
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

// drawVideoIndicator draws the REC indicator with the elapsed time on the screen but not in
// the video. A click on it ends the video.
func (w *Window) drawVideoIndicator(to *ebiten.Image) {
	f := w.videoCapture
	if f == nil {
		return
	}
	c := w.paint.Begin(to, w.scale)
	seconds := int(f.elapsed)
	text := fmt.Sprintf("REC %d:%02d", seconds/60, seconds%60)
	r := videoIndicatorArea(c, text)
	w.videoIndicatorArea = r
	c.RoundRect(r, 4, c.Theme.Background)
	c.RoundFrame(r, 4, 1, c.Theme.Bad)
	c.Circle(ui.Point{X: r.X + 13, Y: r.Y + r.H/2}, 5, c.Theme.Bad)
	r.CutLeft(24)
	c.Label(r, text, c.Theme.Number, ui.Left)
	w.paint.End()
}

// videoIndicatorArea returns the rectangle of the REC indicator, in the middle of the top bar.
func videoIndicatorArea(c *ui.Canvas, text string) ui.Rect {
	width := c.Measure(text, c.Theme.Number) + 34
	b := c.Bounds()
	return ui.Rect{X: (b.W - width) / 2, Y: barHeight + 6, W: width, H: 24}
}

// closeVideos completes all videos.
func (w *Window) closeVideos() (err error) {
	if w.videoCapture != nil {
		err = w.videoCapture.to.Close()
		w.videoCapture = nil
	}
	w.films.Wait()
	for {
		select {
		case failed := <-w.saves:
			err = errors.Join(err, failed)
		default:
			return err
		}
	}
}
