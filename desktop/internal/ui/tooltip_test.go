package ui

import "testing"

// A tooltip does not cover its widget, and lies inside the window.
func TestTooltipDoesNotCoverWidget(t *testing.T) {
	window := Rect{W: 1280, H: 720}
	for name, c := range map[string]struct {
		widget Rect
		beside bool // to the left: a row of a form at the right
	}{
		"button at the top":    {Rect{X: 8, Y: 6, W: 96, H: 26}, false},
		"title of a panel":     {Rect{X: 915, Y: 380, W: 60, H: 24}, false},
		"mark on the timeline": {Rect{X: 700, Y: 662, W: 8, H: 24}, false},
		"row of a form":        {Rect{X: 946, Y: 500, W: 310, H: 26}, true},
		"row at the bottom":    {Rect{X: 946, Y: 690, W: 310, H: 26}, true},
		"button at the right":  {Rect{X: 1250, Y: 700, W: 26, H: 18}, false},
	} {
		r := tooltipArea(c.widget, window, 240, 60)
		if !r.Intersect(c.widget).Empty() || r.X < 0 || r.Y < 0 || r.Right() > window.W || r.Bottom() > window.H {
			t.Errorf("%s: the tooltip of %v is at %v", name, c.widget, r)
		}
		if beside := r.Right() <= c.widget.X; beside != c.beside {
			t.Errorf("%s: beside it: %v", name, beside)
		}
	}
}
