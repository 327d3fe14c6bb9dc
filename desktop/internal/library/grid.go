package library

import (
	"slices"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/video"
)

// grid shows the thumbnails.
type grid struct {
	ui.Scroll
	columns int
	follow  bool    // scroll to the selected one
	since   float64 // time since the last click, s
}

const (
	minCardWidth    = 214 // minimum width, points
	gap             = 12
	captionHigh     = 80 // four lines: up to two of the name
	doubleClickTime = .4 // time between the clicks of a double click, s
)

// draw draws the filtered scenarios. It returns the clicked one and whether it was a
// double click.
func (g *grid) draw(s *Screen, c *ui.Canvas, in *ui.Input, r ui.Rect) (picked *scenarios.Scenario, again bool) {
	g.since += in.Rested + in.Elapsed
	if len(s.shown) == 0 {
		c.Label(ui.Rect{X: r.X, Y: r.Y + 60, W: r.W, H: 24}, "No matching scenarios.", c.Theme.Body.In(c.Theme.Faint), ui.Middle)
		return nil, false
	}
	inner := r.W - 12 // without the scroll bar
	g.columns = max(1, int((inner+gap)/(max(minCardWidth, inner/7)+gap)))
	w := (inner+gap)/float64(g.columns) - gap
	h := w*video.Height/video.ThumbnailWidth + captionHigh
	rows := (len(s.shown) + g.columns - 1) / g.columns
	if at := slices.Index(s.shown, s.chosen); g.follow && at >= 0 {
		y := float64(at/g.columns) * (h + gap)
		g.Show(max(0, y-gap), y+h+gap, r.H)
		g.follow = false
	}
	g.Draw(c.Scoped("grid"), in, r, "grid", float64(rows)*(h+gap), func(c *ui.Canvas) {
		for i, one := range s.shown {
			card := ui.Rect{X: float64(i%g.columns) * (w + gap), Y: float64(i/g.columns) * (h + gap), W: w, H: h}
			if card.Bottom() < g.Offset-h || card.Y > g.Offset+r.H+h {
				continue // not visible
			}
			s.drawCard(c, in, card, one)
			if in.Click(c, card, ui.Primary) {
				picked, again = one, one == s.chosen && g.since < doubleClickTime
				g.since = 0
			}
		}
	})
	return picked, again
}

// drawCard draws a scenario: thumbnail, name and the result of its last drive.
func (s *Screen) drawCard(c *ui.Canvas, in *ui.Input, r ui.Rect, one *scenarios.Scenario) {
	back := c.Theme.Surface
	if in.Over(c, r) {
		back = c.Theme.Raised
	}
	c.RoundRect(r, 6, back)
	text := r
	s.drawPicture(c, text.CutTop(r.W*video.Height/video.ThumbnailWidth), one)
	edge, width := c.Theme.Edge, 1.0
	if one == s.chosen {
		edge, width = c.Theme.Accent, 2
	}
	c.RoundFrame(r, 6, width, edge)
	text = text.Inset2(10, 6)
	names := c.Lines(one.Name, c.Theme.Title, text.W, 2)
	for _, line := range names {
		c.Label(text.CutTop(17), line, c.Theme.Title, ui.Left)
	}
	small := c.Theme.Small
	for _, line := range c.Lines(one.Description, small, text.W, 4-len(names)) {
		c.Label(text.CutTop(15), line, small, ui.Left)
	}
	if rec, ok := s.config.Records.Of(one.Slug()); ok {
		at := ui.Point{X: r.Right() - 17, Y: r.Y + 17}
		drawBadge(c, at, rec.Passed)
		in.Tooltip(c, ui.Rect{X: at.X - 11, Y: at.Y - 11, W: 22, H: 22}, rec.text())
	}
}

// drawPicture draws the thumbnail of a scenario, or a placeholder.
func (s *Screen) drawPicture(c *ui.Canvas, r ui.Rect, one *scenarios.Scenario) {
	img, missing := s.thumbnails.of(one)
	if img != nil {
		c.Image(img, r)
		return
	}
	c.Rect(r, c.Theme.Raised)
	text := "…"
	if missing {
		text = "no thumbnail"
	}
	c.Label(r, text, c.Theme.Small, ui.Middle)
}

// drawBadge draws the result of the last drive: a tick or a cross.
func drawBadge(c *ui.Canvas, at ui.Point, passed bool) {
	color := c.Theme.Bad
	if passed {
		color = c.Theme.Good
	}
	white := ui.RGB(255, 255, 255)
	c.Circle(at, 11, ui.Alpha(c.Theme.Background, .8))
	c.Circle(at, 9.5, color)
	if passed {
		c.Tick(at, 4.5, 2, white)
	} else {
		c.Cross(at, 3.5, 2, white)
	}
}
