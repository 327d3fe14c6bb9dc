package shrink

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"roadloop/scenarios"
)

// reduce tries every reduction until none helps any more.
func (s *shrinker) reduce() {
	s.shorten() // what ends early is quick to drive
	for s.ctx.Err() == nil {
		before := len(s.best.Done)
		s.leaveOut()
		s.returnToBase()
		s.shorten()
		if len(s.best.Done) == before {
			break
		}
	}
	if s.best.Seed != 1 {
		s.keep(s.best.Document, 1, "seed 1")
	}
}

// leaveOut leaves out all that the failure does not need.
func (s *shrinker) leaveOut() {
	s.thin("actor", func(d scenarios.Document) (holder map[string]any, key string) { return d, "actors" })
	s.thin("flow", func(d scenarios.Document) (map[string]any, string) { return d, "flows" })
	for _, section := range [...]string{"traffic", "weather", "faults", "signal"} {
		if _, ok := s.best.Document[section]; ok && !s.change("without "+section, func(d scenarios.Document) { delete(d, section) }) {
			s.prune(section)
		}
	}
	s.prune("expect")
	for i := range s.actors(s.best.Document) {
		s.thin("maneuver", func(d scenarios.Document) (map[string]any, string) { return s.actors(d)[i], "do" })
	}
}

// actors returns the actors of a document.
func (s *shrinker) actors(d scenarios.Document) (out []map[string]any) {
	list, _ := d["actors"].([]any)
	for _, a := range list {
		if m, ok := a.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// thin leaves out elements of a list, in ever smaller stretches.
func (s *shrinker) thin(what string, at func(scenarios.Document) (map[string]any, string)) {
	length := func() int {
		m, key := at(s.best.Document)
		list, _ := m[key].([]any)
		return len(list)
	}
	for size := length(); size >= 1; size /= 2 {
		for from := 0; from < length(); {
			to := min(from+size, length())
			if !s.change(fmt.Sprintf("without %s %s", what, stretch(from, to)), func(d scenarios.Document) { cut(at, d, from, to) }) {
				from = to
			}
		}
	}
}

// stretch names elements, counted from 1.
func stretch(from, to int) string {
	if to == from+1 {
		return strconv.Itoa(to)
	}
	return fmt.Sprintf("%d to %d", from+1, to)
}

// cut leaves a stretch of a list out, and the list with its last element.
func cut(at func(scenarios.Document) (map[string]any, string), d scenarios.Document, from, to int) {
	m, key := at(d)
	list := slices.Delete(slices.Clone(m[key].([]any)), from, to)
	if m[key] = list; len(list) == 0 {
		delete(m, key)
	}
}

// prune leaves out single entries of a section.
func (s *shrinker) prune(section string) {
	m, _ := s.best.Document[section].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(m)) {
		s.change(fmt.Sprintf("without %s.%s", section, key), func(d scenarios.Document) {
			in := d[section].(map[string]any)
			if delete(in, key); len(in) == 0 {
				delete(d, section)
			}
		})
	}
}

// returnToBase brings every parameter as near as it goes to the value that the
// scenario gives before it varies.
func (s *shrinker) returnToBase() {
	for _, p := range s.parameters {
		base, ok := s.base.Get(p.Name)
		now, still := s.best.Document.Get(p.Name)
		if !ok || !still || now == base || s.set(p.Name, base) {
			continue
		}
		if !s.near[p.Name] {
			s.near[p.Name] = true
			s.approach(p.Name, base, now)
		}
	}
}

// set tries a value of a parameter.
func (s *shrinker) set(name, value string) bool {
	return s.change(name+" "+value, func(d scenarios.Document) {
		if err := d.Set(name, value); err != nil {
			panic(err) // Get found the place in this document
		}
	})
}

var quantity = regexp.MustCompile(`^(-?[0-9.]+) *(.*)$`)

// parts parts a quantity into number and unit.
func parts(text string) (value float64, unit string, ok bool) {
	m := quantity.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, "", false
	}
	v, err := strconv.ParseFloat(m[1], 64)
	return v, m[2], err == nil
}

// approach brings a value to within a sixteenth of where the failure begins on the
// way to its base, in few digits.
func (s *shrinker) approach(name, base, now string) {
	lo, unit, ok1 := parts(base)
	hi, unit2, ok2 := parts(now)
	if !ok1 || !ok2 || unit != unit2 {
		return
	}
	for range 4 {
		mid, _ := strconv.ParseFloat(strconv.FormatFloat((lo+hi)/2, 'g', 3, 64), 64)
		if mid == lo || mid == hi {
			break
		}
		if s.set(name, strings.TrimSpace(fmt.Sprintf("%g %s", mid, unit))) {
			hi = mid
		} else {
			lo = mid
		}
	}
}
