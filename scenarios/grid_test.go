package scenarios_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
)

// varying returns the valid scenario with other varied parameters.
func varying(vary string) string {
	return strings.Replace(sound, "  lead.speed: {from: 8 m/s, to: 12 m/s}\n", vary, 1)
}

func grid(t *testing.T, s *scenarios.Scenario) []*scenarios.Case {
	t.Helper()
	cases, err := s.Grid()
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// valuesOf counts the values of a parameter in cases, in order of first use.
func valuesOf(cases []*scenarios.Case, name string) (values []string, count map[string]int) {
	count = map[string]int{}
	for _, c := range cases {
		for _, p := range c.Parameters {
			if p.Name != name {
				continue
			}
			if count[p.Value]++; count[p.Value] == 1 {
				values = append(values, p.Value)
			}
		}
	}
	return values, count
}

func TestGridValues(t *testing.T) {
	for _, c := range []struct{ spread, want string }{
		{"{from: 8 m/s, to: 12 m/s}", "8 m/s|10 m/s|12 m/s"},
		{"{from: 8 m/s, to: 8 m/s}", "8 m/s"},
		{"{from: 8 m/s, to: 12 m/s, step: 1 m/s}", "8 m/s|9 m/s|10 m/s|11 m/s|12 m/s"},
		{"{from: 8 m/s, to: 12 m/s, step: 3 m/s}", "8 m/s|11 m/s"},
		{"{from: 0.1, to: 0.7, step: 0.2}", "0.1|0.3|0.5|0.7"},
		{"{from: 8 m/s, to: 12 m/s, steps: 2}", "8 m/s|12 m/s"},
		{"{from: 30 km/h, to: 40 km/h, steps: 4}", "30 km/h|33.333333 km/h|36.666667 km/h|40 km/h"},
		{"{any: [8 m/s, 9 m/s, 8 m/s]}", "8 m/s|9 m/s"},
	} {
		s := drivetest.Parse(t, varying("  lead.speed: "+c.spread+"\n"))
		if got, _ := valuesOf(grid(t, s), "lead.speed"); strings.Join(got, "|") != c.want {
			t.Errorf("%s: %q, want %q", c.spread, got, c.want)
		}
	}
}

func TestInvalidGrids(t *testing.T) {
	for _, c := range []struct{ vary, want string }{
		{"  lead.speed: {from: 8 m/s, to: 12 m/s, step: 0 m/s}\n", "my.yaml:14:15: vary.'lead.speed': step 0 m/s is not above 0"},
		{"  lead.speed: {from: 8 m/s, to: 12 m/s, step: 1 km/h}\n", `vary.'lead.speed': from is in "m/s" and step in "km/h"`},
		{"  lead.speed: {from: 8 m/s, to: 12 m/s, step: fast}\n", "step must be a number"},
		{"  lead.speed: {from: 8 m/s, to: 12 m/s, step: 0.0001 m/s}\n", "makes more than 1000 values"},
		{"  lead.speed: {from: 8 m/s, to: 12 m/s, steps: 1}\n", "steps: 1 is below 2"},
		{"  lead.speed: {from: 8 m/s, to: 12 m/s, steps: 3, step: 1 m/s}\n", "has both step and steps"},
		{"  lead.speed: {any: [8 m/s], from: 8 m/s}\n", "has both any and a range"},
		{"  lead.speed: {from: 8 m/s}\n", "needs either any, or from and to"},
		{"  lead.speed: {from: 8 m/s, to: 12 m/s}\ngrid: {cases: 0}\n", "my.yaml:15:15: grid.cases: 0 is below 1"},
		{"  lead.speed: {from: 8 m/s, to: 12 m/s, steps: 1000}\n  lead.s: {from: 50 m, to: 60 m, steps: 1000}\n  ego.speed: {from: 1, to: 3}\n",
			"vary: makes more than 1000000 combinations"},
	} {
		_, err := scenarios.Parse("my.yaml", []byte(varying(c.vary)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.vary, err, c.want)
		}
	}
}

// The error of an impossible combination names the varied values that cause it. The ends
// of each parameter alone are valid.
func TestImpossibleCombinationError(t *testing.T) {
	s := drivetest.Parse(t, varying("  lead.s: {from: 30 m, to: 60 m}\n  ego.s: {from: 10 m, to: 31 m}\n"))
	_, err := runner.Compile(drivetest.Case(t, s, "g006")) // ego.s 31 m, lead.s 30 m
	want := "test.yaml:6:5: actors[0]: lead and the ego start at the same position, with lead.s 30 m"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
	s = drivetest.Parse(t, varying("  ego.speed: {any: [10 m/s, 20 m/s, 30 m/s]}\n"))
	if _, err := drivetest.ParseAndCheck("my.yaml", []byte(strings.Replace(string(s.Source), "30 m/s", "90 m/s", 1))); err == nil ||
		err.Error() != "my.yaml:14:37: ego.speed: 90 m/s is above 60 m/s" {
		t.Errorf("error %v, want the position under vary", err)
	}
}

const wide = `  lead.speed: {from: 8 m/s, to: 12 m/s, steps: 5}
  lead.s: {from: 50 m, to: 90 m, steps: 5}
  weather.rain: {any: [0, 0.3, 0.6]}
`

// The whole grid contains every combination once. The last parameter by name changes
// fastest.
func TestGridIsFactorial(t *testing.T) {
	s := drivetest.Parse(t, varying(wide+"grid: {cases: 1000}\n"))
	cases := grid(t, s)
	if len(cases) != 75 || s.Combinations() != 75 {
		t.Fatalf("%d cases of %d combinations, want 75", len(cases), s.Combinations())
	}
	seen := map[string]bool{}
	for i, c := range cases {
		seen[fmt.Sprint(c.Parameters)] = true
		if want := fmt.Sprintf("test/g%03d", i); c.ID() != want {
			t.Errorf("case %d is %s, want %s", i, c.ID(), want)
		}
		if c.Seed != cases[0].Seed {
			t.Errorf("%s has another seed, %d", c.ID(), c.Seed)
		}
	}
	if len(seen) != 75 {
		t.Errorf("%d different cases, want 75", len(seen))
	}
	want := []scenarios.Parameter{{Name: "lead.s", Value: "50 m"}, {Name: "lead.speed", Value: "8 m/s"}, {Name: "weather.rain", Value: "0.3"}}
	if d := cmp.Diff(want, cases[1].Parameters); d != "" {
		t.Error(d)
	}
}

// A subsampled grid is spread evenly over each parameter. A case has the same name and
// parameters for any size of the grid.
func TestThinnedGridIsEven(t *testing.T) {
	for _, n := range []int{15, 30, 45, 60, 74} {
		s := drivetest.Parse(t, varying(fmt.Sprintf("%sgrid: {cases: %d}\n", wide, n)))
		cases := grid(t, s)
		if len(cases) != n {
			t.Fatalf("%d cases, want %d", len(cases), n)
		}
		for name, of := range map[string]int{"lead.speed": 5, "lead.s": 5, "weather.rain": 3} {
			values, count := valuesOf(cases, name)
			if len(values) != of {
				t.Errorf("%d cases use %d of %d values of %s", n, len(values), of, name)
			}
			for v, k := range count {
				if k < n/of-2 || k > n/of+3 {
					t.Errorf("%d cases use %s %s %d times, want about %d", n, name, v, k, n/of)
				}
			}
		}
		for _, c := range cases {
			if d := cmp.Diff(drivetest.Case(t, s, c.Label()).Parameters, c.Parameters); d != "" {
				t.Errorf("%s: %s", c.ID(), d)
			}
		}
	}
	if n := len(grid(t, drivetest.Parse(t, varying(wide)))); n != scenarios.DefaultGrid {
		t.Errorf("%d cases by default, want %d", n, scenarios.DefaultGrid)
	}
}

func TestGridWithoutVaryHasOneCase(t *testing.T) {
	if cases := grid(t, drivetest.Parse(t, strings.Replace(varying(""), "vary:\n", "", 1))); len(cases) != 1 || cases[0].ID() != "test/g000" || len(cases[0].Parameters) != 0 {
		t.Errorf("%d cases", len(cases))
	}
}

func TestFindCase(t *testing.T) {
	for _, c := range []struct{ name, id, fault string }{
		{"zebra/7", "zebra/7", ""}, {"zebra/g3", "zebra/g003", ""}, {"zebra/g003", "zebra/g003", ""},
		{"zebra", "", "is not a case"}, {"zebra/", "", "is not a case"}, {"/7", "", "is not a case"}, {"zebra/g", "", "is not a case"},
		{"zebra/x7", "", "is not a case"}, {"zebra/g99999", "", "zebra has no grid case 99999: it has 27, from g000"},
		{"zbera/7", "", `did you mean "zebra"?`}, {"zebra/99999999999999999999", "", "is not a case"},
		{"nowhere/none.yaml/7", "", "none.yaml"},
	} {
		got, err := scenarios.FindCase(c.name)
		switch {
		case c.fault != "":
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: error %v, want %q", c.name, err, c.fault)
			}
		case err != nil || got.ID() != c.id:
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
	}
}
