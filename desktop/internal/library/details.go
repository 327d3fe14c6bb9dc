package library

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/video"
)

// drawDetails draws the selected scenario and its settings.
func (s *Screen) drawDetails(c *ui.Canvas, in *ui.Input, r ui.Rect) {
	c.Rect(r, c.Theme.Surface)
	c.Rect(ui.Rect{X: r.X, Y: r.Y, W: 1, H: r.H}, c.Theme.Edge)
	if s.chosen == nil {
		return
	}
	c = c.Scoped("details")
	s.drawRun(c, in, r.CutBottom(s.runHeight()))
	k := &s.details
	k.Draw(c, in, r, "details", func() {
		picture := ui.Rect{X: k.X, Y: k.Y, W: k.W, H: math.Round(k.W * video.Height / video.ThumbnailWidth)}
		s.drawPicture(k.Canvas, picture, s.chosen)
		k.Canvas.RoundFrame(picture, 2, 1, c.Theme.Edge)
		k.Y += picture.H + 8
		s.describe(k)
		s.drawDriver(k)
		s.drawWeather(k)
		s.drawParameters(k)
	})
}

// describe draws the description of the scenario.
func (s *Screen) describe(k *ui.Flow) {
	one := s.chosen
	heading := k.Canvas.Theme.Heading
	heading.Size = 16
	k.Text(one.Name, heading)
	k.Text(one.Description, k.Canvas.Theme.Body)
	about := []string{familyName(one.Family)}
	for _, t := range tags([]*scenarios.Scenario{one}) {
		about = append(about, plainTag(t.name))
	}
	k.Text(strings.Join(about, "  ·  "), k.Canvas.Theme.Small)
	rec, ok := s.config.Records.Of(one.Slug())
	if !ok {
		return
	}
	ink := k.Canvas.Theme.Bad
	if rec.Passed {
		ink = k.Canvas.Theme.Good
	}
	k.Text(rec.text(), k.Canvas.Theme.Body.In(ink))
}

// drawDriver draws the settings of driver, perception and seed.
func (s *Screen) drawDriver(k *ui.Flow) {
	k.Heading("Drive")
	driver := k.Next(ui.ControlHeight, 6)
	if s.config.OpenPolicy != nil {
		open := driver.CutRight(28)
		if ui.Button(k.Canvas, k.In, open, "…") {
			s.config.OpenPolicy()
		}
		k.In.Tooltip(k.Canvas, open, "Open a trained policy (*.rlp)")
		driver.CutRight(6)
	}
	ui.Choice(k.Canvas, k.In, driver, "Driver", s.driver.labels, &s.driver.at)
	if s.config.Drivers.IsPolicy(s.driver.chosen().Name) {
		k.Next(ui.ControlHeight, 6) // a policy has its own observations
	} else {
		ui.Choice(k.Canvas, k.In, k.Next(ui.ControlHeight, 6), "Perception", s.perceptionChoice.labels, &s.perceptionChoice.at)
	}
	row := k.Next(ui.ControlHeight, 8)
	k.Canvas.Label(row.CutLeft(48), "Seed", k.Canvas.Theme.Body.In(k.Canvas.Theme.Faint), ui.Left)
	if ui.Button(k.Canvas, k.In, row.CutRight(28), "+") {
		s.setSeed(s.choice().seed + 1)
	}
	row.CutRight(4)
	if ui.Button(k.Canvas, k.In, row.CutRight(28), "−") && s.choice().seed > 0 {
		s.setSeed(s.choice().seed - 1)
	}
	row.CutRight(8)
	if changed, entered := s.seed.Draw(k.Canvas, k.In, row, "seed"); changed {
		if n, err := strconv.ParseUint(strings.TrimSpace(s.seed.Text()), 10, 64); err == nil {
			s.choice().setSeed(n)
		}
	} else if entered {
		s.showSeed()
		s.run()
	}
	s.drawTrial(k)
}

// setSeed sets the seed and shows it.
func (s *Screen) setSeed(seed uint64) {
	s.choice().setSeed(seed)
	s.showSeed()
}

// showSeed writes the seed into its field.
func (s *Screen) showSeed() { s.seed.SetText(strconv.FormatUint(s.choice().seed, 10)) }

// drawWeather draws the settings of light, rain and fog. Values that the scenario
// varies are among the parameters.
func (s *Screen) drawWeather(k *ui.Flow) {
	k.Heading("Weather")
	ch := s.choice()
	for i := range skies {
		if slices.ContainsFunc(ch.ranges, func(r scenarios.ParameterRange) bool { return r.Name == "weather."+skies[i].field }) {
			continue
		}
		labels := make([]string, len(skies[i].options))
		for n, o := range skies[i].options {
			labels[n] = o.label
		}
		if ui.Choice(k.Canvas, k.In, k.Next(ui.ControlHeight, 6), skies[i].label, labels, &ch.weather[i]) {
			ch.err = nil
		}
	}
}

