package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// DefaultGrid is the most cases of a scenario's grid where its file names no other
// number: the whole library then takes about half an hour with the network on two cores.
const DefaultGrid = 18

const (
	// maxValues bounds the values of one parameter, maxCombinations those of all.
	maxValues       = 1000
	maxCombinations = 1_000_000
	// gridSeed is the seed of all cases of a grid: these differ in their parameters
	// alone, not in noise.
	gridSeed = 1
)

// axis is a parameter with its values on a grid.
type axis struct {
	name   string
	values []string
}

// checkSteps tells what is wrong with the steps of a range.
func (v *spread) checkSteps(lo, hi float64, unit string) error {
	if v.Steps != nil && v.Step.set {
		return errors.New("has both step and steps")
	}
	if !v.Step.set {
		return nil
	}
	step, stepUnit, err := split(v.Step.text)
	switch {
	case err != nil:
		return errors.New("step must be a number with a unit")
	case stepUnit != unit:
		return fmt.Errorf("from is in %q and step in %q", unit, stepUnit)
	case !(step > 0):
		return fmt.Errorf("step %s is not above 0", v.Step.text)
	case !((hi-lo)/step < maxValues):
		return fmt.Errorf("step %s makes more than %d values", v.Step.text, maxValues)
	}
	return nil
}

// values returns what the parameter is on a grid. A range that its step does not
// divide ends at the last value below its upper end.
func (v *spread) values() []string {
	if len(v.Any) > 0 {
		var out []string
		listed := make(map[string]bool, len(v.Any))
		for _, q := range v.Any {
			if !listed[q.text] { // listed twice to be drawn twice as often
				out = append(out, q.text)
			}
			listed[q.text] = true
		}
		return out
	}
	lo, unit, _ := split(v.From.text) // check saw that these are numbers
	hi, _, _ := split(v.To.text)
	if lo == hi {
		return []string{v.From.text}
	}
	n, step := 3, (hi-lo)/2
	switch {
	case v.Steps != nil:
		n = *v.Steps
		step = (hi - lo) / float64(n-1)
	case v.Step.set:
		step, _, _ = split(v.Step.text)
		n = 1 + int((hi-lo)/step+1e-9)
	}
	out := make([]string, n)
	for i := range out {
		out[i] = strings.TrimSpace(decimal(lo+float64(float64(i)*step)) + " " + unit)
	}
	return out
}

// decimal writes a number with at most six digits after the point.
func decimal(x float64) string {
	return strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64)
}

// axes returns the varied parameters by name, with their values on the grid.
func (s *Scenario) axes() []axis {
	var out []axis
	for _, name := range slices.Sorted(maps.Keys(s.file.Vary)) {
		v := s.file.Vary[name]
		out = append(out, axis{name, v.values()})
	}
	return out
}

// Combinations returns how many there are of the parameters' values on the grid:
// 1 where nothing varies.
func (s *Scenario) Combinations() int { return combinations(s.axes()) }

// combinations stops counting above maxCombinations.
func combinations(axes []axis) int {
	n := 1
	for _, a := range axes {
		if n *= len(a.values); n > maxCombinations {
			break
		}
	}
	return n
}

// checkGrid checks the size of the grid.
func (s *Scenario) checkGrid() error {
	if s.Combinations() > maxCombinations {
		return s.fault("vary", "makes more than %d combinations", maxCombinations)
	}
	return nil
}

// GridCase returns the combination number n of the parameters' values, counted
// from 0: the last parameter by name changes fastest.
func (s *Scenario) GridCase(n int) (*Case, error) { return s.gridCase(s.axes(), n) }

func (s *Scenario) gridCase(axes []axis, n int) (*Case, error) {
	if all := combinations(axes); n < 0 || n >= all {
		return nil, fmt.Errorf("%s has no grid case %d: there are %d, from g000 on", s.Slug(), n, all)
	}
	at := make(map[string]string, len(axes))
	rest := n
	for _, a := range slices.Backward(axes) {
		at[a.name] = a.values[rest%len(a.values)]
		rest /= len(a.values)
	}
	c, err := s.sample(gridSeed, func(name string, _ *spread) string { return at[name] })
	if err != nil {
		return nil, err
	}
	c.grid = n + 1
	return c, nil
}

