package panel

import (
	"image"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/scenarios/timeline"
	"roadloop/sim/actor"
)

const worldWidth, worldHeight = 600, 420

// egoAt returns the position of the ego's rear axle in a map view that follows it: 18 %
// below the center.
func egoAt() ui.Point { return ui.Point{X: worldWidth / 2, Y: worldHeight * .68} }

// The view shows the ego and, ahead of it, the cutting-in car. A click selects the car,
// with a ring and its state; a click beside it deselects.
func TestClickSelectsRoadUser(t *testing.T) {
	tp := driveOf(t, driveCase{Scenario: "cut-in", Until: 5})
	feed := feedOf(tp)
	p := NewWorld(feed)
	s := uitest.Show(p, worldWidth, worldHeight, 2)
	before := s.Picture()
	if n := uitest.CountNear(before, egoAt(), 14, ui.Dark().Ego); n < 20 {
		t.Errorf("%d pixels of the ego's color where it is", n)
	}
	f := tp.StepAt(tp.Len() - 1)
	ego, other := f.World.Ego(), f.World.Actors()[0]
	local := ego.State.Pose.ToLocal(other.Box().Center)
	const scale = 7 // points per meter, at first
	at := ui.Point{X: egoAt().X - scale*local.Y, Y: egoAt().Y - scale*local.X}
	s.User.Click(at.X, at.Y, ui.Primary)
	uitest.Redraw(s, p, 3)
	if feed.Chosen != other.ID {
		t.Fatalf("a click at %v selected %d, want %d", at, feed.Chosen, other.ID)
	}
	after := s.Picture()
	uitest.Save(t, "chosen.png", after)
	if n := uitest.CountNear(after, egoAt(), 40, ui.Dark().Accent); n < 20 {
		t.Errorf("%d pixels of a ring around the followed road user", n)
	}
	card := ui.Point{X: worldWidth - 90, Y: 60}
	if n := uitest.CountDifferent(before, after, card, 50); n < 500 {
		t.Errorf("the card changed %d pixels", n)
	}
	s.User.Click(20, 300, ui.Primary)
	uitest.Redraw(s, p, 2)
	if feed.Chosen != actor.Ego {
		t.Errorf("a click on the meadow keeps %d selected", feed.Chosen)
	}
}

// Zooming by wheel keeps the point under the pointer, also in the image.
func TestWheelKeepsPointUnderPointer(t *testing.T) {
	feed := feedOf(driveOf(t, driveCase{Scenario: "zebra", Until: 1}))
	p := NewWorld(feed)
	s := uitest.Show(p, worldWidth, worldHeight, 2)
	hood := ui.Point{X: egoAt().X, Y: egoAt().Y - 3*7} // 3 m ahead of the rear axle
	s.User.Point(hood.X, hood.Y)
	s.User.Scroll(4)
	orange := func(m *image.RGBA, within int) int { return uitest.CountNear(m, hood, within, ui.Dark().Ego) }
	before := s.Picture()
	uitest.Redraw(s, p, 60)
	after := s.Picture()
	uitest.Save(t, "zoomed.png", after)
	if orange(before, 3) < 40 || orange(after, 3) < 40 {
		t.Errorf("of 49 pixels under the pointer %d are of the hood, after zooming %d", orange(before, 3), orange(after, 3))
	}
	if orange(after, 40) < 2*orange(before, 40) {
		t.Errorf("the ego has %d pixels, before zooming %d", orange(after, 40), orange(before, 40))
	}
}

