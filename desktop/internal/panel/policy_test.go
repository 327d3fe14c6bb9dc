package panel

import (
	"fmt"
	"math"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop"
	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/policy"
	"roadloop/policy/drive"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/timeline"
	"roadloop/sim/actor"
)

// thinker is a policy with a fixed decision, except for the value, which counts decisions.
type thinker struct{ policy.Thought }

func (k *thinker) ThinkInto(t *policy.Thought, _ []policy.Array) error {
	k.Value++
	*t = k.Clone()
	return nil
}

// policyDrive drives a case of the highway task with changes by a fixed decision.
func policyDrive(tb testing.TB, scenario string, steps int, thought *policy.Thought, change func(*drive.Config)) *timeline.Timeline {
	tb.Helper()
	config, err := drive.FindTask("drive-highway-v0")
	if err != nil {
		tb.Fatal(err)
	}
	change(&config)
	task, err := drive.Open(config)
	if err != nil {
		tb.Fatal(err)
	}
	t, err := timeline.New(drivetest.Plan(tb, scenario+"/1"), func(c *roadloop.Case) (roadloop.Driver, bool, error) {
		d, err := task.Driver(c, drive.NewEngine(&thinker{*thought}))
		return d, !task.UsesCamera(), err
	})
	if err != nil {
		tb.Fatal(err)
	}
	for range steps {
		if _, err := t.Step(tb.Context(), nil); err != nil {
			tb.Fatal(err)
		}
	}
	return t
}

var (
	keepLane   = policy.Thought{Action: []float32{0}, Probabilities: []float64{.6, .05, .05, .2, .1}, Valued: true}
	goStraight = policy.Thought{Action: []float32{0, .25}, Mean: []float64{0, .25}, Std: []float64{.3, .5}, Valued: true}
	waypoints  = policy.Thought{Action: make([]float32, 10), Mean: make([]float64, 10), Std: []float64{.1, .1, .1, .1, .1, .1, .1, .1, .1, .1}, Valued: true}
)

// Every observation and every control is drawn, at any size.
func TestPolicyOfAnyTask(t *testing.T) {
	for _, k := range []struct {
		control      drive.Control
		thought      *policy.Thought
		observations []string
		frames       int
		gray         bool
	}{
		{drive.Meta, &keepLane, []string{drive.State, drive.RoutePoints, drive.RoadUsers}, 0, false},
		{drive.Continuous, &goStraight, []string{drive.Camera96, drive.Navigation}, 3, true},
		{drive.Continuous, &goStraight, []string{drive.Camera320, drive.Top, drive.Rays}, 0, false},
		{drive.Trajectory, &waypoints, []string{drive.Camera96, drive.Navigation}, 2, false},
	} {
		tp := policyDrive(t, "unprotected-left", 10, k.thought, func(c *drive.Config) {
			c.Control, c.Observations, c.Frames, c.Gray = k.control, k.observations, k.frames, k.gray
		})
		v := tp.StepAt(9).Policy
		if v == nil {
			t.Fatal("there is no decision")
		}
		images := 0
		for i := range v.Observation {
			if v.Observation[i].Bytes != nil {
				images++
			}
		}
		for _, size := range [][2]int{{1, 1}, {90, 40}, {200, 300}, {366, 310}, {800, 600}} {
			p := NewPolicy(feedOf(tp))
			uitest.Save(t, fmt.Sprintf("%s-%s-%d.png", k.control, k.observations[0], size[0]), uitest.Show(p, size[0], size[1], 3).Picture())
			if len(p.pictures) != images {
				t.Errorf("%q: %d pictures", k.observations, len(p.pictures))
			}
		}
	}
}

// The newest frame of a stack is shown, gray or in color.
func TestNewestFrameOfAStack(t *testing.T) {
	for _, k := range []struct {
		colors int
		bytes  []byte
		want   [8]byte
	}{
		{1, []byte{1, 2, 3, 4, 5, 6}, [8]byte{3, 3, 3, 255, 6, 6, 6, 255}},
		{3, []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, [8]byte{4, 5, 6, 255, 10, 11, 12, 255}},
	} {
		a := roadloop.PolicyArray{Shape: []int{1, 2, len(k.bytes) / 2}, Colors: k.colors, Bytes: k.bytes}
		var pix [8]byte
		if paintFrame(pix[:], &a); pix != k.want {
			t.Errorf("%d colors: %v, want %v", k.colors, pix, k.want)
		}
	}
}

