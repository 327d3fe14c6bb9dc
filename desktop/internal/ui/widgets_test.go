package ui_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
)

type plain string

func (p plain) Name() string  { return string(p) }
func (p plain) Title() string { return string(p) }
func (p plain) Draw(c *ui.Canvas, in *ui.Input) {
	c.Text(ui.Point{X: 8, Y: 8}, string(p), c.Theme.Body)
}
func standard() *ui.Layout {
	return &ui.Layout{Version: ui.LayoutVersion, Root: ui.Row(.5, ui.Stack("a"), ui.Column(.5, ui.Stack("b", "c"), ui.Stack("d")))}
}

var abcd = []ui.Panel{plain("a"), plain("b"), plain("c"), plain("d")}

// A slider follows the pointer and the arrow keys, and stays in its range.
func TestSlider(t *testing.T) {
	s := uitest.NewScreen(300, 100, 1)
	v := 5.0
	frame := func() {
		s.Frame(func(c *ui.Canvas, in *ui.Input) {
			ui.Slider(c, in, ui.Rect{X: 10, Y: 10, W: 212, H: ui.SliderHeight}, "speed", &v, ui.Range{Min: 0, Max: 10, Step: .5, Unit: "m/s", Decimals: 1})
		})
	}
	s.User.Click(16+150, 38, ui.Primary)
	frame()
	if v != 7.5 {
		t.Errorf("at three quarters: %v", v)
	}
	for _, k := range []struct {
		key  ui.Key
		want float64
	}{{ebiten.KeyArrowRight, 8}, {ebiten.KeyArrowLeft, 7.5}, {ebiten.KeyEnd, 10}, {ebiten.KeyArrowUp, 10}, {ebiten.KeyPageDown, 5}, {ebiten.KeyHome, 0}} {
		s.User.Press(k.key)
		frame()
		frame()
		if v != k.want {
			t.Errorf("after %v: %v, want %v", k.key, v, k.want)
		}
	}
}

// A menu opens with the pointer, returns the selection, and blocks clicks on widgets
// below it.
func TestChoice(t *testing.T) {
	s := uitest.NewScreen(300, 200, 1)
	at, pushed := 0, 0
	frame := func() {
		s.Frame(func(c *ui.Canvas, in *ui.Input) {
			ui.Choice(c, in, ui.Rect{X: 10, Y: 10, W: 150, H: 26}, "driver", []string{"stack", "idm", "rss"}, &at)
			if ui.Button(c, in, ui.Rect{X: 10, Y: 40, W: 150, H: 100}, "below") {
				pushed++
			}
		})
	}
	s.User.Click(20, 20, ui.Primary)
	for range 4 {
		frame()
	}
	s.User.Point(30, 40+24*2+10)
	frame()
	uitest.Save(t, "menu.png", s.Picture())
	s.User.Click(30, 40+24*2+10, ui.Primary)
	for range 4 {
		frame()
	}
	if at != 2 || pushed != 0 {
		t.Errorf("chose %d, and the button below was pushed %d times", at, pushed)
	}
	s.User.Click(30, 60, ui.Primary)
	frame()
	frame()
	if pushed != 1 {
		t.Error("the menu is still open")
	}
}

// Every widget is reached with Tab and activated with Enter.
func TestKeysReachAllWidgets(t *testing.T) {
	s := uitest.NewScreen(300, 200, 1)
	var pushed []string
	on := false
	frame := func() {
		s.Frame(func(c *ui.Canvas, in *ui.Input) {
			for i, name := range []string{"one", "two"} {
				if ui.Button(c, in, ui.Rect{X: 10, Y: 10 + 30*float64(i), W: 80, H: 26}, name) {
					pushed = append(pushed, name)
				}
			}
			ui.Toggle(c, in, ui.Rect{X: 10, Y: 100, W: 80, H: 26}, "on", &on)
		})
	}
	for range 3 {
		s.User.Press(ebiten.KeyTab)
		frame()
		s.User.Press(ebiten.KeyEnter)
		frame()
	}
	if !slices.Equal(pushed, []string{"one", "two"}) || !on {
		t.Errorf("pushed %v, toggle %v", pushed, on)
	}
}