// Tab focuses the view, arrows mark road users in their direction, Enter follows them,
// and Home returns, wherever the pointer is. Shift and arrows pan the map.
func TestKeysMarkRoadUsers(t *testing.T) {
	feed := feedOf(driveOf(t, driveCase{Scenario: "cut-in", Until: 5}))
	p := NewWorld(feed)
	s := uitest.Show(p, worldWidth, worldHeight, 2)
	s.User.Point(-5, -5)
	press := func(k ui.Key, with ...ui.Key) {
		s.User.Press(k, with...)
		uitest.Redraw(s, p, 2)
	}
	press(ebiten.KeyArrowUp)
	press(ebiten.KeyEnter)
	if feed.Chosen != actor.Ego {
		t.Fatalf("without the focus the keys selected %d", feed.Chosen)
	}
	press(ebiten.KeyTab)
	if n := uitest.CountNear(s.Picture(), egoAt().Sub(ui.Point{Y: 9}), 20, ui.Dark().Accent); n < 20 {
		t.Errorf("%d pixels of a mark around the ego", n)
	}
	press(ebiten.KeyArrowUp)
	uitest.Save(t, "marked.png", s.Picture())
	if feed.Chosen != actor.Ego {
		t.Errorf("an arrow key alone selected %d", feed.Chosen)
	}
	press(ebiten.KeyEnter)
	if feed.Chosen != 1 {
		t.Errorf("Enter on the cutter ahead selected %d", feed.Chosen)
	}
	before := s.Picture()
	press(ebiten.KeyArrowRight, ebiten.KeyShift)
	if n := uitest.CountDifferent(before, s.Picture(), ui.Point{X: worldWidth / 2, Y: worldHeight / 2}, 150); n < 500 {
		t.Errorf("Shift and an arrow change %d pixels", n)
	}
	press(ebiten.KeyHome)
	if feed.Chosen != actor.Ego {
		t.Errorf("Home selected %d", feed.Chosen)
	}
	press(ebiten.KeyTab)
	press(ebiten.KeyEnter)
	if !p.ChaseView {
		t.Error("the next Tab does not come to the first button")
	}
}

// A push of a button is not a click on the map.
func TestButtons(t *testing.T) {
	feed := feedOf(driveOf(t, driveCase{Scenario: "cut-in", Until: .5}))
	p := NewWorld(feed)
	p.Follow(1)
	s := uitest.Show(p, worldWidth, worldHeight, 2)
	s.User.Click(30, 18, ui.Primary)
	uitest.Redraw(s, p, 2)
	if !p.ChaseView || feed.Chosen != 1 {
		t.Errorf("after the button: from behind %v, chosen %d", p.ChaseView, feed.Chosen)
	}
	s.User.Click(30, 18, ui.Primary)
	uitest.Redraw(s, p, 2)
	if p.ChaseView {
		t.Error("the button does not switch back")
	}
}

// The chase view shows the ego with its paint in front of the camera, and its planned
// path.
func TestChaseShowsEgoAndPlan(t *testing.T) {
	tp := driveOf(t, driveCase{Scenario: "cut-in", Until: 1})
	p := NewWorld(feedOf(tp))
	p.ChaseView = true
	s := uitest.Show(p, worldWidth, worldHeight, 2)
	m := s.Picture()
	uitest.Save(t, "chase.png", m)
	red, green := 0, 0
	for y := range worldHeight {
		for x := worldWidth / 3; x < worldWidth*2/3; x++ {
			q := m.RGBAAt(x, y)
			switch {
			case q.R > 80 && q.G < 60 && q.B < 70 && y > worldHeight*.4:
				red++
			case q.G > 120 && q.R < 60 && q.B > 90:
				green++
			}
		}
	}
	if red < 500 || green < 100 {
		t.Errorf("%d pixels of the red car and %d of its plan", red, green)
	}
	s.User.Point(300, 200)
	s.User.Scroll(-8)
	uitest.Redraw(s, p, 2)
	if uitest.CountDifferent(m, s.Picture(), ui.Point{X: 300, Y: 200}, 100) < 5000 {
		t.Error("the wheel does not move the camera back")
	}
}

// Between two decisions both views move. At a decision they show it, whatever was shown
// before.
func TestViewsMoveBetweenDecisions(t *testing.T) {
	tp := driveOf(t, driveCase{Scenario: "cut-in", Until: 2})
	for _, behind := range []bool{false, true} {
		now := 30.0
		feed := feedOf(tp)
		feed.Now = func() float64 { return now }
		p := NewWorld(feed)
		p.ChaseView = behind
		s := uitest.Show(p, worldWidth, worldHeight, 2)
		first := s.Picture()
		before := first
		middle := ui.Point{X: worldWidth / 2, Y: worldHeight / 2}
		for _, now = range []float64{30.25, 30.5, 30.75} {
			uitest.Redraw(s, p, 1)
			m := s.Picture()
			if n := uitest.CountDifferent(before, m, middle, 200); n < 50 {
				t.Errorf("behind %v: from then to decision %g only %d pixels change", behind, now, n)
			}
			before = m
		}
		now = 30
		uitest.Redraw(s, p, 1)
		if n := uitest.CountDifferent(first, s.Picture(), middle, 200); n > 0 {
			t.Errorf("behind %v: back at the decision %d pixels differ", behind, n)
		}
	}
}

