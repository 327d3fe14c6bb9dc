package panel

import (
	"math"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/control"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/scenarios/timeline"
	"roadloop/sim/geom"
)

func TestRankedOrder(t *testing.T) {
	plan := &planning.Plan{Chosen: 2, Proposals: []planning.Proposal{{Score: .2}, {Score: .9}, {Score: .5}, {Score: .9}, {Score: 0}}}
	got := ranked(plan)
	for i, want := range []int{2, 1, 3, 0, 4} {
		if got[i] != want {
			t.Fatalf("order %v", got)
		}
	}
}

// last returns the last frame of a drive, with copies of scene and plan that can be
// changed.
func last(t *testing.T, name string, until float64) (*timeline.Timeline, *timeline.Step) {
	t.Helper()
	tp := driveOf(t, driveCase{Scenario: name, Until: until})
	f := *tp.StepAt(tp.Len() - 1)
	s, p := *f.Scene, *f.Plan
	f.Scene, f.Plan = &s, &p
	return tp, &f
}

// The gap to a car straight ahead is from bumper to bumper, and the RSS distance
// follows its formula. A car beside the path does not count.
func TestMarginOfKnownCar(t *testing.T) {
	_, f := last(t, "straight", .5)
	p := NewDecision(nil)
	ego := f.World.Ego()
	front := ego.Shape.RearToCenter + ego.Shape.Length/2
	at := func(ahead, left float64) []perception.Track {
		way := f.Plan.Waypoints
		pose := way[len(way)-1].Pose
		far := way[0].Pose.ToLocal(pose.Pos()).X
		if ahead > far {
			t.Fatalf("the plan reaches %g m, not %g", far, ahead)
		}
		pos := f.Scene.Ego.Pose.ToWorld(geom.Vec{X: front + ahead + 2, Y: left})
		return []perception.Track{{ID: 5, Pose: geom.Pose{X: pos.X, Y: pos.Y, Yaw: f.Scene.Ego.Pose.Yaw}, Length: 4, Width: 1.8}}
	}
	f.Scene.Tracks = at(20, 0)
	m, ok := marginOf(f, &p.rss)
	if want := p.rss.Behind(f.Scene.Ego.Speed, 0); !ok || math.Abs(m.Gap-20) > .2 || m.Needed != want || m.Name != "C5" {
		t.Errorf("%+v, %v; want a gap of 20 m and %g m needed", m, ok, want)
	}
	f.Scene.Tracks = at(20, 3)
	if m, ok := marginOf(f, &p.rss); ok {
		t.Errorf("a car beside the path counts: %+v", m)
	}
}

// The guard's state is shown by color and shape; it changes on an intervention.
func TestGuardIsShown(t *testing.T) {
	tp, f := last(t, "straight", .5)
	p := NewDecision(feedOf(tp))
	const width, height = 420, 300
	draw := func() *uitest.Screen {
		s := uitest.NewScreen(width, height, 1)
		s.Frame(func(c *ui.Canvas, _ *ui.Input) {
			r := c.Bounds().Inset2(10, 8)
			p.drawReason(c, &r, f)
			p.drawGuard(c, &r, f)
		})
		return s
	}
	sign := ui.Point{X: 21, Y: 45}
	watching := draw().Picture()
	f.Guard = control.Intervention{Active: true, Reason: "AEB: track 3"}
	active := draw().Picture()
	if n := uitest.CountNear(watching, sign, 7, ui.Dark().Bad); n > 0 {
		t.Errorf("%d red pixels while the guard is inactive", n)
	}
	if n := uitest.CountNear(active, sign, 7, ui.Dark().Bad); n < 20 {
		t.Errorf("%d red pixels while the guard brakes", n)
	}
}

// All proposals are listed, and the wheel scrolls the table.
func TestTableScrolls(t *testing.T) {
	tp, f := last(t, "cut-in", 2)
	p := NewDecision(feedOf(tp))
	const width, height = 420, 190
	s := uitest.Show(p, width, height, 2)
	s.User.Point(200, 170)
	uitest.Redraw(s, p, 1)
	before := s.Picture()
	if len(f.Plan.Proposals) < 6 {
		t.Fatalf("only %d proposals", len(f.Plan.Proposals))
	}
	s.User.Scroll(-40)
	uitest.Redraw(s, p, 2)
	if n := uitest.CountDifferent(before, s.Picture(), ui.Point{X: 100, Y: 165}, 20); n < 50 {
		t.Errorf("scrolling changes %d pixels", n)
	}
	if p.scroll <= 0 {
		t.Error("the table did not scroll")
	}
	s.User.Scroll(99)
	uitest.Redraw(s, p, 2)
	if n := uitest.CountDifferent(before, s.Picture(), ui.Point{X: 100, Y: 165}, 20); n > 0 {
		t.Errorf("back at the top %d pixels are different", n)
	}
}

// A proposal is selected by a click or by keys. The keys follow its name, although its
// rank changes. Selecting it again deselects it.
func TestProposalSelection(t *testing.T) {
	tp, f := last(t, "cut-in", 2)
	feed := feedOf(tp)
	p := NewDecision(feed)
	const width, height = 420, 220
	s := uitest.Show(p, width, height, 2)
	order := ranked(f.Plan)
	name := func(k int) PlanRef { return PlanRefOf(f.Plan, order[k]) }
	press := func(k ui.Key) {
		s.User.Press(k)
		uitest.Redraw(s, p, 2)
	}
	press(ebiten.KeyTab)
	press(ebiten.KeyArrowDown)
	press(ebiten.KeyArrowDown)
	press(ebiten.KeyEnter)
	if feed.SelectedPlan != name(2) {
		t.Errorf("selected %v, want %v", feed.SelectedPlan, name(2))
	}
	uitest.Save(t, "picked.png", s.Picture())
	press(ebiten.KeyEnd)
	press(ebiten.KeyEnter)
	if feed.SelectedPlan != name(len(order)-1) || p.scroll <= 0 {
		t.Errorf("selected %v, want %v; scrolled by %g", feed.SelectedPlan, name(len(order)-1), p.scroll)
	}
	press(ebiten.KeyEnter)
	if feed.SelectedPlan != (PlanRef{}) {
		t.Errorf("pressed again it is still %v", feed.SelectedPlan)
	}
	s.User.Click(60, height-12, ui.Primary)
	uitest.Redraw(s, p, 1)
	if feed.SelectedPlan == (PlanRef{}) {
		t.Error("a click selects nothing")
	}
	for i := range f.Plan.Proposals { // also those with equal names
		if got := PlanRefOf(f.Plan, i).IndexIn(f.Plan); got != i {
			t.Errorf("proposal %d, %q, is found as %d", i, f.Plan.Proposals[i].Name, got)
		}
	}
	if got := (PlanRef{}).IndexIn(f.Plan); got != -1 {
		t.Errorf("no proposal is found as %d", got)
	}
}
