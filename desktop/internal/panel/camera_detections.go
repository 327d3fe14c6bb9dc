package panel

import (
	"fmt"
	"math"
	"slices"

	"roadloop/desktop/internal/ui"
	"roadloop/perception"
	"roadloop/perception/inference"
)

// saliencyDelay is the time without a new image before saliency is requested, s.
const saliencyDelay = .15

// drawDetections draws the network's outputs onto the image, which fills the canvas.
func (p *Camera) drawDetections(c *ui.Canvas) {
	if p.Drivable {
		p.drawDrivable(c)
	}
	if p.chosen.index >= 0 && p.Saliency != nil && p.still > saliencyDelay {
		if heat := p.Saliency(p.now.frame, p.now.image.Sensor, p.chosen.index); heat != nil {
			p.drawHeat(c, heat)
		}
	}
	if p.Lanes {
		p.drawLanes(c)
	}
	if p.Boxes {
		p.drawBoxes(c)
	}
}

// pick selects the detection under a click, the smallest of several.
func (p *Camera) pick(c *ui.Canvas, in *ui.Input) {
	all := c.Bounds()
	if _, dragging, done := in.Drag(c, "picture", all); !dragging || !done {
		return
	}
	k, at := p.scale(all), in.Pos(c)
	p.chosen = noDetection
	least := math.Inf(1)
	for i := range p.now.image.Detections {
		d := &p.now.image.Detections[i]
		if area := d.Box.Area(); boxOf(d, k).Inset(-3).Contains(at) && area < least {
			least, p.chosen = area, detected{i, *d}
		}
	}
}

// boxOf returns the box of a detection on an image with k points per pixel.
func boxOf(d *perception.Detection, k float64) ui.Rect {
	return ui.Rect{X: d.Box.X0 * k, Y: d.Box.Y0 * k, W: (d.Box.X1 - d.Box.X0) * k, H: (d.Box.Y1 - d.Box.Y0) * k}
}

// keys marks detections by the arrow keys, and selects or deselects on Enter.
func (p *Camera) keys(c *ui.Canvas, in *ui.Input) {
	list, k := p.now.image.Detections, p.scale(c.Bounds())
	p.pts = p.pts[:0]
	for i := range list {
		p.pts = append(p.pts, boxOf(&list[i], k).Center())
	}
	at := p.marked.index
	if at < 0 {
		at = ui.Nearest(c.Bounds().Center(), p.pts)
	}
	if at < 0 {
		return
	}
	if dir, ok := in.Arrow(); ok {
		if i := ui.Toward(p.pts[at], dir, p.pts); i >= 0 {
			at = i
		}
	}
	p.marked = detected{at, list[at]}
	c.RoundFrame(boxOf(&list[p.marked.index], k).Inset(-6), 5, 2, c.Theme.Accent)
	switch {
	case !in.Activated():
	case p.chosen.index == p.marked.index:
		p.chosen = noDetection
	default:
		p.chosen = p.marked
	}
}

// Chosen returns the index of the selected detection, -1 for none.
func (p *Camera) Chosen() int { return p.chosen.index }

// classColor returns the color of a class.
func classColor(k perception.Class) ui.Color { return ui.Color(inference.ClassColors[k]) }

// drawBoxes draws detections, far ones first.
func (p *Camera) drawBoxes(c *ui.Canvas) {
	list := p.now.image.Detections
	order := byDistance(list)
	k := p.scale(c.Bounds())
	for _, i := range order {
		d := &list[i]
		r := boxOf(d, k)
		col := classColor(d.Class)
		c.RoundRect(r, 2, ui.Alpha(col, .07))
		width := 1.2 + d.Score
		if i == p.chosen.index {
			width += 1.5
		}
		drawCorners(c, r, width, col)
	}
	var room Labels
	for _, i := range slices.Backward(order) { // near ones get the best position
		p.tag(c, &room, &list[i], i == p.chosen.index, k)
	}
}

// byDistance returns the indices of detections, farthest first.
func byDistance(list []perception.Detection) []int {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
		for j := i; j > 0 && list[order[j]].Distance > list[order[j-1]].Distance; j-- {
			order[j], order[j-1] = order[j-1], order[j]
		}
	}
	return order
}