// drawnPolicy draws a policy's view in place of that of the last step.
func drawnPolicy(t *testing.T, tp *timeline.Timeline, v *roadloop.PolicyView, width, height int) *uitest.Screen {
	t.Helper()
	f := *tp.StepAt(tp.Len() - 1)
	f.Policy = v
	p, s := NewPolicy(feedOf(tp)), uitest.NewScreen(width, height, 1)
	p.from = p.feed
	s.Frame(func(c *ui.Canvas, in *ui.Input) { p.draw(c, in, &f, float64(height)) })
	uitest.Save(t, "policy.png", s.Picture())
	return s
}

// Road users are drawn where the rows of the observation have them, not where they are.
func TestObservedUsersAreDrawn(t *testing.T) {
	tp := policyDrive(t, "straight", 4, &goStraight, func(c *drive.Config) { c.Observations = []string{drive.RoadUsers} })
	v := tp.StepAt(3).Policy.Clone()
	row := v.Observation[0].Floats[drive.UserValues : 2*drive.UserValues]
	clear(v.Observation[0].Floats[drive.UserValues:])
	col, height := ui.Dark().Walker, 310
	count := func() int {
		return uitest.CountNear(drawnPolicy(t, tp, v, 366, height).Picture(), ui.Point{X: 90, Y: 150}, 70, col)
	}
	if n := count(); n > 0 {
		t.Errorf("%d pixels of road users that are not there", n)
	}
	copy(row, []float32{1, .3, .05, 1, 0, 0, 0, .5, .5, 0, 0, 0, 1}) // on foot, 30 m ahead, 5 m to the left
	if u, ok := drive.DecodeUser(v.Observation[0].Floats, 1); !ok || u.Kind != actor.Pedestrian {
		t.Fatalf("%+v", u)
	}
	if n := count(); n < 20 {
		t.Errorf("%d pixels of a pedestrian in the observation", n)
	}
}

// The bars of choices are as long as their probabilities, and those of DQN as their values.
func TestChoicesAreBars(t *testing.T) {
	tp := policyDrive(t, "straight", 4, &keepLane, func(c *drive.Config) { c.Control, c.Observations = drive.Meta, []string{drive.State} })
	v := tp.StepAt(3).Policy.Clone()
	// length returns the number of pixels of the bar in a row.
	length := func(row int) int {
		m := drawnPolicy(t, tp, v, 280, 310).Picture() // a single column
		n, y := 0, 6+20+17*row+8
		for x := 80; x < 280; x++ {
			if q := m.RGBAAt(x, y); int(q.B) > int(q.R)+40 {
				n++
			}
		}
		return n
	}
	if keep, faster := length(0), length(3); keep < 2*faster || keep > 4*faster || faster < 5 {
		t.Errorf("60 %% is %d pixels, 20 %% is %d", keep, faster)
	}
	v.Values = []float64{1, 2, 3, 2, 1}
	if worst, middle, best := length(0), length(1), length(2); worst > 2 || best < 30 || math.Abs(float64(best)-2*float64(middle)) > 6 {
		t.Errorf("the bars of values 1, 2, 3 are of %d, %d, %d pixels", worst, middle, best)
	}
}

// Values of actions are written in their units.
func TestActionText(t *testing.T) {
	for _, k := range []struct {
		name string
		x    float64
		want string
	}{{"acceleration", .5, "1.2 m/s²"}, {"acceleration", -.5, "−3.0 m/s²"}, {"steering", .12, "12 % left"}, {"steering", -1, "100 % right"}, {"steering", 0, "0 %"}, {"3", -.5, "−0.50"}} {
		if got := actionText(k.name, k.x); got != k.want {
			t.Errorf("%s %g: %q, want %q", k.name, k.x, got, k.want)
		}
	}
}

