package desktop

import (
	"fmt"
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/tape"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/scene"
)

// whatIf is the dialog in which the future is changed.
type whatIf struct {
	kind    int
	actors  []string  // whom a change can be about
	speeds  []float64 // proposed for them, m/s
	actor   int
	speed   float64 // m/s
	seconds float64 // for which perception misses somebody; 0 to the end
	camera  bool    // only the network misses them
	sensor  int
	weather scene.Conditions
	driver  int
	eyes    int
	problem string
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

var sensorNames = []string{"camera", "lidar", "radar", "odometry", "gnss"}

// askWhatIf opens the dialog for the frame that is looked at.
func (w *Window) askWhatIf() {
	v := w.player.now()
	f := v.tape.Frame(v.at)
	if f == nil {
		return
	}
	w.player.set(w.player.rest)
	d := &whatIf{speed: 10, weather: f.World.Conditions()}
	p := v.tape.Plan()
	for id := range p.Names {
		if id == 0 || p.Traffic > 0 && actor.ID(id) >= p.Traffic {
			continue
		}
		if actor.ID(id) == w.feed.Chosen {
			d.actor = len(d.actors)
		}
		d.actors = append(d.actors, p.Names[id])
		d.speeds = append(d.speeds, proposed(f.World.Actors()[id-1].State.Speed))
	}
	if len(d.actors) == 0 {
		d.kind = changeWeather
	} else {
		d.speed = d.speeds[d.actor]
	}
	w.whatIf = d
}

// proposed returns another speed than the present one, to begin with.
func proposed(now float64) float64 {
	if now < 1 {
		return 5
	}
	return now / 2
}

// drawWhatIf shows the dialog.
func (w *Window) drawWhatIf() {
	d := w.whatIf
	v := w.player.now()
	title := fmt.Sprintf("What if, from %.2f s on", decisionTime(v.at))
	if w.in.Dialog(title, 520, 400, func(c *ui.Canvas) {
		r := c.Bounds()
		ui.Tabs(c, w.in, r.CutTop(30), "kinds", changeTabs, &d.kind)
		r.CutTop(14)
		foot := r.CutBottom(30)
		d.draw(c, w.in, r)
		if d.problem != "" {
			c.Paragraph(ui.Rect{X: r.X, Y: r.Bottom() - 44, W: r.W, H: 40}, d.problem, c.Theme.Body.In(c.Theme.Bad))
		}
		if ui.PrimaryButton(c, w.in, foot.CutRight(150), "See both futures") || w.in.TakeKey(ebiten.KeyEnter) {
			w.makeChange()
		}
	}) {
		w.whatIf = nil
	}
}

// draw shows what can be set of the chosen kind.
func (d *whatIf) draw(c *ui.Canvas, in *ui.Input, r ui.Rect) {
	next := func(h float64) ui.Rect {
		row := r.CutTop(h)
		r.CutTop(12)
		return row
	}
	switch d.kind {
	case changeSpeed, changeMiss:
		if len(d.actors) == 0 {
			c.Label(next(24), "There is nobody but the ego and traffic in this scenario.", c.Theme.Body, ui.Left)
			return
		}
		if ui.Choice(c, in, next(ui.ControlHeight), "road user", d.actors, &d.actor) {
			d.speed = d.speeds[d.actor]
		}
		if d.kind == changeSpeed {
			kmh := 3.6 * d.speed
			if ui.Slider(c, in, next(ui.SliderHeight), "drives or walks at", &kmh, ui.Range{Max: 150, Step: 1, Unit: "km/h"}) {
				d.speed = kmh / 3.6
			}
			return
		}
		ui.Slider(c, in, next(ui.SliderHeight), "is not perceived for (0: to the end)", &d.seconds, ui.Range{Max: 20, Step: .5, Unit: "s", Decimals: 1})
		ui.Toggle(c, in, next(24), "only in camera pictures: radar and lidar may tell", &d.camera)
	case changeWeather:
		d.drawWeather(c, in, next)
	case changeDriver:
		ui.Choice(c, in, next(ui.ControlHeight), "driver", scenarios.Drivers(), &d.driver)
		ui.Choice(c, in, next(ui.ControlHeight), "perception", perceptions(), &d.eyes)
	case changeSensor:
		ui.Choice(c, in, next(ui.ControlHeight), "falls silent:", sensorNames, &d.sensor)
		ui.Slider(c, in, next(ui.SliderHeight), "for (0: to the end)", &d.seconds, ui.Range{Max: 20, Step: .5, Unit: "s", Decimals: 1})
	}
}

func (d *whatIf) drawWeather(c *ui.Canvas, in *ui.Input, next func(float64) ui.Rect) {
	part := ui.Range{Max: 1, Step: .05, Decimals: 2}
	ui.Slider(c, in, next(ui.SliderHeight), "rain", &d.weather.Rain, part)
	ui.Slider(c, in, next(ui.SliderHeight), "water on the road", &d.weather.Wet, part)
	ui.Slider(c, in, next(ui.SliderHeight), "fog: visibility (0: clear)", &d.weather.Visibility, ui.Range{Max: 1000, Step: 20, Unit: "m"})
	elevation := d.weather.SunElevation * 180 / math.Pi
	if ui.Slider(c, in, next(ui.SliderHeight), "sun above the horizon", &elevation, ui.Range{Min: -18, Max: 70, Step: 1, Unit: "°"}) {
		d.weather.SunElevation = elevation * math.Pi / 180
	}
}

// change returns what was set.
func (w *Window) change() (tape.Change, error) {
	d := w.whatIf
	span := clock.FromSeconds(d.seconds)
	switch d.kind {
	case changeSpeed, changeMiss:
		if len(d.actors) == 0 {
			return nil, fmt.Errorf("choose another change: there is nobody to change")
		}
		if d.kind == changeSpeed {
			return tape.Speed{Actor: d.actors[d.actor], Speed: d.speed}, nil
		}
		return tape.Miss{Actor: d.actors[d.actor], For: span, Camera: d.camera}, nil
	case changeWeather:
		return tape.Weather{Conditions: d.weather}, nil
	case changeSensor:
		return tape.Silence{Sensor: sensorNames[d.sensor], For: span}, nil
	}
	crew, who, err := w.crews.get(scenarios.Drivers()[d.driver], perceptions()[d.eyes])
	return tape.Handover{Driver: who.Driver, Perception: who.Perception, Crew: crew}, err
}

// makeChange forks the drive and shows both futures.
func (w *Window) makeChange() {
	change, err := w.change()
	if err == nil {
		err = w.player.fork(false, change)
	}
	if err != nil {
		w.whatIf.problem = err.Error()
		return
	}
	w.whatIf = nil
	w.compared = compared{}
	w.dock.Show(otherPanel)
	w.dock.Show(comparePanel)
	w.player.set(w.player.play)
}
