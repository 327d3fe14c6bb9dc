package editor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/edit"
)

// form is the side panel: the fields of the selection, the scenario and its expectations.
type form struct {
	doc  *document
	sel  *selection
	vary *varyDialog
	flow ui.Flow
	tab  int

	texts  map[string]*ui.TextField // by path
	typed  string                   // path of the field with the focus
	next   string                   // path of the field to focus next
	wrong  map[string]string        // errors of typed text, by path
	fields map[string][]edit.Field  // of sections of the schema
}

func newForm(doc *document, sel *selection) *form {
	f := &form{doc: doc, sel: sel, texts: map[string]*ui.TextField{}, fields: map[string][]edit.Field{}}
	f.vary = &varyDialog{form: f}
	return f
}

// forget drops typed text that is not in the draft.
func (p *form) forget() { p.typed, p.wrong = "", nil }

// section returns the fields of a section of the schema.
func (p *form) section(name string) []edit.Field {
	if got, ok := p.fields[name]; ok {
		return got
	}
	got, err := edit.Fields(name)
	if err != nil {
		got = nil // unknown sections have no fields
	}
	p.fields[name] = got
	return got
}

// drawSection draws the fields of a section below a path, those in always even if they
// are empty, and offers the others.
func (p *form) drawSection(k *ui.Flow, section, path string, always ...string) {
	var rest []edit.Field
	for _, f := range p.section(section) {
		at := path + "." + f.Name
		v, given := p.doc.draft.Value(at)
		if _, deep := v.(map[string]any); deep || f.Kind.Mapping() {
			continue
		}
		if given || slices.Contains(always, f.Name) {
			p.drawField(k, &f, at, given && !slices.Contains(always, f.Name))
		} else {
			rest = append(rest, f)
		}
	}
	p.offer(k, path, rest)
}

// offer draws a menu of missing fields to add.
func (p *form) offer(k *ui.Flow, path string, rest []edit.Field) {
	if len(rest) == 0 {
		return
	}
	names := make([]string, len(rest))
	for i := range rest {
		names[i] = plain(rest[i].Name)
	}
	at := -1
	c := k.Canvas.Scoped(path)
	if ui.Choice(c, k.In, k.Next(ui.ControlHeight, 8), "Add", names, &at) && at >= 0 {
		p.doc.draft.EndStep()
		p.set(path+"."+rest[at].Name, defaultValue(&rest[at]))
	}
}

// defaultValue returns the initial value of a field.
func defaultValue(f *edit.Field) any {
	switch f.Kind {
	case scenarios.Boolean:
		return true
	case scenarios.Option:
		return f.Options[0]
	case scenarios.Integer:
		least, _ := strconv.Atoi(f.Min)
		return max(least, 1)
	case scenarios.OptionList:
		return []any{"straight"}
	case scenarios.Comparison:
		return "< " + usualQuantity[f.Dimension]
	case scenarios.Quantity:
		return f.Nearest(usualQuantity[f.Dimension])
	}
	return "?"
}

var usualQuantity = map[string]string{"length": "20 m", "speed": "30 km/h", "time": "2 s", "angle": "0 deg", "accel": "4 m/s2",
	"jerk": "10 m/s3", "share": "50 %", "rate": "600 veh/h"}

// set sets one value.
func (p *form) set(path string, v any) {
	p.doc.change("set "+lastKey(path), func(e *edit.Edit) error { return e.Put(path, v) })
}

// lastKey returns the key at the end of a path.
func lastKey(path string) string { return plain(path[strings.LastIndexByte(path, '.')+1:]) }

// plain returns the readable form of a key.
func plain(key string) string { return strings.ReplaceAll(key, "_", " ") }

