package report

import (
	"fmt"
	"image"
	"image/color"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"roadloop"
	"roadloop/perception"
	"roadloop/sim/sensor"
)

// zoom is how much larger than the camera's image a film is.
const zoom = 2

// film keeps pictures of what the camera saw.
type film struct {
	frames []*image.RGBA
	seen   int // decisions
}

// watch keeps a picture now and then.
func (f *film) watch(m *roadloop.Moment) {
	f.seen++
	if (f.seen-1)%filmPeriod != 0 || m.Obs == nil || len(m.Obs.Frames) == 0 {
		return
	}
	frame := &m.Obs.Frames[len(m.Obs.Frames)-1]
	im := Picture(frame, lastImage(m))
	caption(im, m)
	f.frames = append(f.frames, im)
}

func lastImage(m *roadloop.Moment) *perception.Image {
	if n := len(m.Thoughts.Images); n > 0 {
		return &m.Thoughts.Images[n-1]
	}
	return nil
}

// classColors are distinguishable with every kind of color vision (Okabe and Ito 2008).
var classColors = [perception.NumClasses]color.RGBA{
	perception.Car:         {86, 180, 233, 255},
	perception.Truck:       {0, 114, 178, 255},
	perception.Pedestrian:  {230, 159, 0, 255},
	perception.Cyclist:     {204, 121, 167, 255},
	perception.Cone:        {240, 228, 66, 255},
	perception.SignalRed:   {213, 94, 0, 255},
	perception.SignalAmber: {240, 228, 66, 255},
	perception.SignalGreen: {0, 158, 115, 255},
}

// Picture draws a frame, twice as large, with what the network found in it: boxes
// with class and distance, lane boundaries. found may be nil.
func Picture(f *sensor.Frame, found *perception.Image) *image.RGBA {
	w, h := f.Cal.Width, f.Cal.Height
	im := image.NewRGBA(image.Rect(0, 0, w*zoom, h*zoom))
	for y := range h * zoom {
		for x := range w * zoom {
			p := 3 * (y/zoom*w + x/zoom)
			im.SetRGBA(x, y, color.RGBA{f.Pix[p], f.Pix[p+1], f.Pix[p+2], 255})
		}
	}
	if found == nil {
		return im
	}
	for i := range found.Boundaries {
		for _, p := range found.Boundaries[i].Points {
			if u, v, _, ok := f.Cal.Project(p.X, p.Y, 0); ok {
				dot(im, int(u*zoom), int(v*zoom), color.RGBA{0, 255, 200, 255})
			}
		}
	}
	for i := range found.Detections {
		d := &found.Detections[i]
		c := classColors[d.Class]
		frame(im, &d.Box, c)
		label(im, int(d.Box.X0*zoom), int(d.Box.Y0*zoom)-3, fmt.Sprintf("%s %.0f m", d.Class, d.Distance), c)
	}
	return im
}

func dot(im *image.RGBA, x, y int, c color.RGBA) {
	for dy := range 2 {
		for dx := range 2 {
			im.SetRGBA(x+dx, y+dy, c)
		}
	}
}

// frame draws the outline of a box.
func frame(im *image.RGBA, b *perception.Box, c color.RGBA) {
	x0, y0, x1, y1 := int(b.X0*zoom), int(b.Y0*zoom), int(b.X1*zoom), int(b.Y1*zoom)
	for x := x0; x <= x1; x++ {
		im.SetRGBA(x, y0, c)
		im.SetRGBA(x, y1, c)
	}
	for y := y0; y <= y1; y++ {
		im.SetRGBA(x0, y, c)
		im.SetRGBA(x1, y, c)
	}
}

func label(im *image.RGBA, x, y int, text string, c color.RGBA) {
	d := font.Drawer{Dst: im, Src: image.NewUniform(c), Face: basicfont.Face7x13, Dot: fixed.P(x, max(y, 11))}
	d.DrawString(text)
}

// caption writes time, speed and reason into the lower left corner.
func caption(im *image.RGBA, m *roadloop.Moment) {
	text := fmt.Sprintf("%v  %3.0f km/h", m.Time, 3.6*m.World.Ego().State.Speed)
	if p := m.Thoughts.Plan; p != nil {
		text += "  " + p.Reason
	}
	if g := m.Thoughts.Guard; g.Active {
		text += "  " + g.Reason
	}
	bottom := im.Bounds().Max.Y
	for y := bottom - 18; y < bottom; y++ {
		for x := range im.Bounds().Max.X {
			c := im.RGBAAt(x, y)
			im.SetRGBA(x, y, color.RGBA{c.R / 3, c.G / 3, c.B / 3, 255})
		}
	}
	label(im, 6, bottom-5, text, color.RGBA{255, 255, 255, 255})
}
