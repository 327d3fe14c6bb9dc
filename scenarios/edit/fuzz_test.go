package edit

import (
	"testing"

	"roadloop/scenarios"
)

// Whatever a file holds, a draft of it is refused or can be edited and examined; an
// edit that it takes leaves a text that a draft can be made of.
func FuzzDraft(f *testing.F) {
	f.Add(crossing, "actors[0].s")
	f.Add(commented, "ego.lane")
	f.Add("a: >\n  b\nc: [\n 1, 2 # x\n ]\n", "c[1]")
	f.Add("{}", "a.'b.c'[0]")
	f.Add("a:\n- b: |\n    x\n  c: 'y'\n", "a[0].c")
	f.Fuzz(func(t *testing.T, text, path string) {
		d, err := New(text)
		if err != nil {
			return
		}
		d.Actors()
		if err := d.Edit("put", func(e *Edit) error { return e.Put(path, "1 m") }); err == nil {
			if got := d.Written(path); got != "1 m" {
				t.Errorf("%q put at %q reads %q in\n%s", "1 m", path, got, d.Text())
			}
		}
		if err := d.Edit("remove", func(e *Edit) error { return e.Remove(path) }); err == nil {
			if _, err := New(d.Text()); err != nil {
				t.Errorf("%v: %q", err, d.Text())
			}
		}
		_, _ = scenarios.Parse("fuzz.yaml", []byte(d.Text())) // must not panic
	})
}
