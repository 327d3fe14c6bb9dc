package ui

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"
)

// Level is the severity of a message.
type Level uint8

const (
	Info    Level = iota // disappears by itself
	Warning              // disappears by itself, later
	Failure              // stays until it is closed
)

// message is a message on the screen.
type message struct {
	level Level
	text  string
	left  float64 // s until it disappears
	count int     // number of repetitions
}

// Messages are the messages on the screen, newest last. The zero value is empty.
type Messages struct{ list []message }

// most is the largest number of messages on the screen.
const most = 5

// Add adds a message. A message that is already shown is counted instead.
func (m *Messages) Add(level Level, text string) {
	left := map[Level]float64{Info: 4, Warning: 8}[level]
	for i := range m.list {
		if m.list[i].text == text {
			m.list[i].left, m.list[i].level = left, level
			m.list[i].count++
			return
		}
	}
	m.list = append(m.list, message{level, text, left, 1})
	if len(m.list) > most {
		m.list = m.list[1:]
	}
}

// Texts returns the shown messages.
func (m *Messages) Texts() []string {
	var out []string
	for i := range m.list {
		out = append(out, m.list[i].text)
	}
	return out
}

// NextExpiry returns the time until a message disappears by itself, s; +Inf if none does.
func (m *Messages) NextExpiry() float64 {
	soonest := math.Inf(1)
	for i := range m.list {
		if k := &m.list[i]; k.level != Failure {
			soonest = min(soonest, k.left)
		}
	}
	return soonest
}

// Clear removes all messages.
func (m *Messages) Clear() { m.list = nil }

// Draw shows the messages above everything else, at the lower right of r. Escape closes
// the newest one that stays.
func (m *Messages) Draw(c *Canvas, in *Input, r Rect) {
	kept := m.list[:0]
	y := r.Bottom() - 8
	for i := len(m.list) - 1; i >= 0; i-- {
		k := &m.list[i]
		k.left -= in.Rested + in.Elapsed
		lines := c.Wrap(k.text, c.Theme.Body, min(420, r.W-60))
		_, spacing := c.Theme.Body.Metrics()
		w, h := min(476, r.W-16), float64(len(lines))*spacing+16
		y -= h + 6
		box := c.ToWindow(Rect{r.Right() - w - 8, y, w, h})
		if m.drawOne(c, in, box, k, lines, i) {
			k.left, k.level = -1, Info
		}
	}
	for _, k := range m.list {
		if k.level == Failure || k.left > 0 {
			kept = append(kept, k)
		}
	}
	m.list = kept
}

// drawOne draws a message in a rectangle of the window. It reports whether the message
// is to be closed.
func (m *Messages) drawOne(c *Canvas, in *Input, box Rect, k *message, lines []string, i int) (closed bool) {
	mark := map[Level]Color{Info: c.Theme.Belief, Warning: c.Theme.Warning, Failure: c.Theme.Bad}[k.level]
	letter := map[Level]string{Info: "i", Warning: "!", Failure: "×"}[k.level]
	window := c.Sub(Rect{-c.area.X, -c.area.Y, 1e6, 1e6})
	if window.closeBox(in, box) || k.level == Failure && i == len(m.list)-1 && in.KeysAllowed() && in.TakeKey(ebiten.KeyEscape) {
		closed = true
	}
	in.Overlay(box, false, func(c *Canvas) {
		all := c.Bounds()
		c.Plate(all, 6, c.Theme.Raised, mark)
		c.Circle(Point{18, all.H / 2}, 9, mark)
		c.Label(Rect{9, all.H/2 - 9, 18, 18}, letter, c.Theme.Title.In(c.Theme.Background), Middle)
		_, spacing := c.Theme.Body.Metrics()
		for j, l := range lines {
			c.Text(Point{36, 8 + float64(j)*spacing}, l, c.Theme.Body)
		}
		c.Cross(Point{all.W - 14, 14}, 4, 1.5, c.Theme.Faint)
	})
	return closed
}

// closeBox reports a click on the close button of a box in the window.
func (c *Canvas) closeBox(in *Input, box Rect) bool {
	r := Rect{box.Right() - 26, box.Y, 26, 28}
	if in.Clicked[Primary] && !in.clicked[Primary] && r.Contains(in.Pointer) {
		in.clicked[Primary] = true
		return true
	}
	return false
}
