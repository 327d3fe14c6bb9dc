package editor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/internal/displaytest"
	"roadloop/scenarios"
	"roadloop/scenarios/edit"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/video"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

func TestMain(m *testing.M) { displaytest.Main(m) }

const empty = `# Ours.
version: 1
name: Someone ahead
map: {kind: straight, lanes: 2, one_way: true, length: 400 m} # wide
ego: {lane: 0, s: 20 m, speed: 40 km/h}
until: {time: 12 s}
`

// testScreen is the screen in a window, with its requests.
type testScreen struct {
	*uitest.Screen
	screen *Screen
	ran    []*scenarios.Case
	saved  []*scenarios.Scenario
}

func open(t *testing.T, text string, width, height int) *testScreen {
	t.Helper()
	d, err := edit.New(text)
	if err != nil {
		t.Fatal(err)
	}
	s := &testScreen{Screen: uitest.NewScreen(width, height, 1)}
	s.screen = New(d, Config{Dir: t.TempDir(), Run: func(c *scenarios.Case) { s.ran = append(s.ran, c) },
		Saved: func(one *scenarios.Scenario) { s.saved = append(s.saved, one) }, Leave: func() {}})
	t.Cleanup(s.screen.Close)
	s.ready(t)
	return s
}

func (s *testScreen) frames(n int) {
	for range n {
		s.Frame(s.screen.Draw)
	}
}

// ready draws until the text is checked and the preview simulated.
func (s *testScreen) ready(t *testing.T) {
	t.Helper()
	for range 500 {
		s.frames(1)
		f := s.screen.doc.findings
		if f != nil && f.Text == s.screen.doc.draft.Text() && s.screen.doc.m != nil && (f.Spec == nil || !s.screen.doc.stale) {
			s.frames(1)
			return
		}
		s.screen.doc.worker.running.Wait()
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the preview does not get ready")
}

// at returns the position of a map point in the window.
func (s *testScreen) at(p geom.Vec) ui.Point {
	return s.screen.road.view.ToScreen(p).Add(ui.Point{X: paletteWidth, Y: barHeight})
}

// place returns the map point of a lane position.
func (s *testScreen) place(lane int, along, d float64) geom.Vec {
	return s.screen.doc.m.Lanes[lane].Center.Offset(along, d).Pos()
}

func (s *testScreen) click(q ui.Point) {
	s.User.Click(q.X, q.Y, ui.Primary)
	s.frames(3)
}

// drag drags from one position to another.
func (s *testScreen) drag(from, to ui.Point) {
	s.User.Point(from.X, from.Y)
	s.User.Down()
	s.frames(1)
	s.User.Point((from.X+to.X)/2, (from.Y+to.Y)/2)
	s.frames(1)
	s.User.Point(to.X, to.Y)
	s.frames(1)
	s.User.Up()
	s.frames(2)
}

// A car is placed by two clicks, dragged to the next lane, and its speed set with its
// arrow. The saved file parses, drives with that car, and is otherwise unchanged.
func TestPlaceSaveAndDrive(t *testing.T) {
	s := open(t, empty, 1280, 720)
	s.User.Click(60, barHeight+margin+20+13, ui.Primary) // the car of the palette
	s.frames(3)
	if s.screen.road.tool != placing || s.screen.road.placing != actor.Car {
		t.Fatalf("the tool is %d for a %s", s.screen.road.tool, s.screen.road.placing)
	}
	s.click(s.at(s.place(0, 60, .7)))
	s.ready(t)
	got := s.screen.doc.draft.Actors()
	if len(got) != 1 || got[0].At.Lane != 0 || got[0].At.D != 0 || got[0].At.S < 59 || got[0].At.S > 61 || got[0].Speed == 0 {
		t.Fatalf("placed are %+v", got)
	}
	s.drag(s.at(s.place(0, 60, 0)), s.at(s.place(1, 80, .4)))
	if got = s.screen.doc.draft.Actors(); got[0].At.Lane != 1 || got[0].At.D != 0 || got[0].At.S < 78 || got[0].At.S > 82 {
		t.Fatalf("dragged to %+v", got[0])
	}
	tip, ok := s.screen.road.speedTip()
	if !ok {
		t.Fatal("no arrow of the speed")
	}
	tip = tip.Add(ui.Point{X: paletteWidth, Y: barHeight})
	s.drag(tip, tip.Sub(ui.Point{X: 5 * s.screen.road.view.Scale}))
	if v := s.screen.doc.draft.Actors()[0].Speed; v < got[0].Speed-6 || v > got[0].Speed-4 {
		t.Errorf("the speed went from %g to %g m/s", got[0].Speed, v)
	}
	path := filepath.Join(s.screen.config.Dir, "someone-ahead.yaml")
	s.User.Press(ebiten.KeyS, ebiten.KeyControl)
	s.frames(3)
	s.User.Press(ebiten.KeyEnter)
	s.frames(3)
	one, err := scenarios.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.saved) != 1 || !strings.HasPrefix(string(one.Source), "# Ours.\n") || !strings.Contains(string(one.Source), "400 m} # wide\n") {
		t.Errorf("%d saved:\n%s", len(s.saved), one.Source)
	}
	c, err := one.Case(1)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := runner.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	p, err := video.DrivePreview(context.Background(), plan, 100*clock.PerSecond)
	if err != nil || !p.Verdict.Passed || len(p.Log.Actors) != 2 {
		t.Errorf("driven: %v, %+v", err, p.Verdict)
	}
}

