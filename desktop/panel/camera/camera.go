// Package camera is the panel of the front camera: its picture drawn for the window,
// or what the network was really given, or depth, class and instance of every pixel;
// and on it what the network found.
//
// All of it shows the world as it was when the picture was taken, which reached the
// driver later: so that what was found lies on what it was found in.
package camera

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/panel"
	"roadloop/desktop/panel/eye"
	"roadloop/desktop/ui"
	"roadloop/perception"
	"roadloop/perception/saliency"
	"roadloop/scenarios/tape"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/raster"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
	"roadloop/sim/stage"
)

// View is what the panel shows below what was found.
type View int

// Views, in the order of their buttons.
const (
	Picture  View = iota // drawn by Ebitengine
	Network              // the pixels that the network read
	Depth                // of the software camera, as are class and instance
	Class                //
	Instance             //
	numViews int  = iota
)

var viewNames = [numViews]struct{ name, tip string }{
	Picture: {"Camera", "The camera's picture, drawn for the window"}, Network: {"Network", "The pixels that the network read"},
	Depth: {"Depth", "Distance of every pixel"}, Class: {"Class", "What every pixel shows"}, Instance: {"Instance", "Which road user every pixel belongs to"},
}

// Panel shows the front camera.
type Panel struct {
	feed *panel.Feed
	// View is what is shown.
	View View
	// Boxes, Lanes and Drivable show what the network found of each.
	Boxes, Lanes, Drivable bool
	// Saliency returns how much each place of the picture counted for a detection of a
	// frame's last image, nil while that is not known. The panel asks while a detection
	// is chosen and the picture stands still; nil for a window that cannot tell.
	Saliency func(f *tape.Frame, detection int) *saliency.Map

	chosen detected // on which saliency is shown
	marked detected // by the keys
	still  float64  // for how long the picture has stood still, s
	now    shot
	sensed *ebiten.Image // pixels of the camera's size
	small  *ebiten.Image // of a grid
	pix    []byte
	made   made

	stage   *stage.Stage
	of      *road.Map
	problem error
	list    scene.List
	cal     sensor.Camera
	eye     eye.Eye
	picture *ebiten.Image
	raster  *raster.Renderer
	pts     []ui.Point
	heat    []float32
}

// made is what the pictures were made for.
type made struct {
	frame *tape.Frame
	view  View
	cal   sensor.Camera
	w, h  int

	detail panel.Detail
}

// New returns the panel of a feed.
func New(feed *panel.Feed) *Panel {
	return &Panel{feed: feed, Boxes: true, Lanes: true, chosen: none, marked: none}
}

// Name returns the panel's key.
func (p *Panel) Name() string { return "camera" }

// Title returns the panel's title.
func (p *Panel) Title() string { return "Camera" }

// shot is a picture that reached the driver.
type shot struct {
	frame *tape.Frame // with which it came
	image *perception.Image
	cal   sensor.Camera
	time  clock.Tick // of the exposure
}

// lookBack is how many frames before the one that is shown a picture may have come.
const lookBack = 8

// find returns the latest picture that had reached the driver at a frame: where none
// did, the world as it is.
func (p *Panel) find(f *tape.Frame) shot {
	t := p.feed.Tape()
	for k, i := f, min(p.feed.At(), t.Len()-1); k != nil && f.Time-k.Time <= lookBack*clock.DriverPeriod; {
		if n := len(k.Images); n > 0 && k.Images[n-1].Cal != nil {
			im := &k.Images[n-1]
			return shot{k, im, *im.Cal, im.Time}
		}
		if k.Camera != nil {
			return shot{frame: k, cal: *k.Camera.Cal, time: k.Camera.Time}
		}
		if i--; i < 0 {
			break
		}
		k = t.Frame(i)
	}
	cal := t.Plan().Drive.Rig.Camera.Calibration
	if cal.Width == 0 { // switched off
		cal = sensor.FrontCamera()
	}
	return shot{frame: f, cal: cal, time: f.Time}
}

// Draw draws the camera's view.
func (p *Panel) Draw(c *ui.Canvas, in *ui.Input) {
	c.Fill(c.Theme.Background)
	f := p.feed.Frame()
	if f == nil {
		panel.Empty(c, "No drive yet.")
		return
	}
	before := p.now.image
	p.now = p.find(f)
	if p.still += in.Elapsed; p.now.image != before {
		p.still = 0
		p.chosen.again(p.now.image)
		p.marked.again(p.now.image)
	}
	has := in.Place(c, "picture")
	if p.prepare(f); p.problem != nil {
		panel.Empty(c, p.problem.Error())
		return
	}
	all := c.Bounds()
	area := all.Fit(float64(p.now.cal.Width), float64(p.now.cal.Height))
	p.drawView(c, area)
	if p.now.image != nil {
		p.drawFound(c.Sub(area))
	}
	p.drawLegend(c, area)
	p.buttons(c, in, has)
	if p.now.image != nil && p.Boxes { // last: a click on a button is none on the picture
		p.pick(c.Sub(area), in)
		if has {
			p.keys(c.Sub(area), in)
		}
	}
	if has {
		c.PlaceRing()
	}
}

