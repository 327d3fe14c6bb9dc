package panel

import (
	"math"
	"testing"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/perception"
	"roadloop/scenarios/topview"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

func view() *View { return &View{Up: 0, Scale: 10, Width: 400, Height: 400} }

// The drawn ellipse is centered on the track and extends to 2σ, twice as far ahead as
// to the side.
func TestUncertaintyEllipse(t *testing.T) {
	k := perception.Track{Pose: geom.Pose{X: 4, Y: -2}}
	k.Cov[0][0], k.Cov[1][1] = 16, 4 // σ of 4 m ahead, 2 m to the side
	s := uitest.NewScreen(400, 400, 1)
	v := view()
	k.Existence = 1
	s.Frame(func(c *ui.Canvas, _ *ui.Input) {
		new(Chart).Show(c, v, func(l *topview.List) { l.Track(&k) })
	})
	m := s.Picture()
	ground := m.RGBAAt(2, 2)
	at := v.ToScreen(k.Pose.Pos())
	for _, q := range []struct {
		x, y   float64 // m aside and ahead
		inside bool
	}{{0, 0, true}, {0, 7.6, true}, {0, -7.6, true}, {3.6, 0, true}, {-3.6, 0, true}, {0, 8.5, false}, {4.5, 0, false}, {3.4, 6.8, false}} {
		p := m.RGBAAt(int(at.X+10*q.x), int(at.Y-10*q.y))
		if (p != ground) != q.inside {
			t.Errorf("%g m ahead and %g m aside it is %v on a ground of %v, inside is %v", q.y, q.x, p, ground, q.inside)
		}
	}
}

// A braking car shows brake lights; a car turning left blinks on its left.
func TestLampPositions(t *testing.T) {
	draw := func(lights actor.Lights) func(ahead, left float64) (red, amber bool) {
		a := actor.Actor{ID: 1, Kind: actor.Car, Shape: actor.DefaultShape(actor.Car), State: actor.State{Lights: lights}}
		a.State.Pose.X = -a.Shape.RearToCenter // its center is at the center of the view
		s, v := uitest.NewScreen(400, 400, 1), view()
		v.Scale = 40
		s.Frame(func(c *ui.Canvas, _ *ui.Input) {
			new(Chart).Show(c, v, func(l *topview.List) { l.User(&a, 0) })
		})
		m := s.Picture()
		return func(ahead, left float64) (red, amber bool) {
			q := v.ToScreen(geom.Vec{X: ahead * a.Shape.Length, Y: left * a.Shape.Width})
			p := m.RGBAAt(int(q.X), int(q.Y))
			return p.R > 200 && p.G < 90, p.R > 200 && p.G > 150 && p.B < 90
		}
	}
	if red, _ := draw(actor.BrakeLights)(-.49, .32); !red {
		t.Error("the brake light is not red")
	}
	if red, _ := draw(0)(-.49, .32); red {
		t.Error("a red light without braking")
	}
	at := draw(actor.LeftIndicator)
	if _, left := at(.43, .46); !left {
		t.Error("the left indicator is off")
	}
	if _, right := at(.43, -.46); right {
		t.Error("the right indicator is on")
	}
}

func TestFindReturnsNearest(t *testing.T) {
	v := view()
	all := []actor.Actor{
		{ID: 1, Kind: actor.Car, Shape: actor.DefaultShape(actor.Car), State: actor.State{Pose: geom.Pose{X: 2}}},
		{ID: 2, Kind: actor.Pedestrian, Shape: actor.DefaultShape(actor.Pedestrian), State: actor.State{Pose: geom.Pose{X: 5, Y: .4}}},
	}
	for _, c := range []struct {
		p    geom.Vec
		id   actor.ID
		want bool
	}{{geom.Vec{X: 2.5}, 1, true}, {geom.Vec{X: 5, Y: .5}, 2, true}, {geom.Vec{X: 12}, 0, false}} {
		if id, ok := FindActor(v, v.ToScreen(c.p), all); id != c.id || ok != c.want {
			t.Errorf("at %v is %d, %v; want %d, %v", c.p, id, ok, c.id, c.want)
		}
	}
}

// Labels do not cover the ego; they move above it.
func TestLabelsAvoidTheEgo(t *testing.T) {
	s, v := uitest.NewScreen(400, 400, 1), view()
	s.Frame(func(c *ui.Canvas, _ *ui.Input) {
		ego := geom.OBB{Length: 4.5, Width: 1.9, Yaw: math.Pi / 2}
		for _, other := range []geom.Vec{{X: .5, Y: -3}, {X: -3, Y: -.4}, {X: 0, Y: 0}} {
			var l Labels
			l.Avoid(v, ego)
			taken, moved := l.Place(ui.Rect{X: v.ToScreen(other).X - 30, Y: v.ToScreen(other).Y - 8, W: 60, H: 16})
			for _, corner := range ego.Corners() {
				if taken.Contains(v.ToScreen(corner)) {
					t.Errorf("the label of %v covers the ego's corner %v", other, corner)
				}
			}
			if !moved && taken.Contains(v.ToScreen(ego.Center)) {
				t.Errorf("the label of %v covers the ego", other)
			}
		}
	})
}
