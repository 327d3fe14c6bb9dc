package panel

import (
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/topview"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// A road user with a smaller difference between branches has no ghost, because the
// ghost would hide it.
const (
	apartPlace = .15 // m
	apartYaw   = .03 // rad
)

// ghosts returns the other branch at the time of a moment, nil if there is none or it
// is too short. It may end slightly earlier.
func (p *World) ghosts(m *WorldState) *WorldState {
	if !p.Ghosts || p.feed.OtherBranch == nil {
		return nil
	}
	other := p.feed.OtherBranch.WorldAt(p.painted)
	if other == nil || len(other.Users) != len(m.Users) || math.Abs(other.Seconds()-m.Seconds()) > clock.DriverPeriod.Seconds() {
		return nil
	}
	return other
}

// apart reports whether a road user of another branch is visibly elsewhere.
func apart(a, ghost *actor.Actor) bool {
	p, q := a.State.Pose, ghost.State.Pose
	return p.Pos().Dist(q.Pos()) > apartPlace || math.Abs(geom.WrapAngle(p.Yaw-q.Yaw)) > apartYaw
}

// drawGhosts outlines the road users of the other branch, with a line from their
// position in this one. The distance is written at the ego and at the selected road
// user.
func (p *World) drawGhosts(c *ui.Canvas, v *View, m *WorldState, ground *Chart) {
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
		ground.Show(c, v, func(l *topview.List) { l.Ghost(ghost, col) })
		if p.showsDistance(a, ghost) {
			drawDistance(c, v.ToScreen(from), v.ToScreen(to), gapText(a, ghost))
		}
	}
}

// drawDistance writes the distance of a ghost onto the visible part of its line. The line
// has an arrowhead if the ghost is out of view.
func drawDistance(c *ui.Canvas, from, to ui.Point, text string) {
	b := c.Bounds()
	free := ui.Rect{X: 24, Y: 62, W: b.W - 48, H: b.H - 62 - 60} // of buttons and numbers
	from, end, ok := free.Clip(from, to)
	if !ok {
		return
	}
	if !b.Contains(to) {
		c.Arrow(from, end, 1, 8, c.Theme.Other)
	}
	Tag(c, from.Add(end).Mul(.5), text, c.Theme.Other)
}

// showsDistance reports whether the distance of a ghost is written: above a readable size.
func (p *World) showsDistance(a, ghost *actor.Actor) bool {
	const readable = 1.5 // m
	return (a.ID == actor.Ego || a.ID == p.feed.Chosen) && a.Box().Center.Dist(ghost.Box().Center) > readable
}

func gapText(a, ghost *actor.Actor) string {
	return Quantity(a.Box().Center.Dist(ghost.Box().Center), 1, "m")
}

// drawGhosts outlines the boxes of the other branch's road users in the chase view.
func (h *chase) drawGhosts(c *ui.Canvas, m, other *WorldState, who *actor.Actor) {
	if other == nil {
		return
	}
	for i := range m.Users {
		if apart(&m.Users[i], &other.Users[i]) {
			h.drawGhost(c, who.State.Pose, &other.Users[i])
		}
	}
}

// drawGhost draws the edges of a box, seen from a pose: dashed on the ground, with a
// filled front.
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
	front := [4]ui.Point{low[0], low[3], high[3], high[0]} // OBB.Corners begins at the front left and ends at the front right
	c.Polygon(front[:], ui.Alpha(col, .25))
}
