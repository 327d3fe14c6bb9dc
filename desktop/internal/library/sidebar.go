package library

import (
	"fmt"

	"roadloop/desktop/internal/ui"
)

// drawSidebar draws the filters by family and tag.
func (s *Screen) drawSidebar(c *ui.Canvas, in *ui.Input, r ui.Rect) {
	c.Rect(r, c.Theme.Surface)
	c.Rect(ui.Rect{X: r.Right() - 1, Y: r.Y, W: 1, H: r.H}, c.Theme.Edge)
	k := &s.sidebar
	k.Draw(c.Scoped("sidebar"), in, r, "sidebar", func() {
		changed := s.familyList()
		k.Heading("Tags")
		changed = k.Chips(tagNames(s.tags), func(i int) bool { return s.filter.tags[s.tags[i].name] },
			func(i int, on bool) { put(s.filter.tags, s.tags[i].name, on) }) || changed
		if s.filter.any() && ui.Button(k.Canvas, in, k.Next(ui.ControlHeight, 0), "Show all  (Esc)") {
			s.filter = filter{families: map[string]bool{}, tags: map[string]bool{}}
			s.search.SetText("")
			changed = true
		}
		if changed {
			s.applyFilter()
		}
	})
}

// familyList draws the families, one row each.
func (s *Screen) familyList() (changed bool) {
	k := &s.sidebar
	k.Heading("Families")
	for _, f := range s.families {
		on := s.filter.families[f.name]
		if ui.Chip(k.Canvas, k.In, k.Next(26, 4), fmt.Sprintf("%s   %d", familyName(f.name), f.count), &on) {
			put(s.filter.families, f.name, on)
			changed = true
		}
	}
	k.Y += 6
	return changed
}

// familyName returns the label of a family; the user's scenarios may have none.
func familyName(family string) string {
	if family == "" {
		return "no family"
	}
	return family
}

// put adds a name to a set, or removes it.
func put(set map[string]bool, name string, on bool) {
	if on {
		set[name] = true
	} else {
		delete(set, name)
	}
}

func tagNames(tags []label) []string {
	out := make([]string, len(tags))
	for i, t := range tags {
		out[i] = plainTag(t.name)
	}
	return out
}
