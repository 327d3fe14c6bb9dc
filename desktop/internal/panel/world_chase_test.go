package panel

import (
	"math"
	"testing"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/sim/actor"
)

// For any aspect ratio the chase view shows sky above the horizon and the whole ego.
func TestChaseShowsHorizonAndEgo(t *testing.T) {
	ego := actor.Actor{ID: actor.Ego, Shape: actor.DefaultShape(actor.Car)}
	for _, size := range [][2]int{{300, 560}, {600, 420}, {1270, 560}, {1900, 960}, {2540, 700}, {1000, 250}} {
		h := newChase()
		h.width, h.height = size[0], size[1]
		h.aim(&ego)
		_, horizon, _, ok := h.cal.Project(1e5, 0, 1)
		if share := horizon / float64(size[1]); !ok || share < .1 || share > .6 {
			t.Errorf("%v: the horizon is at %.2f of the height", size, share)
		}
		rear := ego.Shape.RearToCenter - ego.Shape.Length/2
		_, bottom, _, ok := h.cal.Project(rear, 0, 0)
		if !ok || bottom > float64(size[1]) || math.IsNaN(bottom) {
			t.Errorf("%v: the ego's rear is at %.0f of %d pixels", size, bottom, size[1])
		}
	}
}

// The ego has the same color in all views, whatever its paint.
func TestEgoColorInAllViews(t *testing.T) {
	tp := driveOf(t, driveCase{Scenario: "cut-in", Until: .2})
	p := NewWorld(feedOf(tp))
	p.ChaseView = true
	uitest.Show(p, 320, 240, 2)
	want := ui.Dark().Ego
	if got := p.chase.users[len(p.chase.users)-1].Appearance.Paint; got != [3]uint8{want.R, want.G, want.B} {
		t.Errorf("from behind the ego is %v, elsewhere %v", got, want)
	}
	if got := tp.StepAt(0).World.Ego().Appearance.Paint; got == [3]uint8{want.R, want.G, want.B} {
		t.Error("the ego's paint equals the window's color: the test proves nothing")
	}
}
