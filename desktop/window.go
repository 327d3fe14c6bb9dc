package desktop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"roadloop/desktop/internal/clipboard"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/editor"
	"roadloop/desktop/internal/library"
	"roadloop/desktop/internal/ui"
	"roadloop/drivers"
	"roadloop/scenarios"
	"roadloop/scenarios/edit"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/video"
	"roadloop/trace"
)

// settings configures the window.
type settings struct {
	// Source is the source of input; nil for the devices of the computer.
	Source ui.Source
	// Folder is for drives and screenshots, Settings for the layout, Cache for files
	// that can be regenerated; "" for the user's default folders.
	Folder, Settings, Cache string
	// Drivers opens the drivers; nil for the built-in ones.
	Drivers *drivers.Registry
	// Driver drives the opened cases, as requested; see drivers.Registry.Resolve. An empty
	// name is the stack, an empty perception the network.
	Driver trace.DriverID
}

// screen is the current screen of the window.
type screen uint8

const (
	libraryScreen screen = iota
	driveScreen
	editScreen
)

// window is the program. It implements ebiten.Game.
type window struct {
	*shell
	end       context.CancelFunc // of shell.lasting
	source    ui.Source
	snap      ui.Snapshot
	paint     *ui.Painter
	scale     float64
	screen    screen
	keys      keymap
	leaving   bool
	clipboard *clipboard.Clipboard // of the display; nil for the window's internal one
	idle      idle
	posing    bool // all frames are drawn, for a screenshot

	browser *library.Screen
	editor  *editor.Screen // nil until the editor is opened
	drive   *drive
	panels  *panels
	bars    *bars
	help    *help
	files   *fileDialog
	whatIf  *whatIf
	capture *capture
}

// newWindow returns a window. Ebitengine must be available. Call Close at the end.
func newWindow(c settings) (*window, error) {
	s := &shell{in: ui.NewInput(), size: ui.Point{X: 1280, Y: 720}, registry: c.Drivers, wanted: c.Driver}
	if s.registry == nil {
		s.registry = drivers.New()
	}
	s.wanted.Name = cmp.Or(s.wanted.Name, runner.Stack)
	s.wanted.Perception = cmp.Or(s.wanted.Perception, runner.CNN)
	if err := s.registry.Check(s.wanted); err != nil {
		return nil, err
	}
	if drivers.IsPolicyFile(s.wanted.Name) {
		s.policies = append(s.policies, s.wanted.Name)
	}
	var err error
	if s.folders, err = (folders{c.Folder, c.Settings, c.Cache}).withDefaults(); err != nil {
		return nil, err
	}
	all, err := scenarios.Library()
	if err != nil {
		return nil, fmt.Errorf("reading the library: %w", err)
	}
	w := &window{shell: s, source: c.Source, paint: ui.NewPainter(ui.Dark()), scale: 1}
	s.lasting, w.end = context.WithCancel(context.Background())
	w.idle.wake = make(chan struct{}, 1)
	s.changed, s.pool = w.idle.change, s.registry.NewPool()
	if w.source == nil {
		w.source = &ui.Devices{}
		w.openClipboard()
	}
	w.makeParts(all)
	return w, nil
}

// makeParts creates the parts of a window, with the scenarios of the library.
func (w *window) makeParts(all []*scenarios.Scenario) {
	s := w.shell
	w.keys = keymap{window: w, commands: commands()}
	w.drive = &drive{shell: s, pads: map[int]string{}}
	w.panels = newPanels(s, w.drive)
	w.drive.show = w.panels.dock.Show
	w.drive.began = func() {
		w.panels.begin()
		w.screen = driveScreen
		w.in.Unfocus()
	}
	w.help = &help{shell: s, keys: &w.keys}
	w.files = &fileDialog{shell: s, drive: w.drive, open: w.openFile}
	w.whatIf = &whatIf{shell: s, drive: w.drive, panels: w.panels}
	w.capture = &capture{shell: s, path: w.drive.newPath, saves: make(chan error, 64)}
	w.bars = &bars{shell: s, drive: w.drive, panels: w.panels, files: w.files, help: w.help, whatIf: w.whatIf, leave: w.showLibrary}
	w.browser = library.New(all, library.Config{
		Drivers: s.registry, Driver: s.wanted, Policies: s.policies,
		Thumbnails: video.NewThumbnailCache(filepath.Join(s.folders.cache, "pictures")),
		Records:    library.OpenHistory(filepath.Join(s.folders.cache, "last-drives.json")),
		Run:        w.drive.open,
		OpenPolicy: w.files.askPolicy,
		Edit:       w.edit,
		Changed:    s.changed,
	})
}

