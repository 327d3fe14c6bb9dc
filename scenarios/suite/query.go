package suite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
)

// Query selects cases. The zero value selects the quick suite of the library.
type Query struct {
	// Patterns select scenarios: by name with the wildcards * and ?, by family/name, by
	// the path of a file or of a folder, or by a folder with all its subfolders
	// (folder/...). A pattern such as cut-in/7 selects a single case. No pattern selects
	// the library.
	Patterns []string
	Families []string       // select only these families, if not empty
	Tags     []string       // select only scenarios with all of these tags
	Run      *regexp.Regexp // select only cases with matching names, if not nil
	// Grid selects the grid of every scenario instead of seeds.
	Grid bool
	// Seeds are the selected seeds; nil selects those of the quick suite.
	Seeds *SeedRange
}

// SeedRange is a range of seeds, including both ends.
type SeedRange struct{ First, Last uint64 }

// maxSeeds bounds a range, so that a typing error does not exhaust the memory.
const maxSeeds = 100_000

// ParseRange parses a range such as 1-20, or a single seed.
func ParseRange(text string) (SeedRange, error) {
	a, b, found := strings.Cut(text, "-")
	if !found {
		b = a
	}
	first, err1 := strconv.ParseUint(a, 10, 64)
	last, err2 := strconv.ParseUint(b, 10, 64)
	if err1 != nil || err2 != nil || first > last || last-first >= maxSeeds {
		return SeedRange{}, fmt.Errorf("%q: want a range of seeds such as 1-20", text)
	}
	return SeedRange{first, last}, nil
}

const (
	// quickSeeds is the number of seeds per scenario in the quick suite. It is higher if
	// the library is too small for quickCases cases.
	quickSeeds = 3
	quickCases = 100
)

// quickRange returns the seeds of the quick suite for a library of this size.
func quickRange(library int) SeedRange {
	return SeedRange{1, uint64(max(quickSeeds, (quickCases+library-1)/max(library, 1)))}
}

// ErrNoCases is wrapped if the filters leave no case.
var ErrNoCases = errors.New("no case is left")

// Select returns the selected cases without duplicates. It fails for a pattern without a
// match, for scenarios with the same name, and with ErrNoCases if the filters leave no
// case.
func Select(ctx context.Context, q Query) (*Suite, error) {
	c := selector{Query: q, suite: &Suite{Name: Seeds}, refs: map[string]string{}, seen: map[string]bool{}}
	switch {
	case q.Grid && q.Seeds != nil:
		return nil, errors.New("select either the grid or seeds, not both")
	case q.Grid:
		c.suite.Name = Full
	case q.Seeds == nil:
		c.suite.Name = Quick
		if err := c.readLibrary(); err != nil { // for the number of seeds
			return nil, err
		}
		r := quickRange(len(c.library))
		c.Seeds = &r
	}
	if len(q.Patterns) == 0 {
		c.Patterns = []string{"*"}
	}
	for _, p := range c.Patterns {
		if err := c.pattern(ctx, p); err != nil {
			return nil, err
		}
	}
	if len(c.suite.Cases) == 0 {
		return nil, errors.Join(c.readLibrary(), fmt.Errorf("%w of %s", ErrNoCases, c.describe()))
	}
	return c.suite, nil
}

// selector is the state of Select.
type selector struct {
	Query
	library []*scenarios.Scenario // read on demand
	suite   *Suite
	refs    map[string]string // by scenario name
	seen    map[string]bool   // names of cases
}

// readLibrary reads the library once.
func (c *selector) readLibrary() (err error) {
	if c.library == nil {
		c.library, err = scenarios.Library()
	}
	return err
}

// pattern adds the cases of a pattern.
func (c *selector) pattern(ctx context.Context, p string) error {
	// A folder may have the name of a case, such as x/001.
	if _, _, single := scenarios.SplitCaseName(p); single && !isFolder(p) {
		one, err := scenarios.FindCase(p)
		if err != nil {
			return err
		}
		if err := runner.Check(ctx, one.Scenario); err != nil {
			return err
		}
		return c.add(one.Scenario, one)
	}
	list, err := c.resolve(p)
	if err != nil {
		return err
	}
	for _, s := range list {
		if err := runner.Check(ctx, s); err != nil {
			return err
		}
		if !c.passesFilters(s) {
			continue
		}
		cases, err := c.casesOf(s)
		if err != nil {
			return err
		}
		if err := c.add(s, cases...); err != nil {
			return err
		}
	}
	return nil
}

