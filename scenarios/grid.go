package scenarios

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"roadloop/trace"
)

// DefaultGrid is the maximum number of grid cases of a scenario if its file sets no other
// number. With it, the whole library takes about half an hour with the network on two
// cores.
const DefaultGrid = 18

const (
	// maxValues bounds the values of one parameter, maxCombinations the combinations of
	// all parameters.
	maxValues       = 1000
	maxCombinations = 1_000_000
	// gridSeed is the seed of all grid cases: they differ only in their parameters, not
	// in noise.
	gridSeed = 1
)

// checkSteps reports an error in the steps of a range.
func (v *Variation) checkSteps(lo, hi float64, unit string) error {
	if v.Steps != nil && v.Step.Set {
		return errors.New("has both step and steps")
	}
	if !v.Step.Set {
		return nil
	}
	step, stepUnit, err := SplitQuantity(v.Step.Text)
	switch {
	case err != nil:
		return errors.New("step must be a number with a unit")
	case stepUnit != unit:
		return fmt.Errorf("from is in %q and step in %q", unit, stepUnit)
	case !(step > 0):
		return fmt.Errorf("step %s is not above 0", v.Step.Text)
	case !((hi-lo)/step < maxValues):
		return fmt.Errorf("step %s makes more than %d values", v.Step.Text, maxValues)
	}
	return nil
}

// values returns the grid values of the parameter. If the step does not divide the range,
// the last value is below the upper end.
func (v *Variation) values() []string {
	if len(v.Any) > 0 {
		var out []string
		listed := make(map[string]bool, len(v.Any))
		for _, q := range v.Any {
			if !listed[q.Text] { // a duplicate only doubles the probability of a draw
				out = append(out, q.Text)
			}
			listed[q.Text] = true
		}
		return out
	}
	lo, unit, _ := SplitQuantity(v.From.Text) // check ensures that these are numbers
	hi, _, _ := SplitQuantity(v.To.Text)
	if lo == hi {
		return []string{v.From.Text}
	}
	n, step := 3, (hi-lo)/2
	switch {
	case v.Steps != nil:
		n = *v.Steps
		step = (hi - lo) / float64(n-1)
	case v.Step.Set:
		step, _, _ = SplitQuantity(v.Step.Text)
		n = 1 + int((hi-lo)/step+1e-9)
	}
	out := make([]string, n)
	for i := range out {
		out[i] = strings.TrimSpace(decimal(lo+float64(float64(i)*step)) + " " + unit)
	}
	return out
}

// decimal formats a number with at most six decimals.
func decimal(x float64) string {
	return strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64)
}

// axes returns the grid values of the varied parameters, in order of their names.
func (s *Scenario) axes() [][]string {
	out := make([][]string, len(s.parameters))
	for i := range out {
		out[i] = s.parameters[i].values()
	}
	return out
}

// Combinations returns the number of combinations of grid values. It is 1 for a scenario
// without varied parameters.
func (s *Scenario) Combinations() int { return combinations(s.axes()) }

// combinations stops counting above maxCombinations.
func combinations(axes [][]string) int {
	n := 1
	for _, a := range axes {
		if n *= len(a); n > maxCombinations {
			break
		}
	}
	return n
}

// checkGrid checks the size of the grid.
func (s *Scenario) checkGrid() error {
	if s.Combinations() > maxCombinations {
		return s.ErrorAt("vary", "makes more than %d combinations", maxCombinations)
	}
	return nil
}

// GridCase returns combination n of the grid values, counted from 0. The last parameter
// by name changes fastest.
func (s *Scenario) GridCase(n int) (*Case, error) { return s.gridCase(s.axes(), n) }

func (s *Scenario) gridCase(axes [][]string, n int) (*Case, error) {
	if all := combinations(axes); n < 0 || n >= all {
		return nil, fmt.Errorf("%s has no grid case %d: it has %d, from g000", s.Slug(), n, all)
	}
	values := make([]string, len(axes))
	rest := n
	for i, a := range slices.Backward(axes) {
		values[i] = a[rest%len(a)]
		rest /= len(a)
	}
	c, err := s.sample(gridSeed, func(i int) string { return values[i] })
	if err != nil {
		return nil, err
	}
	c.grid = n + 1
	return c, nil
}

