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

// form shows fields of the draft and handles typing.
type form struct {
	texts  map[string]*ui.TextField // by path
	typed  string                   // path of the field with the focus
	next   string                   // path of the field to focus next
	wrong  map[string]string        // errors of typed text, by path
	fields map[string][]edit.Field  // of sections of the schema
}

func newForm() form {
	return form{texts: map[string]*ui.TextField{}, fields: map[string][]edit.Field{}}
}

// forget drops typed text that is not in the draft.
func (f *form) forget() { f.typed, f.wrong = "", nil }

// section returns the fields of a section of the schema.
func (f *form) section(name string) []edit.Field {
	if got, ok := f.fields[name]; ok {
		return got
	}
	got, err := edit.Fields(name)
	if err != nil {
		got = nil // unknown sections have no fields
	}
	f.fields[name] = got
	return got
}

// drawSection draws the fields of a section below a path, those in always even if they
// are empty, and offers the others.
func (s *Screen) drawSection(k *ui.Flow, section, path string, always ...string) {
	var rest []edit.Field
	for _, f := range s.form.section(section) {
		at := path + "." + f.Name
		v, given := s.draft.Value(at)
		if _, deep := v.(map[string]any); deep || f.Kind.Mapping() {
			continue
		}
		if given || slices.Contains(always, f.Name) {
			s.drawField(k, &f, at, given && !slices.Contains(always, f.Name))
		} else {
			rest = append(rest, f)
		}
	}
	s.offer(k, path, rest)
}

// offer draws a menu of missing fields to add.
func (s *Screen) offer(k *ui.Flow, path string, rest []edit.Field) {
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
		s.draft.EndStep()
		s.set(path+"."+rest[at].Name, defaultValue(&rest[at]))
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
func (s *Screen) set(path string, v any) {
	s.change("set "+lastKey(path), func(e *edit.Edit) error { return e.Put(path, v) })
}

// lastKey returns the key at the end of a path.
func lastKey(path string) string { return plain(path[strings.LastIndexByte(path, '.')+1:]) }

// plain returns the readable form of a key.
func plain(key string) string { return strings.ReplaceAll(key, "_", " ") }

// drawField draws a field with its error below.
func (s *Screen) drawField(k *ui.Flow, f *edit.Field, path string, removable bool) {
	c := k.Canvas.Scoped(path)
	row := k.Next(ui.ControlHeight, 5)
	whole := row
	if removable {
		if ui.Button(c, k.In, row.CutRight(24).Centered(22, 22), "×") {
			s.draft.EndStep()
			s.change("remove "+plain(f.Name), func(e *edit.Edit) error { return e.Remove(path) })
			s.form.forget()
			return
		}
		row.CutRight(4)
	}
	over := s.draft.VariationText(s.draft.VariedName(path))
	switch f.Kind {
	case scenarios.Option:
		s.drawOption(c, k.In, row, f, path)
	case scenarios.Boolean:
		on := s.draft.Scalar(path) == "true"
		if ui.Toggle(c, k.In, row, plain(f.Name), &on) {
			s.draft.EndStep()
			s.set(path, on)
		}
	default:
		label, ink := plain(f.Name), c.Theme.Faint
		if over != "" {
			label, ink = label+" ~", c.Theme.Accent
		}
		c.Label(row.CutLeft(max(92, .32*whole.W)), label, c.Theme.Body.In(ink), ui.Left)
		s.drawText(c, k.In, row, f, path)
	}
	text := about(f)
	if over != "" {
		text = "Varies " + over + ". " + text
	}
	k.In.Tooltip(c, whole, text)
	s.drawWrong(k, row, path)
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
func (s *Screen) drawOption(c *ui.Canvas, in *ui.Input, r ui.Rect, f *edit.Field, path string) {
	options := append([]string{"–"}, f.Options...)
	at := max(0, slices.Index(options, s.draft.Scalar(path)))
	if !ui.Choice(c, in, r, plain(f.Name), options, &at) {
		return
	}
	s.draft.EndStep()
	if at == 0 {
		s.change("remove "+plain(f.Name), func(e *edit.Edit) error { return e.Remove(path) })
	} else {
		s.set(path, options[at])
	}
}

// drawText draws a text field. Valid input changes the draft immediately.
func (s *Screen) drawText(c *ui.Canvas, in *ui.Input, r ui.Rect, f *edit.Field, path string) {
	field := s.form.texts[path]
	if field == nil {
		field = &ui.TextField{}
		s.form.texts[path] = field
	}
	if written := f.Format(s.draft, path); s.form.typed != path && field.Text() != written {
		field.SetText(written)
	}
	changed, entered := field.Draw(c, in, r, "value")
	if changed {
		if s.form.typed != path {
			s.draft.EndStep()
		}
		s.form.typed, s.form.wrong = path, nil
		s.takeText(f, path, field.Text())
	}
	if entered && s.form.wrong == nil {
		s.form.forget()
		s.draft.EndStep()
	}
}

// takeText writes typed text to the draft; empty text removes the field.
func (s *Screen) takeText(f *edit.Field, path, text string) {
	what := "set " + plain(f.Name)
	if strings.TrimSpace(text) == "" {
		if !required(path) {
			s.change(what, func(e *edit.Edit) error { return e.Remove(path) })
		}
		return
	}
	v, err := f.Parse(text)
	if err == nil {
		err = s.draft.Edit(what, func(e *edit.Edit) error {
			if id, ok := s.actorID(path); ok {
				return e.RenameActor(id, text)
			}
			return e.Put(path, v)
		})
	}
	if err != nil {
		s.form.wrong = map[string]string{path: err.Error()}
	}
}

// required reports whether a field must not be removed while it is edited.
func required(path string) bool {
	return path == "name" || path == "until.time" || strings.HasSuffix(path, ".id")
}

// actorID returns the index of the actor with its ID at a path.
func (s *Screen) actorID(path string) (i int, ok bool) {
	if n, err := fmt.Sscanf(path, "actors[%d].id", &i); err != nil || n != 1 || path != edit.ActorPath(i, "id") {
		return 0, false
	}
	return i, true
}

// drawWrong draws the error of a field: of the typed text, or of the scenario.
func (s *Screen) drawWrong(k *ui.Flow, field ui.Rect, path string) {
	text := s.form.wrong[path]
	if text == "" && s.findings != nil && s.findings.Error != nil && s.findings.Error.Path == path {
		text = s.findings.Error.Err.Error()
	}
	if text == "" {
		return
	}
	k.Canvas.RoundFrame(field, 4, 1.5, k.Canvas.Theme.Bad)
	k.Text(text, k.Canvas.Theme.Small.In(k.Canvas.Theme.Bad))
}
