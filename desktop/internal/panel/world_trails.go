package panel

import (
	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/topview"
	"roadloop/sim/actor"
)

// A trail is the path of the last seconds: a point for every trailStep frames.
const (
	trailPoints = 16
	trailStep   = 4
)

// trails are the past paths of road users.
type trails struct{ pts []ui.Point }

// draw draws the trails of moving road users, fading into the past.
func (t *trails) draw(c *ui.Canvas, v *View, feed *Feed, now *WorldState) {
	m := v.Mapper()
	log := feed.Timeline().Log()
	for i := range now.Users {
		a := &now.Users[i]
		if !v.Shows(a.State.Pose.Pos(), 40) || a.State.Speed < .3 && a.State.Speed > -.3 {
			continue
		}
		t.pts = append(t.pts[:0], m.Point(a.Box().Center))
		t.past(log, min(now.At, len(log.Steps)-1), a.ID, &m)
		fadeLine(c, t.pts, max(1.2, .28*a.Shape.Width*v.Scale), topview.UserColor(a))
	}
}

// past adds earlier positions of an actor.
func (t *trails) past(log *metrics.DriveLog, at int, id actor.ID, m *Mapper) {
	at -= at % trailStep // points do not move between frames
	for i := range trailPoints {
		k := at - i*trailStep
		if k < 0 {
			return
		}
		a := log.At(k, id)
		t.pts = append(t.pts, m.Point(a.Box().Center))
	}
}

// fadeLine draws a line that gets fainter along its length.
func fadeLine(c *ui.Canvas, pts []ui.Point, width float64, col ui.Color) {
	const parts = 5
	n := len(pts) - 1
	for k := range parts {
		a, b := n*k/parts, n*(k+1)/parts
		if b > a {
			c.Polyline(pts[a:b+1], width, ui.Alpha(col, .34*(1-float64(k)/parts)))
		}
	}
}
