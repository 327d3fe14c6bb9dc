package library

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"

	"roadloop/scenarios"
)

// filter selects the shown scenarios.
type filter struct {
	words    string
	families map[string]bool // selected families; empty means all
	tags     map[string]bool // required tags
}

// keeps reports whether a scenario is shown: each search word is a prefix of a word in
// its name, description, family or tags.
func (f *filter) keeps(s *scenarios.Scenario) bool {
	if len(f.families) > 0 && !f.families[s.Family] {
		return false
	}
	for tag := range f.tags {
		if !slices.Contains(s.Tags, tag) {
			return false
		}
	}
	text := " " + strings.ToLower(strings.Join(append([]string{s.Name, s.Slug(), s.Description, s.Family}, s.Tags...), " "))
	text = strings.NewReplacer("-", " ", ":", " ", "(", " ").Replace(text)
	for word := range strings.FieldsSeq(strings.ToLower(strings.NewReplacer("-", " ", ":", " ").Replace(f.words))) {
		if !strings.Contains(text, " "+word) {
			return false
		}
	}
	return true
}

// any reports whether a filter is set.
func (f *filter) any() bool { return f.words != "" || len(f.families) > 0 || len(f.tags) > 0 }

// label is a family or tag with its number of scenarios.
type label struct {
	name  string
	count int
}

func families(list []*scenarios.Scenario) []label {
	var out []label
	for _, s := range list {
		out = count(out, s.Family)
	}
	return out
}

func count(labels []label, name string) []label {
	i := slices.IndexFunc(labels, func(l label) bool { return l.name == name })
	if i < 0 {
		return append(labels, label{name, 1})
	}
	labels[i].count++
	return labels
}

// tags returns the tags of the shown scenarios, most frequent first. Tags that number
// scenarios or crash types are omitted.
func tags(list []*scenarios.Scenario) []label {
	var out []label
	for _, s := range list {
		for _, t := range s.Tags {
			kind, _, _ := strings.Cut(t, ":")
			if kind != "id" && kind != "nhtsa" {
				out = count(out, t)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b label) int {
		return cmp.Or(cmp.Compare(b.count, a.count), strings.Compare(a.name, b.name))
	})
	return out
}

// plainTag returns the readable form of a tag: urban for road:urban.
func plainTag(tag string) string {
	kind, value, ok := strings.Cut(tag, ":")
	if !ok {
		return tag
	}
	switch kind {
	case "turn", "sensor", "markings", "traffic", "visibility", "friction", "control":
		return kind + " " + value
	}
	return value
}

// counted returns the number of shown scenarios in words.
func counted(shown, all int) string {
	if shown == all {
		return english.Plural(all, "scenario", "")
	}
	return fmt.Sprintf("%d of %d", shown, all)
}