// Undo reverts a drag in one step, to the same bytes.
func TestUndoOfADrag(t *testing.T) {
	text := strings.Replace(empty, "until", "actors:\n  - {id: lead, kind: car, lane: 0, s: 60 m} # him\nuntil", 1)
	s := open(t, text, 1280, 720)
	s.drag(s.at(s.place(0, 60, 0)), s.at(s.place(0, 85, 0)))
	if s.screen.doc.draft.Text() == text {
		t.Fatal("the drag changed nothing")
	}
	s.User.Press(ebiten.KeyZ, ebiten.KeyControl)
	s.frames(2)
	if s.screen.doc.draft.Text() != text {
		t.Errorf("undone is\n%s", s.screen.doc.draft.Text())
	}
}

// By keys: select, move, copy, remove, drive.
func TestKeys(t *testing.T) {
	text := strings.Replace(empty, "until", "actors:\n  - {id: lead, kind: car, lane: 0, s: 60 m}\nuntil", 1)
	s := open(t, text, 1280, 720)
	press := func(k ui.Key, with ...ui.Key) {
		s.User.Press(k, with...)
		s.frames(2)
	}
	press(ebiten.KeyN)
	if s.screen.sel.what != theEgo {
		t.Fatalf("chosen is %+v", s.screen.sel)
	}
	press(ebiten.KeyN)
	press(ebiten.KeyArrowRight)
	press(ebiten.KeyR)
	if a := s.screen.doc.draft.Actors()[0]; a.At.S != 61 || a.Heading < .2 {
		t.Errorf("moved and turned it is %+v", a)
	}
	press(ebiten.KeyD, ebiten.KeyControl)
	if all := s.screen.doc.draft.Actors(); len(all) != 2 || all[1].At.S != 69 || s.screen.sel.actor != 1 {
		t.Errorf("copied: %+v", all)
	}
	press(ebiten.KeyDelete)
	if all := s.screen.doc.draft.Actors(); len(all) != 1 || all[0].ID != "lead" {
		t.Errorf("removed: %+v", all)
	}
	press(ebiten.KeyEnter, ebiten.KeyControl)
	if len(s.ran) != 1 || s.ran[0].Scenario.Name != "Someone ahead" {
		t.Errorf("%d driven", len(s.ran))
	}
}

