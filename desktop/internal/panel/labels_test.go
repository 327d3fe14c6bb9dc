package panel

import (
	"testing"

	"roadloop/desktop/internal/ui"
)

// Labels of neighboring road users do not overlap, and a label with room does not move.
func TestLabelsDoNotCoverEachOther(t *testing.T) {
	var l Labels
	var got []ui.Rect
	for _, r := range []ui.Rect{{X: 10, Y: 100, W: 60, H: 16}, {X: 30, Y: 104, W: 60, H: 16}, {X: 20, Y: 95, W: 60, H: 16}, {X: 200, Y: 100, W: 60, H: 16}} {
		at, moved := l.Place(r)
		if moved != (at != r) || at.X != r.X || at.Y > r.Y {
			t.Errorf("%v went to %v, moved is %v", r, at, moved)
		}
		for _, q := range got {
			if !q.Intersect(at).Empty() {
				t.Errorf("%v covers %v", at, q)
			}
		}
		got = append(got, at)
	}
	if got[3].Y != 100 {
		t.Errorf("a label with room went to %v", got[3])
	}
}
