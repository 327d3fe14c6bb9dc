package ui_test

import (
	"image/color"
	"strings"
	"testing"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/internal/displaytest"
)

func TestMain(m *testing.M) { displaytest.Main(m) }

func TestShapes(t *testing.T) {
	red := ui.Color{R: 255, A: 255}
	for _, scale := range []float64{1, 1.5, 2} {
		s := uitest.NewScreen(400, 300, scale)
		s.Frame(func(c *ui.Canvas, in *ui.Input) {
			c.Rect(ui.Rect{X: 10, Y: 10, W: 20, H: 20}, red)
			c.Circle(ui.Point{X: 60, Y: 20}, 10, red)
			c.Polygon([]ui.Point{{X: 80, Y: 10}, {X: 120, Y: 10}, {X: 120, Y: 26}, {X: 80, Y: 40}}, red)
			c.Polyline([]ui.Point{{X: 10, Y: 60}, {X: 60, Y: 60}, {X: 60, Y: 100}}, 4, red)
			c.RoundRect(ui.Rect{X: 140, Y: 10, W: 40, H: 30}, 8, red)
			c.Sub(ui.Rect{X: 200, Y: 10, W: 20, H: 20}).Rect(ui.Rect{X: -50, Y: 5, W: 100, H: 5}, red)
			c.Text(ui.Point{X: 10, Y: 120}, "The quick brown fox — 0123456789", c.Theme.Body)
			c.Text(ui.Point{X: 10, Y: 140}, "12.50 m/s", c.Theme.Number)
			c.Text(ui.Point{X: 10, Y: 160}, "Heading", c.Theme.Heading)
			c.Text(ui.Point{X: 10, Y: 190}, "small print", c.Theme.Small)
		})
		m := s.Picture()
		uitest.Save(t, "shapes.png", m)
		at := func(x, y float64) color.RGBA { return m.RGBAAt(int(x*scale), int(y*scale)) }
		for _, p := range [][2]float64{{20, 20}, {60, 20}, {90, 20}, {110, 20}, {40, 60}, {60, 80}, {160, 25}, {210, 17}} {
			if got := at(p[0], p[1]); got != (color.RGBA{255, 0, 0, 255}) {
				t.Errorf("scale %v: at %v is %v", scale, p, got)
			}
		}
		for _, p := range [][2]float64{{32, 20}, {60, 33}, {100, 40}, {40, 70}, {141, 11}, {195, 17}, {222, 17}, {210, 25}} {
			if got := at(p[0], p[1]); got.R > 60 {
				t.Errorf("scale %v: at %v is %v, which is outside", scale, p, got)
			}
		}
	}
}

func TestButton(t *testing.T) {
	s := uitest.NewScreen(400, 300, 1)
	pushed := 0
	frame := func() {
		s.Frame(func(c *ui.Canvas, in *ui.Input) {
			if ui.Button(c, in, ui.Rect{X: 10, Y: 10, W: 80, H: 26}, "Go") {
				pushed++
			}
		})
	}
	s.User.Click(20, 20, ui.Primary)
	frame()
	frame()
	if pushed != 1 {
		t.Errorf("pushed %d times by a click", pushed)
	}
}

// A line is clipped to its part inside the rectangle, in either direction.
func TestClip(t *testing.T) {
	r := ui.Rect{X: 10, Y: 10, W: 20, H: 10}
	for _, c := range []struct {
		a, b, from, to ui.Point
		ok             bool
	}{
		{ui.Point{X: 12, Y: 12}, ui.Point{X: 20, Y: 15}, ui.Point{X: 12, Y: 12}, ui.Point{X: 20, Y: 15}, true},
		{ui.Point{X: 0, Y: 15}, ui.Point{X: 40, Y: 15}, ui.Point{X: 10, Y: 15}, ui.Point{X: 30, Y: 15}, true},
		{ui.Point{X: 20, Y: 40}, ui.Point{X: 20, Y: 12}, ui.Point{X: 20, Y: 20}, ui.Point{X: 20, Y: 12}, true},
		{ui.Point{X: 5, Y: 17}, ui.Point{X: 25, Y: 37}, ui.Point{}, ui.Point{}, false},
		{ui.Point{X: 0, Y: 5}, ui.Point{X: 40, Y: 5}, ui.Point{}, ui.Point{}, false},
		{ui.Point{X: 15, Y: 15}, ui.Point{X: 15, Y: 15}, ui.Point{X: 15, Y: 15}, ui.Point{X: 15, Y: 15}, true},
	} {
		from, to, ok := r.Clip(c.a, c.b)
		if ok != c.ok || ok && from.Dist(c.from)+to.Dist(c.to) > 1e-9 {
			t.Errorf("from %v to %v: %v to %v, %v; want %v to %v, %v", c.a, c.b, from, to, ok, c.from, c.to, c.ok)
		}
	}
}

// The inside of a translucent pill has one color: there is no seam where its round ends
// meet.
func TestPillHasNoSeam(t *testing.T) {
	red := ui.Color{R: 255, A: 90}
	for _, scale := range []float64{1, 1.25, 1.5, 2} {
		s := uitest.NewScreen(200, 100, scale)
		for _, y := range []float64{10, 10.3, 20.7, 31.5, 37.9} {
			s.Frame(func(c *ui.Canvas, in *ui.Input) { c.RoundRect(ui.Rect{X: 10.4, Y: y, W: 120.6, H: 18}, 9, red) })
			m := s.Picture()
			want := m.RGBAAt(int(30*scale), int((y+5)*scale))
			for dy := 3.0; dy < 15; dy++ {
				for x := 22.0; x < 118; x++ {
					if got := m.RGBAAt(int(x*scale), int((y+dy)*scale)); got != want {
						t.Fatalf("scale %g, a pill at %g: (%g, %g) is %v, want %v", scale, y, x, y+dy, got, want)
					}
				}
			}
		}
	}
}

// Text that does not fit its lines ends with an ellipsis; other text is unchanged.
func TestLinesEndWithAnEllipsis(t *testing.T) {
	s := uitest.NewScreen(300, 100, 1)
	s.Frame(func(c *ui.Canvas, in *ui.Input) {
		const text = "Cyclist crosses where the car turns left on green, late in the evening"
		style := c.Theme.Body
		whole := c.Lines(text, style, 150, 9)
		if strings.Join(whole, " ") != text {
			t.Errorf("complete it reads %q", whole)
		}
		cut := c.Lines(text, style, 150, 2)
		if len(cut) != 2 || !strings.HasSuffix(cut[1], "…") || cut[0] != whole[0] {
			t.Errorf("in two lines it reads %q", cut)
		}
		for _, l := range cut {
			if w := c.Measure(l, style); w > 150 {
				t.Errorf("%q is %g wide", l, w)
			}
		}
	})
}