// Tab includes places, F6 moves between places, and a place has the focus until the
// focus moves.
func TestPlaces(t *testing.T) {
	s := uitest.NewScreen(300, 200, 1)
	had := ""
	frame := func() {
		s.Frame(func(c *ui.Canvas, in *ui.Input) {
			had = ""
			for _, name := range []string{"map", "button", "list", "field"} {
				switch name {
				case "button", "field":
					ui.Button(c, in, ui.Rect{X: 10, Y: 10, W: 80, H: 26}, name)
				default:
					if in.FocusArea(c, name) {
						had = name
					}
				}
			}
		})
	}
	for i, c := range []struct {
		key  ui.Key
		with []ui.Key
		want string
	}{
		{ebiten.KeyTab, nil, "map"}, {ebiten.KeyTab, nil, ""}, {ebiten.KeyTab, nil, "list"}, {ebiten.KeyF6, nil, "map"}, {ebiten.KeyF6, nil, "list"},
		{ebiten.KeyTab, nil, ""}, {ebiten.KeyF6, []ui.Key{ebiten.KeyShift}, "list"}, {ebiten.KeyF6, []ui.Key{ebiten.KeyShift}, "map"},
	} {
		s.User.Press(c.key, c.with...)
		frame()
		frame()
		if had != c.want || s.In.FocusVisible() != true {
			t.Errorf("key %d: the focus is on %q, want %q", i, had, c.want)
		}
	}
	s.User.Click(200, 150, ui.Primary)
	frame()
	frame()
	if had != "" || s.In.FocusVisible() {
		t.Error("a click outside keeps the focus")
	}
}

// Toward prefers places ahead over nearer places aside.
func TestToward(t *testing.T) {
	places := []ui.Point{{X: 0, Y: 0}, {X: 50, Y: 2}, {X: 20, Y: 40}, {X: -30, Y: 0}, {X: 0, Y: -1}}
	for dir, want := range map[ui.Point]int{{X: 1}: 1, {X: -1}: 3, {Y: 1}: 2, {Y: -1}: -1} {
		if got := ui.Toward(places[0], dir, places); got != want {
			t.Errorf("toward %v is %d, want %d", dir, got, want)
		}
	}
	if ui.Nearest(ui.Point{X: 18, Y: 30}, places) != 2 || ui.Nearest(ui.Point{}, nil) != -1 {
		t.Error("the nearest is another")
	}
}

func TestListFilters(t *testing.T) {
	s := uitest.NewScreen(300, 300, 1)
	var l ui.List
	items := []string{"cut-in", "cut-out", "zebra", "braking-lead"}
	entered := false
	frame := func() {
		s.Frame(func(c *ui.Canvas, in *ui.Input) {
			if _, e := l.Draw(c, in, ui.Rect{X: 10, Y: 10, W: 200, H: 200}, "scenarios", items); e {
				entered = true
			}
		})
	}
	s.User.Click(50, 20, ui.Primary)
	frame()
	s.User.Press(ebiten.KeyArrowDown)
	frame()
	if l.Selected != 1 {
		t.Errorf("the arrow key selects %d", l.Selected)
	}
	s.User.Type("LEAD")
	frame()
	if l.Selected != 3 {
		t.Errorf("the filter %q selects %d", l.Filter, l.Selected)
	}
	s.User.Press(ebiten.KeyEnter)
	frame()
	if !entered {
		t.Error("Enter does not choose")
	}
}

