package uitest

import (
	"image"

	"roadloop/desktop/internal/ui"
)

// Show draws a panel for a number of frames in a window of its size.
func Show(p ui.Panel, width, height, frames int) *Screen {
	s := NewScreen(width, height, 1)
	Redraw(s, p, frames)
	return s
}

// Redraw draws more frames.
func Redraw(s *Screen, p ui.Panel, frames int) {
	for range frames {
		s.Frame(func(c *ui.Canvas, in *ui.Input) { p.Draw(c, in) })
	}
}

// CountNear counts the pixels of approximately a color within a distance of a point.
func CountNear(m *image.RGBA, at ui.Point, within int, col ui.Color) int {
	n := 0
	for y := int(at.Y) - within; y <= int(at.Y)+within; y++ {
		for x := int(at.X) - within; x <= int(at.X)+within; x++ {
			if q := m.RGBAAt(x, y); image.Pt(x, y).In(m.Rect) && near(q.R, col.R) && near(q.G, col.G) && near(q.B, col.B) {
				n++
			}
		}
	}
	return n
}

func near(a, b uint8) bool { return max(a, b)-min(a, b) < 24 }

// CountDifferent counts the different pixels of two images within a distance of a point.
func CountDifferent(a, b *image.RGBA, at ui.Point, within int) int {
	n := 0
	for y := int(at.Y) - within; y <= int(at.Y)+within; y++ {
		for x := int(at.X) - within; x <= int(at.X)+within; x++ {
			if image.Pt(x, y).In(a.Rect) && a.RGBAAt(x, y) != b.RGBAAt(x, y) {
				n++
			}
		}
	}
	return n
}
