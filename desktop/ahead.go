package desktop

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roadloop/desktop/ui"
	"roadloop/sim/clock"
)

// ahead is the way to a frame that is not simulated yet: the drive goes there at full
// speed, while the frame shown before stays on the screen.
type ahead struct {
	from, to int // frames: the first one to simulate, and the one to show; to is -1 for none
}

// under reports whether the drive is on its way to a frame.
func (a ahead) under() bool { return a.to >= 0 }

// share returns how much of the way is done, 0 to 1, when there are n frames.
func (a ahead) share(n int) float64 {
	return max(0, min(1, float64(n-a.from)/float64(a.to+1-a.from)))
}

// lastFrame returns the last frame that the drive can have. The caller holds mu.
func (p *player) lastFrame() int {
	if n := p.tape.Recorded(); n > 0 {
		return max(n, p.tape.Len()) - 1
	}
	return int(p.tape.Plan().Drive.Duration / clock.DriverPeriod)
}

// hurry makes one decision on the way ahead, and shows where the way ends.
func (p *player) hurry(ctx context.Context) {
	p.mu.Lock()
	t := p.tape
	p.making = t.Len() + 1
	p.mu.Unlock()
	nudge(p.chase)
	more, err := t.Step(ctx, nil)
	p.record(t, false)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.making = 0
	if err != nil && !errors.Is(err, context.Canceled) {
		p.err = err
	}
	if p.tape == t && p.ahead.under() && (!more || err != nil || t.Len() > p.ahead.to) {
		p.stopAhead()
	}
}

// stopAhead ends the way ahead and shows what was simulated last. The caller holds mu, as
// in set.
func (p *player) stopAhead() {
	if p.ahead.under() {
		p.flow.hold(max(0, min(p.ahead.to, p.tape.Len()-1)), time.Now())
		p.ahead = ahead{to: -1}
	}
}

// cancelAhead ends the way ahead where it has come to.
func (p *player) cancelAhead() { p.set(p.stopAhead) }

// drawAhead shows how far the way ahead has come, above the time line, with a button that
// ends it.
func (w *Window) drawAhead(v *view) {
	if !v.ahead.under() {
		return
	}
	const width, height = 330, 46
	box := ui.Rect{X: (w.size.X - width) / 2, Y: w.size.Y - transportHeight - height - 10, W: width, H: height}
	w.in.Above(box, false, func(c *ui.Canvas) {
		c = c.Scoped("ahead")
		all := c.Bounds()
		c.RoundRect(all, 6, c.Theme.Raised)
		c.RoundFrame(all, 6, 1, c.Theme.Accent)
		r := all.Inset2(12, 8)
		if ui.Button(c, w.in, r.CutRight(54).Centered(54, 26), "Stop") {
			w.player.cancelAhead()
		}
		r.CutRight(12)
		done := v.ahead.share(v.tape.Len())
		c.Label(r.CutTop(18), fmt.Sprintf("Simulating to %.2f s: %.0f %%", decisionTime(v.ahead.to), 100*done), c.Theme.Body, ui.Left)
		bar := ui.Rect{X: r.X, Y: r.Y + 5, W: r.W, H: 5}
		c.RoundRect(bar, 2.5, c.Theme.Background)
		bar.W *= done
		c.RoundRect(bar, 2.5, c.Theme.Accent)
	})
}