// resolve returns the scenarios of a pattern.
func (c *selector) resolve(p string) ([]*scenarios.Scenario, error) {
	if folder, all := strings.CutSuffix(p, "/..."); all {
		return readFolder(folder, true)
	}
	if isFolder(p) {
		return readFolder(p, false)
	}
	glob := strings.ContainsAny(p, "*?[")
	if !glob {
		s, err := scenarios.Find(p)
		if !errors.Is(err, scenarios.ErrUnknown) {
			return []*scenarios.Scenario{s}, err
		}
		if list, wrong := c.match(p); len(list) > 0 || wrong != nil {
			return list, wrong
		}
		return nil, err // which suggests a name
	}
	list, err := c.match(p)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("pattern %q: no scenario of the library matches", p)
	}
	return list, err
}

// match returns the scenarios of the library with a name, family/name or family that
// matches a pattern.
func (c *selector) match(p string) ([]*scenarios.Scenario, error) {
	if err := c.readLibrary(); err != nil {
		return nil, err
	}
	var list []*scenarios.Scenario
	for _, s := range c.library {
		name, err1 := path.Match(p, s.Slug())
		place, err2 := path.Match(p, s.Family+"/"+s.Slug())
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("pattern %q: %w", p, err1)
		}
		if name || place || p == s.Family {
			list = append(list, s)
		}
	}
	return list, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// readFolder reads the scenario files in a folder, in order of their paths. below
// includes subfolders.
func readFolder(folder string, below bool) ([]*scenarios.Scenario, error) {
	var list []*scenarios.Scenario
	err := filepath.WalkDir(folder, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != folder && !below:
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(p) != ".yaml" && filepath.Ext(p) != ".yml":
			return nil
		}
		s, err := scenarios.Load(p)
		list = append(list, s)
		return err
	})
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%s holds no scenario file", folder)
	}
	return list, err
}

// passesFilters reports whether a scenario passes the filters.
func (c *selector) passesFilters(s *scenarios.Scenario) bool {
	if len(c.Families) > 0 && !slices.Contains(c.Families, s.Family) {
		return false
	}
	return !slices.ContainsFunc(c.Tags, func(tag string) bool { return !slices.Contains(s.Tags, tag) })
}

// casesOf returns the cases of a scenario, by grid or by seed.
func (c *selector) casesOf(s *scenarios.Scenario) ([]*scenarios.Case, error) {
	if c.Grid {
		return s.Grid()
	}
	var out []*scenarios.Case
	for seed := c.Seeds.First; ; seed++ {
		one, err := s.Case(seed)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
		if seed == c.Seeds.Last { // before an overflow of seed
			return out, nil
		}
	}
}

// add adds cases of a scenario that are new and match Run.
func (c *selector) add(s *scenarios.Scenario, cases ...*scenarios.Case) error {
	slug, ref := s.Slug(), s.Ref()
	if other, taken := c.refs[slug]; taken && other != ref {
		return fmt.Errorf("%s and %s are both called %s: rename one", other, ref, slug)
	}
	c.refs[slug] = ref
	for _, one := range cases {
		id := one.ID()
		if c.seen[id] || c.Run != nil && !c.Run.MatchString(id) || !c.passesFilters(s) {
			continue
		}
		c.seen[id] = true
		c.suite.Cases = append(c.suite.Cases, one)
	}
	return nil
}

// describe returns the patterns and filters, and the families and tags of the library.
func (c *selector) describe() string {
	var b strings.Builder
	b.WriteString(strings.Join(c.Patterns, " "))
	if c.Run != nil {
		fmt.Fprintf(&b, ", names matching %q", c.Run)
	}
	families, tags := map[string]bool{}, map[string]bool{}
	for _, s := range c.library {
		families[s.Family] = true
		for _, t := range s.Tags {
			tags[t] = true
		}
	}
	if len(c.Families) > 0 {
		fmt.Fprintf(&b, ", family %s (the library has %s)", strings.Join(c.Families, ", "), strings.Join(slices.Sorted(maps.Keys(families)), ", "))
	}
	if len(c.Tags) > 0 {
		fmt.Fprintf(&b, ", tagged %s (the library has %s)", strings.Join(c.Tags, ", "), strings.Join(slices.Sorted(maps.Keys(tags)), ", "))
	}
	return b.String()
}
