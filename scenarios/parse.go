package scenarios

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
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
	places      map[string]position // of the values of the file, by path
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

// maxSize bounds a scenario file, and with it how deep it can nest, in bytes.
const maxSize = 64 << 10

// Load reads a scenario file. It reads no more of the file than a scenario may have.
func Load(path string) (*Scenario, error) { return LoadContext(context.Background(), path) }

// LoadContext is Load, ended early by ctx.
func LoadContext(ctx context.Context, path string) (*Scenario, error) {
	data, err := ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading a scenario: %w", err)
	}
	return ParseContext(ctx, path, data)
}

// ReadFile returns the bytes of a scenario file. Of a file that is larger than a
// scenario may be it returns only so much that Parse refuses it.
func ReadFile(path string) (data []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, maxSize+1))
}

// Parse reads the text of a scenario file; path names it in errors. What it
// returns can be driven: both ends of every range and every listed value have been
// compiled.
func Parse(path string, data []byte) (*Scenario, error) {
	return ParseContext(context.Background(), path, data)
}

// ParseContext is Parse, ended early by ctx: a file may list so many values that
// compiling all of them takes a while.
func ParseContext(ctx context.Context, path string, data []byte) (*Scenario, error) {
	s, err := read(path, data)
	if err != nil {
		return nil, err
	}
	if err := s.compileEnds(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// compileEnds compiles cases with the ends of all ranges, and with every listed
// value in one of them.
func (s *Scenario) compileEnds(ctx context.Context) error {
	cases := 1
	for _, v := range s.file.Vary {
		cases = max(cases, 2, len(v.Any))
	}
	var maps mapCache
	for i := range cases {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%s: compiling its varied values: %w", s.path, err)
		}
		c, err := s.sample(0, func(_ string, v *spread) string { return v.end(i) })
		if err != nil {
			return err
		}
		if _, err := c.compileWith(&maps); err != nil {
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

// ByteOrderMark is what some editors begin a UTF-8 file with. It is no part of the text.
const ByteOrderMark = "\ufeff"

// decode reads the text and checks every field by itself. The YAML module may panic
// on broken text; here that is one more fault of the text.
func decode(path string, data []byte) (s *Scenario, err error) {
	defer func() {
		if r := recover(); r != nil {
			s, err = nil, &Error{File: path, Line: 1, Column: 1, Err: fmt.Errorf("is not YAML: %v", r)}
		}
	}()
	if len(data) > maxSize {
		return nil, &Error{File: path, Err: fmt.Errorf("is larger than %d bytes, the most that a scenario may have", maxSize)}
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

// version refuses a file of another version, which may have other fields.
func (d *decoder) version(root ast.Node) error {
	m, ok := root.(*ast.MappingNode)
	if !ok {
		return nil
	}
	for _, v := range m.Values {
		if n, ok := v.Value.(*ast.IntegerNode); ok && v.Key.GetToken().Value == "version" && fmt.Sprint(n.Value) != strconv.Itoa(Version) {
			return d.fault("version", n, "is %v, this program reads version %d", n.Value, Version)
		}
	}
	return nil
}

// checkTree refuses what the format leaves out of YAML: several documents, and
// aliases, with which a small file can unfold to a huge one.
func (s *Scenario) checkTree(tree *ast.File) error {
	refuse := func(t *token.Token, format string, args ...any) error {
		at := positionAt(t)
		return &Error{File: s.path, Line: at.line, Column: at.column, Err: fmt.Errorf(format, args...)}
	}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return refuse(nil, "holds no scenario")
	}
	if len(tree.Docs) > 1 {
		return refuse(tree.Docs[1].Start, "holds %d documents, want one", len(tree.Docs))
	}
	for _, kind := range [...]ast.NodeType{ast.AnchorType, ast.AliasType} {
		if found := ast.Filter(kind, tree.Docs[0].Body); len(found) > 0 {
			return refuse(found[0].GetToken(), "anchors and aliases are not supported")
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
	} else {
		e.Line, e.Column = 1, 1
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
	for {
		if at, ok := s.places[path]; ok || path == "" {
			return at.line, at.column
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

// check looks for what no single case would show.
func (s *Scenario) check() error {
	f := &s.file
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
	if ids[id] {
		return s.fault(path, "%q is taken", id)
	}
	ids[id] = true
	return nil
}