func TestTextField(t *testing.T) {
	s := uitest.NewScreen(300, 100, 1)
	var f ui.TextField
	frame := func() {
		s.Frame(func(c *ui.Canvas, in *ui.Input) { f.Draw(c, in, ui.Rect{X: 10, Y: 10, W: 200, H: 26}, "name") })
	}
	s.User.Click(20, 20, ui.Primary)
	frame()
	s.User.Type("déjà vu")
	frame()
	for _, k := range []ui.Key{ebiten.KeyArrowLeft, ebiten.KeyBackspace, ebiten.KeyHome, ebiten.KeyDelete} {
		s.User.Press(k)
		frame()
		frame()
	}
	if f.Text() != "éjà u" {
		t.Errorf("%q", f.Text())
	}
}

// Text is selected by keys and pointer, and copied through the clipboard to another
// field.
func TestTextFieldSelectsAndCopies(t *testing.T) {
	s := uitest.NewScreen(400, 100, 1)
	var a, b ui.TextField
	a.SetText("lead.speed  < 25 m")
	frame := func() {
		s.Frame(func(c *ui.Canvas, in *ui.Input) {
			a.Draw(c, in, ui.Rect{X: 10, Y: 10, W: 200, H: 26}, "a")
			b.Draw(c, in, ui.Rect{X: 10, Y: 50, W: 200, H: 26}, "b")
		})
	}
	press := func(k ui.Key, with ...ui.Key) {
		s.User.Press(k, with...)
		frame()
		frame()
	}
	click := func(x, y float64, times int) {
		for range times {
			s.User.Click(x, y, ui.Primary)
			frame()
			frame()
		}
		for range 30 { // the next click starts a new count
			frame()
		}
	}
	expect := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	click(25, 20, 2) // lead
	press(ebiten.KeyC, ebiten.KeyControl)
	expect("a second click selects a word", s.In.Clipboard.Text(), "lead")
	uitest.Save(t, "selected.png", s.Picture())
	click(25, 20, 3)
	press(ebiten.KeyX, ebiten.KeyControl)
	expect("cut", a.Text(), "")
	expect("a third click selects all", s.In.Clipboard.Text(), "lead.speed  < 25 m")
	click(25, 60, 1)
	press(ebiten.KeyV, ebiten.KeyControl)
	expect("pasted on one line", b.Text(), "lead.speed < 25 m")
	press(ebiten.KeyArrowLeft, ebiten.KeyControl)
	press(ebiten.KeyArrowLeft, ebiten.KeyControl, ebiten.KeyShift)
	press(ebiten.KeyC, ebiten.KeyControl)
	expect("a word by keys", s.In.Clipboard.Text(), "25 ")
	s.In.Clipboard.SetText("3\n\t5\x07 ")
	press(ebiten.KeyV, ebiten.KeyControl)
	expect("pasted over a selection", b.Text(), "lead.speed < 3 5m")
	press(ebiten.KeyBackspace, ebiten.KeyControl)
	expect("a word back", b.Text(), "lead.speed < 3 m")
	press(ebiten.KeyHome, ebiten.KeyShift)
	press(ebiten.KeyDelete)
	expect("the selection is gone", b.Text(), "m")
	press(ebiten.KeyC, ebiten.KeyControl)
	expect("nothing selected, nothing copied", s.In.Clipboard.Text(), "3\n\t5\x07 ")
}

// A panel that is dragged to the side of another stays there, and the layout file says
// so.
func TestDockMovesPanelsAndSavesLayout(t *testing.T) {
	s := uitest.NewScreen(800, 600, 1)
	d := ui.NewDock(abcd, standard())
	frame := func() { s.Frame(d.Draw) }
	frame()
	s.User.Point(20, 12)
	s.User.Down()
	frame()
	s.User.Point(600, 590)
	frame()
	uitest.Save(t, "drag.png", s.Picture())
	s.User.Up()
	frame()
	frame()
	if !d.Changed() {
		t.Error("the layout is reported as unchanged")
	}
	root := d.Layout().Root
	if root.Split != "column" || root.B.Split != "column" || !slices.Equal(root.B.B.Panels, []string{"a"}) {
		t.Errorf("panel a is not below d: %+v", root)
	}
	path := filepath.Join(t.TempDir(), "roadloop", "layout.json")
	if err := d.Layout().Write(path); err != nil {
		t.Fatal(err)
	}
	l, err := ui.ReadLayout(path)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(l.Root.B.B.Panels, []string{"a"}) {
		t.Error("the file has another layout")
	}
}

