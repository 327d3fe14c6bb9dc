package browser

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"roadloop/scenarios"
)

// filter is what of the library shows.
type filter struct {
	words    string
	families map[string]bool // those chosen; none stands for all
	tags     map[string]bool // all of which a scenario must have
}

// keeps tells that a scenario shows: its name, description, family or tags hold every
// word, at the beginning of one of theirs.
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

// any tells that something is left out.
func (f *filter) any() bool { return f.words != "" || len(f.families) > 0 || len(f.tags) > 0 }

// label is a family or tag with how many scenarios have it.
type label struct {
	name  string
	count int
}

// families returns the families in the order of the library.
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

// tags returns what is on the road and about, by what most scenarios have. Tags that
// number scenarios or crash types are for other programs.
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

// plainTag returns a tag as people say it: road:urban is urban.
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

// counted says how many show.
func counted(shown, all int) string {
	if shown == all {
		return fmt.Sprintf("%d scenarios", all)
	}
	return fmt.Sprintf("%d of %d", shown, all)
}
