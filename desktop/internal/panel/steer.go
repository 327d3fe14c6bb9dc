package panel

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
)

// mover is a view that the user moves.
type mover interface {
	// Zoom scales the view about a point of the screen.
	Zoom(at ui.Point, factor float64)
	// Drag moves the view by a distance on the screen.
	Drag(by ui.Point)
	// Reset returns to the initial view.
	Reset()
}

const (
	wheelZoom = 1.18 // per notch
	keyZoom   = 1.3
	// keyShift is the pan per key press, points.
	keyShift = 40
	// clickSlack is the largest pointer movement of a click, points.
	clickSlack = 4
)

// steering moves a view by pointer and keys. The zero value is ready to use.
type steering struct {
	dragged ui.Point // the part of the drag that the view has followed
}

// point zooms by wheel and moves by drags. It returns the position of a click.
func (s *steering) point(c *ui.Canvas, in *ui.Input, v mover) (click ui.Point, ok bool) {
	all := c.Bounds()
	if notch := in.ScrollOver(c, all).Y; notch != 0 {
		v.Zoom(in.Pos(c), math.Pow(wheelZoom, notch))
	}
	by, dragging, done := in.Drag(c, "map", all)
	if dragging {
		v.Drag(by.Sub(s.dragged))
		s.dragged = by
	}
	if done {
		s.dragged = ui.Point{}
	}
	return in.Pos(c), done && by.Dist(ui.Point{}) < clickSlack
}

// takesKeys reports whether a panel takes keys: it has the focus, or the pointer is over it.
func takesKeys(c *ui.Canvas, in *ui.Input, has bool) bool {
	return (has || in.Over(c, c.Bounds())) && !in.Typing() && in.KeysAllowed()
}

// moveByKeys handles the keys of a view. With the focus, Shift and arrows move it.
func moveByKeys(c *ui.Canvas, in *ui.Input, has bool, v mover) {
	if has && in.Shift() {
		if dir, ok := in.Arrow(); ok {
			v.Drag(dir.Mul(-keyShift))
		}
	}
	switch {
	case in.TakeKey(ebiten.KeyHome), in.TakeKey(ebiten.KeyDigit0):
		v.Reset()
	case in.TakeRepeated(ebiten.KeyEqual), in.TakeRepeated(ebiten.KeyNumpadAdd):
		v.Zoom(c.Bounds().Center(), keyZoom)
	case in.TakeRepeated(ebiten.KeyMinus), in.TakeRepeated(ebiten.KeyNumpadSubtract):
		v.Zoom(c.Bounds().Center(), 1/keyZoom)
	}
}
