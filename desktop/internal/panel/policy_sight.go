package panel

import (
	"fmt"
	"math"
	"strconv"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop"
	"roadloop/desktop/internal/ui"
	"roadloop/policy/drive"
	"roadloop/scenarios/timeline"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// policyPicture is the image of an observation.
type policyPicture struct {
	of    *roadloop.PolicyView // that was painted
	image *ebiten.Image
	pix   []byte // RGBA
}

// paint paints an image observation if it is another one than last time.
func (q *policyPicture) paint(t *ui.Theme, v *roadloop.PolicyView, a *roadloop.PolicyArray) {
	if q.of == v {
		return
	}
	q.of = v
	h, w := a.Shape[0], a.Shape[1]
	if q.image == nil || q.image.Bounds().Dx() != w || q.image.Bounds().Dy() != h {
		if q.image != nil {
			q.image.Deallocate()
		}
		q.image, q.pix = ebiten.NewImage(w, h), make([]byte, 4*w*h)
	}
	if a.Name == drive.Top {
		drive.PaintTop(q.pix, a.Bytes, &drive.TopColors{Outside: t.Background, Road: ui.Mix(t.Surface, t.Ink, .25), Line: ui.Mix(t.Surface, t.Ink, .6),
			Route: t.Plan, Vehicles: t.Belief, Others: t.Walker, Stop: t.Bad})
	} else {
		paintFrame(q.pix, a)
	}
	q.image.WritePixels(q.pix)
}

// paintFrame writes the newest frame of a stack as RGBA pixels.
func paintFrame(pix []byte, a *roadloop.PolicyArray) {
	channels := a.Shape[2]
	for i := range len(pix) / 4 {
		newest := a.Bytes[(i+1)*channels-a.Colors : (i+1)*channels]
		for k := range 3 {
			pix[4*i+k] = newest[min(k, a.Colors-1)]
		}
		pix[4*i+3] = 255
	}
}

// drawSight draws the images of the observation, and the view from above in the rest of a
// height.
func (p *Policy) drawSight(c *ui.Canvas, in *ui.Input, r *ui.Rect, f *timeline.Step, other *roadloop.PolicyView, height float64) {
	v, top, above := f.Policy, r.Y, f.Policy.Action.Name == drive.Waypoints
	n := 0
	for i := range v.Observation {
		a := &v.Observation[i]
		above = above || drawnFromAbove(a)
		if a.Bytes == nil || len(a.Shape) != 3 || a.Name != drive.Top && a.Colors == 0 {
			continue
		}
		if n == len(p.pictures) {
			p.pictures = append(p.pictures, policyPicture{})
		}
		p.drawPicture(c, in, r, &p.pictures[n], v, a)
		n++
	}
	if above {
		rest := max(.8*r.W, min(height-(r.Y-top), 1.9*r.W))
		p.drawAbove(c, in, r.CutTop(rest), f, other)
		r.CutTop(4)
	}
}

// drawPicture draws an image observation with its name.
func (p *Policy) drawPicture(c *ui.Canvas, in *ui.Input, r *ui.Rect, q *policyPicture, v *roadloop.PolicyView, a *roadloop.PolicyArray) {
	q.paint(c.Theme, v, a)
	h, w := float64(a.Shape[0]), float64(a.Shape[1])
	area := r.CutTop(r.W * h / w)
	c.Image(q.image, area)
	c.Frame(area, 1, c.Theme.Edge)
	if in.Over(c, area) {
		in.Hint(c, a.Name, area, pictureTip(a))
	}
	name := r.CutTop(16)
	c.Label(name, a.Name, c.Theme.Small, ui.Left)
	r.CutTop(2)
}

// pictureTip explains an image.
func pictureTip(a *roadloop.PolicyArray) string {
	if a.Name == drive.Top {
		return "What the policy saw from above: road, lines, route, vehicles, others (on foot, on two wheels, obstacles), stop lines that apply"
	}
	kind := "in color"
	if a.Colors == 1 {
		kind = "in gray"
	}
	text := fmt.Sprintf("What the policy saw: %d×%d pixels %s", a.Shape[1], a.Shape[0], kind)
	if n := a.Shape[2] / a.Colors; n > 1 {
		text += fmt.Sprintf(", the newest of %d frames", n)
	}
	return text
}

// Range of the view from above, m.
const (
	aboveAhead  = 70.0
	aboveBehind = 20.0
	aboveSide   = 12.0 // least, to each side
	aboveRing   = 20.0
)

// drawAbove draws road users, route and rays of the observation, and waypoints of the action,
// around the ego, which drives up.
func (p *Policy) drawAbove(c *ui.Canvas, in *ui.Input, r ui.Rect, f *timeline.Step, other *roadloop.PolicyView) {
	c.RoundRect(r, 3, c.Theme.Background)
	in.Hint(c, "above", r, "What the policy saw, from above: the ego drives up; lines at road users are their velocities relative to the ego; T truck, B two-wheeler, P pedestrian, O obstacle")
	g := c.Sub(r)
	view := View{Scale: min(r.H/(aboveAhead+aboveBehind), r.W/(2*aboveSide)), Width: r.W, Height: r.H}
	view.Center.X = r.H/2/view.Scale - aboveBehind
	m := view.Mapper()
	for d := aboveRing; d <= 4*aboveRing; d += aboveRing {
		g.Ring(m.Point(geom.Vec{}), d*view.Scale, 1, ui.Alpha(c.Theme.Edge, .7))
		y := m.Point(geom.Vec{X: d}).Y
		g.Rect(ui.Rect{Y: y, W: 4, H: 1}, c.Theme.Faint)
		g.Text(ui.Point{X: 6, Y: y - 8}, Quantity(d, 0, "m"), c.Theme.Small)
	}
	ego := f.World.Ego().Shape
	center := geom.Vec{X: ego.RearToCenter} // of the box, in the vehicle frame
	users := false
	for i := range f.Policy.Observation {
		switch a := &f.Policy.Observation[i]; a.Name {
		case drive.RoutePoints:
			p.drawObservedRoute(g, &m, a.Floats)
		case drive.Rays:
			p.drawRays(g, &m, a.Floats, center)
		}
	}
	for i := range f.Policy.Observation {
		if a := &f.Policy.Observation[i]; a.Name == drive.RoadUsers || a.Name == drive.Perceived {
			users = true
			p.drawUsers(g, &m, a.Floats, center)
		}
	}
	if !users {
		p.drawBox(g, &m, geom.OBB{Center: center, Length: ego.Length, Width: ego.Width}, c.Theme.Ego)
	}
	if f.Policy.Action.Name == drive.Waypoints {
		if other != nil {
			p.drawWaypoints(g, &m, other, c.Theme.Other)
		}
		p.drawWaypoints(g, &m, f.Policy, c.Theme.Accent)
	}
}

// drawObservedRoute draws the points of the route.
func (p *Policy) drawObservedRoute(c *ui.Canvas, m *Mapper, obs []float32) {
	p.pts = append(p.pts[:0], m.Point(geom.Vec{}))
	for i := range drive.NumPoints {
		p.pts = append(p.pts, m.Point(drive.DecodePoint(obs, i)))
	}
	c.Polyline(p.pts, 2, c.Theme.Plan)
	for _, q := range p.pts[1:] {
		c.Circle(q, 2.2, c.Theme.Plan)
	}
}

// drawRays outlines the space that the rays measure.
func (p *Policy) drawRays(c *ui.Canvas, m *Mapper, obs []float32, center geom.Vec) {
	p.pts = p.pts[:0]
	for i := range obs {
		p.pts = append(p.pts, m.Point(center.Add(drive.DecodeRay(obs, i))))
	}
	c.Outline(p.pts, 1, ui.Alpha(c.Theme.Truth, .6))
	for _, q := range p.pts {
		c.Circle(q, 1.5, c.Theme.Truth)
	}
}

// drawUsers draws the rows of road users, the ego last.
func (p *Policy) drawUsers(c *ui.Canvas, m *Mapper, obs []float32, center geom.Vec) {
	for i := drive.NumUsers; i >= 0; i-- {
		u, ok := drive.DecodeUser(obs, i)
		if !ok {
			continue
		}
		at := center.Add(u.Pose.Pos())
		col := c.Theme.Ego
		if i > 0 {
			col = userColor(c.Theme, u.Kind)
		}
		p.drawBox(c, m, geom.OBB{Center: at, Yaw: u.Pose.Yaw, Length: u.Length, Width: u.Width}, col)
		if i == 0 {
			continue
		}
		c.Line(m.Point(at), m.Point(at.Add(u.Velocity)), 1.5, c.Theme.Ink)
		if letter := userLetter(u.Kind); letter != "" {
			c.Text(m.Point(at).Add(ui.Point{X: 5, Y: -6}), letter, c.Theme.Small.In(col))
		}
	}
}

// drawBox fills a box of at least a few points, with a dark outline.
func (p *Policy) drawBox(c *ui.Canvas, m *Mapper, b geom.OBB, col ui.Color) {
	p.pts = p.pts[:0]
	for _, q := range b.Corners() {
		p.pts = append(p.pts, m.Point(q))
	}
	c.Outline(p.pts, 2.5, col) // small ones stay visible
	c.Polygon(p.pts, col)
}

// drawWaypoints draws the waypoints of an action, with an ellipse of one standard deviation
// around their means.
func (p *Policy) drawWaypoints(c *ui.Canvas, m *Mapper, v *roadloop.PolicyView, col ui.Color) {
	origin := m.Point(geom.Vec{})
	p.pts = append(p.pts[:0], origin)
	for i := range min(drive.NumWaypoints, len(v.Action.Floats)/2) {
		p.pts = append(p.pts, m.Point(drive.DecodeWaypoint(v.Action.Floats, i)))
	}
	for i := range min(drive.NumWaypoints, len(v.Std)/2) {
		at, spread := m.Point(drive.DecodeWaypoint(v.Mean, i)), m.Point(drive.WaypointSpread(v.Std, i)).Sub(origin)
		c.Ellipse(at, math.Abs(spread.X), math.Abs(spread.Y), 0, ui.Alpha(col, .25))
	}
	c.Polyline(p.pts, 2, col)
	for _, q := range p.pts[1:] {
		c.Circle(q, 2.5, col)
	}
}

// userColor returns the color of a kind of road users.
func userColor(t *ui.Theme, k actor.Kind) ui.Color {
	switch k {
	case actor.Cyclist:
		return t.Cyclist
	case actor.Pedestrian:
		return t.Walker
	case actor.Cone:
		return t.Warning
	}
	return t.Belief
}

// userLetter returns the symbol of a kind, "" for a car.
func userLetter(k actor.Kind) string {
	switch k {
	case actor.Truck:
		return "T"
	case actor.Cyclist:
		return "B"
	case actor.Pedestrian:
		return "P"
	case actor.Cone:
		return "O"
	}
	return ""
}

// Sizes of the bars of a vector, points.
const (
	vectorLine   = 14.0
	vectorColumn = 250.0 // least width of a column
	vectorName   = 150.0 // most of the width of a name
	vectorNumber = 36.0
)

// drawVector draws the values of a vector as bars, in columns. Those outside of the visible range
// of y are left out.
func drawVector(c *ui.Canvas, r *ui.Rect, a *roadloop.PolicyArray, from, to float64) {
	c.Label(r.CutTop(18), a.Name, c.Theme.Title.In(c.Theme.Faint), ui.Left)
	names := drive.ValueNames(a.Name)
	columns := max(1, int(r.W/vectorColumn))
	rows := (len(a.Floats) + columns - 1) / columns
	area := r.CutTop(float64(rows) * vectorLine)
	width := (area.W - float64(columns-1)*policyGap) / float64(columns)
	for i, x := range a.Floats {
		row := ui.Rect{X: area.X + float64(i/rows)*(width+policyGap), Y: area.Y + float64(i%rows)*vectorLine, W: width, H: vectorLine}
		if row.Bottom() < from || row.Y > to {
			continue
		}
		name := strconv.Itoa(i)
		if i < len(names) {
			name = names[i]
		}
		drawValueBar(c, row, name, float64(x), a.Low, a.High)
	}
	r.CutTop(policyGap)
}

// drawValueBar draws a named value as a bar from 0, or from the lower bound if that is above 0.
func drawValueBar(c *ui.Canvas, row ui.Rect, name string, x, low, high float64) {
	style := c.Theme.Number
	style.Size = c.Theme.Small.Size
	c.Label(row.CutLeft(min(vectorName, .45*row.W)), name, c.Theme.Small.In(c.Theme.Ink), ui.Left)
	c.Label(row.CutRight(vectorNumber), Quantity(x, 2, ""), style, ui.Right)
	bar := ui.Rect{X: row.X + 4, Y: row.Y + 4, W: row.W - 8, H: row.H - 8}
	if bar.W < 10 || !(high > low) {
		return
	}
	zero := bar.X + bar.W*(max(low, min(high, 0))-low)/(high-low)
	to := bar.X + bar.W*(max(low, min(high, x))-low)/(high-low)
	c.RoundRect(bar, 2, c.Theme.Raised)
	c.Rect(ui.Rect{X: min(zero, to), Y: bar.Y, W: math.Abs(to - zero), H: bar.H}, c.Theme.Accent)
	c.Rect(ui.Rect{X: zero, Y: bar.Y - 1, W: 1, H: bar.H + 2}, c.Theme.Faint)
}