// Shift and an arrow resize a panel with a focused title. The edge of a hidden panel is
// not used.
func TestDockResizesByKeys(t *testing.T) {
	s := uitest.NewScreen(800, 600, 1)
	d := ui.NewDock(abcd, standard())
	frame := func() { s.Frame(d.Draw) }
	frame()
	s.User.Press(ebiten.KeyTab)
	frame()
	root := d.Layout().Root
	before := root.At
	s.User.Press(ebiten.KeyArrowRight, ebiten.KeyShift)
	frame()
	frame()
	if root.At <= before || !d.Changed() {
		t.Errorf("the edge beside a went from %g to %g", before, root.At)
	}
	for range 60 {
		s.User.Press(ebiten.KeyArrowLeft, ebiten.KeyShift)
		frame()
		frame()
	}
	if root.At <= 0 || root.At > .1 {
		t.Errorf("held for long the edge is at %g", root.At)
	}
	if root.B.A != nil && root.B.At != standard().Root.B.At {
		t.Errorf("another edge moved to %g", root.B.At)
	}
}

func TestDockHidesMaximizesResizes(t *testing.T) {
	s := uitest.NewScreen(800, 600, 1)
	d := ui.NewDock(abcd, standard())
	frame := func() { s.Frame(d.Draw) }
	frame()
	if d.Toggle("a"); d.Visible("a") {
		t.Error("a is not hidden")
	}
	if d.Toggle("a"); !d.Visible("a") {
		t.Error("a does not come back")
	}
	if d.Toggle("c"); !d.Visible("c") || d.Visible("b") {
		t.Error("c does not come to the front")
	}
	d.Maximize("d")
	if frame(); !d.Visible("d") || d.Visible("a") {
		t.Error("d does not cover the others")
	}
	d.Maximize("d")
	frame()
	s.User.Point(400, 300)
	s.User.Down()
	frame()
	s.User.Point(600, 300)
	frame()
	s.User.Up()
	frame()
	if at := d.Layout().Root.At; at < .7 || at > .8 {
		t.Errorf("after dragging the border from the middle to three quarters it is at %.2f", at)
	}
}

func TestDamagedLayoutsAreRejected(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "cut": `{"version":1,"root":{"split":"row"`, "version": `{"version":9,"root":{"panels":["a"]}}`,
		"no root": `{"version":1}`, "half": `{"version":1,"root":{"split":"row","at":0.5,"a":{"panels":["a"]}}}`,
		"ratio": `{"version":1,"root":{"split":"row","at":7,"a":{"panels":["a"]},"b":{"panels":["b"]}}}`,
		"twice": `{"version":1,"root":{"split":"row","at":0.5,"a":{"panels":["a"]},"b":{"panels":["a"]}}}`,
		"none":  `{"version":1,"root":{"panels":[]}}`,
	} {
		path := filepath.Join(t.TempDir(), "layout.json")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ui.ReadLayout(path); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Panels that are missing in a layout are hidden; unknown panels of a layout are
// ignored.
func TestLayoutWithOtherPanels(t *testing.T) {
	d := ui.NewDock(abcd, &ui.Layout{Version: 1, Root: ui.Row(.5, ui.Stack("gone"), ui.Stack("b"))})
	if !d.Visible("b") || d.Shown("a") {
		t.Errorf("%+v", d.Layout())
	}
	if d.Toggle("a"); !d.Visible("a") {
		t.Error("a cannot be shown")
	}
}
