package editor

import (
	"fmt"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/edit"
)

// drawVaried draws the varied values and their ranges.
func (s *Screen) drawVaried(k *ui.Flow) {
	k.Heading("Variation")
	names := s.draft.Varied()
	if len(names) > 0 {
		k.Text("The editor shows and drives the values in the forms, not these ranges.", k.Canvas.Theme.Small)
	}
	for _, name := range names {
		if s.drawSpread(k, name) {
			return // the list has changed
		}
	}
	c := k.Canvas.Scoped("vary")
	row := k.Next(ui.ControlHeight, 8)
	if button(c, k.In, row, "Vary a value…", "Select a value that differs between cases") {
		s.draft.EndStep()
		s.askVary()
	}
}

// drawSpread draws the range of a value. It reports whether it was removed.
func (s *Screen) drawSpread(k *ui.Flow, name string) (removed bool) {
	c := k.Canvas.Scoped("vary " + name)
	path := edit.VariedPath(name, "")
	row := k.Next(ui.ControlHeight, 5)
	head := row
	c.RoundRect(ui.Rect{X: row.X - 6, Y: row.Y - 2, W: row.W + 12, H: row.H + 4}, 4, c.Theme.Raised)
	if button(c, k.In, row.CutRight(24).Centered(22, 22), "×", "Do not vary it") {
		s.draft.EndStep()
		s.form.forget()
		return s.change("keep "+name+" fixed", func(e *edit.Edit) error { return e.Remove(path) })
	}
	row.CutRight(6)
	s.drawSpreadKind(c, k.In, row.CutRight(96), name)
	row.CutRight(6)
	c.Label(row, name, c.Theme.Title, ui.Left)
	k.In.Tooltip(c, row, name)
	s.drawWrong(k, head, path)
	s.drawWrong(k, head, "vary.'"+name+"'")
	if s.draft.IsList(name) {
		s.drawSpreadFields(k, name, "any")
		return false
	}
	s.drawSpreadFields(k, name, "from", "to")
	s.drawSpreadFields(k, name, "step", "steps")
	return false
}

// Kinds of ranges, in the order of their names.
var spreadKinds = []string{"range", "values"}

// drawSpreadKind draws the choice between a range and a list.
func (s *Screen) drawSpreadKind(c *ui.Canvas, in *ui.Input, r ui.Rect, name string) {
	at := 0
	if s.draft.IsList(name) {
		at = 1
	}
	if !ui.Choice(c, in, r, "", spreadKinds, &at) {
		return
	}
	s.draft.EndStep()
	s.form.forget()
	s.change("vary "+name+" over "+spreadKinds[at], func(e *edit.Edit) error {
		if at == 0 {
			return e.VaryOverRange(name)
		}
		return e.VaryOverList(name)
	})
}

// drawSpreadFields draws the fields of a range side by side.
func (s *Screen) drawSpreadFields(k *ui.Flow, name string, fields ...string) {
	row := k.Next(ui.ControlHeight, 5)
	for i, field := range fields {
		f := s.draft.VariedField(name, field)
		path := edit.VariedPath(name, field)
		c := k.Canvas.Scoped(path)
		part := row.CutLeft(row.W / float64(len(fields)-i))
		whole := part
		label := field
		if field == "any" {
			label = "of"
		}
		c.Label(part.CutLeft(42), label, c.Theme.Body.In(c.Theme.Faint), ui.Left)
		if i < len(fields)-1 {
			part.CutRight(8)
		}
		if s.form.next == path {
			s.form.next = ""
			k.In.Focus(c, "value")
		}
		s.drawText(c, k.In, part, &f, path)
		k.In.Tooltip(c, whole, f.Description)
	}
	for _, field := range fields {
		s.drawWrong(k, row, edit.VariedPath(name, field))
	}
}

// varying is the state of the dialog that selects a value to vary.
type varying struct {
	list   ui.List
	values []edit.Variable
	labels []string
}

// askVary opens the dialog.
func (s *Screen) askVary() {
	v := &varying{values: s.draft.Variables()}
	for i := range v.values {
		v.labels = append(v.labels, v.values[i].Name)
	}
	v.list.Row = func(c *ui.Canvas, r ui.Rect, i int) {
		r = r.Inset2(10, 0)
		c.Label(r.CutRight(r.W*.36), v.values[i].Value, c.Theme.Body.In(c.Theme.Faint), ui.Right)
		c.Label(r, v.values[i].Name, c.Theme.Body, ui.Left)
	}
	s.dialog = dialog{kind: lettingVary, vary: v}
}

// drawVary draws the dialog. A click or Enter selects.
func (s *Screen) drawVary(c *ui.Canvas, in *ui.Input) {
	v := s.dialog.vary
	r := c.Bounds()
	foot := r.CutBottom(30)
	r.CutBottom(10)
	c.Label(r.CutTop(22), "Type to filter.", c.Theme.Body.In(c.Theme.Faint), ui.Left)
	if !s.dialog.shown {
		in.Focus(c, "values")
		s.dialog.shown = true
	}
	_, entered := v.list.Draw(c, in, r, "values", v.labels)
	pushed := ui.PrimaryButton(c, in, foot.CutRight(110), "Vary")
	foot.CutRight(8)
	if ui.Button(c, in, foot.CutRight(90), "Cancel") {
		s.dialog = dialog{}
		return
	}
	if i := v.list.Selected; (entered || pushed) && i >= 0 && i < len(v.values) {
		s.dialog = dialog{}
		name := v.values[i].Name
		s.change(fmt.Sprintf("vary %s", name), func(e *edit.Edit) error { return e.Vary(name) })
		s.draft.EndStep()
		s.form.next = edit.VariedPath(name, "from")
		if s.draft.IsList(name) {
			s.form.next = edit.VariedPath(name, "any")
		}
	}
}
