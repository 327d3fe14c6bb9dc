package panel

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
)

// Sensors is the panel of the car's sensors: what arrived at the driver, its
// age, and faults.
type Sensors struct{ feed *Feed }

// NewSensors returns the panel of a feed.
func NewSensors(feed *Feed) *Sensors { return &Sensors{feed: feed} }

// Name returns the panel's key.
func (p *Sensors) Name() string { return "sensors" }

// Title returns the panel's title.
func (p *Sensors) Title() string { return "Sensors" }

const sensorLine = 20.0

// sensorRow is a row of the
type sensorRow struct {
	name    string
	arrived string     // at this decision, "" for nothing
	age     clock.Tick // of the last message, by the driver's estimate; -1 if unknown
	timing  *rig.Timing
	faults  string
}

// Draw shows the arrivals at the shown decision.
func (p *Sensors) Draw(c *ui.Canvas, in *ui.Input) {
	c.Fill(c.Theme.Surface)
	f := p.feed.Frame()
	if f == nil {
		Empty(c, "No drive yet.")
		return
	}
	r := c.Bounds().Inset2(10, 6)
	list := p.sensors(f)
	if list == nil {
		Empty(c, "No sensors: this driver uses oracle perception.")
		return
	}
	head := r.CutTop(sensorLine)
	k := sensorColumns(r.W)
	c.Label(k[1].in(head), "age", c.Theme.Small, ui.Right)
	c.Label(k[3].in(head), "arrived now", c.Theme.Small, ui.Left)
	for i := range list {
		if r.H < sensorLine-4 {
			return
		}
		drawSensor(c, r.CutTop(sensorLine), &k, &list[i])
	}
}

// sensorColumns returns the columns name, age, bar and the rest.
func sensorColumns(width float64) [4]column {
	const name, age = 68.0, 58.0
	bar := math.Max(0, math.Min(80, .25*width))
	return [4]column{{0, name}, {name, age}, {name + age + 8, bar}, {name + age + bar + 18, math.Max(0, width-name-age-bar-18)}}
}

// sensors returns the rows for a decision, nil if all sensors are off or the driver uses
// ground truth.
func (p *Sensors) sensors(f *timeline.Step) []sensorRow {
	drive := p.feed.Timeline()
	if drive.DriverIDAt(int(f.Time/clock.DriverPeriod)).Perception == runner.Oracle {
		return nil
	}
	cfg := &drive.Plan().Drive.Rig
	usual := unharmed(cfg)
	on := false
	var list []sensorRow
	for i := range cfg.Sensors {
		s := &cfg.Sensors[i]
		on = on || s.Period > 0
		list = append(list, sensorRow{name: s.Name, timing: &s.Timing, age: -1, faults: faultsOf(&s.Timing, usual(s.Name), f.Time)})
	}
	if !on {
		return nil
	}
	for s, m := range rig.Of[rig.Camera](cfg) {
		if m.Dirt > 0 {
			row := named(list, s.Name)
			row.faults = strings.TrimPrefix(row.faults+", dirt on "+Quantity(100*m.Dirt, 0, "%"), ", ")
		}
	}
	if f.Scene != nil {
		for _, s := range f.Scene.Health.Sensors {
			if row := named(list, s.Sensor); row != nil {
				row.age = s.Age
			}
		}
	}
	arrivals(list, f)
	return list
}

