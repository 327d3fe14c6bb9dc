package panel

import (
	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/timeline"
	"roadloop/sim/actor"
	"roadloop/sim/sensor"
)

// Layer is a layer of the panel.
type Layer int

// Layers, in the order of their buttons.
const (
	Truth Layer = iota
	Tracks
	Forecast
	Proposals
	Lanes
	Lidar
	Radar
	numLayers int = iota
)

// layers holds the label, tooltip and key of each layer.
var layers = [numLayers]struct {
	name, tip string
	key       ebiten.Key
}{
	Truth:     {"Truth", "True road users (T)", ebiten.KeyT},
	Tracks:    {"Tracks", "Tracked road users, with 2σ (K)", ebiten.KeyK},
	Forecast:  {"Forecast", "Predicted motion; fainter is less likely (F)", ebiten.KeyF},
	Proposals: {"Plans", "All considered trajectories (P)", ebiten.KeyP},
	Lanes:     {"Lanes", "Route, and lane boundaries from the camera (L)", ebiten.KeyL},
	Lidar:     {"Lidar", "Lidar returns (I)", ebiten.KeyI},
	Radar:     {"Radar", "Radar returns with Doppler speed (R)", ebiten.KeyR},
}

// Belief is the panel that shows the driver's belief from above: tracks with
// uncertainty, forecasts, lanes, signals, lidar and radar returns, and the considered
// trajectories. The truth is drawn below it in gray. Believed objects have dashed
// outlines. Each layer can be hidden.
type Belief struct {
	feed     *Feed
	gaze     *Pan
	steering steering
	roam     Marker
	shown    [numLayers]bool
	pts      []ui.Point
	scans    scans
}

// NewBelief returns the panel of a feed, with all layers shown.
func NewBelief(feed *Feed) *Belief {
	p := &Belief{feed: feed, gaze: NewPan(7, .2)}
	for i := range p.shown {
		p.shown[i] = true
	}
	return p
}

// Name returns the panel's key.
func (p *Belief) Name() string { return "belief" }

// Title returns the panel's title.
func (p *Belief) Title() string { return "Belief" }

// Show shows or hides a layer.
func (p *Belief) Show(l Layer, on bool) { p.shown[l] = on }

// Draw draws the belief at the shown time.
func (p *Belief) Draw(c *ui.Canvas, in *ui.Input) {
	f := p.feed.Frame()
	if f == nil {
		Empty(c, "No drive yet.")
		return
	}
	if f.Scene == nil {
		Empty(c, "This driver has no scene to show.")
		return
	}
	has := in.FocusArea(c, "view")
	if takesKeys(c, in, has) {
		p.toggleByKeys(in)
		moveByKeys(c, in, has, p.gaze)
	}
	v := p.gaze.Update(f.Scene.Ego.Pose, c.Bounds().W, c.Bounds().H, in.Elapsed)
	p.chart(f).Draw(c, v)
	p.scans.find(p.feed, f)
	if p.shown[Truth] {
		p.drawTruth(c, v, f)
	}
	if p.shown[Lanes] {
		p.drawRoute(c, v, f)
	}
	p.drawSignals(c, v, f)
	if p.shown[Lidar] {
		p.drawScan(c, v, f)
	}
	if p.shown[Radar] {
		p.drawRadar(c, v, f)
	}
	if p.shown[Forecast] {
		p.drawForecast(c, v, f)
	}
	p.drawPlans(c, v, f)
	p.drawPicked(c, v, f.Plan)
	if p.shown[Tracks] {
		p.drawTracks(c, v, f)
	}
	ego := p.drawEgo(c, v, f)
	if p.shown[Tracks] {
		p.nameTracks(c, v, f, ego)
	}
	p.buttons(c, in)
	if at, ok := p.steering.point(c, in, p.gaze); ok { // last: a click on a button is not a click on the map
		p.feed.Chosen, _ = FindActor(v, at, f.World.Actors())
	}
	if has {
		if who, ok := p.roam.Update(c, in, f.World.Actors(), func(a *actor.Actor) (ui.Point, bool) { return v.ToScreen(a.Box().Center), true }); ok {
			p.feed.Chosen = who
		}
		c.FocusRing()
	}
}

// toggleByKeys shows or hides layers by their keys.
func (p *Belief) toggleByKeys(in *ui.Input) {
	for i := range layers {
		if in.TakeKey(layers[i].key) {
			p.shown[i] = !p.shown[i]
		}
	}
}

// buttons draws the layer buttons in a column at the left.
func (p *Belief) buttons(c *ui.Canvas, in *ui.Input) {
	const width, height = 66, 18
	b := c.Bounds()
	if b.W < 220 || b.H < 20+(height+3)*float64(numLayers) {
		return
	}
	c = c.Scoped("layers")
	for i := range layers {
		r := ui.Rect{X: 8, Y: 8 + float64(i)*(height+3), W: width, H: height}
		if Chip(c, in, r, layers[i].name, p.shown[i], p.swatch(c, Layer(i))) {
			p.shown[i] = !p.shown[i]
		}
		in.Tooltip(c, r, layers[i].tip)
	}
}

// swatch returns the color of a layer.
func (p *Belief) swatch(c *ui.Canvas, l Layer) ui.Color {
	switch l {
	case Truth:
		return c.Theme.Truth
	case Tracks, Forecast:
		return c.Theme.Belief
	case Proposals, Lanes:
		return c.Theme.Plan
	case Lidar:
		return lidarColor
	}
	return radarColor(c.Theme)
}

// scans are the last lidar and radar scans. Not every step gets a scan.
type scans struct {
	of     *timeline.Step
	scan   *sensor.Scan
	radars []sensor.RadarScan
}

// maxScanAge is the maximum age of a scan, in frames.
const maxScanAge = 4

// find searches for the latest scans at a frame.
func (e *scans) find(feed *Feed, f *timeline.Step) {
	if f == e.of {
		return
	}
	*e = scans{of: f}
	t := feed.Timeline()
	for at, i := min(feed.At(), t.Len()-1), 0; i <= maxScanAge && at-i >= 0; i++ {
		k := f
		if i > 0 {
			k = t.StepAt(at - i)
		}
		if k == nil {
			return
		}
		if n := len(k.Scans); n > 0 && e.scan == nil {
			e.scan = &k.Scans[n-1]
		}
		if len(k.Radars) > 0 && e.radars == nil {
			e.radars = k.Radars
		}
	}
}

// chart returns the chart of the shown map.
func (p *Belief) chart(f *timeline.Step) *Chart { return p.feed.Chart(f.World.Map()) }