// Grid returns the cases of the scenario's grid in order: every combination of the
// parameters' values, or, where these are more than the file's grid.cases (by
// default DefaultGrid), that many spread evenly over them.
func (s *Scenario) Grid() ([]*Case, error) {
	limit := DefaultGrid
	if s.file.Grid.Cases != nil {
		limit = *s.file.Grid.Cases
	}
	axes := s.axes()
	numbers := thin(axes, limit)
	out := make([]*Case, len(numbers))
	for i, n := range numbers {
		var err error
		if out[i], err = s.gridCase(axes, n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// thin returns the numbers of at most limit combinations, in order. To choose more
// than half of them it chooses what to leave out.
func thin(axes []axis, limit int) []int {
	all := combinations(axes)
	limit = min(limit, all)
	chosen := make(map[int]bool)
	w := newWalk(axes)
	for len(chosen) < min(limit, all-limit) {
		chosen[w.next()] = true
	}
	out := make([]int, 0, limit)
	for n := range all {
		if chosen[n] == (limit <= all-limit) {
			out = append(out, n)
		}
	}
	return out
}

// walk visits the combinations of axes by a Kronecker sequence with the square
// roots of the primes (Richtmyer 1951): any stretch of it covers every parameter,
// and every pair of them, about evenly.
type walk struct {
	axes []axis
	step []uint64 // 2⁶⁴ times the fraction of a root
	at   []uint64
}

func newWalk(axes []axis) *walk {
	w := &walk{axes: axes, step: make([]uint64, len(axes)), at: make([]uint64, len(axes))}
	p := int64(1)
	for i := range axes {
		for p++; !big.NewInt(p).ProbablyPrime(0); p++ {
		}
		_, frac := math.Modf(math.Sqrt(float64(p)))
		w.step[i] = uint64(math.Ldexp(frac, 64))
		w.at[i] = w.step[i] / 2
	}
	return w
}

// next returns the number of the next combination.
func (w *walk) next() int {
	n := 0
	for i, a := range w.axes {
		k, _ := bits.Mul64(w.at[i], uint64(len(a.values)))
		n = n*len(a.values) + int(k)
		w.at[i] += w.step[i]
	}
	return n
}

// Label names a case within its scenario: its seed, or g012 on the grid.
func (c *Case) Label() string {
	if c.grid > 0 {
		return fmt.Sprintf("g%03d", c.grid-1)
	}
	return strconv.FormatUint(c.Seed, 10)
}

// ID names a case: cut-in/7 is the one of seed 7, cut-in/g012 the one number 12 on
// the grid of cut-in.
func (c *Case) ID() string { return c.Scenario.Slug() + "/" + c.Label() }

// CaseLabeled returns the case of that label: a seed, or g and a number on the
// grid.
func (s *Scenario) CaseLabeled(label string) (*Case, error) {
	if number, ok := strings.CutPrefix(label, "g"); ok {
		if n, err := strconv.ParseUint(number, 10, 31); err == nil {
			return s.GridCase(int(n))
		}
	} else if seed, err := strconv.ParseUint(label, 10, 64); err == nil {
		return s.Case(seed)
	}
	return nil, fmt.Errorf("%s/%s names no case: want a seed, or g012 for one of the grid", s.Slug(), label)
}

// CutCase parts the name of a case, such as cut-in/7, cut-in/g012 or
// my.yaml/g3, into the name of the scenario and the label. found is false for what
// names no single case.
func CutCase(name string) (scenario, label string, found bool) {
	i := strings.LastIndexByte(name, '/')
	if i <= 0 || strings.Trim(strings.TrimPrefix(name[i+1:], "g"), "0123456789") != "" || strings.TrimPrefix(name[i+1:], "g") == "" {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}

// FindCase returns the case of that name; see CutCase and Find.
func FindCase(name string) (*Case, error) {
	scenario, label, found := CutCase(name)
	if !found {
		return nil, fmt.Errorf("%q names no case: want SCENARIO/7 for a seed, or SCENARIO/g012 for one of the grid", name)
	}
	s, err := Find(scenario)
	if err != nil {
		return nil, err
	}
	return s.CaseLabeled(label)
}
