// Package world is the panel that shows the true world: from above, and from behind
// whoever is followed. Road users can be chosen, and tell what they do.
package world

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/panel"
	"roadloop/desktop/panel/figure"
	"roadloop/desktop/panel/plane"
	"roadloop/desktop/ui"
	"roadloop/sim/actor"
)

// Panel shows the true world.
type Panel struct {
	feed  *panel.Feed
	gaze  *plane.Gaze
	chase chase

	// Behind shows the world from behind, not from above.
	Behind bool
	// Ghosts shows where everyone is in the other future.
	Ghosts bool

	follow  actor.ID
	dragged ui.Point // by how much of the drag the view was moved
	trails  trails
	roam    panel.Roam
	has     bool    // the panel has the keys
	painted float64 // the time that was shown last, in frames
	rested  float64 // since then, s
}

// New returns the panel of a feed.
func New(feed *panel.Feed) *Panel {
	return &Panel{feed: feed, gaze: plane.NewGaze(7, .18), chase: newChase(), Ghosts: true}
}

// Name returns the panel's key.
func (p *Panel) Name() string { return "world" }

// Title returns the panel's title.
func (p *Panel) Title() string { return "World" }

// Follow lets the view follow a road user.
func (p *Panel) Follow(id actor.ID) { p.follow, p.feed.Chosen = id, id }

// Cycle follows the next road user, or the one before for -1: those that the scenario
// names, then the traffic.
func (p *Panel) Cycle(step int) {
	f := p.feed.Frame()
	if f == nil {
		return
	}
	n := len(f.World.Actors()) + 1
	p.Follow(actor.ID((int(p.follow) + step + n) % n))
}

// Draw draws the world as it is now.
func (p *Panel) Draw(c *ui.Canvas, in *ui.Input) {
	m := p.feed.MomentAt(p.time(in.Elapsed))
	if m == nil {
		panel.Empty(c, "No drive yet.")
		return
	}
	p.has = in.Place(c, "view")
	p.keys(c, in)
	who := m.Actor(p.follow)
	if who == nil { // another drive has other actors
		p.Follow(actor.Ego)
		who = m.Ego()
	}
	v := p.gaze.Look(who.State.Pose, c.Bounds().W, c.Bounds().H, in.Elapsed)
	if p.Behind {
		p.chase.draw(c, p.feed, m, who)
		p.chase.drawGhosts(c, m, p.ghosts(m), who)
	} else {
		p.fromAbove(c, v, m)
	}
	dash(c, m)
	if p.feed.Chosen != actor.Ego {
		p.card(c, m)
	}
	p.buttons(c, in)
	if p.Behind { // last: a click on a button is none on the map
		p.chase.steer(c, in)
	} else {
		p.steer(c, in, v, m)
	}
	if p.has {
		p.goAround(c, in, v, m, who)
		c.PlaceRing()
	}
}

// rare is the time between pictures from behind on a machine that cannot keep up with
// more, s.
const rare = .05

// time returns the time to show, in frames: on such a machine that of the last picture
// until a new one is due.
func (p *Panel) time(elapsed float64) float64 {
	p.rested += elapsed
	if p.Behind && p.feed.Detail >= panel.Rough && p.rested < rare {
		return p.painted
	}
	p.rested, p.painted = 0, p.feed.Time()
	return p.painted
}

// goAround marks road users by the keys, and follows one on Enter.
func (p *Panel) goAround(c *ui.Canvas, in *ui.Input, v *plane.View, m *panel.Moment, who *actor.Actor) {
	chosen, ok := p.roam.Go(c, in, m.Users, func(a *actor.Actor) (ui.Point, bool) {
		if p.Behind {
			return p.chase.at(c, who.State.Pose, a.Box().Center, a.Shape.Height/2)
		}
		return v.ToScreen(a.Box().Center), true
	})
	if ok {
		p.Follow(chosen)
	}
}

// keys takes the keys that are the panel's while it has the focus or the pointer is over
// it. With Shift the arrows move the view.
func (p *Panel) keys(c *ui.Canvas, in *ui.Input) {
	if !p.has && !in.Over(c, c.Bounds()) || in.Typing() || !in.Keyed() {
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
	wheelZoom = 1.18 // a notch
)

func (p *Panel) home() {
	p.gaze.Home()
	p.chase.home()
	p.Follow(actor.Ego)
}

// keyShift is how far a key moves the map, points.
const keyShift = 40

// shift moves the view in a direction of the screen.
func (p *Panel) shift(dir ui.Point) {
	if p.Behind {
		p.chase.turn(dir.Mul(-keyShift))
	} else {
		p.gaze.Drag(dir.Mul(-keyShift))
	}
}

func (p *Panel) zoom(at ui.Point, factor float64) {
	if p.Behind {
		p.chase.zoom(factor)
	} else {
		p.gaze.Zoom(at, factor)
	}
}

// fromAbove draws the view from above.
func (p *Panel) fromAbove(c *ui.Canvas, v *plane.View, m *panel.Moment) {
	ground := p.feed.Chart(m.Frame.World.Map())
	ground.Draw(c, v)
	ground.Signals(c, v, m.Signals)
	p.trails.draw(c, v, p.feed, m)
	p.drawUsers(c, v, m)
	p.drawGhosts(c, v, m)
	scaleBar(c, v)
}

// steer moves the view from above by wheel and drags; a click chooses.
func (p *Panel) steer(c *ui.Canvas, in *ui.Input, v *plane.View, m *panel.Moment) {
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

// clickSlack is how far the pointer may move while a button is down for a click, points.
const clickSlack = 4

// pick chooses and follows who is under a place; the ego where there is nobody.
func (p *Panel) pick(v *plane.View, at ui.Point, m *panel.Moment) {
	if id, ok := figure.Find(v, at, m.Users); ok {
		p.Follow(id)
	} else {
		p.feed.Chosen = actor.Ego
	}
}

// drawUsers draws road users, the ego on top, and names where there is room for them.
func (p *Panel) drawUsers(c *ui.Canvas, v *plane.View, m *panel.Moment) {
	all := m.Users
	for i := range all {
		a := &all[i]
		box := a.Box()
		if !v.Shows(box.Center, box.Length) {
			continue
		}
		if a.ID == p.feed.Chosen && a.ID != actor.Ego {
			figure.Chosen(c, v, box)
		}
		figure.Actor(c, v, a, m.Time)
	}
	var names figure.Labels
	names.Avoid(v, m.Ego().Box())
	for i := range all {
		a := &all[i]
		if p.named(a, v) && v.Shows(a.Box().Center, 0) {
			names.Put(c, v, a.Box(), p.feed.Name(a.ID), c.Theme.Ink)
		}
	}
}

// nameScale is the least scale at which the traffic has its names beside it.
const nameScale = 11

// named tells that a name is written: those of the traffic only from near by.
func (p *Panel) named(a *actor.Actor, v *plane.View) bool {
	switch {
	case a.ID == actor.Ego:
		return false
	case a.ID == p.feed.Chosen, p.has && a.ID == p.roam.Who():
		return true
	case a.ID >= p.feed.Tape().Plan().Traffic:
		return v.Scale >= nameScale
	}
	return v.Scale >= 2
}

// scaleBar draws a bar of a round length.
func scaleBar(c *ui.Canvas, v *plane.View) {
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
