package panel

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/scenarios/timeline"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/raster"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// CameraView is the image of the panel.
type CameraView int

// Views, in the order of their buttons.
const (
	PictureView  CameraView = iota // rendered by Ebitengine
	NetworkView                    // the network's input
	DepthView                      // of the software camera, like class and instance
	ClassView                      //
	InstanceView                   //
	numViews     int        = iota
)

var viewNames = [numViews]struct{ name, tip string }{
	PictureView: {"Camera", "Camera view, rendered for the window"}, NetworkView: {"Network", "Input image of the network"},
	DepthView: {"Depth", "Depth of every pixel"}, ClassView: {"Class", "Class of every pixel"}, InstanceView: {"Instance", "Instance of every pixel"},
}

// Camera is the panel of the cameras. It shows one camera's view rendered for the window,
// the image that the network received, or depth, class and instance of every pixel, with
// the network's detections on top, or all cameras of the rig in a row.
//
// All views show the world at the time of the exposure. The driver receives the image
// later, so detections match the image, not the current world.
type Camera struct {
	feed *Feed
	View CameraView
	// Camera is the name of the shown camera: "" for the front camera, AllCameras for all in
	// a row.
	Camera string
	// Boxes, Lanes and Drivable show these outputs of the network.
	Boxes, Lanes, Drivable bool
	// Saliency returns the importance of each image region for a detection in a frame's
	// last image of a camera, nil while it is not known. The panel calls it while a detection is
	// selected and the image does not change. Saliency is nil if the window does not
	// support it.
	Saliency func(f *timeline.Step, camera string, detection int) *inference.SaliencyMap

	row    []*Camera // of each camera, to show all
	chosen detected  // the selected detection
	marked detected  // the detection marked by keys
	still  float64   // time since the image changed, s
	now    shot
	sensed *ebiten.Image // pixels of the camera's size
	small  *ebiten.Image // of a grid
	pix    []byte
	made   renderedView

	stage   *scene.Builder
	of      *road.Map
	problem error
	list    scene.List
	cal     sensor.Camera
	eye     cameraRenderer
	picture *ebiten.Image
	raster  *raster.Renderer
	pts     []ui.Point
	heat    []float32
}

// renderedView is the state for which the images were rendered.
type renderedView struct {
	frame *timeline.Step
	view  CameraView
	cal   sensor.Camera
	w, h  int

	detail Detail
}

// NewCamera returns the panel of a feed.
func NewCamera(feed *Feed) *Camera {
	return &Camera{feed: feed, Boxes: true, Lanes: true, chosen: noDetection, marked: noDetection}
}

// Name returns the panel's key.
func (p *Camera) Name() string { return "camera" }

// Title returns the panel's title.
func (p *Camera) Title() string { return "Camera" }

// shot is an image that the driver received.
type shot struct {
	frame *timeline.Step // of its arrival
	image *perception.Image
	sight *sensor.Frame // nil if none arrived
	cal   sensor.Camera
	time  clock.Tick // of the exposure
}

// maxImageAge is the maximum age of an image, in frames.
const maxImageAge = 8

// find returns the latest image that the driver had received at a frame. If there was
// none, it returns the current world.
func (p *Camera) find(f *timeline.Step) shot {
	t := p.feed.Timeline()
	rig := &t.Plan().Drive.Rig
	name := p.shown(rig)
	for k, i := f, min(p.feed.At(), t.Len()-1); k != nil && f.Time-k.Time <= maxImageAge*clock.DriverPeriod; {
		if im := k.Image(name); im != nil && im.Cal != nil {
			return shot{k, im, k.Frame(name), *im.Cal, im.Time}
		}
		if x := k.Frame(name); x != nil {
			return shot{frame: k, sight: x, cal: *x.Cal, time: x.Time}
		}
		if i--; i < 0 {
			break
		}
		k = t.StepAt(i)
	}
	cal := sensor.FrontCamera()
	if _, m, err := rig.Camera(name); err == nil {
		cal = m.Calibration
	}
	return shot{frame: f, cal: cal, time: f.Time}
}

// Draw draws the panel.
func (p *Camera) Draw(c *ui.Canvas, in *ui.Input) {
	c.Fill(c.Theme.Background)
	f := p.feed.Frame()
	if f == nil {
		Empty(c, "No drive yet.")
		return
	}
	rig := &p.feed.Timeline().Plan().Drive.Rig
	if p.Camera == AllCameras && p.drawRow(c, in, rig) {
		p.buttons(c, in, false)
	} else {
		p.drawOne(c, in, f, true)
	}
	p.choices(c, in, rig)
}