// openClipboard connects text fields to the system clipboard. If there is none, they
// copy and paste within the window, and a message gives the reason.
func (w *window) openClipboard() {
	board, err := clipboard.Open()
	if err != nil {
		w.messages.Add(ui.Warning, "Clipboard works within this window only: "+err.Error())
		return
	}
	w.clipboard, w.in.Clipboard = board, board
}

// Close stops all background work and saves its results.
func (w *window) Close() error {
	err := errors.Join(w.drive.stop(), w.capture.close(), w.keepDraft())
	w.browser.Close()
	if w.clipboard != nil {
		w.clipboard.Close()
	}
	w.end()
	w.background.Wait()
	if w.panels.arranged {
		w.panels.saveLayout()
	}
	return errors.Join(err, w.pool.Close(), w.panels.occluder.Close())
}

// Open shows a case or a trace. Errors are shown in the window.
func (w *window) Open(o opening) {
	switch {
	case o.Trace != nil:
		w.drive.openTrace(o.Trace)
	case o.Case != nil:
		w.drive.open(library.Setup{Case: o.Case, Driver: w.wanted})
	}
}

// openFile opens a path like a command-line argument, or a trained policy. A scenario is added
// to the library screen.
func (w *window) openFile(path string) error {
	if drivers.IsPolicyFile(path) {
		return w.openPolicy(path)
	}
	o, err := find(path)
	if err != nil {
		return err
	}
	if o.Case != nil {
		w.browser.Add(o.Case.Scenario)
	}
	w.Open(o)
	return nil
}

// openPolicy makes the policy of a file the selected driver. On the drive screen it drives the
// case again.
func (w *window) openPolicy(path string) error {
	if _, err := w.registry.Policy(path); err != nil {
		return err
	}
	if !slices.Contains(w.policies, path) {
		w.policies = append(w.policies, path)
	}
	w.browser.AddPolicy(path)
	if u := w.drive.setup; w.screen == driveScreen && u.Case != nil {
		u.Driver, u.Manual = trace.DriverID{Name: path}, false
		w.drive.open(u)
	}
	return nil
}

// LayoutF makes the screen as large as the window in pixels, so that text is sharp at
// any scale.
func (w *window) LayoutF(width, height float64) (float64, float64) {
	if m := ebiten.Monitor(); m != nil && m.DeviceScaleFactor() > 0 {
		w.scale = m.DeviceScaleFactor()
	}
	return max(1, width*w.scale), max(1, height*w.scale)
}

// Layout is required by ebiten.Game; Ebitengine calls LayoutF instead.
func (w *window) Layout(width, height int) (int, int) { return width, height }

// Update reads the devices. The next drawn frame uses the input.
func (w *window) Update() error {
	w.snap.Elapsed = 0
	w.source.Poll(&w.snap, w.scale)
	now := time.Now()
	if w.snap.Elapsed == 0 && !w.idle.polled.IsZero() {
		w.snap.Elapsed = now.Sub(w.idle.polled).Seconds()
	}
	w.idle.polled = now
	if w.snap.Closing || w.leaving {
		return ebiten.Termination
	}
	elapsed := w.snap.Elapsed
	w.snap.Elapsed = min(elapsed, longestFrame)
	w.drive.handleManualInput(&w.snap, w.screen == driveScreen && !w.help.shown && w.whatIf.form == nil && !w.files.shown)
	w.idle.consider(elapsed, w.activity())
	return nil
}

// Draw handles the input and draws one frame, unless it would look like the last one.
func (w *window) Draw(to *ebiten.Image) {
	if !w.idle.begin(to, w.scale, &w.snap) {
		return
	}
	w.size = ui.Point{X: float64(to.Bounds().Dx()) / w.scale, Y: float64(to.Bounds().Dy()) / w.scale}
	if !w.panels.arranged {
		w.panels.arrange()
	}
	w.in.BeginFrame(&w.snap)
	if w.drive.manual.mouse {
		w.in.Clicked, w.in.Released = [3]bool{}, [3]bool{}
	}
	if w.in.Clicked[ui.Primary] && w.capture.indicator.Contains(w.in.Pointer) {
		w.in.Clicked[ui.Primary] = false
		w.capture.stopVideo()
	}
	c := w.paint.Begin(to, w.scale)
	c.Fill(c.Theme.Background)
	w.reportErrors()
	w.drive.record(w.browser)
	w.frame(c)
	w.in.EndFrame(c)
	driving := w.screen == driveScreen && w.drive.player != nil
	w.keys.dispatch(w.in, driving)
	if w.screen == driveScreen && !w.in.Control() && !w.in.Typing() && w.in.KeysAllowed() {
		w.panels.toggleByNumber()
	}
	w.paint.End()
	ebiten.SetCursorShape(w.in.CursorShape())
	w.capture.take(to, w.snap.Elapsed)
	w.capture.drawIndicator(w.paint.Begin(to, w.scale)) // not in the video
	w.paint.End()
	// The presses are consumed: a frame without an update must not see them again.
	w.snap.Clicked, w.snap.Released, w.snap.Hit, w.snap.Typed, w.snap.Scroll = [3]bool{}, [3]bool{}, nil, nil, ui.Point{}
}