// drawParameters draws the settings of the varied parameters.
func (s *Screen) drawParameters(k *ui.Flow) {
	ch := s.choice()
	if len(ch.ranges) == 0 {
		return
	}
	k.Heading("Parameters")
	for i := range ch.ranges {
		s.drawParameter(k, ch, &ch.ranges[i])
	}
	if ch.touched() && ui.Button(k.Canvas, k.In, k.Next(ui.ControlHeight, 4), "Reset all to the seed's values") {
		ch.reset()
	}
}

// drawParameter draws a parameter as a slider or a choice.
func (s *Screen) drawParameter(k *ui.Flow, ch *choice, g *scenarios.ParameterRange) {
	c := k.Canvas.Scoped(g.Name)
	high := float64(ui.SliderHeight)
	if !g.Numeric {
		high = ui.ControlHeight
	}
	row := k.Next(high, 6)
	if _, set := ch.values[g.Name]; set {
		if ui.Button(c, k.In, row.CutRight(22).Centered(22, 22), "×") {
			ch.free(g.Name)
		}
		k.In.Tooltip(c, ui.Rect{X: row.Right(), Y: row.Y, W: 22, H: row.H}, "Reset to the seed's value")
		row.CutRight(6)
	}
	if g.Numeric {
		s.drawSlider(c, k.In, row, ch, g)
	} else {
		at := slices.Index(g.Any, ch.value(g.Name))
		if ui.Choice(c, k.In, row, plainName(g.Name), g.Any, &at) {
			ch.set(g.Name, g.Any[at])
		}
	}
	s.places[g.Name] = c.ToWindow(row)
	k.In.Tooltip(c, row, fmt.Sprintf("%s: %s", g.Name, spread(g)))
}

// spread describes the range of a parameter.
func spread(g *scenarios.ParameterRange) string {
	if len(g.Any) > 0 {
		return "one of " + strings.Join(g.Any, ", ")
	}
	return g.Text(g.From) + " to " + g.Text(g.To)
}

// drawSlider draws a slider, with marks at the listed values.
func (s *Screen) drawSlider(c *ui.Canvas, in *ui.Input, r ui.Rect, ch *choice, g *scenarios.ParameterRange) {
	v, err := g.Value(ch.value(g.Name))
	if err != nil {
		v = g.From // the current value is not a number
	}
	step, decimals := fine(g.To - g.From)
	label := plainName(g.Name)
	if g.Sign != "" {
		label += "  " + g.Sign
	}
	for _, text := range g.Any {
		if x, err := g.Value(text); err == nil && g.To > g.From {
			at := r.X + 6 + (r.W-12)*(x-g.From)/(g.To-g.From)
			c.Line(ui.Point{X: at, Y: r.Y + 33}, ui.Point{X: at, Y: r.Y + 37}, 1, c.Theme.Faint)
		}
	}
	if ui.Slider(c, in, r, label, &v, ui.Range{Min: g.From, Max: g.To, Step: step, Unit: g.Unit, Decimals: decimals}) {
		ch.set(g.Name, g.Text(v))
	}
}

// fine returns a round step of about a hundredth of a range, and its decimals.
func fine(span float64) (step float64, decimals int) {
	if span <= 0 {
		return 0, 0
	}
	e := int(math.Floor(math.Log10(span / 30)))
	return math.Pow(10, float64(e)), max(0, -e)
}

// plainName returns a readable parameter name: cutter.do[0].change_lane.over becomes
// cutter: change lane over.
func plainName(name string) string {
	owner, rest, ok := strings.Cut(name, ".")
	if !ok {
		return name
	}
	if number, field, found := strings.Cut(strings.TrimPrefix(rest, "do["), "]."); found && strings.HasPrefix(rest, "do[") {
		rest = field
		if n, err := strconv.Atoi(number); err == nil && n > 0 {
			rest = fmt.Sprintf("%d. %s", n+1, field)
		}
	}
	return owner + ": " + strings.NewReplacer("_", " ", ".", " ").Replace(rest)
}

// runHeight returns the height of the buttons at the bottom.
func (s *Screen) runHeight() float64 {
	if s.errorText() != "" {
		return 112
	}
	return 56
}

// errorText returns the error of the settings, "" for none.
func (s *Screen) errorText() string {
	if err := s.choice().err; err != nil {
		return err.Error()
	}
	return s.problem
}

// drawRun draws the buttons at the bottom, and the error of the settings.
func (s *Screen) drawRun(c *ui.Canvas, in *ui.Input, r ui.Rect) {
	c.Rect(r, c.Theme.Raised)
	c.Rect(ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 1}, c.Theme.Edge)
	r = r.Inset2(margin, margin)
	if text := s.errorText(); text != "" {
		c.Paragraph(r.CutTop(56), text, c.Theme.Body.In(c.Theme.Bad))
	}
	row := r.CutTop(32)
	if s.config.Edit != nil {
		if ui.Button(c, in, row.CutRight(90), "Edit") {
			s.edit()
		}
		in.Tooltip(c, ui.Rect{X: row.Right(), Y: row.Y, W: 90, H: row.H}, "Edit a copy (Ctrl+E)")
		row.CutRight(8)
	}
	if ui.PrimaryButton(c, in, row, "Drive  (Enter)") {
		s.run()
	}
}
