package panel

import (
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/perception"
	"roadloop/sim/geom"
)

// sigmas is the size of a track's ellipse in standard deviations.
const sigmas = 2

// DrawBox draws the dashed box of a believed object.
func DrawBox(c *ui.Canvas, v *View, b geom.OBB, width float64, col ui.Color) {
	c.Dashes(append(corners(v, b), v.ToScreen(b.Corners()[0])), width, 4, 3, col)
}

// OutlineBox outlines a box on the map.
func OutlineBox(c *ui.Canvas, v *View, b geom.OBB, width float64, col ui.Color) {
	c.Outline(corners(v, b), width, col)
}

// DrawChosen draws a ring around a selected box. The object is drawn on top.
func DrawChosen(c *ui.Canvas, v *View, b geom.OBB) {
	at := v.ToScreen(b.Center)
	r := max(10, v.Scale*(b.Length/2+.8))
	c.Circle(at, r, ui.Alpha(c.Theme.Accent, .16))
	c.Ring(at, r, 1.5, c.Theme.Accent)
}

// corners returns the corners of a box on the screen, with a visible minimum size.
func corners(v *View, b geom.OBB) []ui.Point {
	b.Length, b.Width = math.Max(b.Length, 6/v.Scale), math.Max(b.Width, 4/v.Scale)
	m := v.Mapper()
	pts := make([]ui.Point, 0, 5)
	for _, p := range b.Corners() {
		pts = append(pts, m.Point(p))
	}
	return pts
}

// Ellipse returns the half axes of the 2σ ellipse of a position covariance, in meters,
// and the heading of the first axis on the map.
func Ellipse(cov *[4][4]float64) (a, b, heading float64) {
	xx, xy, yy := cov[0][0], (cov[0][1]+cov[1][0])/2, cov[1][1]
	mean, half := (xx+yy)/2, math.Hypot((xx-yy)/2, xy)
	heading = math.Atan2(2*xy, xx-yy) / 2
	return sigmas * math.Sqrt(math.Max(0, mean+half)), sigmas * math.Sqrt(math.Max(0, mean-half)), heading
}

// DrawUncertainty draws the uncertainty ellipse of a track.
func DrawUncertainty(c *ui.Canvas, v *View, t *perception.Track, col ui.Color) {
	a, b, heading := Ellipse(&t.Cov)
	at := v.ToScreen(t.Pose.Pos())
	c.Ellipse(at, a*v.Scale, b*v.Scale, v.Turn(heading), ui.Alpha(col, .14))
	c.EllipseFrame(at, a*v.Scale, b*v.Scale, v.Turn(heading), 1, ui.Alpha(col, .6))
}

// minArrowSpeed is the least speed with an arrow, m/s.
const minArrowSpeed = .4

// DrawVelocity draws the distance covered in one second.
func DrawVelocity(c *ui.Canvas, v *View, p, vel geom.Vec, col ui.Color) {
	if vel.Norm() < minArrowSpeed {
		return
	}
	c.Arrow(v.ToScreen(p), v.ToScreen(p.Add(vel)), 1.5, 6, col)
}

// letters are the symbols of track classes.
var letters = map[perception.Class]string{
	perception.Car: "C", perception.Truck: "T", perception.Pedestrian: "P", perception.Cyclist: "B", perception.Cone: "O",
}

// ClassLetter returns the symbol of a class: C car, T truck, P pedestrian, B bicycle, O
// obstacle.
func ClassLetter(k perception.Class) string { return letters[k] }
