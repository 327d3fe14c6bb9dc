package edit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"roadloop/scenarios"
	"roadloop/sim/actor"
)

const crossing = `version: 1
name: Crossing # ours
map: {kind: straight, length: 300 m}
ego: {lane: 0, s: 20 m, speed: 40 km/h}
actors:
  - {id: lead, kind: car, lane: 0, s: 70 m, speed: 40 km/h}
  # she looks
  - id: walker
    kind: pedestrian
    lane: 0
    speed: 5 km/h
    path: [{s: 150 m, d: -4 m}, {s: 150 m, d: 6 m}]
    do:
      - {when: {ego_ttc: "< 3 s"}, go: {}}
      - {when: {since: ">= 2 s"}, hesitate: {for: 1 s}}
vary:
  lead.speed: {from: 30 km/h, to: 50 km/h}
  "walker.do[0].when.ego_ttc": {any: ["< 2 s", "< 4 s"]}
  "walker.do[1].hesitate.for": {any: [1 s, 2 s]}
until: {time: 20 s}
expect: {passes: [lead], clearance: {walker: 1 m}}
`

func draftOf(t *testing.T, text string) *Draft {
	t.Helper()
	d, err := New(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func do(t *testing.T, d *Draft, what string, f func(e *Edit) error) {
	t.Helper()
	d.EndStep()
	if err := d.Edit(what, f); err != nil {
		t.Fatal(err)
	}
}

func sound(t *testing.T, d *Draft) *Findings {
	t.Helper()
	f := Examine("test.yaml", d.Text(), 1)
	if f.Error != nil || f.Spec == nil || f.Scenario == nil {
		t.Fatalf("%v in\n%s", f.Error, d.Text())
	}
	return f
}

func TestActorsOfADraft(t *testing.T) {
	got := draftOf(t, crossing).Actors()
	want := []Actor{
		{ID: "lead", Kind: actor.Car, At: Place{0, 70, 0}, Placed: true, Speed: 40 / 3.6},
		{ID: "walker", Kind: actor.Pedestrian, Speed: 5 / 3.6, Path: []Place{{0, 150, -4}, {0, 150, 6}}},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(near)); diff != "" {
		t.Error(diff)
	}
}

func near(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }

// Adding, moving, rotating and scripting an actor gives the expected file, which can be
// driven.
func TestEditActor(t *testing.T) {
	d := draftOf(t, crossing)
	var n int
	do(t, d, "add", func(e *Edit) (err error) {
		n, err = e.AddActor(actor.Van, Place{1, 100.04, 0}, 10)
		return err
	})
	do(t, d, "move", func(e *Edit) error { return e.MoveActor(n, Place{0, 110.26, -.5}) })
	do(t, d, "brake", func(e *Edit) error { _, err := e.AddManeuver(n, "brake"); return err })
	do(t, d, "trigger", func(e *Edit) error { return e.Put(ManeuverPath(n, 0, "when.time"), ">= 3 s") })
	do(t, d, "rename", func(e *Edit) error { return e.RenameActor(n, "white van") })
	want := `
  - id: white van
    kind: van
    lane: 0
    s: 110.3 m
    d: -0.5 m
    speed: 36 km/h
    do:
      - when: {time: ">= 3 s"}
        brake: {decel: 4 m/s2}
vary:
`
	if !strings.Contains(d.Text(), want) {
		t.Errorf("no\n%s in\n%s", want, d.Text())
	}
	p := sound(t, d).Spec
	a := &p.Drive.World.Actors[n]
	if a.Name != "white van" || a.Start.S != 110.3 || a.Start.D != -.5 || len(a.Script) != 1 {
		t.Errorf("driven is %+v", a)
	}
	for range 5 {
		d.Undo()
	}
	if d.Text() != crossing {
		t.Errorf("undone is\n%s", d.Text())
	}
}

// A walker's path moves with the walker. Its waypoints can be moved, added and removed.
func TestPaths(t *testing.T) {
	d := draftOf(t, crossing)
	path := func() []Place { return d.Actors()[1].Path }
	do(t, d, "move", func(e *Edit) error { return e.MoveActor(1, Place{0, 10, -2}) })
	if diff := cmp.Diff([]Place{{0, 160, -6}, {0, 160, 4}}, path()); diff != "" {
		t.Error(diff)
	}
	do(t, d, "add", func(e *Edit) error { return e.AddWaypoint(1, 0, 165, 0) })
	do(t, d, "shift", func(e *Edit) error { return e.MoveWaypoint(1, 2, 170, 4) })
	if diff := cmp.Diff([]Place{{0, 160, -6}, {0, 165, 0}, {0, 170, 4}}, path()); diff != "" {
		t.Error(diff)
	}
	sound(t, d)
	do(t, d, "remove", func(e *Edit) error { return e.RemoveWaypoint(1, 1) })
	if len(path()) != 2 {
		t.Errorf("%d places are left", len(path()))
	}
	do(t, d, "draw", func(e *Edit) error { return e.AddWaypoint(0, -1, 90, 1) })
	if diff := cmp.Diff([]Place{{0, 70, 0}, {0, 90, 1}}, d.Actors()[0].Path); diff != "" {
		t.Error(diff)
	}
}

// References to an actor or a maneuver change with it.
func TestReferencesAreUpdated(t *testing.T) {
	d := draftOf(t, crossing)
	do(t, d, "rename", func(e *Edit) error { return e.RenameActor(1, "child 1") })
	do(t, d, "rename", func(e *Edit) error { return e.RenameActor(0, "front") })
	f := sound(t, d)
	ranges, err := f.Scenario.Ranges()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range ranges {
		names = append(names, r.Name)
	}
	if diff := cmp.Diff([]string{"child 1.do[0].when.ego_ttc", "child 1.do[1].hesitate.for", "front.speed"}, names); diff != "" {
		t.Error(diff)
	}
	do(t, d, "drop step", func(e *Edit) error { return e.RemoveManeuver(1, 0) })
	if _, found := d.Value("vary.'child 1.do[0].hesitate.for'"); !found || d.Len("actors[1].do") != 1 {
		t.Errorf("without its first maneuver it is\n%s", d.Text())
	}
	do(t, d, "drop lead", func(e *Edit) error { return e.RemoveActor(0) })
	do(t, d, "drop walker", func(e *Edit) error { return e.RemoveActor(0) })
	for _, gone := range []string{"vary", "actors", "expect"} {
		if v, found := d.Value(gone); found {
			t.Errorf("%s is still %v", gone, v)
		}
	}
	sound(t, d)
	if !strings.Contains(d.Text(), "name: Crossing # ours") {
		t.Error("a comment is gone")
	}
}

func TestRejectedEdits(t *testing.T) {
	d := draftOf(t, crossing)
	for what, f := range map[string]func(e *Edit) error{
		"taken id":     func(e *Edit) error { return e.RenameActor(0, "walker") },
		"dotted id":    func(e *Edit) error { return e.RenameActor(0, "a.b") },
		"no id":        func(e *Edit) error { return e.RenameActor(0, "") },
		"no maneuver":  func(e *Edit) error { _, err := e.AddManeuver(0, "fly"); return err },
		"no such":      func(e *Edit) error { _, err := e.CopyActor(7, 5); return err },
		"far index":    func(e *Edit) error { return e.Put("actors[9].s", "5 m") },
		"bad path":     func(e *Edit) error { return e.Put("actors[x]", 1) },
		"odd value":    func(e *Edit) error { return e.Put("name", errors.New("x")) },
		"too long":     func(e *Edit) error { return e.Put("description", strings.Repeat("x", 70<<10)) },
		"part of word": func(e *Edit) error { return e.Put("name.x", "y") },
		"half done": func(e *Edit) error {
			if err := e.Put("name", "y"); err != nil {
				return err
			}
			return errors.New("no")
		},
	} {
		if err := d.Edit(what, f); err == nil || !strings.HasPrefix(err.Error(), what+": ") {
			t.Errorf("%s: %v", what, err)
		}
		if d.Text() != crossing || d.Undoable() != "" {
			t.Fatalf("%s changed the draft", what)
		}
	}
}

// One drag is one undo step. A second drag is a second step.
func TestEditsOfOneDragAreOneStep(t *testing.T) {
	d := draftOf(t, crossing)
	drag := func() {
		for s := 71.0; s < 80; s++ {
			if err := d.Edit("move lead", func(e *Edit) error { return e.MoveActor(0, Place{0, s, 0}) }); err != nil {
				t.Fatal(err)
			}
		}
		d.EndStep()
	}
	drag()
	first := d.Text()
	do(t, d, "back", func(e *Edit) error { return e.MoveActor(0, Place{0, 30, 0}) })
	drag()
	if d.Undo() != "move lead" || d.Undo() != "back" || d.Text() != first {
		t.Error("the second drag is not a step of its own")
	}
	if d.Undo() != "move lead" || d.Text() != crossing || d.Undo() != "" {
		t.Error("the first drag is not one step")
	}
	if d.Redo() != "move lead" || d.Text() != first {
		t.Error("done again it is something else")
	}
}

// After random edits, undoing all of them restores the bytes, and redoing them restores
// the final bytes.
func TestUndoRestoresTheBytes(t *testing.T) {
	all, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	kinds := actor.Kinds()
	rapid.Check(t, func(t *rapid.T) {
		begun := string(rapid.SampledFrom(all).Draw(t, "scenario").Source)
		d, err := New(begun)
		if err != nil {
			t.Fatal(err)
		}
		for n := range rapid.IntRange(1, 8).Draw(t, "edits") {
			i := rapid.IntRange(0, max(0, d.Len("actors")-1)).Draw(t, "actor")
			s := rapid.Float64Range(0, 300).Draw(t, "s")
			kind, _ := actor.ParseKind(rapid.SampledFrom(kinds).Draw(t, "kind"))
			some := d.Len("actors") > 0
			_ = d.Edit(fmt.Sprint(n), func(e *Edit) (err error) { // a rejected edit is fine
				switch rapid.IntRange(0, 6).Draw(t, "what") {
				case 0:
					_, err = e.AddActor(kind, Place{0, s, -3}, 5)
				case 1:
					err = e.MoveEgo(Place{0, s, 0})
				case 2:
					_, err = e.CopyActor(i, 10)
				case 3:
					if some {
						err = e.RemoveActor(i)
					}
				case 4:
					if some {
						err = e.MoveActor(i, Place{0, s, 1})
					}
				case 5:
					if some {
						_, err = e.AddManeuver(i, "stop")
					}
				case 6:
					if some {
						err = e.AddWaypoint(i, -1, s, 0)
					}
				}
				return err
			})
		}
		ended := d.Text()
		for d.Undo() != "" {
		}
		if d.Text() != begun {
			t.Fatalf("undone is\n%s", d.Text())
		}
		for d.Redo() != "" {
		}
		if d.Text() != ended {
			t.Fatalf("done again is\n%s", d.Text())
		}
	})
}

func TestFindings(t *testing.T) {
	for _, c := range []struct {
		old, fresh     string
		path           string // of the fault
		plan, road, ok bool
	}{
		{"", "", "", true, true, true},
		{"s: 70 m", "s: 20 m", "actors[0]", false, true, false},
		{"kind: straight", "kind: spiral", "map.kind", false, false, false},
		{"to: 50 km/h", "to: 900 km/h", "actors[0].speed", true, true, false}, // only the variation is invalid
		{"until: {time: 20 s}\n", "", "until", false, true, false},
	} {
		f := Examine("x.yaml", strings.Replace(crossing, c.old, c.fresh, 1), 1)
		if (f.Spec != nil) != c.plan || (f.Map != nil) != c.road || (f.Scenario != nil) != c.ok || (f.Error == nil) != c.ok {
			t.Errorf("%q: %+v", c.fresh, f)
		}
		if f.Error != nil && f.Error.Path != c.path {
			t.Errorf("%q: fault at %q: %v", c.fresh, f.Error.Path, f.Error)
		}
	}
}

func TestSave(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.yaml")
	d := draftOf(t, crossing)
	if err := d.Save(); err == nil {
		t.Error("saved to no file")
	}
	if err := d.SaveAs(strings.TrimSuffix(path, ".yaml")); err == nil {
		t.Error("saved to a file that roadloop run takes for a name")
	}
	if err := d.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	back, err := FromScenario(s)
	if err != nil {
		t.Fatal(err)
	}
	if back.Text() != crossing || back.File() != path || back.Changed() {
		t.Error("read again it is something else")
	}
	do(t, back, "name", func(e *Edit) error { return e.Put("name", "z") })
	if !back.Changed() {
		t.Error("an edit is no change")
	}
	if err := os.WriteFile(path, []byte("version: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := back.Save(); !errors.Is(err, ErrChangedOnDisk) {
		t.Errorf("written over another's change: %v", err)
	}
	if err := back.SaveAs(path); err != nil || back.Changed() {
		t.Errorf("%v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestByteOrderMarkIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "windows.yaml")
	if err := os.WriteFile(path, []byte(scenarios.ByteOrderMark+crossing), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if d.Text() != crossing || d.Changed() {
		t.Errorf("read as %q", d.Text())
	}
	do(t, d, "name", func(e *Edit) error { return e.Put("name", "other") })
	if err := d.Save(); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != scenarios.ByteOrderMark+d.Text() {
		t.Errorf("written as %q, %v", data, err)
	}
}

func TestFieldsOfTheSchema(t *testing.T) {
	find := func(section, name string) Field {
		fields, err := Fields(section)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fields {
			if f.Name == name {
				return f
			}
		}
		t.Fatalf("no %s.%s", section, name)
		return Field{}
	}
	for _, c := range []struct {
		section, name, text string
		want                any // nil for an error
	}{
		{"ego", "speed", "80", "80 km/h"},
		{"ego", "speed", "20 m/s", "20 m/s"},
		{"ego", "speed", "fast", nil},
		{"ego", "speed", "300", nil},
		{"ego", "speed", "-5 km/h", nil},
		{"weather", "rain", "7", nil},
		{"actors.do.brake", "decel", "0", nil},
		{"actors.do.when", "time", ">>> 3 s", nil},
		{"actors.do.when", "time", "< -3 s", nil},
		{"ego", "lane", "2", 2},
		{"ego", "lane", "1.5", nil},
		{"weather", "rain", "0.5", 0.5},
		{"weather", "time", "night", "night"},
		{"weather", "time", "noon", nil},
		{"map", "lanes", "3", 3},
		{"map", "lanes", "9", nil},
		{"map", "one_way", "true", true},
		{"actors.do.when", "ego_gap", "< 15 m", "< 15 m"},
		{"actors.do.when", "ego_gap", "15 m", nil},
		{"actors.do.brake", "decel", "0.4 g", "0.4 g"},
		{"expect", "off_road", "allowed", "allowed"},
	} {
		f := find(c.section, c.name)
		got, err := f.Parse(c.text)
		if (err != nil) != (c.want == nil) || got != c.want {
			t.Errorf("%s.%s %q is %v, %v", c.section, c.name, c.text, got, err)
		}
	}
	for _, c := range [][4]string{
		{"map", "lane_width", "20 m", "5 m"}, {"map", "length", "20 m", "60 m"}, {"ego", "s", "20 m", "20 m"}, {"ego", "s", "x", "x"},
	} {
		if f := find(c[0], c[1]); f.Nearest(c[2]) != c[3] {
			t.Errorf("%s.%s nearest to %s is %s", c[0], c[1], c[2], f.Nearest(c[2]))
		}
	}
	if f := find("ego", "speed"); !strings.HasSuffix(f.Description, "; 0 to 216 km/h") {
		t.Errorf("speed is about %q", f.Description)
	}
	if f := find("actors", "route"); f.Kind != scenarios.OptionList {
		t.Errorf("route is %+v", f)
	}
	if f := find("expect", "reach"); f.Kind != scenarios.Quantity || f.Dimension != "length" {
		t.Errorf("reach is %+v", f)
	}
	route, d := find("actors", "route"), draftOf(t, crossing)
	turns, err := route.Parse("left, straight")
	if err != nil {
		t.Fatal(err)
	}
	do(t, d, "route", func(e *Edit) error { return e.Put("actors[0].route", turns) })
	if got := route.Format(d, "actors[0].route"); got != "left, straight" {
		t.Errorf("the route is written %q", got)
	}
	if _, err := route.Parse("left, up"); err == nil {
		t.Error("up is a turn")
	}
	if f := find("expect", "passes"); f.Kind != scenarios.TextList {
		t.Errorf("passes is %+v", f)
	}
	if f := find("actors.do.when", "impact"); f.Dimension != "share" || f.Description == "" {
		t.Errorf("impact is %+v", f)
	}
	if _, err := Fields("nowhere"); err == nil {
		t.Error("nowhere has fields")
	}
	actions, err := Fields("actors.do")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range actions {
		if _, known := initialActions[f.Name]; !known && f.Name != "when" {
			t.Errorf("a new %s cannot be made", f.Name)
		}
	}
}

// Every scenario of the library can be edited. Its nominal values form a case, in which
// the actors start at their places in the draft.
func TestLibraryIsEditable(t *testing.T) {
	all, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		d, err := FromScenario(s)
		if err != nil {
			t.Fatal(err)
		}
		f := Examine(s.Slug(), d.Text(), 1)
		if f.Error != nil || f.Spec == nil {
			t.Errorf("%s: %v", s.Slug(), f.Error)
			continue
		}
		for i, a := range d.Actors() {
			got := &f.Spec.Drive.World.Actors[i].Start
			if a.Placed && (got.Lane != a.At.Lane || !near(got.S, a.At.S) || !near(got.D, a.At.D)) {
				t.Errorf("%s: %s is at %+v, the draft has it at %+v", s.Slug(), a.ID, got, a.At)
			}
		}
	}
}
