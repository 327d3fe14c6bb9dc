package desktop

import (
	"errors"
	"fmt"
	"image"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/sim/clock"
)

// settleFrames is the number of frames drawn before the screenshot, so that background work
// is done.
const settleFrames = 40

// Screenshot opens the window, drives the opened case up to a time in seconds or to its end,
// saves a screenshot and returns. If nothing was opened the screenshot shows the
// library, and the time must be 0.
func (w *Window) Screenshot(path string, seconds float64) error {
	p, err := newPose(w, path, seconds)
	if err != nil {
		return err
	}
	if err := run(p); err != nil {
		return err
	}
	return p.err
}

func newPose(w *Window, path string, seconds float64) (*pose, error) {
	w.posing = true
	p := &pose{Window: w, path: path, at: int(seconds * float64(clock.PerSecond/clock.DriverPeriod))}
	if w.player == nil {
		if seconds != 0 {
			return nil, errors.New("--at needs a scenario to drive")
		}
		return p, nil
	}
	w.player.set(func() { w.player.playing, w.player.steps = false, p.at+1 }) // the first step makes decision 0
	return p, nil
}

// pose is a window that waits for its screenshot.
type pose struct {
	*Window
	path   string
	at     int // decision
	frames int // since the decision
	err    error
	over   bool
}

func (p *pose) Update() error {
	if p.over {
		return ebiten.Termination
	}
	if p.still() {
		p.frames++
	}
	return p.Window.Update()
}

// still reports whether the window shows the requested decision.
func (p *pose) still() bool {
	if p.player == nil {
		return p.browser.Waiting() == 0
	}
	now := p.player.now()
	if now.at < p.at && !now.tape.Over() {
		return false
	}
	if p.frames == 0 {
		p.player.seek(p.at) // it may have started playing before
	}
	return true
}

func (p *pose) Draw(to *ebiten.Image) {
	p.Window.Draw(to)
	if p.frames < settleFrames || p.over {
		return
	}
	p.over = true
	m := image.NewRGBA(image.Rectangle{Max: to.Bounds().Size()})
	to.ReadPixels(m.Pix)
	if p.err = writePNG(p.path, m); p.err != nil {
		p.err = fmt.Errorf("saving the screenshot: %w", p.err)
	}
}
