package desktop

import "roadloop/desktop/internal/ui"

// triangle draws a triangle that points to the right (1) or to the left (-1).
func triangle(c *ui.Canvas, at ui.Point, dir, size float64) {
	c.Polygon([]ui.Point{at.Add(ui.Point{X: -dir * size * .8, Y: -size}), at.Add(ui.Point{X: dir * size, Y: 0}),
		at.Add(ui.Point{X: -dir * size * .8, Y: size})}, c.Theme.Ink)
}

// bar draws a vertical bar.
func bar(c *ui.Canvas, x, y, height float64) {
	c.Rect(ui.Rect{X: x - 1.25, Y: y - height/2, W: 2.5, H: height}, c.Theme.Ink)
}

func iconPlay(c *ui.Canvas, at ui.Point) { triangle(c, at, 1, 6.5) }

func iconPause(c *ui.Canvas, at ui.Point) {
	c.Rect(ui.Rect{X: at.X - 5, Y: at.Y - 6, W: 3.5, H: 12}, c.Theme.Ink)
	c.Rect(ui.Rect{X: at.X + 1.5, Y: at.Y - 6, W: 3.5, H: 12}, c.Theme.Ink)
}

func iconStep(c *ui.Canvas, at ui.Point) {
	bar(c, at.X-5, at.Y, 11)
	triangle(c, at.Add(ui.Point{X: 2}), 1, 5)
}

func iconBack(c *ui.Canvas, at ui.Point) {
	bar(c, at.X+5, at.Y, 11)
	triangle(c, at.Add(ui.Point{X: -2}), -1, 5)
}

func iconStart(c *ui.Canvas, at ui.Point) {
	bar(c, at.X-7, at.Y, 11)
	triangle(c, at.Add(ui.Point{X: -1}), -1, 4.5)
	triangle(c, at.Add(ui.Point{X: 6}), -1, 4.5)
}

func iconEnd(c *ui.Canvas, at ui.Point) {
	bar(c, at.X+7, at.Y, 11)
	triangle(c, at.Add(ui.Point{X: 1}), 1, 4.5)
	triangle(c, at.Add(ui.Point{X: -6}), 1, 4.5)
}
