// Package world is the panel that shows the true world, from above or from behind a
// followed road user. Road users can be selected to show their state.
package world

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/panel"
	"roadloop/desktop/internal/panel/glyph"
	"roadloop/desktop/internal/panel/viewport"
	"roadloop/desktop/internal/ui"
	"roadloop/sim/actor"
)

// Panel is the world panel.
type Panel struct {
	feed  *panel.Feed
	gaze  *viewport.Pan
	chase chase

	// ChaseView selects the chase view.
	ChaseView bool
	// Ghosts shows the road users of the other branch.
	Ghosts bool

	follow  actor.ID
	dragged ui.Point // the part of the drag that the view has followed
	trails  trails
	roam    panel.Marker
	has     bool    // the panel has the focus
	painted float64 // the time shown last, in frames
	rested  float64 // time since then, s
}

// New returns the panel of a feed.
func New(feed *panel.Feed) *Panel {
	return &Panel{feed: feed, gaze: viewport.NewPan(7, .18), chase: newChase(), Ghosts: true}
}

// Name returns the panel's key.
func (p *Panel) Name() string { return "world" }

// Title returns the panel's title.
func (p *Panel) Title() string { return "World" }

// Follow makes the view follow a road user.
func (p *Panel) Follow(id actor.ID) { p.follow, p.feed.Chosen = id, id }

// Cycle follows the next road user, or the previous one for -1. The scenario's road
// users come first, then the traffic.
func (p *Panel) Cycle(step int) {
	f := p.feed.Frame()
	if f == nil {
		return
	}
	n := len(f.World.Actors()) + 1
	p.Follow(actor.ID((int(p.follow) + step + n) % n))
}

// Draw draws the world at the shown time.
func (p *Panel) Draw(c *ui.Canvas, in *ui.Input) {
	m := p.feed.WorldAt(p.time(in.Elapsed))
	if m == nil {
		panel.Empty(c, "No drive yet.")
		return
	}
	p.has = in.FocusArea(c, "view")
	p.keys(c, in)
	who := m.Actor(p.follow)
	if who == nil { // another drive has other actors
		p.Follow(actor.Ego)
		who = m.Ego()
	}
	v := p.gaze.Update(who.State.Pose, c.Bounds().W, c.Bounds().H, in.Elapsed)
	if p.ChaseView {
		p.chase.draw(c, p.feed, m, who)
		p.chase.drawGhosts(c, m, p.ghosts(m), who)
	} else {
		p.fromAbove(c, v, m)
	}
	drawSpeed(c, m)
	if p.feed.Chosen != actor.Ego {
		p.card(c, m)
	}
	p.buttons(c, in)
	if p.ChaseView { // last: a click on a button is not a click on the map
		p.chase.steer(c, in)
	} else {
		p.steer(c, in, v, m)
	}
	if p.has {
		p.markByKeys(c, in, v, m, who)
		c.FocusRing()
	}
}

// slowInterval is the time between rendered images on a slow machine, s.
const slowInterval = .05

// time returns the time to show, in frames. On a slow machine it is the time of the
// last image until a new one is due.
func (p *Panel) time(elapsed float64) float64 {
	p.rested += elapsed
	if p.ChaseView && p.feed.Detail >= panel.Rough && p.rested < slowInterval {
		return p.painted
	}
	p.rested, p.painted = 0, p.feed.Time()
	return p.painted
}

// markByKeys marks road users by keys, and follows one on Enter.
func (p *Panel) markByKeys(c *ui.Canvas, in *ui.Input, v *viewport.View, m *panel.WorldState, who *actor.Actor) {
	chosen, ok := p.roam.Update(c, in, m.Users, func(a *actor.Actor) (ui.Point, bool) {
		if p.ChaseView {
			return p.chase.at(c, who.State.Pose, a.Box().Center, a.Shape.Height/2)
		}
		return v.ToScreen(a.Box().Center), true
	})
	if ok {
		p.Follow(chosen)
	}
}

// keys handles the panel's keys while it has the focus or the pointer is over it. Shift
// and arrows pan the view.
func (p *Panel) keys(c *ui.Canvas, in *ui.Input) {
	if !p.has && !in.Over(c, c.Bounds()) || in.Typing() || !in.KeysAllowed() {
		return
	}
	if p.has && in.Shift() {
		if dir, ok := in.Arrow(); ok {
			p.shift(dir)
		}
	}
	switch {
	case in.TakeKey(ebiten.KeyHome), in.TakeKey(ebiten.KeyDigit0):
		p.home()
	case in.TakeRepeated(ebiten.KeyEqual), in.TakeRepeated(ebiten.KeyNumpadAdd):
		p.zoom(c.Bounds().Center(), keyZoom)
	case in.TakeRepeated(ebiten.KeyMinus), in.TakeRepeated(ebiten.KeyNumpadSubtract):
		p.zoom(c.Bounds().Center(), 1/keyZoom)
	}
}

