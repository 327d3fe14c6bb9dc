package edit

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"

	"roadloop/scenarios"
)

// Draft is a scenario file being edited. Its text is always YAML, but not always a valid
// scenario; see Examine. A Draft must not be used by several goroutines.
type Draft struct {
	file   string // path last read or written; "" for none
	onDisk string // text last read or written, without the byte order mark
	bom    string // byte order mark of the file, or ""
	text   string
	tree   scenarios.Document

	undo, redo []change
	merging    bool // the last change merges with the next edit of the same name
}

// change is a step that can be undone or redone: its name, and the text before or after
// it.
type change struct{ name, text string }

// maxChanges is the maximum number of steps that can be undone.
const maxChanges = 500

// maxSize is the maximum size of a text in bytes, the same as for scenarios.Parse.
const maxSize = 64 << 10

// New returns a draft of a text without a file.
func New(text string) (*Draft, error) {
	d := &Draft{}
	if err := d.setText(text); err != nil {
		return nil, fmt.Errorf("editing a scenario: %w", err)
	}
	return d, nil
}

// setText replaces the text, if the new text is a YAML mapping.
func (d *Draft) setText(text string) error {
	if len(text) > maxSize {
		return fmt.Errorf("the text would have %d bytes, more than the maximum of %d", len(text), maxSize)
	}
	tree, err := decode(text)
	if err != nil {
		return err
	}
	d.text, d.tree = text, tree
	return nil
}

// decode parses a text as a tree. The YAML module may panic on broken text; decode
// returns an error instead.
func decode(text string) (tree scenarios.Document, err error) {
	defer func() {
		if r := recover(); r != nil {
			tree, err = nil, fmt.Errorf("the text is not YAML: %v", r)
		}
	}()
	n, err := parseLayout(text)
	if err != nil {
		return nil, err
	}
	if n.kind != mapping {
		return nil, errors.New("the text is not a mapping of keys to values")
	}
	if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
		return nil, errors.New(yaml.FormatError(err, false, false))
	}
	return tree, nil
}

// Text returns the current text.
func (d *Draft) Text() string { return d.text }

// File returns the path last read or written, or "".
func (d *Draft) File() string { return d.file }

// Changed reports whether the text differs from the file.
func (d *Draft) Changed() bool { return d.text != d.onDisk }

// Value returns the value at a path such as actors[0].speed: a string, number or bool, a
// map[string]any or a []any. The caller must not change it.
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

// Scalar returns the scalar at a path as written in the file, or "".
func (d *Draft) Scalar(path string) string {
	switch v, _ := d.Value(path); v.(type) {
	case nil, map[string]any, []any:
		return ""
	default:
		return fmt.Sprint(v)
	}
}

// Len returns the length of the list at a path, or 0 if there is no list.
func (d *Draft) Len(path string) int {
	v, _ := d.Value(path)
	list, _ := v.([]any)
	return len(list)
}

// Edit changes the text in one undo step with the given name. If f fails or its result is
// invalid, nothing changes. Consecutive edits with the same name form one step until
// Settle is called, so that one undo reverts a whole drag.
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
	d.redo = nil
	if n := len(d.undo); d.merging && n > 0 && d.undo[n-1].name == what {
		return nil
	}
	d.undo, d.merging = append(d.undo, change{what, before}), true
	if len(d.undo) > maxChanges {
		d.undo = d.undo[1:]
	}
	return nil
}

// EndStep ends the current step. The next edit is a new step.
func (d *Draft) EndStep() { d.merging = false }

// Undo reverts the last step and returns its name, or "" if there is none.
func (d *Draft) Undo() string { return d.restore(&d.undo, &d.redo) }

// Redo repeats the last undone step and returns its name, or "" if there is none.
func (d *Draft) Redo() string { return d.restore(&d.redo, &d.undo) }

func (d *Draft) restore(from, to *[]change) string {
	n := len(*from)
	if n == 0 {
		return ""
	}
	c := (*from)[n-1]
	*from, *to = (*from)[:n-1], append(*to, change{c.name, d.text})
	d.merging = false
	// Earlier texts are valid, so setText succeeds.
	if err := d.setText(c.text); err != nil {
		return ""
	}
	return c.name
}

// Undoable returns the name of the step that Undo would revert, or "".
func (d *Draft) Undoable() string { return lastName(d.undo) }

// Redoable returns the name of the step that Redo would repeat, or "".
func (d *Draft) Redoable() string { return lastName(d.redo) }

func lastName(c []change) string {
	if len(c) == 0 {
		return ""
	}
	return c[len(c)-1].name
}

// Edit is a change in progress. Its methods read the changed draft.
type Edit struct{ draft Draft }

// Value returns the value at a path; see Draft.Value.
func (e *Edit) Value(path string) (any, bool) { return e.draft.Value(path) }

// Put sets the value at a new or existing path: a string, bool, int or float64, or a
// map[string]any or []any of them.
func (e *Edit) Put(path string, value any) error {
	if err := e.splice(path, func(parts []part) (string, error) { return put(e.draft.text, parts, value) }); err != nil {
		return err
	}
	back, _ := e.Value(path)
	got, _ := writeFlow(back)
	if want, _ := writeFlow(value); got != want { // for example because of keys that are not text
		return fmt.Errorf("%s: %s would read as %s", path, want, got)
	}
	return nil
}

// Remove removes the value at a path, and the mappings and lists that become empty. A
// missing value is not an error.
func (e *Edit) Remove(path string) error {
	if _, found := e.Value(path); !found {
		return nil
	}
	return e.splice(path, func(parts []part) (string, error) { return remove(e.draft.text, parts) })
}

// splice applies a change to the text.
func (e *Edit) splice(path string, f func([]part) (string, error)) error {
	parts, err := parsePath(path)
	if err != nil {
		return err
	}
	text, err := f(parts)
	if err == nil {
		err = e.draft.setText(text)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
