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
	file        file
	tree        *ast.File
}

// Error is a fault of a scenario file, with its place.
type Error struct {
	File string
	Line int // 0 when the fault has no place of its own
	Path string
	Err  error
}

// Error returns "file:line: field: what is wrong".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
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

// Parse reads the text of a scenario file; path names it in errors. A scenario
// that parses can be sampled: its middle case is compiled as a test.
func Parse(path string, data []byte) (*Scenario, error) {
	s, err := decode(path, data)
	if err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	c, err := s.Case(0)
	if err != nil {
		return nil, err
	}
	if _, err := c.Compile(); err != nil {
		return nil, err
	}
	return s, nil
}

// decode reads the text without looking at what it means.
func decode(path string, data []byte) (*Scenario, error) {
	s := &Scenario{Source: data, path: path}
	var err error
	if s.tree, err = parser.ParseBytes(data, 0); err != nil {
		return nil, &Error{File: path, Err: errors.New(plain(err))}
	}
	if err := yaml.UnmarshalWithOptions(data, &s.file, yaml.Strict()); err != nil {
		return nil, &Error{File: path, Line: lineOf(err), Err: errors.New(plain(err))}
	}
	f := &s.file
	s.Name, s.Family, s.Description, s.Tags = f.Name, f.Family, f.Description, f.Tags
	return s, nil
}

// plain returns a YAML error without colors, source excerpt and position.
func plain(err error) string {
	text := yaml.FormatError(err, false, false)
	if _, rest, ok := strings.Cut(text, "] "); ok && strings.HasPrefix(text, "[") {
		at, _, _ := strings.Cut(text, "]")
		return rest + " (line " + strings.TrimPrefix(at, "[") + ")"
	}
	return text
}

// lineOf returns the line that a YAML error names.
func lineOf(err error) int {
	var line, column int
	if n, _ := fmt.Sscanf(yaml.FormatError(err, false, false), "[%d:%d]", &line, &column); n == 2 {
		return line
	}
	return 0
}

// fault returns an error at the place of a path such as "actors[0].speed".
func (s *Scenario) fault(path string, format string, args ...any) *Error {
	return &Error{File: s.path, Line: s.line(path), Path: path, Err: fmt.Errorf(format, args...)}
}

// line returns the line of a path, or of the nearest parent that exists.
func (s *Scenario) line(path string) int {
	for path != "" {
		if p, err := yaml.PathString("$." + path); err == nil {
			if n, err := p.FilterFile(s.tree); err == nil && n != nil {
				return n.GetToken().Position.Line
			}
		}
		cut := strings.LastIndexAny(path, ".[")
		path = path[:max(cut, 0)]
	}
	return 0
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
	}
	ids := map[string]bool{"ego": true, "weather": true, "map": true, "signal": true}
	for i := range f.Actors {
		a := &f.Actors[i]
		path := fmt.Sprintf("actors[%d].id", i)
		if a.ID == "" {
			return s.fault(path, "is missing")
		}
		if ids[a.ID] {
			return s.fault(path, "%q is taken", a.ID)
		}
		ids[a.ID] = true
	}
	return s.checkVary()
}
