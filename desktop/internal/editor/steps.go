package editor

import (
	"fmt"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/edit"
)

// drawSteps draws the maneuvers of an actor with their triggers.
func (p *form) drawSteps(k *ui.Flow, i int) {
	k.Heading("Maneuvers")
	actions := p.actions()
	for j := range p.doc.draft.Len(edit.ActorPath(i, "do")) {
		if p.drawStep(k, i, j, actions) {
			return // the list has changed
		}
	}
	at := -1
	c := k.Canvas.Scoped("steps")
	names := make([]string, len(actions))
	for n := range actions {
		names[n] = plain(actions[n])
	}
	if ui.Choice(c, k.In, k.Next(ui.ControlHeight, 6), "Add a maneuver", names, &at) && at >= 0 {
		p.doc.step("add "+names[at], func(e *edit.Edit) error { _, err := e.AddManeuver(i, actions[at]); return err })
	}
}

// actions returns the actions of maneuvers.
func (p *form) actions() []string {
	var out []string
	for _, f := range p.section("actors.do") {
		if f.Name != "when" {
			out = append(out, f.Name)
		}
	}
	return out
}

// drawStep draws a maneuver. It reports whether it was removed.
func (p *form) drawStep(k *ui.Flow, i, j int, actions []string) (removed bool) {
	path := edit.ManeuverPath(i, j, "")
	c := k.Canvas.Scoped(path)
	action := p.doc.draft.Action(i, j)
	row := k.Next(ui.ControlHeight, 5)
	c.RoundRect(ui.Rect{X: row.X - 6, Y: row.Y - 2, W: row.W + 12, H: row.H + 4}, 4, c.Theme.Raised)
	c.Label(row.CutLeft(22), fmt.Sprintf("%d.", j+1), c.Theme.Title, ui.Left)
	if button(c, k.In, row.CutRight(24).Centered(22, 22), "×", "Remove this maneuver") {
		p.doc.draft.EndStep()
		p.forget()
		return p.doc.change("remove a maneuver", func(e *edit.Edit) error { return e.RemoveManeuver(i, j) })
	}
	row.CutRight(6)
	at, names := -1, make([]string, len(actions))
	for n := range actions {
		names[n] = plain(actions[n])
		if actions[n] == action {
			at = n
		}
	}
	if ui.Choice(c, k.In, row, "", names, &at) && at >= 0 {
		p.doc.step("change a maneuver", func(e *edit.Edit) error { return e.SetAction(i, j, actions[at]) })
		return true
	}
	if action != "" {
		if fields := p.section("actors.do." + action); len(fields) > 0 {
			p.drawAll(k, fields, path+"."+action)
		}
	}
	k.Text(p.whenText(i, j), k.Canvas.Theme.Small)
	p.drawSection(k, "actors.do.when", path+".when")
	return false
}

// drawAll draws all fields of a section, including empty ones.
func (p *form) drawAll(k *ui.Flow, fields []edit.Field, path string) {
	for f := range fields {
		p.drawField(k, &fields[f], path+"."+fields[f].Name, false)
	}
}

// whenText describes when a maneuver begins.
func (p *form) whenText(i, j int) string {
	v, _ := p.doc.draft.Value(edit.ManeuverPath(i, j, "when"))
	tree, _ := v.(map[string]any)
	switch {
	case len(tree) == 0 && j == 0:
		return "at the start; or add a trigger:"
	case len(tree) == 0:
		return "when the previous one has begun; or add a trigger:"
	case len(tree) == 1:
		return "when"
	}
	return "when all of these are true"
}
