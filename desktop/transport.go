package desktop

import (
	"fmt"

	"roadloop/desktop/internal/ui"
)

// drawTransport draws the bottom bar: buttons, timeline and status.
func (b *bars) drawTransport(c *ui.Canvas) {
	c.Fill(c.Theme.Surface)
	c = c.Scoped("transport")
	v := b.drive.shown()
	if v.tape == nil {
		return
	}
	r := c.Bounds().Inset2(8, 5)
	b.drawTimeline(c.Sub(r.CutTop(24)), &v)
	r.CutTop(5)
	b.drawButtons(c, &r, &v)
	b.drawStatus(c, r, &v)
}

// button draws a button with an icon.
func (b *bars) button(c *ui.Canvas, r *ui.Rect, name, tip string, picture func(c *ui.Canvas, at ui.Point)) bool {
	area := r.CutLeft(34)
	r.CutLeft(4)
	pushed := ui.IconButton(c, b.in, area, name, picture)
	b.in.Tooltip(c, area, tip)
	return pushed
}

// drawButtons draws the playback buttons.
func (b *bars) drawButtons(c *ui.Canvas, r *ui.Rect, v *view) {
	p := b.drive.player
	if b.button(c, r, "start", "Go to the start (Home)", iconStart) {
		p.seek(0)
	}
	if b.button(c, r, "back", "Previous step (,)", iconBack) {
		b.drive.stepBack(1)
	}
	play := iconPlay
	if v.playing {
		play = iconPause
	}
	if b.button(c, r, "play", "Play or pause (Space)", play) {
		p.toggle()
	}
	if b.button(c, r, "step", "Next step (.)", iconStep) {
		p.step()
	}
	if b.button(c, r, "end", endTip(v), iconEnd) {
		p.newest()
	}
	r.CutLeft(8)
	b.drawSpeeds(c, r, v)
	r.CutLeft(8)
	if ui.Button(c, b.in, r.CutLeft(80), "What if…") {
		b.whatIf.ask()
	}
	r.CutLeft(4)
	if v.other != nil {
		if ui.Button(c, b.in, r.CutLeft(64), "Switch") {
			p.swap()
		}
		r.CutLeft(4)
	}
	if v.manual {
		if ui.PrimaryButton(c, b.in, r.CutLeft(84), "Hand back") {
			b.drive.handBack()
		}
		r.CutLeft(4)
	}
}

// endTip returns the tooltip of the button that goes to the end.
func endTip(v *view) string {
	if v.tape.Recorded() > v.tape.Len() {
		return "Go to the end of the trace (End)"
	}
	return "Go to the newest step (End)"
}

// drawSpeeds draws a button for each playback speed.
func (b *bars) drawSpeeds(c *ui.Canvas, r *ui.Rect, v *view) {
	labels := [...]string{"×¼", "×½", "×1", "×2", "×4", "×8"}
	for i, s := range speeds {
		area := r.CutLeft(30)
		if ui.Segment(c, b.in, area, labels[i], s == v.speed) {
			b.drive.player.setSpeed(s)
		}
	}
}

// drawStatus draws the time, the speed and the state of the drive.
func (b *bars) drawStatus(c *ui.Canvas, r ui.Rect, v *view) {
	f := v.tape.StepAt(v.at)
	if f == nil {
		c.Label(r, "starting", c.Theme.Body.In(c.Theme.Faint), ui.Right)
		return
	}
	number := fmt.Sprintf("%6.2f / %5.2f s   %3.0f km/h", f.Time.Seconds(), timelineEnd(v.tape), 3.6*f.World.Ego().State.Speed)
	if c.Measure(number, c.Theme.Number)+4 > r.W { // no room for the speed
		number = fmt.Sprintf("%.2f / %.2f s", f.Time.Seconds(), timelineEnd(v.tape))
	}
	c.Label(r.CutRight(c.Measure(number, c.Theme.Number)+4), number, c.Theme.Number, ui.Right)
	r.CutRight(14)
	if r.W < 40 {
		return
	}
	c.Label(r, b.drive.doing(v), c.Theme.Body.In(c.Theme.Faint), ui.Right)
}
