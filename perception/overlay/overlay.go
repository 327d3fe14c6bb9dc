// Package overlay draws detections onto camera frames.
package overlay

import (
	"fmt"
	"image"
	"image/color"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"roadloop/internal/palette"
	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// Zoom is the scale of a picture relative to the camera's frame.
const Zoom = 2

// Colors are the colors of the classes.
var Colors = [perception.NumClasses]color.RGBA{
	perception.Car:         palette.Car.Dark,
	perception.Truck:       palette.Truck.Dark,
	perception.Pedestrian:  palette.Pedestrian.Dark,
	perception.Cyclist:     palette.Cyclist.Dark,
	perception.Cone:        palette.Cone.Dark,
	perception.SignalRed:   palette.SignalRed.Dark,
	perception.SignalAmber: palette.SignalAmber.Dark,
	perception.SignalGreen: palette.SignalGreen.Dark,
}

// Picture draws a frame, enlarged by Zoom, with its detections: boxes with class and
// distance, lane boundaries. found may be nil.
func Picture(f *sensor.Frame, found *perception.Image) *image.RGBA {
	w, h := f.Cal.Width, f.Cal.Height
	im := image.NewRGBA(image.Rect(0, 0, w*Zoom, h*Zoom))
	for y := range h * Zoom {
		for x := range w * Zoom {
			p := 3 * (y/Zoom*w + x/Zoom)
			im.SetRGBA(x, y, color.RGBA{f.Pix[p], f.Pix[p+1], f.Pix[p+2], 255})
		}
	}
	if found == nil {
		return im
	}
	for i := range found.Boundaries {
		Ground(im, f.Cal, found.Boundaries[i].Points, color.RGBA{0, 255, 200, 255})
	}
	for i := range found.Detections {
		d := &found.Detections[i]
		c := Colors[d.Class]
		Outline(im, &d.Box, c)
		Text(im, int(d.Box.X0*Zoom), int(d.Box.Y0*Zoom)-3, fmt.Sprintf("%s %.0f m", d.Class, d.Distance), c)
	}
	return im
}

// Ground draws points on the ground, given in the vehicle frame.
func Ground(im *image.RGBA, cal *sensor.Camera, pts []geom.Vec, c color.RGBA) {
	for _, p := range pts {
		if u, v, _, ok := cal.Project(p.X, p.Y, 0); ok {
			dot(im, int(u*Zoom), int(v*Zoom), c)
		}
	}
}

func dot(im *image.RGBA, x, y int, c color.RGBA) {
	for dy := range 2 {
		for dx := range 2 {
			im.SetRGBA(x+dx, y+dy, c)
		}
	}
}

// Outline draws the outline of a box, given in camera pixels.
func Outline(im *image.RGBA, b *perception.Box, c color.RGBA) {
	x0, y0, x1, y1 := int(b.X0*Zoom), int(b.Y0*Zoom), int(b.X1*Zoom), int(b.Y1*Zoom)
	for x := x0; x <= x1; x++ {
		im.SetRGBA(x, y0, c)
		im.SetRGBA(x, y1, c)
	}
	for y := y0; y <= y1; y++ {
		im.SetRGBA(x0, y, c)
		im.SetRGBA(x1, y, c)
	}
}

// Text writes a line; (x, y) is the start of its baseline.
func Text(im *image.RGBA, x, y int, text string, c color.RGBA) {
	d := font.Drawer{Dst: im, Src: image.NewUniform(c), Face: basicfont.Face7x13, Dot: fixed.P(x, max(y, 11))}
	d.DrawString(text)
}
