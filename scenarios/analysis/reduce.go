package analysis

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"roadloop/scenarios"
)

// reduce tries every reduction until none succeeds.
func (s *shrinker) reduce() {
	s.shorten() // a short case is fast to drive
	for s.ctx.Err() == nil {
		before := len(s.best.Done)
		s.removeParts()
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

// removeParts removes all parts that the failure does not need.
func (s *shrinker) removeParts() {
	s.removeElements("actor", func(d scenarios.Document) (holder map[string]any, key string) { return d, "actors" })
	s.removeElements("flow", func(d scenarios.Document) (map[string]any, string) { return d, "flows" })
	for _, section := range [...]string{"traffic", "weather", "faults", "signal"} {
		if _, ok := s.best.Document[section]; ok && !s.change("without "+section, func(d scenarios.Document) { delete(d, section) }) {
			s.removeEntries(section)
		}
	}
	s.removeEntries("expect")
	for i := range s.actors(s.best.Document) {
		s.removeElements("maneuver", func(d scenarios.Document) (map[string]any, string) { return s.actors(d)[i], "do" })
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

// removeElements removes elements of a list, in smaller and smaller ranges.
func (s *shrinker) removeElements(what string, at func(scenarios.Document) (map[string]any, string)) {
	length := func() int {
		m, key := at(s.best.Document)
		list, _ := m[key].([]any)
		return len(list)
	}
	for size := length(); size >= 1; size /= 2 {
		for from := 0; from < length(); {
			to := min(from+size, length())
			if !s.change(fmt.Sprintf("without %s %s", what, elementRange(from, to)), func(d scenarios.Document) { removeRange(at, d, from, to) }) {
				from = to
			}
		}
	}
}

// elementRange returns the numbers of elements, counted from 1.
func elementRange(from, to int) string {
	if to == from+1 {
		return strconv.Itoa(to)
	}
	return fmt.Sprintf("%d to %d", from+1, to)
}

// removeRange removes a range of a list, and the list itself once it is empty.
func removeRange(at func(scenarios.Document) (map[string]any, string), d scenarios.Document, from, to int) {
	m, key := at(d)
	list := slices.Delete(slices.Clone(m[key].([]any)), from, to)
	if m[key] = list; len(list) == 0 {
		delete(m, key)
	}
}

// removeEntries removes single entries of a section.
func (s *shrinker) removeEntries(section string) {
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

// returnToBase moves every parameter as close as possible to its value in the scenario
// without variation.
func (s *shrinker) returnToBase() {
	for _, p := range s.parameters {
		base, ok := s.base.Get(p.Name)
		now, still := s.best.Document.Get(p.Name)
		if !ok || !still || now == base || s.set(p.Name, base) {
			continue
		}
		if !s.bisected[p.Name] {
			s.bisected[p.Name] = true
			s.bisect(p.Name, base, now)
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

// bisect moves a value toward its base, to within a sixteenth of the point at which the
// failure begins, in three digits.
func (s *shrinker) bisect(name, base, now string) {
	lo, unit, err1 := scenarios.SplitQuantity(base)
	hi, unit2, err2 := scenarios.SplitQuantity(now)
	if err1 != nil || err2 != nil || unit != unit2 {
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
