package desktop

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/library"
	"roadloop/desktop/internal/ui"
	"roadloop/drivers"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/scene"
)

// whatIf is the dialog that forks the drive with a change.
type whatIf struct {
	*shell
	drive  *drive
	panels *panels
	form   *changeForm // nil if closed
}

// changeForm holds the settings of the dialog.
type changeForm struct {
	kind            int
	actors          []string  // road users that can be changed
	labels          []string  // their labels in the dialog
	speeds          []float64 // their proposed speeds, m/s
	actor           int
	speed           float64  // m/s
	seconds         float64  // duration of a missed detection or a fault; 0 to the end
	camera          bool     // only the camera misses the road user
	sensors         []string // of the rig
	sensor          int
	weather         scene.Conditions
	drivers         []library.Option
	driver          int
	perceptions     []library.Option
	perceptionIndex int
	isPolicy        func(driver string) bool
	problem         string
}

// Kinds of changes, in the order of their tabs.
const (
	changeSpeed = iota
	changeMiss
	changeWeather
	changeDriver
	changeSensor
)

var changeTabs = []string{"Speed", "Missed", "Weather", "Driver", "Sensor"}

// ask opens the dialog for the shown frame.
func (w *whatIf) ask() {
	v := w.drive.player.now()
	f := v.tape.StepAt(v.at)
	if f == nil {
		return
	}
	w.drive.player.set(w.drive.player.rest)
	d := &changeForm{speed: 10, weather: f.World.Conditions(), sensors: v.tape.Plan().Drive.Rig.Names(),
		drivers: library.Drivers(w.registry, w.policies...), perceptions: library.Perceptions(w.registry, w.wanted), isPolicy: w.registry.IsPolicy}
	names := v.tape.Plan().Names
	for _, id := range changeable(v.tape.Plan(), f.World, w.panels.feed.Chosen) {
		if id == w.panels.feed.Chosen {
			d.actor = len(d.actors)
		}
		state := &f.World.Actors()[id-1].State
		far := state.Pose.Pos().Dist(f.World.Ego().State.Pose.Pos())
		d.actors = append(d.actors, names[id])
		d.labels = append(d.labels, fmt.Sprintf("%s, %.0f m away", names[id], far))
		d.speeds = append(d.speeds, proposed(state.Speed))
	}
	if len(d.actors) == 0 {
		d.kind = changeWeather
	} else {
		d.speed = d.speeds[d.actor]
	}
	w.form = d
}

// maxTraffic is the number of random road users that the dialog offers: the nearest.
const maxTraffic = 8

// changeable returns the road users that can be changed: all that the scenario names,
// the nearest of the random traffic, and the selected one.
func changeable(p *runner.Spec, world *sim.World, chosen actor.ID) []actor.ID {
	var renamedPanel, traffic []actor.ID
	for id := actor.ID(1); int(id) < len(p.Names); id++ {
		if p.FirstTraffic > 0 && id >= p.FirstTraffic {
			traffic = append(traffic, id)
		} else {
			renamedPanel = append(renamedPanel, id)
		}
	}
	ego := world.Ego().State.Pose.Pos()
	far := func(id actor.ID) float64 { return world.Actors()[id-1].State.Pose.Pos().Dist(ego) }
	slices.SortStableFunc(traffic, func(a, b actor.ID) int { return cmp.Compare(far(a), far(b)) })
	near := traffic[:min(len(traffic), maxTraffic)]
	if slices.Contains(traffic, chosen) && !slices.Contains(near, chosen) {
		near = append(slices.Clip(near), chosen)
	}
	return append(renamedPanel, near...)
}

// proposed returns an initial value that differs from the present speed.
func proposed(now float64) float64 {
	if now < 1 {
		return 5
	}
	return now / 2
}

// draw draws the dialog.
func (w *whatIf) draw() {
	d := w.form
	if d == nil {
		return
	}
	v := w.drive.player.now()
	title := fmt.Sprintf("What if, from %.2f s", decisionTime(v.at))
	if w.in.Dialog(title, 520, 400, func(c *ui.Canvas) {
		r := c.Bounds()
		if ui.Tabs(c, w.in, r.CutTop(30), "kinds", changeTabs, &d.kind) {
			d.problem = ""
		}
		r.CutTop(14)
		foot := r.CutBottom(30)
		d.draw(c, w.in, r)
		if d.problem != "" {
			c.Paragraph(ui.Rect{X: r.X, Y: r.Bottom() - 44, W: r.W, H: 40}, d.problem, c.Theme.Body.In(c.Theme.Bad))
		}
		if d.about() {
			if ui.PrimaryButton(c, w.in, foot.CutRight(150), "Compare branches") || w.in.TakeKey(ebiten.KeyEnter) {
				w.makeChange()
			}
		}
	}) {
		w.form = nil
	}
}