// drawCorners draws the corners of a box, and the sides of a small one.
func drawCorners(c *ui.Canvas, r ui.Rect, width float64, col ui.Color) {
	halo := ui.Alpha(ui.Color{A: 255}, .45)
	if r.W < 26 || r.H < 26 {
		c.RoundFrame(r.Inset(-1), 2, width+2, halo)
		c.RoundFrame(r, 2, width, col)
		return
	}
	c.RoundFrame(r, 2, 1, ui.Alpha(col, .55))
	n := math.Min(14, .3*math.Min(r.W, r.H))
	for _, q := range [...][3]ui.Point{
		{{X: r.X, Y: r.Y + n}, {X: r.X, Y: r.Y}, {X: r.X + n, Y: r.Y}},
		{{X: r.Right() - n, Y: r.Y}, {X: r.Right(), Y: r.Y}, {X: r.Right(), Y: r.Y + n}},
		{{X: r.X, Y: r.Bottom() - n}, {X: r.X, Y: r.Bottom()}, {X: r.X + n, Y: r.Bottom()}},
		{{X: r.Right() - n, Y: r.Bottom()}, {X: r.Right(), Y: r.Bottom()}, {X: r.Right(), Y: r.Bottom() - n}},
	} {
		c.Polyline(q[:], width+2.4, halo)
		c.Polyline(q[:], width+.6, col)
	}
}

// tag writes class, score and distance above a box. It moves up past other labels, or
// below the box if there is no room.
func (p *Camera) tag(c *ui.Canvas, room *Labels, d *perception.Detection, chosen bool, k float64) {
	text := fmt.Sprintf("%s %s", d.Class, Quantity(d.Distance, 0, "m"))
	if chosen || k > 1.6 {
		text += " · " + Quantity(100*d.Score, 0, "%")
	}
	style := c.Theme.Small.In(ui.Color{R: 12, G: 14, B: 16, A: 255})
	w := c.Measure(text, style) + 8
	r := ui.Rect{X: d.Box.X0*k - 1, Y: d.Box.Y0*k - 16, W: w, H: 14}
	if r.Y < 0 {
		r.Y = math.Min(d.Box.Y1*k+2, c.Bounds().H-14)
	}
	r.X = math.Max(0, math.Min(r.X, c.Bounds().W-w))
	r, _ = room.Place(r)
	c.RoundRect(r, 3, ui.Alpha(classColor(d.Class), .55+.4*d.Score))
	c.Label(r, text, style, ui.Middle)
}

// drawLanes draws lane boundaries: solid for the ego lane, dashed for adjacent lanes.
func (p *Camera) drawLanes(c *ui.Canvas) {
	k := p.scale(c.Bounds())
	for i := range p.now.image.Boundaries {
		b := &p.now.image.Boundaries[i]
		p.pts = p.pts[:0]
		for _, q := range b.Points {
			if u, v, _, ok := p.now.cal.Project(q.X, q.Y, 0); ok {
				p.pts = append(p.pts, ui.Point{X: u * k, Y: v * k})
			}
		}
		col := ui.Alpha(c.Theme.Good, .3+.7*b.Score)
		if b.Side == perception.Left || b.Side == perception.Right {
			c.Polyline(p.pts, 3, col)
		} else {
			c.Dashes(p.pts, 2, 8, 5, col)
		}
	}
}

// drawDrivable tints the drivable area.
func (p *Camera) drawDrivable(c *ui.Canvas) {
	im := p.now.image
	if im.GridWidth == 0 || len(im.Drivable) == 0 {
		return
	}
	col := c.Theme.Plan
	p.drawGrid(c, im.Drivable, im.GridWidth, func(v float64) (ui.Color, float64) {
		return col, .42 * math.Max(0, math.Min(1, (v-.3)/.4))
	})
}

// drawHeat tints the important regions by their share of the score.
func (p *Camera) drawHeat(c *ui.Canvas, heat *inference.SaliencyMap) {
	_, _, most := heat.Peak()
	if most <= 0 {
		return
	}
	p.heat = p.heat[:0]
	for _, d := range heat.Drop {
		p.heat = append(p.heat, float32(math.Max(0, d/most)))
	}
	k := p.scale(c.Bounds()) * float64(heat.Cell)
	whole := ui.Rect{W: k * float64(heat.Width), H: k * float64(heat.Height)} // cells may extend beyond the image
	p.drawGrid(c.Sub(whole), p.heat, heat.Width, func(v float64) (ui.Color, float64) { return shade(v), .75 * math.Min(1, 1.6*v) })
}

// drawGrid stretches a grid of values over the image.
func (p *Camera) drawGrid(c *ui.Canvas, values []float32, width int, tint func(v float64) (ui.Color, float64)) {
	if width < 1 || len(values) < width {
		return
	}
	rows := len(values) / width
	p.small = canvasOf(p.small, width, rows)
	p.pix = p.pix[:0]
	for _, v := range values[:rows*width] {
		col, a := tint(float64(v))
		m := func(x uint8) byte { return byte(float64(x) * a) } // premultiplied, as in Ebitengine
		p.pix = append(p.pix, m(col.R), m(col.G), m(col.B), byte(255*a))
	}
	p.small.WritePixels(p.pix)
	c.Image(p.small, c.Bounds())
}
