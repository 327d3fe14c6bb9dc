package inference

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

// OverlayZoom is the scale of a picture relative to the camera's frame.
const OverlayZoom = 2

// ClassColors are the colors of the classes.
var ClassColors = [perception.NumClasses]color.RGBA{
	perception.Car:         palette.Car.Dark,
	perception.Truck:       palette.Truck.Dark,
	perception.Pedestrian:  palette.Pedestrian.Dark,
	perception.Cyclist:     palette.Cyclist.Dark,
	perception.Cone:        palette.Cone.Dark,
	perception.SignalRed:   palette.SignalRed.Dark,
	perception.SignalAmber: palette.SignalAmber.Dark,
	perception.SignalGreen: palette.SignalGreen.Dark,
}

// DrawImage draws a frame, enlarged by OverlayZoom, with its detections: boxes with class and
// distance, lane boundaries. found may be nil.
func DrawImage(f *sensor.Frame, found *perception.Image) *image.RGBA {
	w, h := f.Cal.Width, f.Cal.Height
	im := image.NewRGBA(image.Rect(0, 0, w*OverlayZoom, h*OverlayZoom))
	for y := range h * OverlayZoom {
		for x := range w * OverlayZoom {
			p := 3 * (y/OverlayZoom*w + x/OverlayZoom)
			im.SetRGBA(x, y, color.RGBA{f.Pix[p], f.Pix[p+1], f.Pix[p+2], 255})
		}
	}
	if found == nil {
		return im
	}
	for i := range found.Boundaries {
		DrawGround(im, f.Cal, found.Boundaries[i].Points, color.RGBA{0, 255, 200, 255})
	}
	for i := range found.Detections {
		d := &found.Detections[i]
		c := ClassColors[d.Class]
		DrawBox(im, &d.Box, c)
		DrawText(im, int(d.Box.X0*OverlayZoom), int(d.Box.Y0*OverlayZoom)-3, fmt.Sprintf("%s %.0f m", d.Class, d.Distance), c)
	}
	return im
}

// DrawGround draws points on the ground, given in the vehicle frame.
func DrawGround(im *image.RGBA, cal *sensor.Camera, pts []geom.Vec, c color.RGBA) {
	for _, p := range pts {
		if u, v, _, ok := cal.Project(p.X, p.Y, 0); ok {
			dot(im, int(u*OverlayZoom), int(v*OverlayZoom), c)
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

// DrawBox draws the outline of a box, given in camera pixels.
func DrawBox(im *image.RGBA, b *perception.Box, c color.RGBA) {
	x0, y0, x1, y1 := int(b.X0*OverlayZoom), int(b.Y0*OverlayZoom), int(b.X1*OverlayZoom), int(b.Y1*OverlayZoom)
	for x := x0; x <= x1; x++ {
		im.SetRGBA(x, y0, c)
		im.SetRGBA(x, y1, c)
	}
	for y := y0; y <= y1; y++ {
		im.SetRGBA(x0, y, c)
		im.SetRGBA(x1, y, c)
	}
}

// DrawText writes a line; (x, y) is the start of its baseline.
func DrawText(im *image.RGBA, x, y int, text string, c color.RGBA) {
	d := font.Drawer{Dst: im, Src: image.NewUniform(c), Face: basicfont.Face7x13, Dot: fixed.P(x, max(y, 11))}
	d.DrawString(text)
}
