package video

import (
	"fmt"
	"image"
	"math"

	"golang.org/x/image/draw"

	"roadloop/internal/palette"
	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/sim/geom"
)

// drawCamera draws the latest camera image, scaled to fit, with the detections of the
// network.
func (a *Renderer) drawCamera(c *canvas) {
	w, h := c.size()
	if a.lastFrame == nil {
		c.text(24*c.scale, h/2, 18, faint, "no camera image yet")
		return
	}
	if a.camera == nil {
		a.camera = picture(a.lastFrame.Pix, a.lastFrame.Cal.Width, a.lastFrame.Cal.Height)
	}
	cw, ch := float64(a.lastFrame.Cal.Width), float64(a.lastFrame.Cal.Height)
	k := math.Min(w/cw, h/ch)
	x0, y0 := (w-k*cw)/2, (h-k*ch)/2
	r := image.Rect(int(x0), int(y0), int(x0+k*cw), int(y0+k*ch)).Add(c.to.Rect.Min)
	draw.CatmullRom.Scale(c.to, r, a.camera, a.camera.Rect, draw.Src, nil)
	if a.lastImage == nil {
		return
	}
	at := func(x, y float64) geom.Vec { return geom.Vec{X: x0 + k*x, Y: y0 + k*y} }
	if a.shows("detections") {
		a.drawBoundaries(c, at)
		for i := len(a.lastImage.Detections) - 1; i >= 0; i-- {
			drawDetection(c, &a.lastImage.Detections[i], at)
		}
	}
}

// picture converts RGB pixels to an image.
func picture(rgb []byte, w, h int) *image.RGBA {
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		copy(im.Pix[4*i:], rgb[3*i:3*i+3])
		im.Pix[4*i+3] = 255
	}
	return im
}

// drawBoundaries draws the lane boundaries that the network detected.
func (a *Renderer) drawBoundaries(c *canvas, at func(x, y float64) geom.Vec) {
	for i := range a.lastImage.Boundaries {
		var pts []geom.Vec
		for _, p := range a.lastImage.Boundaries[i].Points {
			if u, v, _, ok := a.lastFrame.Cal.Project(p.X, p.Y, 0); ok {
				pts = append(pts, at(u, v))
			}
		}
		c.line(2, palette.Plan.Dark, pts...)
	}
}

// drawDetection draws a box with class, score and distance.
func drawDetection(c *canvas, d *perception.Detection, at func(x, y float64) geom.Vec) {
	p, q := at(d.Box.X0, d.Box.Y0), at(d.Box.X1, d.Box.Y1)
	with := inference.ClassColors[d.Class]
	c.outline(2, with, p, geom.Vec{X: q.X, Y: p.Y}, q, geom.Vec{X: p.X, Y: q.Y})
	const size = 13
	label := fmt.Sprintf("%s %.2f  %.0f m", d.Class, d.Score, d.Distance)
	width, height := c.width(size, label)+8*c.scale, 18*c.scale
	room, _ := c.size()
	x, y := math.Max(0, math.Min(p.X-c.scale, room-width)), p.Y-c.scale-height
	if y < 0 {
		y = q.Y + c.scale
	}
	c.rect(x, y, x+width, y+height, with)
	c.text(x+4*c.scale, y+13.5*c.scale, size, background, label)
}
