package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"

	"roadloop/trace"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Scenario is a logical scenario: a scenario file that was read and checked.
type Scenario struct {
	Name        string
	Family      string
	Description string
	Tags        []string
	Source      []byte // text of the file
	path        string
	bundled     bool // from the library
	file        Sections
	parameters  []parameter         // varied, in order of their names
	places      map[string]position // positions of the values in the file, by path
}

// Error is an error in a scenario file, with its position.
type Error struct {
	File         string
	Line, Column int    // from 1; 0 if the error has no position
	Path         string // of the field, such as actors[0].speed; may be empty
	Err          error
}

// Error returns "file:line:column: field: message".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	if e.Path != "" {
		b.WriteString(": " + e.Path)
	}
	return b.String() + ": " + e.Err.Error()
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// maxSize is the maximum size of a scenario file in bytes. It also bounds the nesting
// depth.
const maxSize = 64 << 10

// Load reads a scenario file; see Parse. It reads at most maxSize+1 bytes.
func Load(path string) (*Scenario, error) {
	data, err := ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading a scenario: %w", err)
	}
	return Parse(path, data)
}

// ReadFile returns the bytes of a scenario file. It truncates a file that is too large,
// at a length that Parse still rejects.
func ReadFile(path string) (data []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, maxSize+1))
}

// Parse reads the text of a scenario file; path names it in errors. It checks every field,
// also with the ends of every range and with every listed value. It builds no map: whether
// the actors fit on it is found when a case is compiled.
func Parse(path string, data []byte) (*Scenario, error) {
	if trace.Begins(data) {
		return nil, fmt.Errorf("%s: is a trace, not a scenario; verify, explain, film and replay take traces", path)
	}
	s, err := decode(path, data)
	if err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return s, nil
}

// ExtremeCases returns the cases that together have both ends of every range and every listed
// value.
func (s *Scenario) ExtremeCases() ([]*Case, error) {
	n := 1
	for i := range s.parameters {
		n = max(n, len(s.parameters[i].ends()))
	}
	out := make([]*Case, n)
	for k := range out {
		var err error
		out[k], err = s.sample(0, func(i int) string {
			ends := s.parameters[i].ends()
			return ends[k%len(ends)].Text
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ByteOrderMark is the mark with which some editors begin UTF-8 files. It is not part of
// the text.
const ByteOrderMark = "\ufeff"

// decode parses the text and checks every field on its own. The YAML module may panic on
// broken text; decode returns an error instead.
func decode(path string, data []byte) (s *Scenario, err error) {
	defer func() {
		if r := recover(); r != nil {
			s, err = nil, &Error{File: path, Line: 1, Column: 1, Err: fmt.Errorf("is not YAML: %v", r)}
		}
	}()
	if len(data) > maxSize {
		return nil, &Error{File: path, Err: fmt.Errorf("is larger than %d bytes, the maximum size of a scenario", maxSize)}
	}
	data = bytes.TrimPrefix(data, []byte(ByteOrderMark))
	s = &Scenario{Source: data, path: path, places: map[string]position{}}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, syntaxError(path, err)
	}
	if err := s.checkTree(tree); err != nil {
		return nil, err
	}
	d, f := decoder{s}, &s.file
	root := tree.Docs[0].Body
	if err := d.version(root); err != nil {
		return nil, err
	}
	if err := d.group("", root, &Field{Fields: fields}, reflect.ValueOf(f).Elem()); err != nil {
		return nil, err
	}
	s.Name, s.Family, s.Description, s.Tags = f.Name, f.Family, f.Description, f.Tags
	return s, nil
}

// version rejects a file of another format version, which may have other fields.
func (d *decoder) version(root ast.Node) error {
	m, ok := root.(*ast.MappingNode)
	if !ok {
		return nil
	}
	for _, v := range m.Values {
		if n, ok := v.Value.(*ast.IntegerNode); ok && v.Key.GetToken().Value == "version" && fmt.Sprint(n.Value) != strconv.Itoa(Version) {
			return d.errorAt("version", n, "is %v, this program reads version %d", n.Value, Version)
		}
	}
	return nil
}

// checkTree rejects YAML features that the format excludes: several documents, and
// aliases, which can expand a small file to a huge one.
func (s *Scenario) checkTree(tree *ast.File) error {
	refuse := func(t *token.Token, format string, args ...any) error {
		at := positionAt(t)
		return &Error{File: s.path, Line: at.line, Column: at.column, Err: fmt.Errorf(format, args...)}
	}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return refuse(nil, "contains no scenario")
	}
	if len(tree.Docs) > 1 {
		return refuse(tree.Docs[1].Start, "contains %d documents, want one", len(tree.Docs))
	}
	for _, kind := range [...]ast.NodeType{ast.AnchorType, ast.AliasType} {
		if found := ast.Filter(kind, tree.Docs[0].Body); len(found) > 0 {
			return refuse(found[0].GetToken(), "anchors and aliases are not supported")
		}
	}
	return nil
}

// syntaxError converts an error of the YAML module to an Error, without colors and
// without an excerpt of the source.
func syntaxError(path string, err error) *Error {
	e := &Error{File: path}
	text := yaml.FormatError(err, false, false)
	if n, _ := fmt.Sscanf(text, "[%d:%d]", &e.Line, &e.Column); n == 2 {
		_, text, _ = strings.Cut(text, "] ")
	} else {
		e.Line, e.Column = 1, 1
	}
	e.Err = errors.New(text)
	return e
}

// ErrorAt returns an error at the position of a path such as "actors[0].speed".
func (s *Scenario) ErrorAt(path string, format string, args ...any) *Error {
	line, column := s.place(path)
	return &Error{File: s.path, Line: line, Column: column, Path: path, Err: fmt.Errorf(format, args...)}
}

// place returns the line and column of the value at a path, or of its nearest existing
// parent.
func (s *Scenario) place(path string) (line, column int) {
	for {
		if at, ok := s.places[path]; ok || path == "" {
			return at.line, at.column
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

// check runs the checks that concern no single case.
func (s *Scenario) check() error {
	f := &s.file
	ids := make(map[string]bool)
	for _, name := range sections {
		ids[name] = true // an actor with this name would be ambiguous in vary
	}
	for i := range f.Actors {
		if err := s.checkID(ids, fmt.Sprintf("actors[%d].id", i), f.Actors[i].ID); err != nil {
			return err
		}
	}
	for i := range f.Flows {
		if err := s.checkID(ids, fmt.Sprintf("flows[%d].id", i), f.Flows[i].ID); err != nil {
			return err
		}
	}
	return s.resolveParameters()
}

// checkID records an id and rejects a duplicate.
func (s *Scenario) checkID(ids map[string]bool, path, id string) error {
	if ids[id] {
		return s.ErrorAt(path, "%q is taken", id)
	}
	ids[id] = true
	return nil
}

// indexed returns the path of an element of a list.
func indexed(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