// draw shows the settings of the selected kind.
func (d *changeForm) draw(c *ui.Canvas, in *ui.Input, r ui.Rect) {
	next := func(h float64) ui.Rect {
		row := r.CutTop(h)
		r.CutTop(12)
		return row
	}
	switch d.kind {
	case changeSpeed, changeMiss:
		if len(d.actors) == 0 {
			c.Label(next(24), "There are no other road users.", c.Theme.Body, ui.Left)
			return
		}
		if ui.Choice(c, in, next(ui.ControlHeight), "road user", d.labels, &d.actor) {
			d.speed = d.speeds[d.actor]
		}
		if d.kind == changeSpeed {
			kmh := 3.6 * d.speed
			if ui.Slider(c, in, next(ui.SliderHeight), "speed", &kmh, ui.Range{Max: 150, Step: 1, Unit: "km/h"}) {
				d.speed = kmh / 3.6
			}
			return
		}
		ui.Slider(c, in, next(ui.SliderHeight), "not perceived for (0: to the end)", &d.seconds, ui.Range{Max: 20, Step: .5, Unit: "s", Decimals: 1})
		ui.Toggle(c, in, next(24), "missed by the camera only; radar and lidar still detect it", &d.camera)
	case changeWeather:
		d.drawWeather(c, in, next)
	case changeDriver:
		ui.Choice(c, in, next(ui.ControlHeight), "Driver", library.Labels(d.drivers), &d.driver)
		if !d.isPolicy(d.drivers[d.driver].Name) { // a policy has its own observations
			ui.Choice(c, in, next(ui.ControlHeight), "Perception", library.Labels(d.perceptions), &d.perceptionIndex)
		}
	case changeSensor:
		ui.Choice(c, in, next(ui.ControlHeight), "sensor without data", d.sensors, &d.sensor)
		ui.Slider(c, in, next(ui.SliderHeight), "for (0: to the end)", &d.seconds, ui.Range{Max: 20, Step: .5, Unit: "s", Decimals: 1})
	}
}

// about reports whether the change concerns a road user.
func (d *changeForm) about() bool {
	return len(d.actors) > 0 || d.kind != changeSpeed && d.kind != changeMiss
}

func (d *changeForm) drawWeather(c *ui.Canvas, in *ui.Input, next func(float64) ui.Rect) {
	part := ui.Range{Max: 1, Step: .05, Decimals: 2}
	ui.Slider(c, in, next(ui.SliderHeight), "rain", &d.weather.Rain, part)
	ui.Slider(c, in, next(ui.SliderHeight), "water on the road", &d.weather.Wet, part)
	ui.Slider(c, in, next(ui.SliderHeight), "visibility in fog (0: clear)", &d.weather.Visibility, ui.Range{Max: 1000, Step: 20, Unit: "m"})
	elevation := d.weather.SunElevation * 180 / math.Pi
	if ui.Slider(c, in, next(ui.SliderHeight), "sun elevation", &elevation, ui.Range{Min: -18, Max: 70, Step: 1, Unit: "°"}) {
		d.weather.SunElevation = elevation * math.Pi / 180
	}
}

// change returns the selected change.
func (w *whatIf) change() (timeline.Change, error) {
	d := w.form
	span := clock.FromSeconds(d.seconds)
	switch d.kind {
	case changeSpeed, changeMiss:
		if d.kind == changeSpeed {
			return timeline.Speed{Actor: d.actors[d.actor], Speed: d.speed}, nil
		}
		return timeline.Miss{Actor: d.actors[d.actor], For: span, Camera: d.camera}, nil
	case changeWeather:
		return timeline.Weather{Conditions: d.weather}, nil
	case changeSensor:
		return timeline.Blackout{Sensor: d.sensors[d.sensor], For: span}, nil
	}
	id := d.perceptions[d.perceptionIndex].DriverID
	id.Name = d.drivers[d.driver].Name
	id, err := w.registry.Resolve(id)
	if err != nil {
		return nil, err
	}
	factory, err := w.pool.Open(id)
	return timeline.Handover{DriverID: id, Factory: factory}, err
}

// makeChange forks the drive and shows both branches.
func (w *whatIf) makeChange() {
	change, err := w.change()
	if err == nil {
		err = w.drive.player.fork(false, change)
	}
	if err != nil {
		w.form.problem = err.Error()
		return
	}
	w.form = nil
	if h, ok := change.(timeline.Handover); ok && h.DriverID.Name == drivers.PolicyDriver {
		w.panels.showPolicy(true)
	}
	w.panels.showBranches()
	w.drive.player.set(w.drive.player.play)
}
