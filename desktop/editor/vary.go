package editor

import (
	"fmt"

	"roadloop/desktop/ui"
	"roadloop/scenarios/edit"
)

// drawVaried shows what varies and over what, and lets more vary.
func (s *Screen) drawVaried(k *ui.Flow) {
	k.Heading("Varies")
	names := s.draft.Varied()
	if len(names) > 0 {
		k.Text("What is shown and driven here are the values given beside these ranges.", k.Canvas.Theme.Small)
	}
	for _, name := range names {
		if s.drawSpread(k, name) {
			return // what varies is something else now
		}
	}
	c := k.Canvas.Scoped("vary")
	row := k.Next(ui.ControlHeight, 8)
	if button(c, k.In, row, "Let vary…", "Choose a value that is another one in every case") {
		s.draft.Settle()
		s.askVary()
	}
}

// drawSpread shows what a value varies over. It reports that it was removed.
func (s *Screen) drawSpread(k *ui.Flow, name string) (removed bool) {
	c := k.Canvas.Scoped("vary " + name)
	path := edit.VariedPath(name, "")
	row := k.Next(ui.ControlHeight, 5)
	head := row
	c.RoundRect(ui.Rect{X: row.X - 6, Y: row.Y - 2, W: row.W + 12, H: row.H + 4}, 4, c.Theme.Raised)
	if button(c, k.In, row.CutRight(24).Centered(22, 22), "×", "Let it vary no more") {
		s.draft.Settle()
		s.form.forget()
		return s.change("let "+name+" vary no more", func(e *edit.Edit) error { return e.Remove(path) })
	}
	row.CutRight(6)
	s.drawSpreadKind(c, k.In, row.CutRight(96), name)
	row.CutRight(6)
	c.Label(row, name, c.Theme.Title, ui.Left)
	k.In.Tooltip(c, row, name)
	s.drawWrong(k, head, path)
	s.drawWrong(k, head, "vary.'"+name+"'")
	if s.draft.Listed(name) {
		s.drawSpreadFields(k, name, "any")
		return false
	}
	s.drawSpreadFields(k, name, "from", "to")
	s.drawSpreadFields(k, name, "step", "steps")
	return false
}

// Kinds of spreads, in the order of their names.
var spreadKinds = []string{"range", "values"}

// drawSpreadKind chooses between a range and listed values.
func (s *Screen) drawSpreadKind(c *ui.Canvas, in *ui.Input, r ui.Rect, name string) {
	at := 0
	if s.draft.Listed(name) {
		at = 1
	}
	if !ui.Choice(c, in, r, "", spreadKinds, &at) {
		return
	}
	s.draft.Settle()
	s.form.forget()
	s.change("let "+name+" vary over "+spreadKinds[at], func(e *edit.Edit) error {
		if at == 0 {
			return e.VaryOverRange(name)
		}
		return e.VaryOverList(name)
	})
}

// drawSpreadFields shows fields of a spread side by side.
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
		k.In.Tooltip(c, whole, f.About)
	}
	for _, field := range fields {
		s.drawWrong(k, row, edit.VariedPath(name, field))
	}
}

// varying is the choice of a value that is to vary.
type varying struct {
	list   ui.List
	values []edit.Variable
	labels []string
}

// askVary asks what is to vary.
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

// drawVary shows the question, of which a click or Enter chooses.
func (s *Screen) drawVary(c *ui.Canvas, in *ui.Input) {
	v := s.dialog.vary
	r := c.Bounds()
	foot := r.CutBottom(30)
	r.CutBottom(10)
	c.Label(r.CutTop(22), "Typing keeps the names that contain it.", c.Theme.Body.In(c.Theme.Faint), ui.Left)
	if !s.dialog.shown {
		in.Focus(c, "values")
		s.dialog.shown = true
	}
	_, entered := v.list.Draw(c, in, r, "values", v.labels)
	pushed := ui.PrimaryButton(c, in, foot.CutRight(110), "Let vary")
	foot.CutRight(8)
	if ui.Button(c, in, foot.CutRight(90), "Cancel") {
		s.dialog = dialog{}
		return
	}
	if i := v.list.Selected; (entered || pushed) && i >= 0 && i < len(v.values) {
		s.dialog = dialog{}
		name := v.values[i].Name
		s.change(fmt.Sprintf("let %s vary", name), func(e *edit.Edit) error { return e.Vary(name) })
		s.draft.Settle()
		s.form.next = edit.VariedPath(name, "from")
		if s.draft.Listed(name) {
			s.form.next = edit.VariedPath(name, "any")
		}
	}
}
