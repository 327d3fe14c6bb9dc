package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/agnivade/levenshtein"
)

//go:embed library
var library embed.FS

// Schema is the published JSON schema of scenario files.
//
//go:embed schema/scenario-v1.json
var Schema []byte

// ResultsJSONSchema is the published JSON schema of the results document.
//
//go:embed schema/results-1.json
var ResultsJSONSchema []byte

// ErrUnknown is wrapped when a name is not in the library.
var ErrUnknown = errors.New("no such scenario")

// Library returns the bundled scenarios in order of family and name.
func Library() ([]*Scenario, error) {
	files, err := fs.Glob(library, "library/*/*.yaml")
	if err != nil {
		return nil, err
	}
	out := make([]*Scenario, len(files))
	for i, p := range files {
		if out[i], err = bundled(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// bundled reads a file of the library.
func bundled(p string) (*Scenario, error) {
	data, err := library.ReadFile(p)
	if err != nil {
		return nil, err
	}
	s, err := Parse(p, data)
	if err == nil {
		s.bundled = true
	}
	return s, err
}

// Stdin is the path that stands for standard input. Find accepts "-" for it.
const Stdin = "/dev/stdin"

// Find returns the scenario with this name in the library, or reads the file with this
// path. Files may have any name; a name that ends in .yaml or .yml is always a path. "-"
// is standard input.
func Find(name string) (*Scenario, error) {
	switch {
	case name == "-":
		return Load(Stdin)
	case strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml"):
		return Load(name)
	}
	files, err := fs.Glob(library, "library/*/*.yaml")
	if err != nil {
		return nil, err
	}
	best, distance := "", 4
	for _, p := range files {
		slug := strings.TrimSuffix(path.Base(p), path.Ext(p))
		d := levenshtein.ComputeDistance(slug, name)
		if d == 0 {
			return bundled(p)
		}
		if d < distance {
			best, distance = slug, d
		}
	}
	if info, err := os.Stat(name); err == nil && !info.IsDir() {
		return Load(name)
	}
	if strings.ContainsRune(name, '/') {
		return nil, fmt.Errorf("%w: %q; there is no such file; the command \"list\" shows the library", ErrUnknown, name)
	}
	if best != "" {
		return nil, fmt.Errorf("%w: %q; did you mean %q?", ErrUnknown, name, best)
	}
	return nil, fmt.Errorf("%w: %q; the command \"list\" shows the library", ErrUnknown, name)
}

// Ref returns the name of the scenario on a command line: its name in the library, or the
// path of its file.
func (s *Scenario) Ref() string {
	if s.bundled {
		return s.Slug()
	}
	return s.path
}

// Path returns the path of the scenario's file, also for a scenario of the library.
func (s *Scenario) Path() string { return s.path }

// File returns the path of the scenario's file, or "" for a scenario of the library.
func (s *Scenario) File() string {
	if s.bundled {
		return ""
	}
	return s.path
}

// Slug returns the short name of the scenario: the name of its file without the
// extension.
func (s *Scenario) Slug() string { return strings.TrimSuffix(path.Base(s.path), path.Ext(s.path)) }
