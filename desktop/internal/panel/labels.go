package panel

import (
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/sim/geom"
)

// Labels draws names above road users. Names do not overlap each other or an avoided
// area. A name without room moves up, with a line to its road user. The zero value is
// ready to use.
type Labels struct{ taken []ui.Rect }

// Avoid keeps labels off a box on the map.
func (l *Labels) Avoid(v *View, b geom.OBB) {
	lo, hi := v.ToScreen(b.Center), v.ToScreen(b.Center)
	for _, corner := range b.Corners() {
		p := v.ToScreen(corner)
		lo, hi = ui.Point{X: min(lo.X, p.X), Y: min(lo.Y, p.Y)}, ui.Point{X: max(hi.X, p.X), Y: max(hi.Y, p.Y)}
	}
	l.taken = append(l.taken, ui.Rect{X: lo.X, Y: lo.Y, W: hi.X - lo.X, H: hi.Y - lo.Y})
}

// maxLines is the largest number of lines that a label moves up.
const maxLines = 5

// Put writes a name above a box on the map.
func (l *Labels) Put(c *ui.Canvas, v *View, b geom.OBB, text string, col ui.Color) {
	at := v.ToScreen(b.Center)
	reach := math.Max(3, v.Scale*math.Hypot(b.Length, b.Width)/2*.8)
	w := tagWidth(c, text)
	r := ui.Rect{X: at.X - w/2, Y: at.Y - reach - 20, W: w, H: tagHeight}
	r, moved := l.Place(r)
	if moved {
		c.Line(ui.Point{X: at.X, Y: r.Bottom()}, ui.Point{X: at.X, Y: at.Y - reach}, 1, ui.Alpha(col, .7))
	}
	Tag(c, r.Center(), text, col)
}

// Place finds and reserves room for a label at or above its position.
func (l *Labels) Place(r ui.Rect) (at ui.Rect, moved bool) {
	at = r
	for range maxLines {
		hit := false
		for _, q := range l.taken {
			if x := q.Intersect(at); !x.Empty() {
				at.Y, hit, moved = q.Y-at.H-1, true, true
			}
		}
		if !hit {
			break
		}
	}
	l.taken = append(l.taken, at)
	return at, moved
}

// DrawLabel writes a single name above a box on the map.
func DrawLabel(c *ui.Canvas, v *View, b geom.OBB, text string, col ui.Color) {
	var alone Labels
	alone.Put(c, v, b, text, col)
}
