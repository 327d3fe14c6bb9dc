package panel

import (
	"roadloop/desktop/internal/ui"
	"roadloop/sim/actor"
)

// Marker moves a mark between road users by the arrow keys, in the direction on the
// screen. The zero value begins at the ego.
type Marker struct {
	who    actor.ID
	ids    []actor.ID // visible road users
	places []ui.Point
}

// Update handles the keys of a frame. at returns the position of a road user on the canvas;
// its ok is false for invisible ones. Go returns the road user on which Enter was
// pressed.
func (r *Marker) Update(c *ui.Canvas, in *ui.Input, users []actor.Actor, at func(*actor.Actor) (ui.Point, bool)) (chosen actor.ID, ok bool) {
	r.ids, r.places = r.ids[:0], r.places[:0]
	marked := -1
	for i := range users {
		q, shown := at(&users[i])
		if !shown || !c.Bounds().Contains(q) {
			continue
		}
		if users[i].ID == r.who {
			marked = len(r.ids)
		}
		r.ids, r.places = append(r.ids, users[i].ID), append(r.places, q)
	}
	if marked < 0 {
		marked = ui.Nearest(c.Bounds().Center(), r.places)
	}
	if marked < 0 {
		return actor.Ego, false
	}
	if dir, arrow := in.Arrow(); arrow {
		if i := ui.Toward(r.places[marked], dir, r.places); i >= 0 {
			marked = i
		}
	}
	bracket(c, r.places[marked])
	r.who = r.ids[marked]
	return r.who, in.Activated()
}

// Marked returns the marked road user.
func (r *Marker) Marked() actor.ID { return r.who }

// bracket marks a position by the corners of a square.
func bracket(c *ui.Canvas, at ui.Point) {
	const r, arm = 15.0, 7.0
	for _, s := range [...]ui.Point{{X: -1, Y: -1}, {X: 1, Y: -1}, {X: 1, Y: 1}, {X: -1, Y: 1}} {
		corner := at.Add(s.Mul(r))
		line := [3]ui.Point{corner.Sub(ui.Point{X: s.X * arm}), corner, corner.Sub(ui.Point{Y: s.Y * arm})}
		c.Polyline(line[:], 4.5, ui.Alpha(c.Theme.Background, .8))
		c.Polyline(line[:], 2.2, c.Theme.Accent)
	}
}
