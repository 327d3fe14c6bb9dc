package editor

import (
	"fmt"

	"roadloop/desktop/internal/ui"
	"roadloop/sim/clock"
)

// playback plays the preview.
type playback struct {
	doc     *document
	time    float64 // shown time, s
	playing bool
}

// draw draws the timeline of the preview.
func (p *playback) draw(c *ui.Canvas, in *ui.Input, r ui.Rect) {
	c.Rect(r, c.Theme.Surface)
	c.Rect(ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 1}, c.Theme.Edge)
	r = r.Inset2(margin, 9)
	if p.doc.preview == nil {
		text := "Simulating the preview …"
		if p.doc.findings != nil && p.doc.findings.Spec == nil {
			text = "Invalid scenario; see the side panel."
		}
		c.Label(r, text, c.Theme.Body.In(c.Theme.Faint), ui.Left)
		return
	}
	p.time = min(p.time, p.doc.preview.End().Seconds())
	if p.playButton(c, in, r.CutLeft(64)) {
		p.playing = !p.playing
	}
	r.CutLeft(12)
	p.drawOutcome(c, r.CutRight(min(300, r.W/3)))
	r.CutRight(12)
	ui.Slider(c, in, r, "Preview with ground truth", &p.time, ui.Range{Max: p.doc.preview.End().Seconds(), Step: .05, Unit: "s", Decimals: 2})
}

// playButton starts and stops the preview.
func (p *playback) playButton(c *ui.Canvas, in *ui.Input, r ui.Rect) bool {
	r = r.Centered(64, ui.ControlHeight)
	text := "Play"
	if p.playing {
		text = "Pause"
	}
	return button(c, in, r, text, "Play the preview (Space)")
}

// drawOutcome draws the result of the preview.
func (p *playback) drawOutcome(c *ui.Canvas, r ui.Rect) {
	v := &p.doc.preview.Verdict
	if p.doc.stale {
		c.Label(r, "simulating …", c.Theme.Body.In(c.Theme.Faint), ui.Left)
		return
	}
	if v.Passed {
		c.Label(r, fmt.Sprintf("passed, after %.1f s", v.Duration), c.Theme.Body.In(c.Theme.Good), ui.Left)
		return
	}
	c.Paragraph(r, v.Reason, c.Theme.Body.In(c.Theme.Bad))
}

// play advances the preview.
func (p *playback) play(dt float64) {
	if !p.playing || p.doc.preview == nil {
		return
	}
	end := p.doc.preview.End().Seconds()
	if p.time += dt; p.time >= end {
		p.time, p.playing = end, false
	}
}

// now returns the shown time of the preview.
func (p *playback) now() clock.Tick { return clock.FromSeconds(p.time) }
