package panel

import (
	"fmt"
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/sim/raster"
	"roadloop/sim/scene"
)

// drawView draws the selected view, rendered again only for another time.
func (p *Camera) drawView(c *ui.Canvas, area ui.Rect) {
	if p.View == NetworkView && p.now.sight == nil {
		c.Label(area, "The network received no image.", c.Theme.Body.In(c.Theme.Faint), ui.Middle)
		return
	}
	w, h := int(math.Round(area.W*c.Scale())), int(math.Round(area.H*c.Scale()))
	if w < 1 || h < 1 {
		return
	}
	want := renderedView{frame: p.now.frame, view: p.View, cal: p.now.cal}
	if p.View == PictureView {
		want.w, want.h, want.detail = w, h, p.feed.Detail
	}
	if want != p.made {
		p.made = want
		p.make(w, h)
	}
	if p.View == PictureView {
		c.Image(p.picture, area)
	} else {
		c.Image(p.sensed, area)
	}
}

// make renders the selected view.
func (p *Camera) make(w, h int) {
	if p.cal != p.now.cal {
		p.cal = p.now.cal
		p.raster = nil
	}
	switch p.View {
	case PictureView:
		p.compose()
		p.picture = p.eye.Draw(&p.cal, &p.list, w, h, p.made.detail)
	case NetworkView:
		p.show(p.now.sight.Pix)
	default:
		p.channel()
	}
}

// canvasOf returns an image of a size, and reuses the given one if it fits.
func canvasOf(im *ebiten.Image, w, h int) *ebiten.Image {
	if im != nil && im.Bounds().Dx() == w && im.Bounds().Dy() == h {
		return im
	}
	if im != nil {
		im.Deallocate()
	}
	return ebiten.NewImage(w, h)
}

// show copies RGB pixels of the camera's size into the image.
func (p *Camera) show(rgb []byte) {
	p.fill(func(i int) (r, g, b byte) { return rgb[3*i], rgb[3*i+1], rgb[3*i+2] })
}

// fill fills the image pixel by pixel.
func (p *Camera) fill(at func(i int) (r, g, b byte)) {
	w, h := p.cal.Width, p.cal.Height
	p.sensed = canvasOf(p.sensed, w, h)
	p.pix = p.pix[:0]
	for i := range w * h {
		r, g, b := at(i)
		p.pix = append(p.pix, r, g, b, 255)
	}
	p.sensed.WritePixels(p.pix)
}

// channel draws depth, class or instance from the software camera.
func (p *Camera) channel() {
	if p.raster == nil {
		p.raster = raster.New(&p.cal, raster.Channels{Depth: true, Class: true, Instance: true, Coarse: true})
	}
	p.compose()
	im := p.raster.Render(&p.list)
	p.fill(func(i int) (r, g, b byte) {
		col := ui.Color{}
		switch p.View {
		case DepthView:
			col = depthColor(float64(im.Depth[i]))
		case ClassView:
			col = classColors[im.Class[i]]
		case InstanceView:
			col = instanceColor(im.Instance[i], im.RGB[3*i:])
		}
		return col.R, col.G, col.B
	})
}

// Depth range of the color scale, m.
const nearestDepth, farthestDepth = 2.0, 150.0

// depthColor returns the color of a depth on a logarithmic scale, bright nearby.
func depthColor(d float64) ui.Color {
	if math.IsInf(d, 1) {
		return ui.Color{A: 255}
	}
	return shade(1 - math.Log(math.Max(d, nearestDepth)/nearestDepth)/math.Log(farthestDepth/nearestDepth))
}

// shades are samples of viridis (Smith and van der Walt, 2015). Its brightness
// increases with the value, also for viewers with color vision deficiencies.
var shades = [...]ui.Color{
	{R: 68, G: 1, B: 84, A: 255}, {R: 71, G: 44, B: 122, A: 255}, {R: 59, G: 81, B: 139, A: 255}, {R: 44, G: 113, B: 142, A: 255},
	{R: 33, G: 144, B: 141, A: 255}, {R: 39, G: 173, B: 129, A: 255}, {R: 92, G: 200, B: 99, A: 255}, {R: 170, G: 220, B: 50, A: 255}, {R: 253, G: 231, B: 37, A: 255},
}

// shade returns the color of a value from 0 to 1.
func shade(v float64) ui.Color {
	v = math.Max(0, math.Min(1, v)) * float64(len(shades)-1)
	i := min(int(v), len(shades)-2)
	return ui.Mix(shades[i], shades[i+1], v-float64(i))
}