// A pedestrian's path is drawn by clicks, and its points can be dragged.
func TestDrawAPath(t *testing.T) {
	text := strings.Replace(empty, "until", "actors:\n  - {id: bike, kind: cyclist, lane: 0, s: 60 m, d: -3 m, speed: 10 km/h}\nuntil", 1)
	s := open(t, text, 1280, 720)
	s.screen.sel.choose(0)
	s.User.Press(ebiten.KeyP)
	s.frames(2)
	s.click(s.at(s.place(0, 65, -1)))
	s.click(s.at(s.place(0, 75, 4)))
	s.User.Press(ebiten.KeyEscape)
	s.frames(2)
	path := s.screen.doc.draft.Actors()[0].Path
	if len(path) != 3 || path[0].D != -3 || path[2].S < 74 || path[2].S > 76 || path[2].D < 3.5 {
		t.Fatalf("the path is %+v", path)
	}
	s.drag(s.at(s.place(0, path[2].S, path[2].D)), s.at(s.place(0, 90, 2)))
	if got := s.screen.doc.draft.Actors()[0].Path[2]; got.S < 89 || got.S > 91 || got.D > 2.5 {
		t.Errorf("the place is at %+v", got)
	}
	s.ready(t)
	if s.screen.doc.findings.Error != nil {
		t.Error(s.screen.doc.findings.Error)
	}
}

// Errors are shown at their object, and disappear when fixed.
func TestErrorsAreShown(t *testing.T) {
	text := strings.Replace(empty, "until", "actors:\n  - {id: lead, kind: car, lane: 0, s: 20 m}\nuntil", 1)
	s := open(t, text, 1280, 720)
	if !s.screen.doc.faulty("actors[0]") || s.screen.doc.faulty("ego") || s.screen.doc.preview != nil {
		t.Fatalf("the fault is %+v", s.screen.doc.findings.Error)
	}
	s.User.Press(ebiten.KeyEnter, ebiten.KeyControl)
	s.frames(2)
	if len(s.ran) > 0 {
		t.Error("it was driven")
	}
	s.User.Click(1000, barHeight+12, ui.Primary)
	s.frames(2)
	if s.screen.sel.what != anActor {
		t.Error("a click on the error does not select its object")
	}
	for range 12 {
		s.User.Press(ebiten.KeyArrowRight)
		s.frames(2)
	}
	s.ready(t)
	if s.screen.doc.findings.Error != nil || s.screen.doc.preview == nil {
		t.Errorf("it is still %v", s.screen.doc.findings.Error)
	}
}

// A typed value is used if it is valid, and reported if it is not.
func TestTypedValues(t *testing.T) {
	s := open(t, empty, 1280, 720)
	f := edit.Field{Field: scenarios.Field{Name: "speed", Kind: scenarios.Quantity, Dimension: "speed"}}
	s.screen.form.takeText(&f, "ego.speed", "72")
	if got := s.screen.doc.draft.Scalar("ego.speed"); got != "72 km/h" {
		t.Errorf("the speed is %q", got)
	}
	s.screen.form.takeText(&f, "ego.speed", "fast")
	if s.screen.form.wrong["ego.speed"] == "" || s.screen.doc.draft.Scalar("ego.speed") != "72 km/h" {
		t.Errorf("%v", s.screen.form.wrong)
	}
	s.screen.form.takeText(&f, "ego.speed", "")
	if _, given := s.screen.doc.draft.Value("ego.speed"); given {
		t.Error("an empty field is kept")
	}
}

