package desktop

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roadloop/desktop/internal/ui"
	"roadloop/sim/clock"
)

// seekAhead is a seek to a frame that is not simulated yet. The drive runs there at full
// speed while the screen keeps the frame before.
type seekAhead struct {
	from, to int // frames: the first one to simulate, and the target; to is -1 for none
}

// active reports whether a seek is in progress.
func (a seekAhead) active() bool { return a.to >= 0 }

// share returns the progress of the seek, 0 to 1, when there are n frames.
func (a seekAhead) share(n int) float64 {
	return max(0, min(1, float64(n-a.from)/float64(a.to+1-a.from)))
}

// lastFrame returns the last frame that the drive can have. The caller holds mu.
func (p *player) lastFrame() int {
	if n := p.tape.Recorded(); n > 0 {
		return max(n, p.tape.Len()) - 1
	}
	return int(p.tape.Plan().Drive.Duration / clock.DriverPeriod)
}

// simulateAhead makes one step of the seek, and shows the target when it is reached.
func (p *player) simulateAhead(ctx context.Context) {
	p.mu.Lock()
	t := p.tape
	p.pendingLen = t.Len() + 1
	p.mu.Unlock()
	signal(p.wakeBranch)
	more, err := t.Step(ctx, nil)
	p.record(t, false)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pendingLen = 0
	if err != nil && !errors.Is(err, context.Canceled) {
		p.err = err
	}
	if p.tape == t && p.seekAhead.active() && (!more || err != nil || t.Len() > p.seekAhead.to) {
		p.stopAhead()
	}
}

// stopAhead ends the seek and shows the last simulated frame. The caller holds mu, as
// in set.
func (p *player) stopAhead() {
	if p.seekAhead.active() {
		p.playClock.hold(max(0, min(p.seekAhead.to, p.tape.Len()-1)), time.Now())
		p.seekAhead = seekAhead{to: -1}
	}
}

// cancelAhead ends the seek at the last simulated frame.
func (p *player) cancelAhead() { p.set(p.stopAhead) }

// drawAhead shows the progress of the seek above the timeline, with a Cancel button.
func (b *bars) drawAhead() {
	v := b.drive.shown()
	if !v.seekAhead.active() {
		return
	}
	const width, height = 330, 46
	box := ui.Rect{X: (b.size.X - width) / 2, Y: b.size.Y - transportHeight - height - 10, W: width, H: height}
	b.in.Overlay(box, false, func(c *ui.Canvas) {
		c = c.Scoped("ahead")
		all := c.Bounds()
		c.Plate(all, 6, c.Theme.Raised, c.Theme.Accent)
		r := all.Inset2(12, 8)
		if ui.Button(c, b.in, r.CutRight(54).Centered(54, 26), "Stop") {
			b.drive.player.cancelAhead()
		}
		r.CutRight(12)
		done := v.seekAhead.share(v.tape.Len())
		c.Label(r.CutTop(18), fmt.Sprintf("Simulating to %.2f s: %.0f %%", decisionTime(v.seekAhead.to), 100*done), c.Theme.Body, ui.Left)
		bar := ui.Rect{X: r.X, Y: r.Y + 5, W: r.W, H: 5}
		c.RoundRect(bar, 2.5, c.Theme.Background)
		bar.W *= done
		c.RoundRect(bar, 2.5, c.Theme.Accent)
	})
}
