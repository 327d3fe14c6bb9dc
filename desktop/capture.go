package desktop

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"sync"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/internal/fileio"
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

// capture saves screenshots and videos of the window.
type capture struct {
	*shell
	path       func(folder, suffix string) string // of a new file
	screenshot bool                               // save the next drawn frame
	saves      chan error                         // results of saving
	saving     sync.WaitGroup
	video      *videoCapture // nil if there is no video in progress
	indicator  ui.Rect       // the REC indicator
}

// active reports whether every frame is needed.
func (k *capture) active() bool { return k.screenshot || k.video != nil }

// save saves in the background.
func (k *capture) save(write func() error) {
	k.saving.Go(func() {
		k.saves <- write()
		k.changed()
	})
}

// reportErrors shows an error of saving.
func (k *capture) reportErrors() {
	select {
	case err := <-k.saves:
		if err != nil {
			k.fail("Cannot save the file", err)
		}
	default:
	}
}

// take saves a drawn frame as a screenshot, and to the video, as requested.
func (k *capture) take(from *ebiten.Image, elapsed float64) {
	if k.screenshot {
		k.screenshot = false
		m := pixels(from)
		path := k.path("pictures", ".png")
		k.save(func() error { return writePNG(path, m) })
		k.messages.Add(ui.Info, "Screenshot saved to "+filepath.ToSlash(path))
	}
	k.addFrame(from, elapsed)
}

// pixels reads an image.
func pixels(from *ebiten.Image) *image.RGBA {
	m := image.NewRGBA(image.Rectangle{Max: from.Bounds().Size()})
	from.ReadPixels(m.Pix)
	return m
}

func writePNG(path string, m image.Image) error {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return fmt.Errorf("encoding a screenshot: %w", err)
	}
	return fileio.Write(path, b.Bytes())
}

// toggleVideo starts a video of the window in a format, or ends the current one.
func (k *capture) toggleVideo(suffix string) {
	if k.video != nil {
		k.stopVideo()
		return
	}
	path := k.path("films", suffix)
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	var to video.Writer
	if err == nil {
		to, err = video.Create(path, videoRate)
	}
	if err != nil {
		k.fail("Cannot record a video", err)
		return
	}
	k.video = &videoCapture{to: video.Record(to, videoQueue), path: path}
	k.messages.Add(ui.Info, "Recording a video of the window; press the same key or click REC to stop")
}

// stopVideo ends the video. The file is completed in the background.
func (k *capture) stopVideo() {
	f := k.video
	k.video, k.indicator = nil, ui.Rect{}
	if f.picture != nil {
		f.picture.Deallocate()
	}
	k.save(func() error {
		if err := f.to.Close(); err != nil {
			return fmt.Errorf("video %s: %w", f.path, err)
		}
		return nil
	})
	k.messages.Add(ui.Info, "Video saved to "+f.path)
}

// addFrame adds the drawn frame to the video if it is due.
func (k *capture) addFrame(from *ebiten.Image, elapsed float64) {
	f := k.video
	if f == nil {
		return
	}
	b := from.Bounds()
	size := image.Pt(b.Dx()&^1, b.Dy()&^1)
	if f.size == (image.Point{}) {
		f.size = size
	}
	f.elapsed += elapsed
	if f.due -= elapsed; f.due > 0 || f.size.X == 0 || f.size.Y == 0 {
		return
	}
	f.due = max(0, f.due+1./videoRate)
	if size != f.size {
		from = f.fit(from)
	}
	f.to.Add(pixels(from.SubImage(image.Rectangle{Max: f.size}).(*ebiten.Image)))
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

// drawIndicator draws the REC indicator with the elapsed time on the screen but not in
// the video. A click on it ends the video.
func (k *capture) drawIndicator(c *ui.Canvas) {
	f := k.video
	if f == nil {
		return
	}
	seconds := int(f.elapsed)
	text := fmt.Sprintf("REC %d:%02d", seconds/60, seconds%60)
	width := c.Measure(text, c.Theme.Number) + 34
	r := ui.Rect{X: (c.Bounds().W - width) / 2, Y: barHeight + 6, W: width, H: 24} // below the top bar
	k.indicator = r
	c.Plate(r, 4, c.Theme.Background, c.Theme.Bad)
	c.Circle(ui.Point{X: r.X + 13, Y: r.Y + r.H/2}, 5, c.Theme.Bad)
	r.CutLeft(24)
	c.Label(r, text, c.Theme.Number, ui.Left)
}

// close completes all files.
func (k *capture) close() (err error) {
	if k.video != nil {
		err = k.video.to.Close()
		k.video = nil
	}
	k.saving.Wait()
	for {
		select {
		case failed := <-k.saves:
			err = errors.Join(err, failed)
		default:
			return err
		}
	}
}