// The log has the value of every step. Both branches have a curve. A click seeks, and so do the
// arrow keys.
func TestValueOverTime(t *testing.T) {
	tp := policyDrive(t, "straight", 40, &goStraight, func(c *drive.Config) { c.Observations = []string{drive.State} })
	for i, s := range tp.Log().Steps {
		if want := float64(i/2 + 1); !s.Valued || s.Value != want || tp.StepAt(i).Policy.Value != want {
			t.Fatalf("step %d has the value %g, %v, want %g", i, s.Value, s.Valued, want)
		}
	}
	fork, err := tp.Fork(t.Context(), 20, timeline.Weather{Conditions: tp.StepAt(0).World.Conditions()})
	if err != nil {
		t.Fatal(err)
	}
	for fork.Len() < 40 {
		if _, err := fork.Step(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	feed, at := feedOf(tp), 39
	feed.At = func() int { return at }
	feed.Seek = func(i int) { at = i }
	p := NewPolicy(feed)
	s := uitest.Show(p, 280, 400, 2)
	around := ui.Point{X: 140, Y: 160}
	if n := uitest.CountNear(s.Picture(), around, 120, ui.Dark().Other); n > 0 {
		t.Errorf("%d pixels of a branch that is not there", n)
	}
	feed.OtherBranch = feedOf(fork)
	feed.OtherBranch.At = feed.At
	uitest.Redraw(s, p, 2)
	uitest.Save(t, "branches.png", s.Picture())
	if n := uitest.CountNear(s.Picture(), around, 120, ui.Dark().Other); n < 10 {
		t.Errorf("%d pixels of the other branch", n)
	}
	const y, right = 6 + 20 + 2*44 + 4 + 16 + 20, 260 // within the plot, beside the scroll bar
	s.User.Click(right-(right-10)*20./valueSteps, y, ui.Primary)
	uitest.Redraw(s, p, 2)
	if at != 19 {
		t.Errorf("a click 1 s back seeks from 39 to %d", at)
	}
	s.User.Press(ebiten.KeyF6)
	uitest.Redraw(s, p, 2)
	s.User.Press(ebiten.KeyArrowLeft)
	uitest.Redraw(s, p, 2)
	if at != 18 {
		t.Errorf("the left arrow key seeks from 19 to %d", at)
	}
	s.User.Press(ebiten.KeyEnd)
	uitest.Redraw(s, p, 2)
	if p.scroll.Offset < 50 {
		t.Errorf("End scrolls to %g", p.scroll.Offset)
	}
}

// The panel says that another driver is no policy.
func TestNoPolicy(t *testing.T) {
	p := NewPolicy(feedOf(driveOf(t, driveCase{Scenario: "straight", Until: .3})))
	s := uitest.Show(p, 366, 310, 2)
	s.User.Press(ebiten.KeyF6)
	uitest.Redraw(s, p, 2)
	if s.In.FocusVisible() {
		t.Error("an empty panel takes the focus")
	}
	if n := uitest.CountNear(s.Picture(), ui.Point{X: 183, Y: 155}, 120, ui.Dark().Accent); n > 0 {
		t.Errorf("%d pixels of a policy", n)
	}
}

// A part under the pointer is explained after half a second.
func TestPolicyIsExplained(t *testing.T) {
	tp := policyDrive(t, "straight", 4, &goStraight, func(c *drive.Config) { c.Observations = []string{drive.RoadUsers} })
	s, p := uitest.NewScreen(600, 500, 1), NewPolicy(feedOf(tp))
	draw := func(c *ui.Canvas, in *ui.Input) { p.Draw(c.Sub(ui.Rect{Y: 100, W: 366, H: 310}), in) }
	pixels := func(frames int) int {
		for range frames {
			s.Frame(draw)
		}
		return uitest.CountNear(s.Picture(), ui.Point{X: 200, Y: 50}, 200, ui.Dark().Hover)
	}
	s.User.Point(250, 130) // the steering
	before := pixels(3)
	if after := pixels(60); after < before+500 {
		t.Errorf("%d pixels of a tooltip", after-before)
	}
}