// classColors are the colors of the classes. They also differ in brightness.
var classColors = [scene.NumClasses]ui.Color{
	scene.Sky: {R: 20, G: 24, B: 32, A: 255}, scene.Road: {R: 70, G: 74, B: 82, A: 255}, scene.Marking: {R: 235, G: 235, B: 230, A: 255},
	scene.Sidewalk: {R: 130, G: 126, B: 118, A: 255}, scene.Terrain: {R: 46, G: 66, B: 46, A: 255}, scene.Building: {R: 92, G: 72, B: 66, A: 255},
	scene.Vegetation: {R: 30, G: 110, B: 70, A: 255}, scene.Pole: {R: 160, G: 150, B: 170, A: 255}, scene.Barrier: {R: 116, G: 96, B: 140, A: 255},
	scene.Car: {R: 86, G: 180, B: 233, A: 255}, scene.Truck: {R: 0, G: 114, B: 178, A: 255}, scene.Pedestrian: {R: 230, G: 159, B: 0, A: 255},
	scene.Cyclist: {R: 204, G: 121, B: 167, A: 255}, scene.Cone: {R: 240, G: 228, B: 66, A: 255}, scene.SignalHead: {R: 213, G: 94, B: 0, A: 255},
}

// classNames are the classes of the legend.
var classNames = [...]struct {
	class scene.Class
	name  string
}{
	{scene.Car, "car"}, {scene.Truck, "truck"}, {scene.Pedestrian, "pedestrian"}, {scene.Cyclist, "cyclist"}, {scene.Cone, "cone"},
	{scene.SignalHead, "signal"}, {scene.Road, "road"}, {scene.Marking, "marking"}, {scene.Sidewalk, "sidewalk"}, {scene.Terrain, "terrain"},
	{scene.Building, "building"}, {scene.Vegetation, "vegetation"}, {scene.Pole, "pole"}, {scene.Barrier, "barrier"},
}

// instanceColor returns the color of an instance, a dim gray image for none.
func instanceColor(id uint16, rgb []byte) ui.Color {
	if id == 0 {
		v := byte((int(rgb[0]) + int(rgb[1]) + int(rgb[2])) / 9)
		return ui.Color{R: v, G: v, B: v, A: 255}
	}
	hue := math.Mod(float64(id)*.618034, 1) // far apart for successive numbers
	f := func(k float64) byte {
		k = math.Mod(k+hue*12, 12)
		return byte(255 * (.62 - .34*math.Max(-1, math.Min(math.Min(k-3, 9-k), 1))))
	}
	return ui.Color{R: f(0), G: f(8), B: f(4), A: 255}
}

// drawLegend draws the color legend and the age of the image.
func (p *Camera) drawLegend(c *ui.Canvas, area ui.Rect) {
	if area.W < 330 {
		return
	}
	switch p.View {
	case DepthView:
		p.depthLegend(c, area)
	case ClassView:
		classLegend(c, area)
	case NetworkView, PictureView, InstanceView:
		age := p.feed.Frame().Time - p.now.time
		if age <= 0 {
			return
		}
		text := fmt.Sprintf("taken %s before the decision", Quantity(10*float64(age), 0, "ms"))
		r := ui.Rect{X: area.X + 6, Y: area.Bottom() - 22, W: c.Measure(text, c.Theme.Small) + 12, H: 16}
		c.RoundRect(r, 3, ui.Alpha(c.Theme.Background, .7))
		c.Label(r, text, c.Theme.Small, ui.Middle)
	}
}

func (p *Camera) depthLegend(c *ui.Canvas, area ui.Rect) {
	const width, steps, side = 190.0, 24, 16
	card := Card(c, ui.Rect{X: area.X + 6, Y: area.Bottom() - 36, W: width + 2*side, H: 30})
	for i := range steps {
		card.Rect(ui.Rect{X: side + width*float64(i)/steps, Y: 5, W: width/steps + 1, H: 8}, shade(1-float64(i)/(steps-1)))
	}
	for _, d := range [...]float64{2, 5, 10, 20, 50, 150} {
		x := side + width*math.Log(d/nearestDepth)/math.Log(farthestDepth/nearestDepth)
		card.Label(ui.Rect{X: x - 20, Y: 14, W: 40, H: 14}, Quantity(d, 0, "m"), c.Theme.Small, ui.Middle)
	}
}

func classLegend(c *ui.Canvas, area ui.Rect) {
	const line, width = 14, 84
	card := Card(c, ui.Rect{X: area.X + 6, Y: area.Bottom() - 7*line - 14, W: 2*width + 12, H: 7*line + 8})
	for i, k := range classNames {
		x, y := 8+width*float64(i/7), 4+line*float64(i%7)
		card.RoundRect(ui.Rect{X: x, Y: y + 3, W: 9, H: 9}, 2, classColors[k.class])
		card.Label(ui.Rect{X: x + 14, Y: y, W: width - 14, H: line}, k.name, c.Theme.Small.In(c.Theme.Ink), ui.Left)
	}
}