const (
	keyZoom   = 1.3
	wheelZoom = 1.18 // per notch
)

func (p *Panel) home() {
	p.gaze.Reset()
	p.chase.home()
	p.Follow(actor.Ego)
}

// keyShift is the pan per key press, points.
const keyShift = 40

// shift pans the view in a direction of the screen.
func (p *Panel) shift(dir ui.Point) {
	if p.ChaseView {
		p.chase.turn(dir.Mul(-keyShift))
	} else {
		p.gaze.Drag(dir.Mul(-keyShift))
	}
}

func (p *Panel) zoom(at ui.Point, factor float64) {
	if p.ChaseView {
		p.chase.zoom(factor)
	} else {
		p.gaze.Zoom(at, factor)
	}
}

// fromAbove draws the map view.
func (p *Panel) fromAbove(c *ui.Canvas, v *viewport.View, m *panel.WorldState) {
	ground := p.feed.Chart(m.Frame.World.Map())
	ground.Draw(c, v)
	ground.Signals(c, v, m.Signals)
	p.trails.draw(c, v, p.feed, m)
	p.drawUsers(c, v, m)
	p.drawGhosts(c, v, m)
	scaleBar(c, v)
}

// steer zooms by wheel and pans by drags; a click selects.
func (p *Panel) steer(c *ui.Canvas, in *ui.Input, v *viewport.View, m *panel.WorldState) {
	all := c.Bounds()
	if notch := in.ScrollOver(c, all).Y; notch != 0 {
		p.zoom(in.Pos(c), math.Pow(wheelZoom, notch))
	}
	by, dragging, done := in.Drag(c, "map", all)
	if dragging {
		p.gaze.Drag(by.Sub(p.dragged))
		p.dragged = by
	}
	if done {
		p.dragged = ui.Point{}
		if by.Dist(ui.Point{}) < clickSlack {
			p.pick(v, in.Pos(c), m)
		}
	}
}

// clickSlack is the largest pointer movement of a click, points.
const clickSlack = 4

// pick selects and follows the road user at a position; the ego if there is none.
func (p *Panel) pick(v *viewport.View, at ui.Point, m *panel.WorldState) {
	if id, ok := glyph.Find(v, at, m.Users); ok {
		p.Follow(id)
	} else {
		p.feed.Chosen = actor.Ego
	}
}

// drawUsers draws road users, the ego on top, and names if there is room.
func (p *Panel) drawUsers(c *ui.Canvas, v *viewport.View, m *panel.WorldState) {
	all := m.Users
	for i := range all {
		a := &all[i]
		box := a.Box()
		if !v.Shows(box.Center, box.Length) {
			continue
		}
		if a.ID == p.feed.Chosen && a.ID != actor.Ego {
			glyph.Chosen(c, v, box)
		}
		glyph.Actor(c, v, a, m.Time)
	}
	var names glyph.Labels
	names.Avoid(v, m.Ego().Box())
	for i := range all {
		a := &all[i]
		if p.named(a, v) && v.Shows(a.Box().Center, 0) {
			names.Put(c, v, a.Box(), p.feed.Name(a.ID), c.Theme.Ink)
		}
	}
}

// nameScale is the least scale with names of traffic.
const nameScale = 11

// named reports whether a name is drawn; names of traffic only at large scales.
func (p *Panel) named(a *actor.Actor, v *viewport.View) bool {
	switch {
	case a.ID == actor.Ego:
		return false
	case a.ID == p.feed.Chosen, p.has && a.ID == p.roam.Marked():
		return true
	case a.ID >= p.feed.Timeline().Plan().FirstTraffic:
		return v.Scale >= nameScale
	}
	return v.Scale >= 2
}

// scaleBar draws a scale bar of a round length.
func scaleBar(c *ui.Canvas, v *viewport.View) {
	meters := 1000.0
	for _, m := range [...]float64{1, 2, 5, 10, 20, 50, 100, 200, 500} {
		if m*v.Scale > 44 {
			meters = m
			break
		}
	}
	b := c.Bounds()
	y, w := b.H-10, meters*v.Scale
	c.Rect(ui.Rect{X: 10, Y: y, W: w, H: 2}, c.Theme.Ink)
	c.Rect(ui.Rect{X: 10, Y: y - 4, W: 1, H: 5}, c.Theme.Ink)
	c.Rect(ui.Rect{X: 9 + w, Y: y - 4, W: 1, H: 5}, c.Theme.Ink)
	c.Text(ui.Point{X: 14, Y: y - 16}, panel.Quantity(meters, 0, "m"), c.Theme.Small.In(c.Theme.Ink))
}