// prepare makes what depends on the map.
func (p *Panel) prepare(f *tape.Frame) {
	if m := f.World.Map(); p.of != m {
		p.of = m
		p.stage, p.problem = stage.New(m)
	}
}

// same is the overlap from which on a detection is that of the picture before.
const same = .3

// detected is a detection of a picture, by its index; -1 for none.
type detected struct {
	index int
	what  perception.Detection
}

var none = detected{index: -1}

// again finds the detection in another picture, or none where it was not found there.
func (k *detected) again(im *perception.Image) {
	if k.index < 0 {
		return
	}
	last := k.what
	*k = none
	if im == nil {
		return
	}
	best := same
	for i, d := range im.Detections {
		if iou := d.Box.IoU(last.Box); d.Class == last.Class && iou > best {
			best, *k = iou, detected{i, d}
		}
	}
}

// compose fills the display list with the world at the time of the exposure.
func (p *Panel) compose() {
	w := p.now.frame.World
	log := p.feed.Tape().Log()
	cast := append([]actor.Actor(nil), w.Actors()...)
	ego := *w.Ego()
	if len(log.Steps) > 0 && p.now.time < p.now.frame.Time {
		for i := range cast {
			cast[i].State = log.Moment(p.now.time, cast[i].ID).State
		}
		ego.State = log.Moment(p.now.time, actor.Ego).State
	}
	p.stage.Compose(&p.list, &stage.View{
		View:   scene.View{Cal: &p.cal, Ego: ego.State.Pose, Time: p.now.time},
		Actors: cast, Signals: w.Signals(), Conditions: w.Conditions(),
	})
}

// Sizes of the buttons, points.
const buttonHeight, buttonGap = 18, 3

// buttonWidth is the width of a button that has room for any of the names.
func buttonWidth(c *ui.Canvas) float64 {
	w := panel.ChipWidth(c, "Drivable")
	for i := range viewNames {
		w = max(w, panel.ChipWidth(c, viewNames[i].name))
	}
	return w
}

// buttons choose view and layers: where there is little room one button goes through
// the views.
func (p *Panel) buttons(c *ui.Canvas, in *ui.Input, has bool) {
	b := c.Bounds()
	if (has || in.Over(c, b)) && !in.Typing() && in.Keyed() && in.TakeKey(ebiten.KeyV) {
		p.View = (p.View + 1) % View(numViews)
	}
	c = c.Scoped("view")
	width := buttonWidth(c)
	switch {
	case b.W < 160 || b.H < 90:
		return
	case b.W < float64(numViews)*(width+buttonGap)+10:
		r := ui.Rect{X: 6, Y: 6, W: width, H: buttonHeight}
		if panel.Chip(c, in, r, viewNames[p.View].name, true, c.Theme.Accent) {
			p.View = (p.View + 1) % View(numViews)
		}
		in.Tooltip(c, r, viewNames[p.View].tip+" (V: the next view)")
		return
	}
	for i := range viewNames {
		r := ui.Rect{X: 6 + float64(i)*(width+buttonGap), Y: 6, W: width, H: buttonHeight}
		if panel.Chip(c, in, r, viewNames[i].name, int(p.View) == i, c.Theme.Accent) {
			p.View = View(i)
		}
		in.Tooltip(c, r, viewNames[i].tip)
	}
	if p.now.image != nil {
		p.layers(c, in)
	}
}

// layers choose what is shown of what was found, in the lower right corner.
func (p *Panel) layers(c *ui.Canvas, in *ui.Input) {
	b, width := c.Bounds(), buttonWidth(c)
	for i, l := range [...]struct {
		name, tip string
		on        *bool
	}{{"Found", "What was found, how sure, how far", &p.Boxes}, {"Lanes", "Lane boundaries as seen", &p.Lanes}, {"Drivable", "Ground taken for drivable", &p.Drivable}} {
		r := ui.Rect{X: b.W - 6 - float64(3-i)*(width+buttonGap), Y: b.H - buttonHeight - 6, W: width, H: buttonHeight}
		if panel.Chip(c, in, r, l.name, *l.on, c.Theme.Plan) {
			*l.on = !*l.on
		}
		in.Tooltip(c, r, l.tip)
	}
}

// scale returns how many points a pixel of the camera has in an area.
func (p *Panel) scale(area ui.Rect) float64 { return area.W / math.Max(1, float64(p.now.cal.Width)) }
