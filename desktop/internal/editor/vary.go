package editor

import (
	"fmt"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/edit"
)

// drawVaried draws the varied values and their ranges.
func (p *form) drawVaried(k *ui.Flow) {
	k.Heading("Variation")
	names := p.doc.draft.Varied()
	if len(names) > 0 {
		k.Text("The editor shows and drives the values in the forms, not these ranges.", k.Canvas.Theme.Small)
	}
	for _, name := range names {
		if p.drawSpread(k, name) {
			return // the list has changed
		}
	}
	c := k.Canvas.Scoped("vary")
	row := k.Next(ui.ControlHeight, 8)
	if button(c, k.In, row, "Vary a value…", "Select a value that differs between cases") {
		p.doc.draft.EndStep()
		p.vary.show()
	}
}

// drawSpread draws the range of a value. It reports whether it was removed.
func (p *form) drawSpread(k *ui.Flow, name string) (removed bool) {
	c := k.Canvas.Scoped("vary " + name)
	path := edit.VariedPath(name, "")
	row := k.Next(ui.ControlHeight, 5)
	head := row
	c.RoundRect(ui.Rect{X: row.X - 6, Y: row.Y - 2, W: row.W + 12, H: row.H + 4}, 4, c.Theme.Raised)
	if button(c, k.In, row.CutRight(24).Centered(22, 22), "×", "Do not vary it") {
		p.doc.draft.EndStep()
		p.forget()
		return p.doc.change("keep "+name+" fixed", func(e *edit.Edit) error { return e.Remove(path) })
	}
	row.CutRight(6)
	p.drawSpreadKind(c, k.In, row.CutRight(96), name)
	row.CutRight(6)
	c.Label(row, name, c.Theme.Title, ui.Left)
	k.In.Tooltip(c, row, name)
	p.drawWrong(k, head, path)
	p.drawWrong(k, head, "vary.'"+name+"'")
	if p.doc.draft.IsList(name) {
		p.drawSpreadFields(k, name, "any")
		return false
	}
	p.drawSpreadFields(k, name, "from", "to")
	p.drawSpreadFields(k, name, "step", "steps")
	return false
}

// Kinds of ranges, in the order of their names.
var spreadKinds = []string{"range", "values"}

// drawSpreadKind draws the choice between a range and a list.
func (p *form) drawSpreadKind(c *ui.Canvas, in *ui.Input, r ui.Rect, name string) {
	at := 0
	if p.doc.draft.IsList(name) {
		at = 1
	}
	if !ui.Choice(c, in, r, "", spreadKinds, &at) {
		return
	}
	p.doc.draft.EndStep()
	p.forget()
	p.doc.change("vary "+name+" over "+spreadKinds[at], func(e *edit.Edit) error {
		if at == 0 {
			return e.VaryOverRange(name)
		}
		return e.VaryOverList(name)
	})
}

// drawSpreadFields draws the fields of a range side by side.
func (p *form) drawSpreadFields(k *ui.Flow, name string, fields ...string) {
	row := k.Next(ui.ControlHeight, 5)
	for i, field := range fields {
		f := p.doc.draft.VariedField(name, field)
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
		if p.next == path {
			p.next = ""
			k.In.Focus(c, "value")
		}
		p.drawText(c, k.In, part, &f, path)
		k.In.Tooltip(c, whole, f.Description)
	}
	for _, field := range fields {
		p.drawWrong(k, row, edit.VariedPath(name, field))
	}
}

// varyDialog selects a value to vary.
type varyDialog struct {
	form   *form
	open   bool
	fresh  bool // it was not drawn yet
	list   ui.List
	values []edit.Variable
	labels []string
}

// show opens the dialog.
func (v *varyDialog) show() {
	*v = varyDialog{form: v.form, open: true, fresh: true, values: v.form.doc.draft.Variables()}
	for i := range v.values {
		v.labels = append(v.labels, v.values[i].Name)
	}
	v.list.Row = func(c *ui.Canvas, r ui.Rect, i int) {
		r = r.Inset2(10, 0)
		c.Label(r.CutRight(r.W*.36), v.values[i].Value, c.Theme.Body.In(c.Theme.Faint), ui.Right)
		c.Label(r, v.values[i].Name, c.Theme.Body, ui.Left)
	}
}

// draw draws the dialog if it is open.
func (v *varyDialog) draw(in *ui.Input) {
	if v.open && in.Dialog("Vary a value", 560, 480, func(c *ui.Canvas) { v.drawList(c, in) }) {
		v.open = false
	}
}

// drawList draws the values. A click or Enter selects.
func (v *varyDialog) drawList(c *ui.Canvas, in *ui.Input) {
	r := c.Bounds()
	foot := r.CutBottom(30)
	r.CutBottom(10)
	c.Label(r.CutTop(22), "Type to filter.", c.Theme.Body.In(c.Theme.Faint), ui.Left)
	if v.fresh {
		in.Focus(c, "values")
		v.fresh = false
	}
	_, entered := v.list.Draw(c, in, r, "values", v.labels)
	pushed := ui.PrimaryButton(c, in, foot.CutRight(110), "Vary")
	foot.CutRight(8)
	if ui.Button(c, in, foot.CutRight(90), "Cancel") {
		v.open = false
		return
	}
	if i := v.list.Selected; (entered || pushed) && i >= 0 && i < len(v.values) {
		v.open = false
		v.form.startVarying(v.values[i].Name)
	}
}

// startVarying varies a value, and moves the focus to its range.
func (p *form) startVarying(name string) {
	p.doc.change(fmt.Sprintf("vary %s", name), func(e *edit.Edit) error { return e.Vary(name) })
	p.doc.draft.EndStep()
	p.next = edit.VariedPath(name, "from")
	if p.doc.draft.IsList(name) {
		p.next = edit.VariedPath(name, "any")
	}
}
