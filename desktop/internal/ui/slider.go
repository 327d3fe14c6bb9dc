package ui

import (
	"math"
	"strconv"

	"github.com/hajimehoshi/ebiten/v2"
)

// Range is the range of a slider.
type Range struct {
	Min, Max float64
	Step     float64 // 0 for any value; keys then move by a hundredth of the range
	Unit     string
	Decimals int
}

// clamp returns the nearest valid value.
func (g *Range) clamp(v float64) float64 {
	if g.Step > 0 {
		v = g.Min + math.Round((v-g.Min)/g.Step)*g.Step
	}
	return max(g.Min, min(g.Max, v))
}

// step returns the step of a key.
func (g *Range) step() float64 {
	if g.Step > 0 {
		return g.Step
	}
	return (g.Max - g.Min) / 100
}

// Format formats a value with its unit.
func (g *Range) Format(v float64) string {
	s := strconv.FormatFloat(v, 'f', g.Decimals, 64)
	if g.Unit != "" {
		s += " " + g.Unit
	}
	return s
}

// SliderHeight is the height of a slider.
const SliderHeight = 38

// Slider selects a number by dragging, the arrow keys, Page Up and Page Down (ten
// steps), Home and End. It reports whether it changed.
func Slider(c *Canvas, in *Input, r Rect, label string, v *float64, g Range) bool {
	t := in.touch(c, label, r)
	before := *v
	head := r
	head = head.CutTop(18)
	track := Rect{r.X + 6, r.Y + 27, r.W - 12, 4}
	if t.held && track.W > 0 {
		*v = g.clamp(g.Min + (in.Pos(c).X-track.X)/track.W*(g.Max-g.Min))
	}
	if t.focused {
		in.slideByKeys(v, &g)
	}
	part := 0.0
	if g.Max > g.Min {
		part = (max(g.Min, min(g.Max, *v)) - g.Min) / (g.Max - g.Min)
	}
	value := g.Format(*v)
	w := c.Measure(value, c.Theme.Number) + 6
	c.Label(head, value, c.Theme.Number, Right)
	head.CutRight(w)
	c.Label(head, label, c.Theme.Body, Left)
	c.RoundRect(track, 2, c.Theme.Raised)
	c.RoundRect(Rect{track.X, track.Y, part * track.W, track.H}, 2, c.Theme.Series[5])
	knob := Point{track.X + part*track.W, track.Y + 2}
	size := 6.0
	if t.over || t.held {
		size = 7
	}
	c.Circle(knob, size, c.Theme.Ink)
	in.focusRing(c, &t, Rect{knob.X - 7, knob.Y - 7, 14, 14}, 7)
	return *v != before
}

// slideByKeys handles the keys.
func (in *Input) slideByKeys(v *float64, g *Range) {
	for k, steps := range map[Key]float64{
		ebiten.KeyArrowLeft: -1, ebiten.KeyArrowRight: 1, ebiten.KeyArrowDown: -1, ebiten.KeyArrowUp: 1,
		ebiten.KeyPageDown: -10, ebiten.KeyPageUp: 10, ebiten.KeyHome: math.Inf(-1), ebiten.KeyEnd: math.Inf(1),
	} {
		if in.TakeRepeated(k) {
			*v = g.clamp(*v + steps*g.step())
		}
	}
}
