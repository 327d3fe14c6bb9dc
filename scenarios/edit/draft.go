package edit

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"

	"roadloop/scenarios"
)

// Draft is a scenario file being edited. Its text is always YAML, if not always a
// scenario that can be driven; see Examine. A Draft is for one goroutine.
type Draft struct {
	file   string // where it was read from or written to last, "" for nowhere yet
	onDisk string // what was there then, without the mark
	mark   string // the byte order mark that the file begins with, "" for none
	text   string
	tree   scenarios.Document

	past, future []change
	open         bool // the last change goes on with the next edit of the same name
}

// change is a step that can be undone or done again: its name, and the text on the
// other side of it.
type change struct{ what, text string }

// maxChanges bounds how many steps can be undone.
const maxChanges = 500

// maxSize is the largest text, that which scenarios.Parse reads, in bytes.
const maxSize = 64 << 10

// New returns a draft of a text that is in no file yet.
func New(text string) (*Draft, error) {
	d := &Draft{}
	if err := d.become(text); err != nil {
		return nil, fmt.Errorf("editing a scenario: %w", err)
	}
	return d, nil
}

// become takes a text, if it is a YAML mapping.
func (d *Draft) become(text string) error {
	if len(text) > maxSize {
		return fmt.Errorf("it would have %d bytes, more than %d", len(text), maxSize)
	}
	tree, err := decode(text)
	if err != nil {
		return err
	}
	d.text, d.tree = text, tree
	return nil
}

// decode reads a text as a tree. The YAML module may panic on broken text.
func decode(text string) (tree scenarios.Document, err error) {
	defer func() {
		if r := recover(); r != nil {
			tree, err = nil, fmt.Errorf("it is not YAML: %v", r)
		}
	}()
	n, err := lay(text)
	if err != nil {
		return nil, err
	}
	if n.kind != mapping {
		return nil, errors.New("it is not a mapping of keys to values")
	}
	if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
		return nil, errors.New(yaml.FormatError(err, false, false))
	}
	return tree, nil
}

// Text returns the file as it stands.
func (d *Draft) Text() string { return d.text }

// File returns where the draft was read from or written to last, "" for nowhere.
func (d *Draft) File() string { return d.file }

// Changed tells that the text is not that of the file.
func (d *Draft) Changed() bool { return d.text != d.onDisk }

// Value returns what stands at a path such as actors[0].speed: a string, number or
// bool, a map[string]any or a []any, which the caller must not change.
func (d *Draft) Value(path string) (value any, found bool) {
	parts, err := parsePath(path)
	if err != nil {
		return nil, false
	}
	value = map[string]any(d.tree)
	for _, p := range parts {
		switch v := value.(type) {
		case map[string]any:
			value, found = v[p.key]
			found = found && p.index < 0
		case []any:
			if found = p.index >= 0 && p.index < len(v); found {
				value = v[p.index]
			}
		default:
			found = false
		}
		if !found {
			return nil, false
		}
	}
	return value, true
}

// Written returns a scalar at a path as the file writes it, "" for none.
func (d *Draft) Written(path string) string {
	switch v, _ := d.Value(path); v.(type) {
	case nil, map[string]any, []any:
		return ""
	default:
		return fmt.Sprint(v)
	}
}

// Len returns the length of the list at a path, 0 where there is none.
func (d *Draft) Len(path string) int {
	v, _ := d.Value(path)
	list, _ := v.([]any)
	return len(list)
}

// Edit changes the text in one step that can be undone; what names it. Nothing is
// changed when f or the result of it fails. An edit of the same name as the last one
// becomes one step with it, as long as Settle was not called: so a drag is undone at
// once.
func (d *Draft) Edit(what string, f func(e *Edit) error) error {
	e := &Edit{draft: Draft{text: d.text, tree: d.tree}}
	if err := f(e); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	before := d.text
	if e.draft.text == before {
		return nil
	}
	d.text, d.tree = e.draft.text, e.draft.tree
	d.future = nil
	if n := len(d.past); d.open && n > 0 && d.past[n-1].what == what {
		return nil
	}
	d.past, d.open = append(d.past, change{what, before}), true
	if len(d.past) > maxChanges {
		d.past = d.past[1:]
	}
	return nil
}

// Settle ends the last step: what follows is undone apart from it.
func (d *Draft) Settle() { d.open = false }

// Undo takes the last step back and returns its name, "" where there is none.
func (d *Draft) Undo() string { return d.turn(&d.past, &d.future) }

// Redo does the step again that was undone last, and returns its name.
func (d *Draft) Redo() string { return d.turn(&d.future, &d.past) }

func (d *Draft) turn(from, to *[]change) string {
	n := len(*from)
	if n == 0 {
		return ""
	}
	c := (*from)[n-1]
	*from, *to = (*from)[:n-1], append(*to, change{c.what, d.text})
	d.open = false
	// A text that was there before decodes.
	if err := d.become(c.text); err != nil {
		return ""
	}
	return c.what
}

// Undoable and Redoable return the names of the steps that Undo and Redo would take,
// "" for none.
func (d *Draft) Undoable() string { return last(d.past) }

// Redoable returns the name of the step that Redo would take.
func (d *Draft) Redoable() string { return last(d.future) }

func last(c []change) string {
	if len(c) == 0 {
		return ""
	}
	return c[len(c)-1].what
}

// Edit is a step being taken. It reads as the draft does, what was changed included.
type Edit struct{ draft Draft }

// Value returns what stands at a path; see Draft.Value.
func (e *Edit) Value(path string) (any, bool) { return e.draft.Value(path) }

// Put sets the value at a path, which may be new: a string, bool, int or float64, or a
// map[string]any or []any of those.
func (e *Edit) Put(path string, value any) error {
	if err := e.splice(path, func(parts []part) (string, error) { return put(e.draft.text, parts, value) }); err != nil {
		return err
	}
	back, _ := e.Value(path)
	got, _ := write(back)
	if want, _ := write(value); got != want { // such as keys that are not text
		return fmt.Errorf("%s: %s would read as %s", path, want, got)
	}
	return nil
}

// Remove removes what stands at a path, and what is empty then. It is no error where
// nothing stands there.
func (e *Edit) Remove(path string) error {
	if _, found := e.Value(path); !found {
		return nil
	}
	return e.splice(path, func(parts []part) (string, error) { return remove(e.draft.text, parts) })
}

// splice changes the text.
func (e *Edit) splice(path string, f func([]part) (string, error)) error {
	parts, err := parsePath(path)
	if err != nil {
		return err
	}
	text, err := f(parts)
	if err == nil {
		err = e.draft.become(text)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
