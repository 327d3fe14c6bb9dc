package scenarios

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Scenario is a logical scenario: a file that was read and found sound.
type Scenario struct {
	Name        string
	Family      string
	Description string
	Tags        []string
	Source      []byte // text of the file
	path        string
	bundled     bool // from the library
	file        file
	tree        *ast.File
}

// Error is a fault of a scenario file, with its place.
type Error struct {
	File         string
	Line, Column int    // from 1; 0 when the fault has no place of its own
	Path         string // of the field, such as actors[0].speed; may be empty
	Err          error
}

// Error returns "file:line:column: field: what is wrong".
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

// Unwrap returns what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// Load reads a scenario file.
func Load(path string) (*Scenario, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading a scenario: %w", err)
	}
	return Parse(path, data)
}

// Parse reads the text of a scenario file; path names it in errors. What it
// returns can be driven: both ends of every range and every listed value have been
// compiled.
func Parse(path string, data []byte) (*Scenario, error) {
	s, err := read(path, data)
	if err != nil {
		return nil, err
	}
	if err := s.compileEnds(); err != nil {
		return nil, err
	}
	return s, nil
}

// compileEnds compiles cases with the ends of all ranges, and with every listed
// value in one of them.
func (s *Scenario) compileEnds() error {
	cases := 1
	for _, v := range s.file.Vary {
		cases = max(cases, 2, len(v.Any))
	}
	for i := range cases {
		c, err := s.sample(0, func(_ string, v *spread) string { return v.end(i) })
		if err != nil {
			return err
		}
		if _, err := c.Compile(); err != nil {
			return err
		}
	}
	return nil
}

// read parses a file and checks what needs no map.
func read(path string, data []byte) (*Scenario, error) {
	s, err := decode(path, data)
	if err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return s, nil
}

// maxSize bounds a scenario file, and with it how deep it can nest, in bytes.
const maxSize = 64 << 10

// decode reads the text without looking at what it means. The YAML module may
// panic on broken text; here that is one more fault of the text.
func decode(path string, data []byte) (s *Scenario, err error) {
	defer func() {
		if r := recover(); r != nil {
			s, err = nil, &Error{File: path, Err: fmt.Errorf("is not YAML: %v", r)}
		}
	}()
	if len(data) > maxSize {
		return nil, &Error{File: path, Err: fmt.Errorf("has %d bytes, more than %d", len(data), maxSize)}
	}
	s = &Scenario{Source: data, path: path}
	if s.tree, err = parser.ParseBytes(data, 0); err != nil {
		return nil, syntaxError(path, err)
	}
	if err := s.checkTree(); err != nil {
		return nil, err
	}
	if err := yaml.UnmarshalWithOptions(data, &s.file, yaml.Strict()); err != nil {
		return nil, syntaxError(path, err)
	}
	f := &s.file
	s.Name, s.Family, s.Description, s.Tags = f.Name, f.Family, f.Description, f.Tags
	return s, nil
}

// checkTree refuses what the format leaves out of YAML: several documents, and
// aliases, with which a small file can unfold to a huge one.
func (s *Scenario) checkTree() error {
	if len(s.tree.Docs) == 0 || s.tree.Docs[0].Body == nil {
		return &Error{File: s.path, Err: errors.New("holds no scenario")}
	}
	if len(s.tree.Docs) > 1 {
		return &Error{File: s.path, Err: fmt.Errorf("holds %d documents, want one", len(s.tree.Docs))}
	}
	for _, kind := range [...]ast.NodeType{ast.AnchorType, ast.AliasType} {
		if found := ast.Filter(kind, s.tree.Docs[0].Body); len(found) > 0 {
			at := found[0].GetToken().Position
			return &Error{File: s.path, Line: at.Line, Column: at.Column, Err: errors.New("anchors and aliases are not supported")}
		}
	}
	return nil
}

// syntaxError turns an error of the YAML module into ours: without colors and
// excerpt of the source, with the place in its own fields.
func syntaxError(path string, err error) *Error {
	e := &Error{File: path}
	text := yaml.FormatError(err, false, false)
	if n, _ := fmt.Sscanf(text, "[%d:%d]", &e.Line, &e.Column); n == 2 {
		_, text, _ = strings.Cut(text, "] ")
	}
	e.Err = errors.New(text)
	return e
}

// fault returns an error at the place of a path such as "actors[0].speed".
func (s *Scenario) fault(path string, format string, args ...any) *Error {
	line, column := s.place(path)
	return &Error{File: s.path, Line: line, Column: column, Path: path, Err: fmt.Errorf(format, args...)}
}

// place returns line and column of the value at a path, or of the nearest parent
// that exists.
func (s *Scenario) place(path string) (line, column int) {
	for path != "" {
		if p, err := yaml.PathString("$." + path); err == nil {
			if n, err := p.FilterFile(s.tree); err == nil && n != nil {
				at := n.GetToken().Position
				return at.Line, at.Column
			}
		}
		cut := strings.LastIndexAny(path, ".[")
		path = path[:max(cut, 0)]
	}
	return 0, 0
}

// check looks for what no single case would show.
func (s *Scenario) check() error {
	f := &s.file
	switch {
	case f.Version != Version:
		return s.fault("version", "is %d, this program reads version %d", f.Version, Version)
	case f.Name == "":
		return s.fault("name", "is missing")
	case !f.Until.Time.set:
		return s.fault("until.time", "is missing")
	case f.Preventable.half():
		return s.fault("preventable", "wants true or false, or both is and because")
	}
	ids := make(map[string]bool)
	for _, name := range sections {
		ids[name] = true // where vary names a section, it cannot name an actor
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
	return s.checkVary()
}

// checkID notes an id, which must not be taken.
func (s *Scenario) checkID(ids map[string]bool, path, id string) error {
	switch {
	case id == "":
		return s.fault(path, "is missing")
	case ids[id]:
		return s.fault(path, "%q is taken", id)
	}
	ids[id] = true
	return nil
}