// named returns the row of a sensor, nil if there is none.
func named(list []sensorRow, name string) *sensorRow {
	i := slices.IndexFunc(list, func(s sensorRow) bool { return s.name == name })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// unharmed returns a function that returns the usual timing of a sensor: that of the
// shipped rigs, or that of the given one.
func unharmed(cfg *rig.Config) func(name string) *rig.Timing {
	surround := rig.Surround()
	return func(name string) *rig.Timing {
		s, err := surround.Sensor(name)
		if err != nil {
			s, _ = cfg.Sensor(name)
		}
		return &s.Timing
	}
}

// arrivals fills in what arrived at a decision, and the delay since the measurement.
func arrivals(list []sensorRow, f *timeline.Step) {
	note := func(name, what string, at clock.Tick) {
		if row := named(list, name); row != nil {
			row.arrived = what + " after " + Quantity(1000*(f.Time-at).Seconds(), 0, "ms")
		}
	}
	for i := range f.Frames {
		note(f.Frames[i].Sensor, "frame", f.Frames[i].Time)
	}
	for i := range f.Scans {
		s := &f.Scans[i]
		note(s.Sensor, fmt.Sprintf("%d points", len(s.Points)), s.Time)
	}
	for i := range f.Radars {
		s := &f.Radars[i]
		note(s.Sensor, fmt.Sprintf("%d targets", len(s.Targets)), s.Time)
	}
	for i := range f.Other {
		note(f.Other[i].Sensor, "message", f.Other[i].Time)
	}
}

// faultsOf describes the faults of a sensor at a time, compared with the usual timing.
func faultsOf(t, usual *rig.Timing, now clock.Tick) string {
	var out []string
	if t.Blackout[0] <= now && now < t.Blackout[1] {
		out = append(out, "blackout")
	}
	if t.Dropout > usual.Dropout {
		out = append(out, "drops "+Quantity(100*t.Dropout, 0, "%"))
	}
	if t.Latency > usual.Latency {
		out = append(out, "late by "+Quantity(10*float64(t.Latency-usual.Latency), 0, "ms"))
	}
	return strings.Join(out, ", ")
}

// Ages, in periods and latencies of a sensor, from which it is late or lost.
const (
	lateAfter = 1.6
	lostAfter = 4
)

// drawSensor draws a row: a disc for fresh, a ring for late, a cross for lost.
func drawSensor(c *ui.Canvas, r ui.Rect, k *[4]column, s *sensorRow) {
	usual := float64(s.timing.Period + s.timing.Latency)
	age := float64(s.age)
	col := c.Theme.Good
	at := ui.Point{X: r.X + 5, Y: r.Y + sensorLine/2}
	switch {
	case s.timing.Period == 0:
		col = c.Theme.Faint
		c.Ring(at, 3, 1, col)
	case s.age < 0:
		col = c.Theme.Faint
		c.Circle(at, 3, col)
	case age > lostAfter*usual:
		col = c.Theme.Bad
		c.Cross(at, 3, 2, col)
	case age > lateAfter*usual:
		col = c.Theme.Warning
		c.Ring(at, 3, 2, col)
	default:
		c.Circle(at, 3.4, col)
	}
	name := k[0].in(r)
	name.CutLeft(14)
	c.Label(name, s.name, c.Theme.Body, ui.Left)
	text := "–"
	if s.age >= 0 && s.timing.Period > 0 {
		text = Quantity(10*age, 0, "ms")
	}
	c.Label(k[1].in(r), text, c.Theme.Number.In(ui.Mix(col, c.Theme.Ink, .5)), ui.Right)
	drawAge(c, k[2].in(r), age, usual, col)
	drawNews(c, k[3].in(r), s)
}

// drawAge draws an age as a bar, with a mark at the usual age.
func drawAge(c *ui.Canvas, bar ui.Rect, age, usual float64, col ui.Color) {
	if bar.W < 20 || usual == 0 {
		return
	}
	bar.Y, bar.H = bar.Y+sensorLine/2-3, 6
	c.RoundRect(bar, 3, c.Theme.Raised)
	if age > 0 {
		c.RoundRect(ui.Rect{X: bar.X, Y: bar.Y, W: bar.W * math.Min(1, age/(lostAfter*usual)), H: bar.H}, 3, col)
	}
	c.Rect(ui.Rect{X: bar.X + bar.W/lostAfter, Y: bar.Y - 2, W: 1, H: bar.H + 4}, c.Theme.Ink)
}

// drawNews writes the arrivals and the faults.
func drawNews(c *ui.Canvas, r ui.Rect, s *sensorRow) {
	if s.faults != "" {
		text := "! " + s.faults
		w := math.Min(r.W, c.Measure(text, c.Theme.Small)+10)
		c.Label(r.CutLeft(w), text, c.Theme.Small.In(c.Theme.Bad), ui.Left)
	}
	text := s.arrived
	if text == "" && s.timing.Period == 0 {
		text = "off"
	}
	c.Label(r, text, c.Theme.Small, ui.Left)
}
