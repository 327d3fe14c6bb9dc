package panel

import (
	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/topview"
	"roadloop/sim/actor"
)

// World is the panel that shows the true world, from above or from behind a
// followed road user. Road users can be selected to show their state.
type World struct {
	feed  *Feed
	gaze  *Pan
	chase chase

	// ChaseView selects the chase view.
	ChaseView bool
	// Ghosts shows the road users of the other branch.
	Ghosts bool

	follow   actor.ID
	steering steering
	trails   trails
	roam     Marker
	has      bool    // the panel has the focus
	painted  float64 // the time shown last, in frames
	rested   float64 // time since then, s
}

// NewWorld returns the panel of a feed.
func NewWorld(feed *Feed) *World {
	return &World{feed: feed, gaze: NewPan(7, .18), chase: newChase(), Ghosts: true}
}

// Name returns the panel's key.
func (p *World) Name() string { return "world" }

// Title returns the panel's title.
func (p *World) Title() string { return "World" }

// Follow makes the view follow a road user.
func (p *World) Follow(id actor.ID) { p.follow, p.feed.Chosen = id, id }

// Cycle follows the next road user, or the previous one for -1. The scenario's road
// users come first, then the traffic.
func (p *World) Cycle(step int) {
	f := p.feed.Frame()
	if f == nil {
		return
	}
	n := len(f.World.Actors()) + 1
	p.Follow(actor.ID((int(p.follow) + step + n) % n))
}

// Draw draws the world at the shown time.
func (p *World) Draw(c *ui.Canvas, in *ui.Input) {
	m := p.feed.WorldAt(p.time(in.Elapsed))
	if m == nil {
		Empty(c, "No drive yet.")
		return
	}
	p.has = in.FocusArea(c, "view")
	if takesKeys(c, in, p.has) {
		moveByKeys(c, in, p.has, p)
	}
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
	// Last: a click on a button is not a click on the map.
	if at, ok := p.steering.point(c, in, p); ok && !p.ChaseView {
		p.pick(v, at, m)
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
func (p *World) time(elapsed float64) float64 {
	p.rested += elapsed
	if p.ChaseView && p.feed.Detail >= Rough && p.rested < slowInterval {
		return p.painted
	}
	p.rested, p.painted = 0, p.feed.Time()
	return p.painted
}

// markByKeys marks road users by keys, and follows one on Enter.
func (p *World) markByKeys(c *ui.Canvas, in *ui.Input, v *View, m *WorldState, who *actor.Actor) {
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

// Reset returns to the ego.
func (p *World) Reset() {
	p.gaze.Reset()
	p.chase.home()
	p.Follow(actor.Ego)
}

// Drag pans the map, or turns the camera behind the followed road user.
func (p *World) Drag(by ui.Point) {
	if p.ChaseView {
		p.chase.turn(by)
	} else {
		p.gaze.Drag(by)
	}
}

// Zoom scales the view.
func (p *World) Zoom(at ui.Point, factor float64) {
	if p.ChaseView {
		p.chase.zoom(factor)
	} else {
		p.gaze.Zoom(at, factor)
	}
}

// fromAbove draws the map view.
func (p *World) fromAbove(c *ui.Canvas, v *View, m *WorldState) {
	ground := p.feed.Chart(m.Frame.World.Map())
	ground.Draw(c, v)
	ground.Signals(c, v, m.Signals)
	p.trails.draw(c, v, p.feed, m)
	p.drawUsers(c, v, m, ground)
	p.drawGhosts(c, v, m, ground)
	scaleBar(c, v)
}

// pick selects and follows the road user at a position; the ego if there is none.
func (p *World) pick(v *View, at ui.Point, m *WorldState) {
	if id, ok := FindActor(v, at, m.Users); ok {
		p.Follow(id)
	} else {
		p.feed.Chosen = actor.Ego
	}
}

// drawUsers draws road users, the ego on top, and names if there is room.
func (p *World) drawUsers(c *ui.Canvas, v *View, m *WorldState, ground *Chart) {
	all := m.Users
	if a := m.Actor(p.feed.Chosen); a != nil && a.ID != actor.Ego {
		ringChosen(c, v, a.Box())
	}
	ground.Show(c, v, func(l *topview.List) {
		for i := range all {
			if a := &all[i]; v.Shows(a.Box().Center, a.Shape.Length) {
				l.User(a, m.Time)
			}
		}
	})
	var names Labels
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
func (p *World) named(a *actor.Actor, v *View) bool {
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
func scaleBar(c *ui.Canvas, v *View) {
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
	c.Text(ui.Point{X: 14, Y: y - 16}, Quantity(meters, 0, "m"), c.Theme.Small.In(c.Theme.Ink))
}
