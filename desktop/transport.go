package desktop

import (
	"fmt"

	"roadloop/desktop/internal/ui"
)

// drawTransport draws the bottom bar: buttons, timeline and status.
func (w *Window) drawTransport(c *ui.Canvas) {
	c.Fill(c.Theme.Surface)
	c = c.Scoped("transport")
	v := w.shown()
	if v.tape == nil {
		return
	}
	r := c.Bounds().Inset2(8, 5)
	w.drawTimeline(c.Sub(r.CutTop(24)), &v)
	r.CutTop(5)
	w.drawButtons(c, &r, &v)
	w.drawStatus(c, r, &v)
}

// button draws a button with an icon.
func (w *Window) button(c *ui.Canvas, r *ui.Rect, name, tip string, picture func(c *ui.Canvas, at ui.Point)) bool {
	area := r.CutLeft(34)
	r.CutLeft(4)
	pushed := ui.IconButton(c, w.in, area, name, picture)
	w.in.Tooltip(c, area, tip)
	return pushed
}

// drawButtons draws the playback buttons.
func (w *Window) drawButtons(c *ui.Canvas, r *ui.Rect, v *view) {
	p := w.player
	if w.button(c, r, "start", "Go to the start (Home)", iconStart) {
		p.seek(0)
	}
	if w.button(c, r, "back", "Previous step (,)", iconBack) {
		w.stepBack(1)
	}
	play := iconPlay
	if v.playing {
		play = iconPause
	}
	if w.button(c, r, "play", "Play or pause (Space)", play) {
		p.toggle()
	}
	if w.button(c, r, "step", "Next step (.)", iconStep) {
		p.step()
	}
	if w.button(c, r, "end", endTip(v), iconEnd) {
		p.newest()
	}
	r.CutLeft(8)
	w.drawSpeeds(c, r, v)
	r.CutLeft(8)
	if ui.Button(c, w.in, r.CutLeft(80), "What if…") {
		w.askWhatIf()
	}
	r.CutLeft(4)
	if v.other != nil {
		if ui.Button(c, w.in, r.CutLeft(64), "Switch") {
			p.swap()
		}
		r.CutLeft(4)
	}
	if v.manual {
		if ui.PrimaryButton(c, w.in, r.CutLeft(84), "Hand back") {
			w.handBack()
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
func (w *Window) drawSpeeds(c *ui.Canvas, r *ui.Rect, v *view) {
	labels := [...]string{"×¼", "×½", "×1", "×2", "×4", "×8"}
	for i, s := range speeds {
		area := r.CutLeft(30)
		if ui.Segment(c, w.in, area, labels[i], s == v.speed) {
			w.player.setSpeed(s)
		}
	}
}

// drawStatus draws the time, the speed and the state of the drive.
func (w *Window) drawStatus(c *ui.Canvas, r ui.Rect, v *view) {
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
	c.Label(r, w.state(v), c.Theme.Body.In(c.Theme.Faint), ui.Right)
}

// state describes what the drive does.
func (w *Window) state(v *view) string {
	last := v.at >= v.tape.Len()-1
	switch {
	case v.seekAhead.active():
		return fmt.Sprintf("simulating to %.2f s, Esc cancels", decisionTime(v.seekAhead.to))
	case v.tape.Over() && last:
		return "ended  ·  R restarts, Space plays back"
	case !last && v.playing:
		return "playback"
	case !last:
		return fmt.Sprintf("%.2f s back", float64(v.tape.Len()-1-v.at)*.05)
	case !v.playing:
		return "paused"
	}
	return "driving"
}