// drawOne draws the view of one camera at a frame, with buttons for the views if it is
// alone.
func (p *Camera) drawOne(c *ui.Canvas, in *ui.Input, f *timeline.Step, alone bool) {
	before := p.now.image
	p.now = p.find(f)
	if p.still += in.Elapsed; p.now.image != before {
		p.still = 0
		p.chosen.track(p.now.image)
		p.marked.track(p.now.image)
	}
	has := in.FocusArea(c, "picture")
	if p.prepare(f); p.problem != nil {
		Empty(c, p.problem.Error())
		return
	}
	all := c.Bounds()
	area := all.Fit(float64(p.now.cal.Width), float64(p.now.cal.Height))
	p.drawView(c, area)
	if p.now.image != nil {
		p.drawDetections(c.Sub(area))
	}
	legend := area
	if alone && p.feed.Timeline().Plan().Drive.Rig.Cameras() > 1 { // above the choice of cameras
		legend.H -= buttonHeight + buttonGap
	}
	p.drawLegend(c, legend)
	if alone {
		p.buttons(c, in, has)
	}
	if p.now.image != nil && p.Boxes { // last: a click on a button is not a click on the image
		p.pick(c.Sub(area), in)
		if has {
			p.keys(c.Sub(area), in)
		}
	}
	if has {
		c.FocusRing()
	}
}

// prepare creates the objects that depend on the map.
func (p *Camera) prepare(f *timeline.Step) {
	if m := f.World.Map(); p.of != m {
		p.of = m
		p.stage, p.problem = scene.NewBuilder(m)
	}
}

// sameObject is the least overlap of one object's boxes in successive images.
const sameObject = .3

// detected is a detection of an image, by index; -1 for none.
type detected struct {
	index int
	what  perception.Detection
}

var noDetection = detected{index: -1}

// track finds the same object's detection in another image, or none.
func (k *detected) track(im *perception.Image) {
	if k.index < 0 {
		return
	}
	last := k.what
	*k = noDetection
	if im == nil {
		return
	}
	best := sameObject
	for i, d := range im.Detections {
		if iou := d.Box.IoU(last.Box); d.Class == last.Class && iou > best {
			best, *k = iou, detected{i, d}
		}
	}
}

// compose fills the display list with the world at the time of the exposure.
func (p *Camera) compose() {
	w := p.now.frame.World
	log := p.feed.Timeline().Log()
	cast := append([]actor.Actor(nil), w.Actors()...)
	ego := *w.Ego()
	if len(log.Steps) > 0 && p.now.time < p.now.frame.Time {
		for i := range cast {
			cast[i].State = log.Interpolate(p.now.time, cast[i].ID).State
		}
		ego.State = log.Interpolate(p.now.time, actor.Ego).State
	}
	p.stage.Build(&p.list, &scene.FrameState{
		View:   scene.View{Cal: &p.cal, Ego: ego.State.Pose, Time: p.now.time},
		Actors: cast, Signals: w.Signals(), Conditions: w.Conditions(),
	})
}

// Sizes of the buttons, points.
const buttonHeight, buttonGap = 18, 3

// buttonWidth returns the width of a button that fits all names.
func buttonWidth(c *ui.Canvas) float64 {
	w := ChipWidth(c, "Drivable")
	for i := range viewNames {
		w = max(w, ChipWidth(c, viewNames[i].name))
	}
	return w
}

// buttons draws the view and layer buttons. If there is little room, one button cycles
// through the views.
func (p *Camera) buttons(c *ui.Canvas, in *ui.Input, has bool) {
	b := c.Bounds()
	if (has || in.Over(c, b)) && !in.Typing() && in.KeysAllowed() && in.TakeKey(ebiten.KeyV) {
		p.View = (p.View + 1) % CameraView(numViews)
	}
	c = c.Scoped("view")
	width := buttonWidth(c)
	switch {
	case b.W < 160 || b.H < 90:
		return
	case b.W < float64(numViews)*(width+buttonGap)+10:
		r := ui.Rect{X: 6, Y: 6, W: width, H: buttonHeight}
		if Chip(c, in, r, viewNames[p.View].name, true, c.Theme.Accent) {
			p.View = (p.View + 1) % CameraView(numViews)
		}
		in.Tooltip(c, r, viewNames[p.View].tip+" (V: next view)")
		return
	}
	for i := range viewNames {
		r := ui.Rect{X: 6 + float64(i)*(width+buttonGap), Y: 6, W: width, H: buttonHeight}
		if Chip(c, in, r, viewNames[i].name, int(p.View) == i, c.Theme.Accent) {
			p.View = CameraView(i)
		}
		in.Tooltip(c, r, viewNames[i].tip)
	}
	if p.now.image != nil {
		p.layers(c, in)
	}
}

// layers draws the layer buttons in the lower right corner.
func (p *Camera) layers(c *ui.Canvas, in *ui.Input) {
	b, width := c.Bounds(), buttonWidth(c)
	for i, l := range [...]struct {
		name, tip string
		on        *bool
	}{{"Boxes", "Detections with score and distance", &p.Boxes}, {"Lanes", "Detected lane boundaries", &p.Lanes}, {"Drivable", "Detected drivable area", &p.Drivable}} {
		r := ui.Rect{X: b.W - 6 - float64(3-i)*(width+buttonGap), Y: b.H - buttonHeight - 6, W: width, H: buttonHeight}
		if Chip(c, in, r, l.name, *l.on, c.Theme.Plan) {
			*l.on = !*l.on
		}
		in.Tooltip(c, r, l.tip)
	}
}

// scale returns the number of points per camera pixel in an area.
func (p *Camera) scale(area ui.Rect) float64 { return area.W / math.Max(1, float64(p.now.cal.Width)) }
