package panel

import (
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/perception"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// FindActor returns the nearest road user under a point of the screen; ok is false if there
// is none. Small ones have a tolerance of a few points.
func FindActor(v *View, q ui.Point, all []actor.Actor) (actor.ID, bool) {
	p := v.ToMap(q)
	best, who, found := math.Inf(1), actor.Ego, false
	for i := range all {
		box := all[i].Box()
		near := geom.OBB.Inflate(box, 4/v.Scale, 4/v.Scale)
		if d := box.Center.Dist(p); near.Contains(p) && d < best {
			best, who, found = d, all[i].ID, true
		}
	}
	return who, found
}

const tagHeight = 16

func tagWidth(c *ui.Canvas, text string) float64 { return c.Measure(text, c.Theme.Small) + 8 }

// tagInside returns the nearest point around which a tag fits the canvas.
func tagInside(c *ui.Canvas, at ui.Point, text string) ui.Point {
	b, w := c.Bounds(), tagWidth(c, text)
	at.X = math.Max(w/2, math.Min(b.W-w/2, at.X))
	at.Y = math.Max(tagHeight/2, math.Min(b.H-tagHeight/2, at.Y))
	return at
}

// Tag draws a line of text around a point, on a dark background.
func Tag(c *ui.Canvas, at ui.Point, text string, col ui.Color) {
	style := c.Theme.Small.In(col)
	w := tagWidth(c, text)
	r := ui.Rect{X: at.X - w/2, Y: at.Y - tagHeight/2, W: w, H: tagHeight}
	c.RoundRect(r, 3, ui.Alpha(c.Theme.Background, .72))
	c.Label(r, text, style, ui.Middle)
}

// ringChosen draws a ring around a selected box. The object is drawn on top.
func ringChosen(c *ui.Canvas, v *View, b geom.OBB) {
	at := v.ToScreen(b.Center)
	r := max(10, v.Scale*(b.Length/2+.8))
	c.Circle(at, r, ui.Alpha(c.Theme.Accent, .16))
	c.Ring(at, r, 1.5, c.Theme.Accent)
}

// letters are the symbols of track classes.
var letters = map[perception.Class]string{
	perception.Car: "C", perception.Truck: "T", perception.Pedestrian: "P", perception.Cyclist: "B", perception.Cone: "O",
}

// classLetter returns the symbol of a class: C car, T truck, P pedestrian, B bicycle, O
// obstacle.
func classLetter(k perception.Class) string { return letters[k] }