// drawField draws a field with its error below.
func (p *form) drawField(k *ui.Flow, f *edit.Field, path string, removable bool) {
	c := k.Canvas.Scoped(path)
	row := k.Next(ui.ControlHeight, 5)
	whole := row
	if removable {
		if ui.Button(c, k.In, row.CutRight(24).Centered(22, 22), "×") {
			p.doc.step("remove "+plain(f.Name), func(e *edit.Edit) error { return e.Remove(path) })
			p.forget()
			return
		}
		row.CutRight(4)
	}
	over := p.doc.draft.VariationText(p.doc.draft.VariedName(path))
	switch f.Kind {
	case scenarios.Option:
		p.drawOption(c, k.In, row, f, path)
	case scenarios.Boolean:
		on := p.doc.draft.Scalar(path) == "true"
		if ui.Toggle(c, k.In, row, plain(f.Name), &on) {
			p.doc.draft.EndStep()
			p.set(path, on)
		}
	default:
		label, ink := plain(f.Name), c.Theme.Faint
		if over != "" {
			label, ink = label+" ~", c.Theme.Accent
		}
		c.Label(row.CutLeft(max(92, .32*whole.W)), label, c.Theme.Body.In(ink), ui.Left)
		p.drawText(c, k.In, row, f, path)
	}
	text := about(f)
	if over != "" {
		text = "Varies " + over + ". " + text
	}
	k.In.Tooltip(c, whole, text)
	p.drawWrong(k, row, path)
}

// about describes a field and its units.
func about(f *edit.Field) string {
	units := scenarios.Units(f.Dimension)
	if len(units) == 0 {
		return f.Description
	}
	text := "in " + strings.Join(units, ", ")
	if f.Description != "" {
		text = f.Description + " (" + text + ")"
	}
	return text
}

// drawOption draws a choice; the first option stands for none.
func (p *form) drawOption(c *ui.Canvas, in *ui.Input, r ui.Rect, f *edit.Field, path string) {
	options := append([]string{"–"}, f.Options...)
	at := max(0, slices.Index(options, p.doc.draft.Scalar(path)))
	if !ui.Choice(c, in, r, plain(f.Name), options, &at) {
		return
	}
	p.doc.draft.EndStep()
	if at == 0 {
		p.doc.change("remove "+plain(f.Name), func(e *edit.Edit) error { return e.Remove(path) })
	} else {
		p.set(path, options[at])
	}
}

// drawText draws a text field. Valid input changes the draft immediately.
func (p *form) drawText(c *ui.Canvas, in *ui.Input, r ui.Rect, f *edit.Field, path string) {
	field := p.texts[path]
	if field == nil {
		field = &ui.TextField{}
		p.texts[path] = field
	}
	if written := f.Format(p.doc.draft, path); p.typed != path && field.Text() != written {
		field.SetText(written)
	}
	changed, entered := field.Draw(c, in, r, "value")
	if changed {
		if p.typed != path {
			p.doc.draft.EndStep()
		}
		p.typed, p.wrong = path, nil
		p.takeText(f, path, field.Text())
	}
	if entered && p.wrong == nil {
		p.forget()
		p.doc.draft.EndStep()
	}
}

// takeText writes typed text to the draft; empty text removes the field.
func (p *form) takeText(f *edit.Field, path, text string) {
	what := "set " + plain(f.Name)
	if strings.TrimSpace(text) == "" {
		if !required(path) {
			p.doc.change(what, func(e *edit.Edit) error { return e.Remove(path) })
		}
		return
	}
	v, err := f.Parse(text)
	if err == nil {
		err = p.doc.draft.Edit(what, func(e *edit.Edit) error {
			if id, ok := p.actorID(path); ok {
				return e.RenameActor(id, text)
			}
			return e.Put(path, v)
		})
	}
	if err != nil {
		p.wrong = map[string]string{path: err.Error()}
	}
}

// required reports whether a field must not be removed while it is edited.
func required(path string) bool {
	return path == "name" || path == "until.time" || strings.HasSuffix(path, ".id")
}

// actorID returns the index of the actor with its ID at a path.
func (p *form) actorID(path string) (i int, ok bool) {
	if n, err := fmt.Sscanf(path, "actors[%d].id", &i); err != nil || n != 1 || path != edit.ActorPath(i, "id") {
		return 0, false
	}
	return i, true
}

// drawWrong draws the error of a field: of the typed text, or of the scenario.
func (p *form) drawWrong(k *ui.Flow, field ui.Rect, path string) {
	text := p.wrong[path]
	if text == "" && p.doc.findings != nil && p.doc.findings.Error != nil && p.doc.findings.Error.Path == path {
		text = p.doc.findings.Error.Err.Error()
	}
	if text == "" {
		return
	}
	k.Canvas.RoundFrame(field, 4, 1.5, k.Canvas.Theme.Bad)
	k.Text(text, k.Canvas.Theme.Small.In(k.Canvas.Theme.Bad))
}
