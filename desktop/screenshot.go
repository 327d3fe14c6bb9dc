package desktop

import (
	"errors"
	"fmt"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/sim/clock"
)

// settleFrames is the number of frames drawn before the screenshot, so that background work
// is done.
const settleFrames = 40

// Screenshot opens the window, drives the opened case up to a time in seconds or to its end,
// saves a screenshot and returns. If nothing was opened the screenshot shows the
// library, and the time must be 0.
func (w *window) Screenshot(path string, seconds float64) error {
	p, err := newPose(w, path, seconds)
	if err != nil {
		return err
	}
	if err := run(p); err != nil {
		return err
	}
	return p.err
}

func newPose(w *window, path string, seconds float64) (*pose, error) {
	w.posing, w.source = true, noDevices{}
	p := &pose{window: w, path: path, at: int(seconds * float64(clock.PerSecond/clock.DriverPeriod))}
	if w.drive.player == nil {
		if seconds != 0 {
			return nil, errors.New("--at needs a scenario to drive")
		}
		return p, nil
	}
	w.drive.player.set(func() { w.drive.player.playing, w.drive.player.steps = false, p.at+1 }) // the first step makes decision 0
	return p, nil
}

// noDevices is the input of a screenshot: a pointer outside of the window, so that no tooltip
// and no highlight is in the picture.
type noDevices struct{}

// Poll clears the snapshot.
func (noDevices) Poll(s *ui.Snapshot, _ float64) { *s = ui.Snapshot{Pointer: ui.Point{X: -1, Y: -1}} }

// pose is a window that waits for its screenshot.
type pose struct {
	*window
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
	return p.window.Update()
}

// still reports whether the window shows the requested decision.
func (p *pose) still() bool {
	if p.drive.player == nil {
		return p.browser.Waiting() == 0
	}
	now := p.drive.player.now()
	if now.at < p.at && !now.tape.Over() {
		return false
	}
	if p.frames == 0 {
		p.drive.player.seek(p.at) // it may have started playing before
	}
	return true
}

func (p *pose) Draw(to *ebiten.Image) {
	p.window.Draw(to)
	if p.frames < settleFrames || p.over {
		return
	}
	p.over = true
	if p.err = writePNG(p.path, pixels(to)); p.err != nil {
		p.err = fmt.Errorf("saving the screenshot: %w", p.err)
	}
}
