package panel

import (
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/sim/actor"
)

// Outlines of ghosts that differ from those of bodies.
var (
	roundBody = circle(14)
	slimBody  = []bodyPoint{{.5, .12}, {.4, .3}, {-.4, .3}, {-.5, .12}, {-.5, -.12}, {-.4, -.3}, {.4, -.3}, {.5, -.12}}
	heading   = []bodyPoint{{.06, .24}, {.3, 0}, {.06, -.24}}
)

// circle returns the corners of a round outline.
func circle(n int) []bodyPoint {
	out := make([]bodyPoint, n)
	for i := range out {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		out[i] = bodyPoint{c / 2, s / 2}
	}
	return out
}

// DrawGhost draws a road user of another branch: a dashed outline with an arrowhead for the
// heading.
func DrawGhost(c *ui.Canvas, v *View, a *actor.Actor, col ui.Color) {
	b := newBody(c, v, a.Box())
	shape := bodyShape(a.Kind)
	switch {
	case a.Kind.OnFoot(), a.Kind == actor.Cone:
		r := math.Max(math.Max(b.length, b.width), 8/v.Scale)
		b.length, b.width = r, r
		shape = roundBody
	case a.Kind.Vulnerable():
		b.width = math.Max(b.width, 8/v.Scale)
		shape = slimBody
	}
	line := b.outline(shape)
	line = append(line, line[0])
	c.Polyline(line, 4, ui.Alpha(halo, .6))
	c.Dashes(line, 1.8, 5, 3, col)
	c.Polyline(b.outline(heading), 1.8, col)
}