// A file that another program changed is not overwritten without confirmation, nor is
// another existing file.
func TestOverwriteNeedsConfirmation(t *testing.T) {
	s := open(t, empty, 1280, 720)
	path := filepath.Join(s.screen.config.Dir, "x.yaml")
	if err := os.WriteFile(path, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.screen.files.save(true)
	s.frames(2)
	s.User.Press(ebiten.KeyA, ebiten.KeyControl)
	s.frames(2)
	s.User.Type(path)
	s.frames(2)
	s.User.Press(ebiten.KeyEnter)
	s.frames(2)
	if data, _ := os.ReadFile(path); string(data) != "theirs" || s.screen.files.chooser.Problem == "" {
		t.Error("it was overwritten")
	}
	s.User.Press(ebiten.KeyEnter)
	s.frames(2)
	if data, _ := os.ReadFile(path); string(data) != empty || s.screen.files.kind != noDialog {
		t.Error("it was not written the second time")
	}
}

// A file is opened by its path. A missing file is reported. Unsaved changes need a
// confirmation.
func TestOpen(t *testing.T) {
	s := open(t, empty, 1280, 720)
	path := filepath.Join(s.screen.config.Dir, "x.yaml")
	if err := os.WriteFile(path, []byte(scene), 0o600); err != nil {
		t.Fatal(err)
	}
	s.screen.doc.change("rename", func(e *edit.Edit) error { return e.Put("name", "y") })
	s.User.Press(ebiten.KeyO, ebiten.KeyControl)
	s.frames(2)
	if s.screen.files.kind != givingUp {
		t.Fatal("changes are discarded without confirmation")
	}
	s.screen.files.then()
	s.screen.files.open(path + ".gone")
	if s.screen.files.chooser.Problem == "" {
		t.Error("a missing file opens")
	}
	s.screen.files.open(path)
	s.ready(t)
	if s.screen.doc.draft.File() != path || s.screen.doc.draft.Len("actors") != 3 {
		t.Error("another file is open")
	}
}

// Unsaved changes are kept when the program ends.
func TestKeep(t *testing.T) {
	s := open(t, empty, 1280, 720)
	s.screen.config.Dir = filepath.Join(s.screen.config.Dir, "new")
	if err := s.screen.Keep(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.screen.config.Dir); err == nil {
		t.Error("an unchanged draft was written")
	}
	s.screen.doc.change("rename", func(e *edit.Edit) error { return e.Put("name", "y") })
	if err := s.screen.Keep(); err != nil {
		t.Fatal(err)
	}
	one, err := scenarios.Load(filepath.Join(s.screen.config.Dir, "unsaved-y.yaml"))
	if err != nil || one.Name != "y" || len(s.saved) != 1 {
		t.Errorf("%v, %d told of", err, len(s.saved))
	}
}

// Without a pointer, Enter places at the center of the view.
func TestPlaceByKeys(t *testing.T) {
	s := open(t, empty, 1280, 720)
	s.screen.road.placing, s.screen.road.tool = actor.Truck, placing
	s.User.Press(ebiten.KeyEnter)
	s.frames(2)
	if all := s.screen.doc.draft.Actors(); len(all) != 1 || all[0].Kind != actor.Truck || s.screen.road.tool != selecting {
		t.Errorf("placed are %+v", all)
	}
}

const scene = `version: 1
name: A van, a cutter and a child
description: A van cuts in while a child comes out from behind a parked car.
family: mine
map: {kind: straight, lanes: 2, urban: true, length: 400 m}
ego: {lane: 0, s: 20 m, speed: 40 km/h}
actors:
  - {id: parked, kind: car, lane: 0, s: 92 m, d: -3.2 m}
  - id: cutter
    kind: van
    lane: 1
    s: 45 m
    speed: 36 km/h
    do:
      - {when: {ego_gap: "< 12 m"}, change_lane: {to: right, over: 3 s}}
  - id: child
    kind: child
    lane: 0
    speed: 6 km/h
    path: [{s: 97 m, d: -4.5 m}, {s: 99 m, d: 0 m}, {s: 97 m, d: 8 m}]
    do:
      - {when: {ego_distance: "< 40 m"}, go: {}}
weather: {time: day, rain: 20 %}
until: {time: 14 s}
expect: {collision: never}
`

// Images of the screen in two sizes.
func TestLook(t *testing.T) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"editor-1280.png", 1280, 720}, {"editor-2560.png", 2560, 1440}} {
		s := open(t, scene, size.w, size.h)
		s.screen.sel.choose(1)
		s.screen.playback.time = 4
		s.frames(2)
		m := s.Picture()
		uitest.Save(t, size.name, m)
		colors := map[[3]byte]bool{}
		for i := 0; i < len(m.Pix); i += 4 {
			colors[[3]byte(m.Pix[i:i+3])] = true
		}
		if len(colors) < 200 {
			t.Errorf("%s has %d colors", size.name, len(colors))
		}
	}
	s := open(t, scene, 1280, 720)
	s.screen.sel.choose(2)
	s.frames(2)
	uitest.Save(t, "editor-child.png", s.Picture())
	s.screen.form.tab = 1
	s.frames(2)
	uitest.Save(t, "editor-whole.png", s.Picture())
	s.screen.form.tab = 2
	s.screen.files.save(true)
	s.frames(2)
	uitest.Save(t, "editor-save.png", s.Picture())
}

