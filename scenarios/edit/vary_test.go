package edit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/scenarios"
)

func TestVary(t *testing.T) {
	d := draftOf(t, crossing)
	for _, c := range []struct{ name, want string }{
		{"ego.speed", "  ego.speed: {from: 32 km/h, to: 48 km/h}\n"},
		{"lead.s", "  lead.s: {from: 56 m, to: 84 m}\n"},
		{"walker.do[1].when.since", `  "walker.do[1].when.since": {any: [">= 1.6 s", ">= 2 s", ">= 2.4 s"]}` + "\n"},
		{"lead.lane", "  lead.lane: {any: [0]}\n"},
		{"lead.kind", "  lead.kind: {any: [car]}\n"},
		{"walker.path[1].s", `  "walker.path[1].s": {from: 120 m, to: 180 m}` + "\n"},
	} {
		do(t, d, "vary", func(e *Edit) error { return e.Vary(c.name) })
		if !strings.Contains(d.Text(), c.want) {
			t.Errorf("%s: no %q in\n%s", c.name, c.want, d.Text())
		}
		sound(t, d)
	}
	for _, name := range []string{"ego.speed", "ego.colour", "lead.id", "until.time", "nobody.s"} {
		if err := d.Edit("vary", func(e *Edit) error { return e.Vary(name) }); err == nil {
			t.Errorf("%s varies", name)
		}
	}
	for range 6 {
		d.Undo()
	}
	if d.Text() != crossing {
		t.Errorf("undone is\n%s", d.Text())
	}
}

func TestVariables(t *testing.T) {
	d := draftOf(t, crossing)
	var got []string
	for _, v := range d.Variables() {
		got = append(got, v.Name+" = "+v.Value)
	}
	want := []string{"map.kind = straight", "map.length = 300 m", "ego.lane = 0", "ego.s = 20 m", "ego.speed = 40 km/h",
		"lead.kind = car", "lead.lane = 0", "lead.s = 70 m", // lead.speed already varies
		"walker.kind = pedestrian", "walker.lane = 0", "walker.speed = 5 km/h",
		"walker.path[0].s = 150 m", "walker.path[0].d = -4 m", "walker.path[1].s = 150 m", "walker.path[1].d = 6 m",
		"walker.do[1].when.since = >= 2 s"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A list converts to a range between its ends, and a range to a list of its ends, if
// possible.
func TestRangesAndLists(t *testing.T) {
	d := draftOf(t, crossing)
	spread := func(name string) string {
		v, _ := d.Value(VariedPath(name, ""))
		return fmt.Sprint(v)
	}
	do(t, d, "list", func(e *Edit) error { return e.VaryOverList("lead.speed") })
	if got := spread("lead.speed"); got != "map[any:[30 km/h 50 km/h]]" || !d.IsList("lead.speed") {
		t.Errorf("the list is %s", got)
	}
	do(t, d, "list", func(e *Edit) error {
		return e.Put(VariedPath("lead.speed", "any"), []any{"45 km/h", "50 km/h", "20 km/h"})
	})
	do(t, d, "range", func(e *Edit) error { return e.VaryOverRange("lead.speed") })
	if got := spread("lead.speed"); got != "map[from:20 km/h to:50 km/h]" || d.IsList("lead.speed") {
		t.Errorf("the range is %s", got)
	}
	sound(t, d)
	if err := d.Edit("range", func(e *Edit) error { return e.VaryOverRange("walker.do[0].when.ego_ttc") }); err == nil {
		t.Error("triggers have a range")
	}
}

// ValueList typed into the fields of a range have the unit of the range.
func TestVariedFields(t *testing.T) {
	d := draftOf(t, strings.Replace(crossing, "from: 30 km/h, to: 50 km/h", "from: 8 m/s, to: 12 m/s", 1))
	for _, c := range []struct {
		field, typed string
		want         any // nil for an error
	}{
		{"from", "7", "7 m/s"}, {"to", "50 km/h", "50 km/h"}, {"from", "7 m", nil}, {"step", "0.5", "0.5 m/s"},
		{"steps", "5", 5}, {"steps", "1", nil}, {"any", "20 km/h, 5, x", []any{"20 km/h", 5, "x"}},
	} {
		f := d.VariedField("lead.speed", c.field)
		got, err := f.Parse(c.typed)
		if (err != nil) != (c.want == nil) || err == nil && !cmp.Equal(got, c.want) {
			t.Errorf("%s %q is %v, %v; want %v", c.field, c.typed, got, err, c.want)
		}
	}
}

func TestOver(t *testing.T) {
	d := draftOf(t, crossing)
	for path, want := range map[string]string{
		"actors[0].speed": "from 30 km/h to 50 km/h", "actors[1].do[0].when.ego_ttc": "over < 2 s, < 4 s",
		"actors[0].s": "", "ego.speed": "", "actors[7].s": "", "name": "",
	} {
		if got := d.VariationText(d.VariedName(path)); got != want {
			t.Errorf("%s varies %q, want %q", path, got, want)
		}
	}
}

// A number without a unit gets the unit of the other values.
func TestVariedValues(t *testing.T) {
	d := draftOf(t, crossing)
	f := d.VariedField("walker.do[1].hesitate.for", "any")
	if got, err := f.Parse("1 s, 2.5, 3"); err != nil || !cmp.Equal(got, any([]any{"1 s", "2.5 s", "3 s"})) {
		t.Errorf("%v, %v", got, err)
	}
}

// Every kind of value in the library that Variables returns can vary. Its nominal value
// forms a valid case, and so does its initial variation.
func TestEveryVariableCanVary(t *testing.T) {
	all, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, one := range all {
		text := string(one.Source)
		for _, v := range draftOf(t, text).Variables() {
			_, kind, _ := strings.Cut(v.Name, ".")
			if seen[kind] {
				continue
			}
			seen[kind] = true
			d := draftOf(t, text)
			do(t, d, "vary", func(e *Edit) error { return e.Vary(v.Name) })
			if _, err := scenarios.Parse("test.yaml", []byte(d.Text())); err != nil {
				t.Errorf("%s: %s, given as %s: %v", one.Slug(), v.Name, v.Value, err)
			}
			do(t, d, "as given", func(e *Edit) error { return e.setVariation(v.Name, []any{parseValue(v.Value)}, false) })
			s, err := scenarios.Parse("test.yaml", []byte(d.Text()))
			if err == nil {
				_, err = s.Case(3)
			}
			if err != nil {
				t.Errorf("%s: %s as it is given, %s: %v", one.Slug(), v.Name, v.Value, err)
			}
		}
	}
	if len(seen) < 40 {
		t.Errorf("%d kinds of values are offered", len(seen))
	}
}
