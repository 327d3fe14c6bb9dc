package edit

import (
	"testing"

	"roadloop/scenarios"
)

// A draft of any text is rejected, or can be edited and examined. After an accepted edit,
// the text is still a valid draft.
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
			if got := d.Scalar(path); got != "1 m" {
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
