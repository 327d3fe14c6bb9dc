package world

import (
	"math"

	"roadloop/desktop/panel"
	"roadloop/desktop/panel/figure"
	"roadloop/desktop/panel/plane"
	"roadloop/desktop/ui"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// Who is less apart in two futures has no ghost: it would hide whom it is of.
const (
	apartPlace = .15 // m
	apartYaw   = .03 // rad
)

// ghosts returns the other future at the time of a moment, nil where there is none or it
// does not come so far. What is known of it may end a little before.
func (p *Panel) ghosts(m *panel.Moment) *panel.Moment {
	if !p.Ghosts || p.feed.Beside == nil {
		return nil
	}
	other := p.feed.Beside.MomentAt(p.painted)
	if other == nil || len(other.Users) != len(m.Users) || math.Abs(other.Seconds()-m.Seconds()) > clock.DriverPeriod.Seconds() {
		return nil
	}
	return other
}

// apart reports whether a road user of another future is seen to be elsewhere.
func apart(a, ghost *actor.Actor) bool {
	p, q := a.State.Pose, ghost.State.Pose
	return p.Pos().Dist(q.Pos()) > apartPlace || math.Abs(geom.WrapAngle(p.Yaw-q.Yaw)) > apartYaw
}

// drawGhosts outlines where everyone is in the other future, with a line from where they
// are in this one. How far that is is written at the ego and at who is chosen.
func (p *Panel) drawGhosts(c *ui.Canvas, v *plane.View, m *panel.Moment) {
	other := p.ghosts(m)
	if other == nil {
		return
	}
	col := c.Theme.Other
	for i := range m.Users {
		a, ghost := &m.Users[i], &other.Users[i]
		from, to := a.Box().Center, ghost.Box().Center
		if !apart(a, ghost) || !v.Shows(to, ghost.Shape.Length) && !v.Shows(from, a.Shape.Length) {
			continue
		}
		c.Line(v.ToScreen(from), v.ToScreen(to), 1, ui.Alpha(col, .7))
		figure.Ghost(c, v, ghost, col)
		if p.telling(a, ghost) {
			tellGap(c, v.ToScreen(from), v.ToScreen(to), gapText(a, ghost))
		}
	}
}

// tellGap writes how far a ghost is onto what is seen of the line to it, which has an
// arrow head where the ghost itself is out of view.
func tellGap(c *ui.Canvas, from, to ui.Point, text string) {
	b := c.Bounds()
	free := ui.Rect{X: 24, Y: 62, W: b.W - 48, H: b.H - 62 - 60} // of buttons and numbers
	from, end, ok := free.Clip(from, to)
	if !ok {
		return
	}
	if !b.Contains(to) {
		c.Arrow(from, end, 1, 8, c.Theme.Other)
	}
	figure.Tag(c, from.Add(end).Mul(.5), text, c.Theme.Other)
}

// telling reports whether it is written how far a ghost is: from where it is read.
func (p *Panel) telling(a, ghost *actor.Actor) bool {
	const readable = 1.5 // m
	return (a.ID == actor.Ego || a.ID == p.feed.Chosen) && a.Box().Center.Dist(ghost.Box().Center) > readable
}

func gapText(a, ghost *actor.Actor) string {
	return panel.Quantity(a.Box().Center.Dist(ghost.Box().Center), 1, "m")
}

// drawGhosts outlines the boxes of the other future's road users in the view.
func (h *chase) drawGhosts(c *ui.Canvas, m, other *panel.Moment, who *actor.Actor) {
	if other == nil {
		return
	}
	for i := range m.Users {
		if apart(&m.Users[i], &other.Users[i]) {
			h.drawGhost(c, who.State.Pose, &other.Users[i])
		}
	}
}

// drawGhost draws the edges of a box, seen from a pose: those on the ground dashed. Its
// front is filled.
func (h *chase) drawGhost(c *ui.Canvas, from geom.Pose, a *actor.Actor) {
	corners := a.Box().Corners()
	var low, high [5]ui.Point
	for i, p := range corners {
		var near, far bool
		low[i], near = h.at(c, from, p, 0)
		high[i], far = h.at(c, from, p, a.Shape.Height)
		if !near || !far {
			return
		}
	}
	low[4], high[4] = low[0], high[0]
	col := c.Theme.Other
	c.Dashes(low[:], 1.6, 5, 3, col)
	c.Polyline(high[:], 1.6, col)
	for i := range corners {
		c.Line(low[i], high[i], 1.2, ui.Alpha(col, .8))
	}
	front := [4]ui.Point{low[0], low[3], high[3], high[0]} // OBB.Corners begins at the left of the front and ends at its right
	c.Polygon(front[:], ui.Alpha(col, .25))
}
