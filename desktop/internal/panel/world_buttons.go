package panel

import (
	"roadloop/desktop/internal/ui"
)

// buttonsEnd is the right end of the buttons, points.
const buttonsEnd = 252

// buttons draws the view buttons in the upper left corner, and below them the ghosts
// button if there is another branch.
func (p *World) buttons(c *ui.Canvas, in *ui.Input) {
	if c.Bounds().W < 200 {
		return
	}
	c = c.Scoped("view")
	x := 8.0
	push := func(label, tip string, width float64) bool {
		r := ui.Rect{X: x, Y: 8, W: width, H: 22}
		x += width + 4
		done := ui.Button(c, in, r, label)
		in.Tooltip(c, r, tip)
		return done
	}
	label, tip := "Chase", "From behind the followed road user"
	if p.ChaseView {
		label, tip = "Above", "From above"
	}
	if push(label, tip, 54) {
		p.ChaseView = !p.ChaseView
	}
	if !p.ChaseView {
		label, tip = "North up", "Map x axis to the right"
		if p.gaze.NorthUp {
			label, tip = "Heading up", "Heading of the followed road user up"
		}
		if push(label, tip, 78) {
			p.gaze.NorthUp = !p.gaze.NorthUp
		}
	}
	if push("+", "Zoom in (wheel, +)", 22) {
		p.Zoom(c.Bounds().Center(), keyZoom)
	}
	if push("−", "Zoom out (wheel, −)", 22) {
		p.Zoom(c.Bounds().Center(), 1/keyZoom)
	}
	if (p.follow != 0 || p.gaze.Moved() || p.chase.away()) && push("Ego", "Back to the ego (Home)", 40) {
		p.Reset()
	}
	if b := p.feed.OtherBranch; b != nil && b.Timeline() != nil {
		r := ui.Rect{X: 8, Y: 34, W: 70, H: 18}
		if Chip(c, in, r, "Ghosts", p.Ghosts, c.Theme.Other) {
			p.Ghosts = !p.Ghosts
		}
		in.Tooltip(c, r, "Road users of the other branch at this time (G)")
	}
}
