package suite_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/suite"
)

// text is a scenario of half a second with a varied ego speed.
const text = `version: 1
name: short
family: test
tags: [a, b]
map: {kind: straight}
ego: {lane: 0, s: 20 m, speed: 10 m/s}
vary:
  ego.speed: {from: 8 m/s, to: 12 m/s}
until: {time: 0.5 s}
`

// write writes scenario files into a new folder and returns its path.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func choose(t testing.TB, q suite.Query) *suite.Suite {
	t.Helper()
	s, err := suite.Select(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func names(s *suite.Suite) string {
	var out []string
	for _, c := range s.Cases {
		out = append(out, c.ID())
	}
	return strings.Join(out, " ")
}

func TestPatterns(t *testing.T) {
	dir := write(t, map[string]string{"a.yaml": text, "b.yml": text, "deep/c.yaml": text, "notes.txt": "no scenario"})
	one := &suite.SeedRange{First: 3, Last: 3}
	for _, c := range []struct {
		q    suite.Query
		want string
	}{
		{suite.Query{Patterns: []string{"zebra"}, Seeds: one}, "zebra/3"},
		{suite.Query{Patterns: []string{"zeb*"}, Seeds: one}, "zebra-hesitating/3 zebra/3"},
		{suite.Query{Patterns: []string{"pedestrian/zebra"}, Seeds: one}, "zebra/3"},
		{suite.Query{Patterns: []string{"cut-in", "zebra", "cut-*n"}, Seeds: one}, "cut-in/3 zebra/3"},
		{suite.Query{Patterns: []string{"zebra/g002", "zebra/7", "zebra"}, Seeds: &suite.SeedRange{First: 6, Last: 8}}, "zebra/g002 zebra/7 zebra/6 zebra/8"},
		{suite.Query{Patterns: []string{filepath.Join(dir, "a.yaml")}, Seeds: one}, "a/3"},
		{suite.Query{Patterns: []string{dir}, Seeds: one}, "a/3 b/3"},
		{suite.Query{Patterns: []string{dir + "/..."}, Seeds: one}, "a/3 b/3 c/3"},
		{suite.Query{Patterns: []string{dir + "/a.yaml/g1"}}, "a/g001"},
		{suite.Query{Patterns: []string{dir}, Grid: true, Run: regexp.MustCompile("b/g00[01]")}, "b/g000 b/g001"},
		{suite.Query{Patterns: []string{dir, "zebra"}, Seeds: one, Tags: []string{"a", "b"}}, "a/3 b/3"},
		{suite.Query{Patterns: []string{dir, "zebra"}, Seeds: one, Families: []string{"pedestrian", "lane"}}, "zebra/3"},
	} {
		if got := names(choose(t, c.q)); got != c.want {
			t.Errorf("%+v: %s, want %s", c.q, got, c.want)
		}
	}
}

func TestRejectedQueries(t *testing.T) {
	dir := write(t, map[string]string{"a.yaml": text, "deep/a.yaml": text, "empty/notes.txt": "", "bad/bad.yaml": "version: 7"})
	for _, c := range []struct {
		q    suite.Query
		want string
	}{
		{suite.Query{Patterns: []string{"zbera"}}, `did you mean "zebra"?`},
		{suite.Query{Patterns: []string{"quite-unknown*"}}, `pattern "quite-unknown*": no scenario of the library matches`},
		{suite.Query{Patterns: []string{"[zebra"}}, `pattern "[zebra": syntax error in pattern`},
		{suite.Query{Patterns: []string{dir + "/..."}}, "bad.yaml:1:10: version"},
		{suite.Query{Patterns: []string{dir, dir + "/deep"}}, "are both called a: rename one"},
		{suite.Query{Patterns: []string{dir + "/empty"}}, "holds no scenario file"},
		{suite.Query{Patterns: []string{dir + "/none/..."}}, "no such file"},
		{suite.Query{Patterns: []string{"zebra/x1"}}, "zebra/x1"},
		{suite.Query{Families: []string{"boats"}}, "family boats (the library has "},
		{suite.Query{Tags: []string{"moon"}}, "tagged moon (the library has "},
		{suite.Query{Run: regexp.MustCompile("^x$")}, `names matching "^x$"`},
		{suite.Query{Grid: true, Seeds: &suite.SeedRange{First: 1, Last: 1}}, "not both"},
	} {
		if _, err := suite.Select(t.Context(), c.q); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.q, err, c.want)
		}
	}
	if _, err := suite.Select(t.Context(), suite.Query{Tags: []string{"moon"}}); !errors.Is(err, suite.ErrNoCases) {
		t.Errorf("error %v is not ErrNothing", err)
	}
}

func TestParseRange(t *testing.T) {
	for text, want := range map[string]suite.SeedRange{"7": {First: 7, Last: 7}, "1-20": {First: 1, Last: 20}, "0-0": {}} {
		if got, err := suite.ParseRange(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-", "5-1", "1-", "-3", "a-b", "1-2-3", "1-1000000", "99999999999999999999"} {
		if r, err := suite.ParseRange(text); err == nil {
			t.Errorf("%q gives %v", text, r)
		}
	}
}

// The project promises at least 37 scenarios, 100 quick cases and 800 grid cases. Every
// scenario is in both suites.
func TestSuiteSizes(t *testing.T) {
	library, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	quick, full := choose(t, suite.Query{}), choose(t, suite.Query{Grid: true})
	if len(library) < 37 || len(quick.Cases) < 100 || len(full.Cases) < 800 {
		t.Errorf("%d scenarios, %d quick cases, %d on grids", len(library), len(quick.Cases), len(full.Cases))
	}
	for _, s := range []*suite.Suite{quick, full} {
		if n := len(s.Identity().Scenarios); n != len(library) {
			t.Errorf("%s has %d of %d scenarios", s.Name, n, len(library))
		}
	}
}

// The identity of a suite depends on its cases and on the texts of its files.
func TestIdentity(t *testing.T) {
	q := func(text string, last uint64) *suite.Suite {
		return choose(t, suite.Query{Patterns: []string{write(t, map[string]string{"a.yaml": text})}, Seeds: &suite.SeedRange{First: 1, Last: last}})
	}
	id := q(text, 3).Identity()
	if id.Cases != 3 || id.Name != suite.Seeds || len(id.SHA256) != 64 || id.SHA256 != q(text, 3).Identity().SHA256 {
		t.Errorf("%+v", id)
	}
	if id.SHA256 == q(text, 4).Identity().SHA256 || id.SHA256 == q(text+"# changed\n", 3).Identity().SHA256 {
		t.Error("another suite has the same identity")
	}
}

func TestCheckNamesImpossibleCases(t *testing.T) {
	dir := write(t, map[string]string{"a.yaml": strings.Replace(text, "vary:", "actors: [{id: car, kind: car, lane: 0, s: 30 m}]\nvary:\n  car.s: {from: 10 m, to: 30 m}", 1)})
	// Parse compiles only the ends. The invalid value 20 m, the ego's position, is on the grid.
	s, err := suite.Select(t.Context(), suite.Query{Patterns: []string{dir}, Grid: true})
	if err == nil {
		err = s.Check()
	}
	if err == nil || !strings.Contains(err.Error(), "start at the same position") {
		t.Errorf("error %v", err)
	}
}