// frame draws the screen and its overlays.
func (w *window) frame(c *ui.Canvas) {
	switch w.screen {
	case driveScreen:
		w.drawDrive(c)
	case editScreen:
		w.editor.Draw(c.Scoped("editor"), w.in)
	default:
		w.drawLibrary(c)
	}
	w.whatIf.draw()
	w.files.draw()
	w.help.draw()
	w.messages.Draw(c, w.in, ui.Rect{Y: barHeight, W: w.size.X, H: w.size.Y - barHeight - transportHeight})
}

// drawDrive draws the drive screen: bars and panels.
func (w *window) drawDrive(c *ui.Canvas) {
	w.panels.moment = w.drive.player.moment()
	all := c.Bounds()
	w.bars.drawTop(c.Sub(all.CutTop(barHeight)))
	w.bars.drawTransport(c.Sub(all.CutBottom(transportHeight)))
	w.bars.drawAhead()
	w.panels.draw(c.Sub(all.Inset(4)))
}

// drawLibrary draws the library screen.
func (w *window) drawLibrary(c *ui.Canvas) {
	all := c.Bounds()
	top := c.Sub(all.CutTop(barHeight)).Scoped("browser bar")
	top.Fill(c.Theme.Surface)
	r := top.Bounds().Inset2(8, 6)
	if w.drive.player != nil {
		if ui.Button(top, w.in, r.CutLeft(120), "Back to the drive") {
			w.screen = driveScreen
		}
		r.CutLeft(10)
	}
	w.help.button(top, r.CutRight(56))
	r.CutRight(6)
	w.files.openButton(top, r.CutRight(70))
	top.Label(r, "Scenarios", c.Theme.Title, ui.Left)
	w.browser.Draw(c.Sub(all).Scoped("browser"), w.in)
}

// reportErrors shows errors from the background, and saves a changed layout.
func (w *window) reportErrors() {
	w.drive.reportErrors()
	w.capture.reportErrors()
	if w.panels.dock.Changed() && !w.snap.Buttons[ui.Primary] {
		w.panels.saveLayout()
	}
}

// activity returns what the window would show now.
func (w *window) activity() *activity {
	a := &activity{snap: &w.snap, drive: w.drive.state(), expires: w.messages.NextExpiry()}
	if w.screen == editScreen {
		a.expires = min(a.expires, w.editor.NextExpiry())
	}
	switch {
	case w.capture.active() || w.posing:
		a.moving = true
	case w.screen == editScreen:
		a.moving = w.editor.Playing()
	default:
		a.moving = a.drive.view.playing && w.screen == driveScreen
	}
	return a
}

// showLibrary returns to the library; the drive pauses.
func (w *window) showLibrary() {
	w.drive.rest()
	w.screen = libraryScreen
}

// escape closes what is on top.
func (w *window) escape() {
	switch {
	case w.drive.manual.mouse:
		w.drive.steerByMouse()
	case w.screen == driveScreen && w.drive.shown().seekAhead.active():
		w.drive.player.cancelAhead()
	case w.in.Focused():
		w.in.Unfocus()
	case w.screen == driveScreen:
		w.showLibrary()
	case w.drive.player != nil:
		w.screen = driveScreen
	}
}

// edit opens a scenario in the editor. The editor asks about unsaved changes of another
// one.
func (w *window) edit(s *scenarios.Scenario) {
	draft, err := edit.FromScenario(s)
	if err != nil {
		w.fail("Cannot edit the scenario", err)
		return
	}
	w.screen = editScreen
	w.in.Unfocus()
	if w.editor != nil {
		w.editor.Open(draft)
		return
	}
	w.editor = editor.New(draft, editor.Config{
		Dir:     filepath.Join(w.folders.user, "scenarios"),
		Run:     func(c *scenarios.Case) { w.drive.open(w.browser.SetupOf(c)) },
		Saved:   w.browser.Add,
		Changed: w.changed,
		Leave:   w.showLibrary,
	})
}

// toEditor returns to the editor, or opens it with the driven or selected scenario.
func (w *window) toEditor() {
	one := w.browser.Chosen()
	switch {
	case w.editor != nil:
		w.showLibrary()
		w.screen = editScreen
		return
	case w.screen == driveScreen && w.drive.setup.Case != nil:
		one = w.drive.setup.Case.Scenario
	}
	if one != nil {
		w.showLibrary()
		w.edit(one)
	}
}

// keepDraft saves unsaved edits, so that closing the window loses nothing.
func (w *window) keepDraft() error {
	if w.editor == nil {
		return nil
	}
	defer w.editor.Close()
	return w.editor.Keep()
}
