package editor

import (
	"fmt"
	"slices"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/edit"
	"roadloop/sim/actor"
)

// drawSide draws the form of the selection or of the scenario.
func (s *Screen) drawSide(c *ui.Canvas, in *ui.Input, r ui.Rect) {
	c.Rect(r, c.Theme.Surface)
	c.Rect(ui.Rect{X: r.X, Y: r.Y, W: 1, H: r.H}, c.Theme.Edge)
	s.drawFault(c, in, &r)
	tabs := r.CutTop(34)
	tabs.CutLeft(6)
	if s.chosen.what == nothing {
		s.tab = max(s.tab, 1)
	}
	before := s.chosen
	ui.Tabs(c, in, tabs, "what", []string{s.chosenName(), "Scenario", "Expected"}, &s.tab)
	c.Rect(ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 1}, c.Theme.Edge)
	s.side.Draw(c, in, r, "side", func() {
		switch {
		case s.tab == 1:
			s.drawWhole(&s.side)
		case s.tab == 2:
			s.drawExpected(&s.side)
		case before.what == theEgo:
			s.drawEgo(&s.side)
		case before.what == anActor:
			s.drawActor(&s.side, before.actor)
		default:
			s.side.Text("Nothing is selected.", c.Theme.Body.In(c.Theme.Faint))
		}
	})
}

// chosenName returns the name of the selection.
func (s *Screen) chosenName() string {
	switch s.chosen.what {
	case theEgo:
		return "ego"
	case anActor:
		return s.draft.Scalar(edit.ActorPath(s.chosen.actor, "id"))
	}
	return "No selection"
}

// drawFault draws the error of the scenario at the top. A click selects its object.
func (s *Screen) drawFault(c *ui.Canvas, in *ui.Input, r *ui.Rect) {
	if s.findings == nil || s.findings.Error == nil {
		return
	}
	fault := s.findings.Error
	text := fault.Err.Error()
	if fault.Path != "" {
		text = fault.Path + ": " + text
	}
	lines := len(c.Wrap(text, c.Theme.Body, r.W-24))
	box := r.CutTop(float64(lines)*18 + 16)
	c.Rect(box, ui.Mix(c.Theme.Surface, c.Theme.Bad, .22))
	c.Paragraph(box.Inset2(12, 8), text, c.Theme.Body)
	if in.Click(c, box, ui.Primary) {
		s.goTo(fault.Path)
	}
}

// goTo selects the object of a path.
func (s *Screen) goTo(path string) {
	var i int
	switch {
	case path == "":
	case s.faultyBelow(path, "ego"):
		s.chooseEgo()
	case s.faultyBelow(path, "expect"):
		s.tab = 2
	default:
		if n, err := fmt.Sscanf(path, "actors[%d]", &i); err == nil && n == 1 && i < s.draft.Len("actors") {
			s.choose(i)
			return
		}
		s.tab = 1
	}
}

func (s *Screen) faultyBelow(path, section string) bool {
	return len(path) >= len(section) && path[:len(section)] == section
}

// drawEgo draws the form of the ego.
func (s *Screen) drawEgo(k *ui.Flow) {
	always := []string{"lane", "s", "speed"}
	if _, reaches := s.draft.Value("ego.reaches"); reaches {
		k.Text("Its start is computed so that its front reaches a position at a given time. Moving it sets a fixed start instead.", k.Canvas.Theme.Small)
		s.drawSection(k, "ego.reaches", "ego.reaches", "s", "in")
		always = []string{"lane", "speed"}
	}
	s.drawSection(k, "ego", "ego", always...)
}