// A value is varied: its range is typed and made a list, by simulated input. The file
// contains it, and invalid input is reported.
func TestVary(t *testing.T) {
	for _, size := range [][2]int{{1280, 720}, {2560, 1440}} {
		s := open(t, empty, size[0], size[1])
		s.screen.form.tab = 1
		s.screen.form.vary.show()
		s.frames(2)
		s.User.Type("speed")
		s.frames(2)
		uitest.Save(t, fmt.Sprintf("vary-%d.png", size[0]), s.Picture())
		s.User.Press(ebiten.KeyEnter)
		s.frames(3)
		if got := s.screen.doc.draft.Scalar("vary.'ego.speed'.from"); got != "32 km/h" || s.screen.form.vary.open {
			t.Fatalf("it varies from %q", got)
		}
		type_ := func(field, text string) {
			f := s.screen.doc.draft.VariedField("ego.speed", field)
			s.screen.form.takeText(&f, edit.VariedPath("ego.speed", field), text)
			s.frames(1)
		}
		for _, text := range []string{"30", "60", "", "5"} { // from, to, step, steps: Tab goes from one to the next
			s.User.Press(ebiten.KeyA, ebiten.KeyControl)
			s.frames(2)
			s.User.Type(text)
			s.frames(2)
			s.User.Press(ebiten.KeyTab)
			s.frames(2)
		}
		s.ready(t)
		s.screen.form.flow.Offset = 1e6
		s.frames(3)
		uitest.Save(t, fmt.Sprintf("varied-%d.png", size[0]), s.Picture())
		if want := "ego.speed: {from: 30 km/h, to: 60 km/h, steps: 5}"; !strings.Contains(s.screen.doc.draft.Text(), want) || s.screen.doc.findings.Error != nil {
			t.Errorf("no %q in\n%s\n%v", want, s.screen.doc.draft.Text(), s.screen.doc.findings.Error)
		}
		type_("steps", "")
		type_("from", "70")
		s.ready(t)
		if fault := s.screen.doc.findings.Error; fault == nil || !strings.Contains(fault.Error(), "above to") {
			t.Errorf("a reversed range: %v", fault)
		}
		s.screen.doc.change("list", func(e *edit.Edit) error { return e.VaryOverList("ego.speed") })
		s.frames(3)
		type_("any", "30 km/h, 45, 60 km/h")
		if want := "ego.speed: {any: [30 km/h, 45 km/h, 60 km/h]}"; !strings.Contains(s.screen.doc.draft.Text(), want) {
			t.Errorf("no %q in\n%s", want, s.screen.doc.draft.Text())
		}
		for s.screen.doc.draft.Undoable() != "" {
			s.screen.undo()
		}
		s.frames(2)
		if s.screen.doc.draft.Text() != empty {
			t.Errorf("undone is\n%s", s.screen.doc.draft.Text())
		}
	}
}
