package chart

import (
	"bytes"
	"fmt"
	"html/template"
	"math"
	"strings"
	"testing"
)

// Color and mark distinguish nine lines.
func TestLinesAreDistinguishable(t *testing.T) {
	c := Chart{}
	type look struct {
		color string
		mark  Mark
	}
	seen := make(map[look]string)
	for i := range 9 {
		c.Line(fmt.Sprint(i))
	}
	if a, b := c.Lines[0], c.Lines[8]; a.Color != b.Color || a.Dashed || !b.Dashed {
		t.Errorf("lines of one color look alike: %+v, %+v", a, b)
	}
	for _, l := range c.Lines {
		if other, taken := seen[look{l.Color, l.Mark}]; taken {
			t.Errorf("%s has the color and mark of %s", l.Name, other)
		}
		seen[look{l.Color, l.Mark}] = l.Name
	}
}

// The axes of a chart cover every point, and their labels stay inside the image.
func TestAxesCoverAllPoints(t *testing.T) {
	for _, xs := range [][]float64{{0, .3, 1}, {7.5, 22.5, 37.5, 52.5, 75}, {0, 1, 2, 3, 4, 5}, {100}, {0}} {
		end := xs[len(xs)-1]
		c := Chart{End: end}
		for _, x := range xs {
			c.Add("car", x, .7*max(end, 1))
		}
		ticks := c.XTicks()
		if n := len(ticks); n < 2 || n > 8 || ticks[n-1].At > c.Right()+1e-9 || ticks[0].At < c.Left() {
			t.Errorf("ticks of %v: %v", xs, ticks)
		}
		for _, d := range c.Dots(c.Lines[0]) {
			if d.X < c.Left() || d.X > c.Right()+1e-9 || d.Y < c.Top() || d.Y > c.Bottom() {
				t.Errorf("%v: a point at (%g, %g)", xs, d.X, d.Y)
			}
		}
	}
}

func TestTemplateDrawsTheChart(t *testing.T) {
	page := template.Must(template.New("page").Parse(HTML + `{{template "chart" .}}`))
	c := &Chart{Title: "Return", X: "steps", Y: "return", End: 30}
	c.Add("seed 1", 0, 10)
	c.Add("seed 1", 100, 30)
	var b bytes.Buffer
	if err := page.Execute(&b, c); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"seed 1: steps 100, return 30.000", "M62.0 142.0L418.0 10.0", "rotate(-90)\" text-anchor=\"middle\">return<", ">30<"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func TestAxisEnd(t *testing.T) {
	for largest, want := range map[float64]float64{0: 1, .3: .3, .96: 1, 1: 1, 23: 25, 25: 25, 26: 30, 303: 400} {
		if got := AxisEnd(largest); math.Abs(got-want) > 1e-12 {
			t.Errorf("an axis for %g ends at %g, want %g", largest, got, want)
		}
	}
}