// drawActor draws the form of an actor and its maneuvers.
func (s *Screen) drawActor(k *ui.Flow, i int) {
	path := edit.ActorPath(i, "")
	kind, _ := actor.ParseKind(s.draft.Scalar(path + ".kind"))
	always := []string{"id", "kind", "lane", "s", "d", "speed"}
	switch _, meets := s.draft.Value(path + ".meet"); {
	case meets:
		k.Text("Its start is computed so that it meets the ego where their paths cross. Moving it sets a fixed start instead.", k.Canvas.Theme.Small)
		s.drawSection(k, "actors.meet", path+".meet")
		always = []string{"id", "kind", "lane", "speed"}
	case s.draft.Scalar(path+".headway") != "":
		always = []string{"id", "kind", "lane", "headway", "speed"}
	case s.draft.Len(path+".path") > 0:
		always = []string{"id", "kind", "lane", "speed"}
	}
	s.drawFieldsOf(k, kind, path, always)
	s.drawSpots(k, i)
	s.drawSteps(k, i)
}

// drawFieldsOf draws the fields of an actor that apply to its kind.
func (s *Screen) drawFieldsOf(k *ui.Flow, kind actor.Kind, path string, always []string) {
	var rest []edit.Field
	for _, f := range s.form.section("actors") {
		at := path + "." + f.Name
		_, given := s.draft.Value(at)
		switch {
		case f.Kind.Mapping() || f.Name == "repeat" && !given:
		case given || slices.Contains(always, f.Name):
			s.drawField(k, &f, at, !slices.Contains(always, f.Name))
		case !kind.Vulnerable() && (f.Name == "clothing" || f.Name == "skin" || f.Name == "wary"):
		default:
			rest = append(rest, f)
		}
	}
	s.offer(k, path, rest)
}

// drawSpots lists the points of a path.
func (s *Screen) drawSpots(k *ui.Flow, i int) {
	n := s.draft.Len(edit.ActorPath(i, "path"))
	if n == 0 {
		return
	}
	k.Heading("Path")
	fields := s.form.section("actors.path")
	for j := range n {
		path := fmt.Sprintf("%s[%d]", edit.ActorPath(i, "path"), j)
		row := k.Next(ui.ControlHeight, 5)
		c := k.Canvas.Scoped(path)
		c.Label(row.CutLeft(22), fmt.Sprint(j+1), c.Theme.Number, ui.Left)
		if button(c, k.In, row.CutRight(24).Centered(22, 22), "×", "Remove this point") {
			s.draft.EndStep()
			s.change("remove a path point", func(e *edit.Edit) error { return e.RemoveWaypoint(i, j) })
			return
		}
		row.CutRight(6)
		for f := range fields {
			half := row.CutLeft(row.W / float64(len(fields)-f))
			c.Label(half.CutLeft(16), fields[f].Name, c.Theme.Body.In(c.Theme.Faint), ui.Left)
			half.CutRight(6)
			s.drawText(c.Scoped(fields[f].Name), k.In, half, &fields[f], path+"."+fields[f].Name)
		}
	}
}

// drawWhole draws the form of the scenario: texts, road, weather, traffic and end.
func (s *Screen) drawWhole(k *ui.Flow) {
	for _, name := range []string{"name", "description", "family"} {
		f := edit.Field{Field: scenarios.Field{Name: name, Kind: scenarios.Text}}
		s.drawField(k, &f, name, false)
	}
	k.Heading("Road")
	s.drawSection(k, "map", "map", "kind", "lanes", "length", "speed_limit")
	k.Heading("Weather")
	s.drawSection(k, "weather", "weather", "time", "rain", "fog")
	k.Heading("Random traffic")
	s.drawSection(k, "traffic", "traffic")
	if s.draft.Scalar("map.control") == "signals" {
		k.Heading("Signals")
		s.drawSection(k, "signal", "signal", "start", "red", "amber", "green")
	}
	k.Heading("End")
	s.drawSection(k, "until", "until", "time")
	s.drawVaried(k)
}

// drawExpected draws the form of the expectations.
func (s *Screen) drawExpected(k *ui.Flow) {
	k.Text("Conditions to pass. Collisions at fault, leaving the road, red lights and stop signs always fail.", k.Canvas.Theme.Small)
	s.drawSection(k, "expect", "expect", "collision")
}