// Grid returns the grid cases of the scenario in order: every combination of the
// parameters' values. If there are more than the file's grid.cases (default DefaultGrid),
// it returns that many, spread evenly over all combinations.
func (s *Scenario) Grid() ([]*Case, error) {
	limit := DefaultGrid
	if s.file.Grid.Cases != nil {
		limit = *s.file.Grid.Cases
	}
	axes := s.axes()
	numbers := subsample(axes, limit)
	out := make([]*Case, len(numbers))
	for i, n := range numbers {
		var err error
		if out[i], err = s.gridCase(axes, n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// subsample returns the numbers of at most limit combinations, in order. To select more
// than half of them, it selects the combinations to leave out.
func subsample(axes [][]string, limit int) []int {
	all := combinations(axes)
	limit = min(limit, all)
	chosen := make(map[int]bool)
	w := newKronecker(axes)
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

// kronecker visits the combinations of axes in a Kronecker sequence with the square roots
// of the primes (Richtmyer 1951). Any part of the sequence covers every parameter, and
// every pair of parameters, about evenly.
type kronecker struct {
	axes [][]string
	step []uint64 // 2⁶⁴ times the fractional part of a root
	at   []uint64
}

func newKronecker(axes [][]string) *kronecker {
	w := &kronecker{axes: axes, step: make([]uint64, len(axes)), at: make([]uint64, len(axes))}
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
func (w *kronecker) next() int {
	n := 0
	for i, a := range w.axes {
		k, _ := bits.Mul64(w.at[i], uint64(len(a)))
		n = n*len(a) + int(k)
		w.at[i] += w.step[i]
	}
	return n
}

// Label returns the name of a case within its scenario: its seed, or a label such as g012
// on the grid.
func (c *Case) Label() string {
	if c.grid > 0 {
		return fmt.Sprintf("g%03d", c.grid-1)
	}
	return strconv.FormatUint(c.Seed, 10)
}

// ID returns the name of a case: cut-in/7 is the case of cut-in with seed 7, cut-in/g012
// is grid case 12 of cut-in.
func (c *Case) ID() string { return c.Scenario.Slug() + "/" + c.Label() }

// CaseByLabel returns the case with this label: a seed, or g and the number of a grid
// case.
func (s *Scenario) CaseByLabel(label string) (*Case, error) {
	if number, ok := strings.CutPrefix(label, "g"); ok {
		if n, err := strconv.ParseUint(number, 10, 31); err == nil {
			return s.GridCase(int(n))
		}
	} else if seed, err := strconv.ParseUint(label, 10, 64); err == nil {
		return s.Case(seed)
	}
	return nil, fmt.Errorf("%s/%s is not a case: want a seed, or a grid case such as g012", s.Slug(), label)
}

// SplitCaseName splits the name of a case, such as cut-in/7, cut-in/g012 or my.yaml/g3, into
// the name of the scenario and the label. found is false if name does not name a single
// case.
func SplitCaseName(name string) (scenario, label string, found bool) {
	i := strings.LastIndexByte(name, '/')
	if i <= 0 || strings.Trim(strings.TrimPrefix(name[i+1:], "g"), "0123456789") != "" || strings.TrimPrefix(name[i+1:], "g") == "" {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}

// FindCase returns the case with this name; see SplitCaseName and Find.
func FindCase(name string) (*Case, error) {
	scenario, label, found := SplitCaseName(name)
	if !found {
		return nil, fmt.Errorf("%q is not a case: want SCENARIO/7 for a seed, or SCENARIO/g012 for a grid case", name)
	}
	s, err := Find(scenario)
	if err != nil {
		return nil, err
	}
	return s.CaseByLabel(label)
}

// RecordedCase returns the case that a trace recorded. Old traces, from before grids,
// contain only the seed.
func RecordedCase(h *trace.Header) (*Case, error) {
	s, err := Parse(h.Scenario, []byte(h.Source))
	if err != nil {
		return nil, fmt.Errorf("the scenario in the trace: %w", err)
	}
	if h.Case == "" {
		return s.Case(h.Seed)
	}
	return s.CaseByLabel(h.Case)
}
