package editor

import (
	"fmt"
	"slices"
	"strings"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/edit"
	"roadloop/sim/actor"
)

// draw draws the form of the selection or of the scenario.
func (p *form) draw(c *ui.Canvas, in *ui.Input, r ui.Rect) {
	c.Rect(r, c.Theme.Surface)
	c.Rect(ui.Rect{X: r.X, Y: r.Y, W: 1, H: r.H}, c.Theme.Edge)
	p.drawFault(c, in, &r)
	tabs := r.CutTop(34)
	tabs.CutLeft(6)
	if p.sel.fresh {
		p.tab, p.sel.fresh = 0, false
	}
	if p.sel.what == nothing {
		p.tab = max(p.tab, 1)
	}
	before := *p.sel
	ui.Tabs(c, in, tabs, "what", []string{p.sel.name(), "Scenario", "Expected"}, &p.tab)
	c.Rect(ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 1}, c.Theme.Edge)
	p.flow.Draw(c, in, r, "side", func() {
		switch {
		case p.tab == 1:
			p.drawWhole(&p.flow)
		case p.tab == 2:
			p.drawExpected(&p.flow)
		case before.what == theEgo:
			p.drawEgo(&p.flow)
		case before.what == anActor:
			p.drawActor(&p.flow, before.actor)
		default:
			p.flow.Text("Nothing is selected.", c.Theme.Body.In(c.Theme.Faint))
		}
	})
}

// drawFault draws the error of the scenario at the top. A click selects its object.
func (p *form) drawFault(c *ui.Canvas, in *ui.Input, r *ui.Rect) {
	if p.doc.findings == nil || p.doc.findings.Error == nil {
		return
	}
	fault := p.doc.findings.Error
	text := fault.Err.Error()
	if fault.Path != "" {
		text = fault.Path + ": " + text
	}
	lines := len(c.Wrap(text, c.Theme.Body, r.W-24))
	box := r.CutTop(float64(lines)*18 + 16)
	c.Rect(box, ui.Mix(c.Theme.Surface, c.Theme.Bad, .22))
	c.Paragraph(box.Inset2(12, 8), text, c.Theme.Body)
	if in.Click(c, box, ui.Primary) {
		p.goTo(fault.Path)
	}
}

// goTo selects the object of a path.
func (p *form) goTo(path string) {
	var i int
	switch {
	case path == "":
	case strings.HasPrefix(path, "ego"):
		p.sel.chooseEgo()
	case strings.HasPrefix(path, "expect"):
		p.tab = 2
	default:
		if n, err := fmt.Sscanf(path, "actors[%d]", &i); err == nil && n == 1 && i < p.doc.draft.Len("actors") {
			p.sel.choose(i)
			return
		}
		p.tab = 1
	}
}

// drawEgo draws the form of the ego.
func (p *form) drawEgo(k *ui.Flow) {
	always := []string{"lane", "s", "speed"}
	if _, reaches := p.doc.draft.Value("ego.reaches"); reaches {
		k.Text("Its start is computed so that its front reaches a position at a given time. Moving it sets a fixed start instead.", k.Canvas.Theme.Small)
		p.drawSection(k, "ego.reaches", "ego.reaches", "s", "in")
		always = []string{"lane", "speed"}
	}
	p.drawSection(k, "ego", "ego", always...)
}

// drawActor draws the form of an actor and its maneuvers.
func (p *form) drawActor(k *ui.Flow, i int) {
	path := edit.ActorPath(i, "")
	kind, _ := actor.ParseKind(p.doc.draft.Scalar(path + ".kind"))
	always := []string{"id", "kind", "lane", "s", "d", "speed"}
	switch _, meets := p.doc.draft.Value(path + ".meet"); {
	case meets:
		k.Text("Its start is computed so that it meets the ego where their paths cross. Moving it sets a fixed start instead.", k.Canvas.Theme.Small)
		p.drawSection(k, "actors.meet", path+".meet")
		always = []string{"id", "kind", "lane", "speed"}
	case p.doc.draft.Scalar(path+".headway") != "":
		always = []string{"id", "kind", "lane", "headway", "speed"}
	case p.doc.draft.Len(path+".path") > 0:
		always = []string{"id", "kind", "lane", "speed"}
	}
	p.drawFieldsOf(k, kind, path, always)
	p.drawSpots(k, i)
	p.drawSteps(k, i)
}

// drawFieldsOf draws the fields of an actor that apply to its kind.
func (p *form) drawFieldsOf(k *ui.Flow, kind actor.Kind, path string, always []string) {
	var rest []edit.Field
	for _, f := range p.section("actors") {
		at := path + "." + f.Name
		_, given := p.doc.draft.Value(at)
		switch {
		case f.Kind.Mapping() || f.Name == "repeat" && !given:
		case given || slices.Contains(always, f.Name):
			p.drawField(k, &f, at, !slices.Contains(always, f.Name))
		case !kind.Vulnerable() && (f.Name == "clothing" || f.Name == "skin" || f.Name == "wary"):
		default:
			rest = append(rest, f)
		}
	}
	p.offer(k, path, rest)
}

// drawSpots lists the points of a path.
func (p *form) drawSpots(k *ui.Flow, i int) {
	n := p.doc.draft.Len(edit.ActorPath(i, "path"))
	if n == 0 {
		return
	}
	k.Heading("Path")
	fields := p.section("actors.path")
	for j := range n {
		path := fmt.Sprintf("%s[%d]", edit.ActorPath(i, "path"), j)
		row := k.Next(ui.ControlHeight, 5)
		c := k.Canvas.Scoped(path)
		c.Label(row.CutLeft(22), fmt.Sprint(j+1), c.Theme.Number, ui.Left)
		if button(c, k.In, row.CutRight(24).Centered(22, 22), "×", "Remove this point") {
			p.doc.step("remove a path point", func(e *edit.Edit) error { return e.RemoveWaypoint(i, j) })
			return
		}
		row.CutRight(6)
		for f := range fields {
			half := row.CutLeft(row.W / float64(len(fields)-f))
			c.Label(half.CutLeft(16), fields[f].Name, c.Theme.Body.In(c.Theme.Faint), ui.Left)
			half.CutRight(6)
			p.drawText(c.Scoped(fields[f].Name), k.In, half, &fields[f], path+"."+fields[f].Name)
		}
	}
}

// drawWhole draws the form of the scenario: texts, road, weather, traffic and end.
func (p *form) drawWhole(k *ui.Flow) {
	for _, name := range []string{"name", "description", "family"} {
		f := edit.Field{Field: scenarios.Field{Name: name, Kind: scenarios.Text}}
		p.drawField(k, &f, name, false)
	}
	k.Heading("Road")
	p.drawSection(k, "map", "map", "kind", "lanes", "length", "speed_limit")
	k.Heading("Weather")
	p.drawSection(k, "weather", "weather", "time", "rain", "fog")
	k.Heading("Random traffic")
	p.drawSection(k, "traffic", "traffic")
	if p.doc.draft.Scalar("map.control") == "signals" {
		k.Heading("Signals")
		p.drawSection(k, "signal", "signal", "start", "red", "amber", "green")
	}
	k.Heading("End")
	p.drawSection(k, "until", "until", "time")
	p.drawVaried(k)
}

// drawExpected draws the form of the expectations.
func (p *form) drawExpected(k *ui.Flow) {
	k.Text("Conditions to pass. Collisions at fault, leaving the road, red lights and stop signs always fail.", k.Canvas.Theme.Small)
	p.drawSection(k, "expect", "expect", "collision")
}