// fork drives another branch to the same length.
func fork(t *testing.T, tp *timeline.Timeline, changes ...timeline.Change) *timeline.Timeline {
	t.Helper()
	other, err := tp.Fork(t.Context(), 20, changes...)
	if err != nil {
		t.Fatal(err)
	}
	for other.Len() < tp.Len() {
		if _, err := other.Step(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	return other
}

// If another branch differs, the view shows outlines of its road users at the same
// time, from above and from behind. They can be hidden.
func TestGhostsOfOtherBranch(t *testing.T) {
	tp := driveOf(t, driveCase{Scenario: "cut-in", Until: 4})
	other, alike := fork(t, tp, timeline.Speed{Actor: "cutter", Speed: 12}), fork(t, tp)
	now := func() float64 { return 60.4 }
	feed, second := feedOf(tp), feedOf(other)
	feed.Now, second.Now, feed.OtherBranch = now, now, second
	p := NewWorld(feed)
	s := uitest.Show(p, worldWidth, worldHeight, 2)
	ego, ghost := feed.World().Ego().State.Pose, second.World().Actor(1).Box().Center
	local := ego.ToLocal(ghost)
	const scale = 7 // points per meter, at first
	place := ui.Point{X: egoAt().X - scale*local.Y, Y: egoAt().Y - scale*local.X}
	purple := func(at ui.Point, within int) int {
		return uitest.CountNear(s.Picture(), at, within, ui.Dark().Other)
	}
	uitest.Save(t, "ghosts.png", s.Picture())
	if n := purple(place, 20); n < 40 {
		t.Errorf("%d pixels of a ghost at %v", n, place)
	}
	p.ChaseView = true
	uitest.Redraw(s, p, 2)
	uitest.Save(t, "ghosts-behind.png", s.Picture())
	if n := purple(ui.Point{X: worldWidth / 2, Y: worldHeight / 2}, 150); n < 60 {
		t.Errorf("from behind there are %d pixels of a ghost", n)
	}
	p.ChaseView = false
	s.User.Click(30, 42, ui.Primary) // the button below the others
	uitest.Redraw(s, p, 3)
	if n := purple(place, 20); p.Ghosts || n > 0 {
		t.Errorf("switched off there are %d pixels of a ghost", n)
	}
	p.Ghosts = true
	second.Timeline = func() *timeline.Timeline { return alike }
	uitest.Redraw(s, p, 1)
	if n := purple(egoAt(), 150); n > 0 {
		t.Errorf("%d pixels of ghosts without a difference", n)
	}
}

// On a slow machine the chase view shows few images; the map view shows all.
func TestLowFrameRateOnSlowMachine(t *testing.T) {
	tp := driveOf(t, driveCase{Scenario: "cut-in", Until: 2})
	for _, c := range []struct {
		behind bool
		detail Detail
		want   int
	}{{false, Rough, 12}, {true, Plain, 12}, {true, Rough, 4}} {
		now := 30.0
		feed := feedOf(tp)
		feed.Now = func() float64 { return now }
		feed.Detail = c.detail
		p := NewWorld(feed)
		p.ChaseView = c.behind
		s := uitest.Show(p, worldWidth, worldHeight, 3)
		before, changes := s.Picture(), 0
		for range 12 { // frames of 60 a second
			now += .3
			uitest.Redraw(s, p, 1)
			m := s.Picture()
			if uitest.CountDifferent(before, m, ui.Point{X: worldWidth / 2, Y: worldHeight / 2}, 200) > 0 {
				changes++
			}
			before = m
		}
		if changes < c.want-1 || changes > c.want {
			t.Errorf("behind %v with detail %d: %d pictures in 12 frames, want %d", c.behind, c.detail, changes, c.want)
		}
	}
}
