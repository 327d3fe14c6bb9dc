package drive

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"roadloop/internal/fileio"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Reward is the terms of a reward by name; terms that are missing count nothing. The reward
// of a step is the progress term times the factors of all terms that apply in that step, plus
// the amounts of the other terms.
type Reward map[string]Term

// Term is the weight of a quantity.
type Term struct {
	// Reward is added for each unit of the quantity.
	Reward float64 `json:"reward,omitempty"`
	// Factor multiplies the progress of a step in which the quantity is above 0; 0 is none.
	Factor float64 `json:"factor,omitempty"`
	// Terminate ends the episode when the quantity is above 0.
	Terminate bool `json:"terminate,omitempty"`
}

// term is the index of a quantity.
type term int

// Quantities of a step. Progress is the share of the route, goal is 1 in the step that reaches
// it, time is in s. Infractions are 1 in the step in which they begin, blocked in the step in
// which the ego has stood too long; speeding, discomfort and tooClose are 1 while they last.
const (
	progress term = iota
	goal
	elapsed
	collision
	redLight
	stopSign
	offRoad
	wrongWay
	deviation
	laneDeparture
	stranded
	blocked
	speeding
	discomfort
	tooClose
	numTerms
)

var termNames = [numTerms]string{"progress", "goal", "time", "collision", "red-light", "stop-sign", "off-road", "wrong-way", "route-deviation",
	"lane-departure", "stranded", "blocked", "speeding", "discomfort", "too-close"}

// DefaultReward returns the reward of CaRL (Jaeger et al. 2025): the share of the route that
// was completed; infractions end the episode, or reduce the progress while they last. The end
// itself costs little: what is lost is the rest of the route. With a price of half a route,
// policies in towns learned to stand. To stand too long is an end like the others: as a mere
// truncation it would be worth what a policy expects of standing.
func DefaultReward() Reward {
	end := Term{Reward: -.2, Terminate: true}
	return Reward{
		"progress": {Reward: 1}, "collision": end, "red-light": end, "stop-sign": end, "off-road": end, "wrong-way": end, "route-deviation": end,
		"blocked": end, "speeding": {Factor: .5}, "discomfort": {Factor: .5}, "too-close": {Factor: .5},
	}
}

// check returns an error for an unknown term or a weight out of range.
func (r Reward) check() error {
	for _, name := range slices.Sorted(maps.Keys(r)) {
		t := r[name]
		switch {
		case !slices.Contains(termNames[:], name):
			return fmt.Errorf("reward: unknown term %q, want some of %s", name, strings.Join(termNames[:], ", "))
		case !(math.Abs(t.Reward) <= 1e6):
			return fmt.Errorf("reward: %s: reward %g, want -1e6 to 1e6", name, t.Reward)
		case !(t.Factor >= 0 && t.Factor <= 1):
			return fmt.Errorf("reward: %s: factor %g, want 0 to 1", name, t.Factor)
		case name == termNames[progress] && (t.Factor != 0 || t.Terminate):
			return errors.New("reward: progress has a reward alone")
		}
	}
	return nil
}

// weights returns the terms by index.
func (r Reward) weights() (w [numTerms]Term) {
	for i := range w {
		w[i] = r[termNames[i]]
	}
	return w
}

// rate returns the reward of the quantities of a step, and whether they end the episode.
func rate(w *[numTerms]Term, q *[numTerms]float64) (reward float64, ends bool) {
	factor := 1.0
	for i := range w {
		if q[i] > 0 && term(i) != progress {
			if w[i].Factor != 0 {
				factor *= w[i].Factor
			}
			ends = ends || w[i].Terminate
			reward += w[i].Reward * q[i]
		}
	}
	return reward + factor*w[progress].Reward*q[progress], ends
}

// maxRewardFile is the largest size of a reward file in bytes.
const maxRewardFile = 64 << 10

// LoadReward reads a reward file: a YAML mapping of terms, each a mapping of reward, factor
// and terminate. Errors have file, line and field.
func LoadReward(path string) (Reward, error) {
	data, err := fileio.ReadFile(path, maxRewardFile)
	if err != nil {
		return nil, fmt.Errorf("reading a reward: %w", err)
	}
	return ParseReward(path, data)
}

// ParseReward parses the text of a reward file; path names it in errors.
func ParseReward(path string, data []byte) (r Reward, err error) {
	defer func() { // the YAML module may panic on broken text
		if e := recover(); e != nil {
			r, err = nil, fmt.Errorf("%s: is not YAML: %v", path, e)
		}
	}()
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		return nil, fmt.Errorf("%s: no reward: want a mapping of terms", path)
	}
	r = Reward{}
	err = eachField(path, "", tree.Docs[0].Body, func(at, name string, n ast.Node) error {
		if !slices.Contains(termNames[:], name) {
			return fmt.Errorf("%s: unknown term, want some of %s", at, strings.Join(termNames[:], ", "))
		}
		var t Term
		if err := eachField(path, name+".", n, t.set); err != nil {
			return err
		}
		r[name] = t
		if err := r.check(); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// eachField calls f for the fields of a mapping, with the place of each for errors.
func eachField(path, prefix string, n ast.Node, f func(at, name string, value ast.Node) error) error {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return fmt.Errorf("%s:%d: %s: want a mapping", path, n.GetToken().Position.Line, strings.TrimSuffix(prefix, "."))
	}
	seen := map[string]bool{}
	for _, v := range m.Values {
		name := v.Key.String()
		at := fmt.Sprintf("%s:%d: %s%s", path, v.Key.GetToken().Position.Line, prefix, name)
		if seen[name] {
			return fmt.Errorf("%s: twice", at)
		}
		seen[name] = true
		if err := f(at, name, v.Value); err != nil {
			return err
		}
	}
	return nil
}

// set sets a field of a term.
func (t *Term) set(at, name string, n ast.Node) error {
	number := func(dst *float64) error {
		switch v := n.(type) {
		case *ast.IntegerNode:
			_, err := fmt.Sscan(v.String(), dst)
			return err
		case *ast.FloatNode:
			*dst = v.Value
			return nil
		}
		return fmt.Errorf("%s: %s is no number", at, n)
	}
	switch name {
	case "reward":
		return number(&t.Reward)
	case "factor":
		if err := number(&t.Factor); err != nil {
			return err
		}
		if t.Factor == 0 {
			return fmt.Errorf("%s: a factor of 0 is none; use a small one", at)
		}
		return nil
	case "terminate":
		v, ok := n.(*ast.BoolNode)
		if !ok {
			return fmt.Errorf("%s: %s is neither true nor false", at, n)
		}
		t.Terminate = v.Value
		return nil
	}
	return fmt.Errorf("%s: unknown field, want reward, factor or terminate", at)
}
