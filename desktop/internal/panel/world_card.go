package panel

import (
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/topview"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// fact is a line of a card.
type fact struct {
	name, value string
	alarming    bool
}

// Times to collision that are highlighted, s.
const alarming = 2.0

// facts describes the state of a road user relative to the ego. Gap and time to
// collision are between the boxes, the latter at constant velocities.
func facts(ego, a *actor.Actor) []fact {
	out := []fact{
		{"speed", Quantity(3.6*math.Abs(a.State.Speed), 0, "km/h"), false},
		{"acceleration", Quantity(a.State.Accel, 1, "m/s²"), false},
		{"gap to ego", Quantity(geom.Distance(a.Box(), ego.Box()), 1, "m"), false},
	}
	ttc := geom.TimeToContact(ego.Box(), ego.Velocity(), a.Box(), a.Velocity())
	text := "none"
	if !math.IsInf(ttc, 1) {
		text = Quantity(ttc, 1, "s")
	}
	return append(out, fact{"time to collision", text, ttc < alarming})
}

// card draws the state of the selected road user in the upper right corner.
func (p *World) card(c *ui.Canvas, m *WorldState) {
	a := m.Actor(p.feed.Chosen)
	if a == nil {
		return
	}
	list := facts(m.Ego(), a)
	const line, width = 17, 176
	r := ui.Rect{X: c.Bounds().W - width - 8, Y: 8, W: width, H: 30 + line*float64(len(list))}
	if r.X < buttonsEnd {
		r.Y = 38 // below them
	}
	if r.X < 8 || r.Bottom() > c.Bounds().H {
		return
	}
	card := Card(c, r)
	head := ui.Rect{X: 8, Y: 4, W: width - 16, H: 20}
	card.Circle(ui.Point{X: 13, Y: 14}, 4, topview.UserColor(a))
	head.CutLeft(14)
	card.Label(head, p.feed.Name(a.ID), c.Theme.Title, ui.Left)
	card.Label(head, a.Kind.String(), c.Theme.Small, ui.Right)
	for i, x := range list {
		row := ui.Rect{X: 8, Y: 25 + line*float64(i), W: width - 16, H: line}
		col := c.Theme.Ink
		if x.alarming {
			col = c.Theme.Bad
			x.value = "! " + x.value
		}
		card.Label(row, x.name, c.Theme.Small, ui.Left)
		card.Label(row, x.value, c.Theme.Number.In(col), ui.Right)
	}
}

// drawSpeed writes the ego's speed next to the speed limit.
func drawSpeed(c *ui.Canvas, m *WorldState) {
	b := c.Bounds()
	if b.W < 240 || b.H < 150 {
		return
	}
	lane, _, _ := m.Frame.World.EgoLane()
	limit := m.Frame.World.Map().Lanes[lane].SpeedLimit
	number := c.Theme.Heading
	number.Size = 30
	text := Quantity(math.Abs(3.6*m.Ego().State.Speed), 0, "")
	w := c.Measure(text, number)
	mid := b.W / 2
	c.RoundRect(ui.Rect{X: mid - 62, Y: b.H - 48, W: 124, H: 42}, 10, ui.Alpha(c.Theme.Background, .66))
	c.Text(ui.Point{X: mid - 2 - w, Y: b.H - 45}, text, number)
	c.Text(ui.Point{X: mid + 2, Y: b.H - 26}, "km/h", c.Theme.Small)
	sign := ui.Point{X: mid + 44, Y: b.H - 27}
	c.Circle(sign, 14, ui.Color{R: 240, G: 240, B: 238, A: 255})
	c.Ring(sign, 12.4, 3, c.Theme.Bad)
	small := c.Theme.Title.In(ui.Color{R: 20, G: 20, B: 20, A: 255})
	small.Size = 11
	c.Label(ui.Rect{X: sign.X - 12, Y: sign.Y - 8, W: 24, H: 16}, Quantity(3.6*limit, 0, ""), small, ui.Middle)
}
