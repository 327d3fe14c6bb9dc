package desktop

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/browser"
	"roadloop/desktop/clipboard"
	"roadloop/desktop/editor"
	"roadloop/desktop/panel"
	"roadloop/desktop/panel/camera"
	"roadloop/desktop/panel/world"
	"roadloop/desktop/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/tape"
)

// Config says how the window is set up.
type Config struct {
	// Source is where input comes from; nil for the devices of the computer.
	Source ui.Source
	// Folder is where drives and pictures are saved, Settings where the layout is
	// remembered, Cache where what can be made anew is kept; "" for those of the user.
	Folder, Settings, Cache string
	// Driver and Perception drive what is opened; "" for the stack and its network.
	Driver, Perception string
}

// screen is what the window is about at the moment.
type screen uint8

const (
	browseScreen screen = iota
	driveScreen
	editScreen
)

// Window is the program: an ebiten.Game.
type Window struct {
	config      Config
	source      ui.Source
	in          *ui.Input
	snap        ui.Snapshot
	paint       *ui.Painter
	scale       float64
	size        ui.Point // points
	screen      screen
	messages    ui.Messages
	commands    []command
	help        bool
	helpScroll  ui.Scroll
	leaving     bool
	clipboard   *clipboard.Clipboard // of the display; nil for the window's own
	shoot       bool                 // save what is drawn next
	shots       chan error           // how pictures and films were saved
	films       sync.WaitGroup
	filming     *filming // nil while nothing is filmed
	filmingArea ui.Rect  // of the sign that says so

	browser    *browser.Screen
	editor     *editor.Screen // nil until something is edited
	recorded   *tape.Tape     // the browser knows how it ended
	crews      crews
	setup      Setup
	trace      bool       // the drive comes from a trace
	recording  *recording // of that trace, nil for none
	background sync.WaitGroup
	lasting    context.Context // ends when the window closes
	end        context.CancelFunc
	player     *player
	hands      hands
	pads       map[int]string // gamepads of the last frame
	feed       *panel.Feed    // of the drive
	second     *panel.Feed    // of the other future
	moment     float64        // that is shown in this frame, in decisions
	world      *world.Panel
	other      *world.Panel     // of the other future
	occluder   *camera.Occluder // for the camera panel
	dock       *ui.Dock
	pace       pace
	arranged   bool // the dock has the layout of the last time
	verdict    judged
	compared   compared
	whatIf     *whatIf
	choosing   *fileDialog // for a file; nil while no such dialog is open
	files      ui.FileChooser
	opened     string // the file that was opened last
	idle       idle
	clear      *ebiten.Image // a pixel without color
	posing     bool          // all frames are drawn, for a picture
}

// New returns a window. Ebitengine must be able to run. Close it in the end.
func New(config Config) (*Window, error) {
	w := &Window{config: config, source: config.Source, in: ui.NewInput(), paint: ui.NewPainter(ui.Dark()), scale: 1,
		size: ui.Point{X: 1280, Y: 720}, commands: commands(), shots: make(chan error, 64), pads: map[int]string{}}
	w.lasting, w.end = context.WithCancel(context.Background())
	w.idle.wake = make(chan struct{}, 1)
	if w.source == nil {
		w.source = &ui.Devices{}
		w.openClipboard()
	}
	if err := w.findFolders(); err != nil {
		return nil, err
	}
	if w.config.Driver == "" {
		w.config.Driver = scenarios.Stack
	}
	if w.config.Perception == "" {
		w.config.Perception = scenarios.CNN
	}
	library, err := scenarios.Library()
	if err != nil {
		return nil, fmt.Errorf("reading the library: %w", err)
	}
	w.makeBrowser(library)
	w.makePanels()
	return w, nil
}

// Close ends what goes on and saves it.
func (w *Window) Close() error {
	err := errors.Join(w.stop(), w.endFilms(), w.keepDraft())
	w.browser.Close()
	w.closeClipboard()
	w.end()
	w.background.Wait()
	if w.arranged {
		w.rememberLayout()
	}
	return errors.Join(err, w.crews.close(), w.occluder.Close())
}

// stop ends the drive.
func (w *Window) stop() error {
	if w.player == nil {
		return nil
	}
	err := w.player.close()
	w.player = nil
	if err != nil {
		return fmt.Errorf("saving the drive: %w", err)
	}
	return nil
}

// Open shows what was found. What is wrong with it is said in the window.
func (w *Window) Open(o Opening) {
	switch {
	case o.Trace != nil:
		t, err := tape.Open(o.Trace, w.crews.ofTrace(&o.Trace.Header))
		if err != nil {
			w.fail("The trace cannot be opened", err)
			return
		}
		w.setup = Setup{Case: t.Plan().Case, Driver: o.Trace.Header.Driver, Perception: o.Trace.Header.Perception}
		w.show(t, true)
		w.recording = newRecording(w.lasting, o.Trace, t.Recorded(), &w.background, w.changed)
	case o.Case != nil:
		w.Drive(Setup{Case: o.Case, Driver: w.config.Driver, Perception: w.config.Perception})
	}
}

// Drive begins to drive a case.
func (w *Window) Drive(u Setup) {
	t, err := w.crews.begin(&u)
	if err != nil {
		w.fail("The scenario cannot be driven", err)
		return
	}
	w.setup = u
	w.show(t, false)
}

// show makes a tape the drive of the window.
func (w *Window) show(t *tape.Tape, trace bool) {
	if err := w.stop(); err != nil {
		w.fail("The last drive", err)
	}
	w.trace, w.hands, w.verdict, w.recording = trace, hands{pad: -1}, judged{}, nil
	folder, name := w.config.Folder, w.caseName()
	w.player = newPlayer(t, func() string { return stamped(folder, "drives", name, ".trace") }, trace)
	if w.setup.Hands {
		w.take(t)
	}
	w.feed.Chosen = 0
	w.hideEmptyPanels()
	w.screen = driveScreen
	w.in.Unfocus()
}

// fail says in the window what went wrong.
func (w *Window) fail(what string, err error) { w.messages.Say(ui.Failure, what+": "+err.Error()) }

// LayoutF makes the screen as large as the window in pixels, so that letters are
// crisp at any scale.
func (w *Window) LayoutF(width, height float64) (float64, float64) {
	if m := ebiten.Monitor(); m != nil && m.DeviceScaleFactor() > 0 {
		w.scale = m.DeviceScaleFactor()
	}
	return max(1, width*w.scale), max(1, height*w.scale)
}

// Layout is there because ebiten.Game asks for it; LayoutF is what is called.
func (w *Window) Layout(width, height int) (int, int) { return width, height }

// Update reads the devices. What they do is used when the frame is drawn.
func (w *Window) Update() error {
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
	w.wheel()
	w.consider(elapsed)
	return nil
}

// Draw takes the input and shows one frame, unless it would look like the last one.
func (w *Window) Draw(to *ebiten.Image) {
	if !w.begin(to) {
		return
	}
	w.size = ui.Point{X: float64(to.Bounds().Dx()) / w.scale, Y: float64(to.Bounds().Dy()) / w.scale}
	if !w.arranged {
		w.arrange()
	}
	w.in.BeginFrame(&w.snap)
	if w.hands.mouse {
		w.in.Clicked, w.in.Lifted = [3]bool{}, [3]bool{}
	}
	if w.in.Clicked[ui.Primary] && w.filmingArea.Contains(w.in.Pointer) {
		w.in.Clicked[ui.Primary] = false
		w.cut()
	}
	c := w.paint.Begin(to, w.scale)
	c.Fill(c.Theme.Background)
	w.tell()
	w.record()
	w.frame(c)
	w.in.EndFrame(c)
	w.dispatch(w.in)
	w.paint.End()
	ebiten.SetCursorShape(w.in.CursorShape())
	if w.shoot {
		w.shoot = false
		w.saveShot(to)
	}
	w.expose(to)
	w.drawFilming(to)
	// What was pressed has been seen; a frame without an update must not see it again.
	w.snap.Clicked, w.snap.Lifted, w.snap.Hit, w.snap.Typed, w.snap.Scroll = [3]bool{}, [3]bool{}, nil, nil, ui.Point{}
}

// frame draws the screen and what lies over it.
func (w *Window) frame(c *ui.Canvas) {
	switch w.screen {
	case driveScreen:
		w.drawDrive(c)
	case editScreen:
		w.drawEditor(c)
	default:
		w.drawBrowser(c)
	}
	if w.whatIf != nil {
		w.drawWhatIf()
	}
	if w.choosing != nil {
		w.drawFileDialog()
	}
	if w.help {
		w.drawHelp()
	}
	w.messages.Draw(c, w.in, ui.Rect{Y: barHeight, W: w.size.X, H: w.size.Y - barHeight - transportHeight})
}

// drawDrive shows the drive: bars and panels.
func (w *Window) drawDrive(c *ui.Canvas) {
	w.feed.Detail = w.pace.frame(time.Now(), w.shown().playing)
	w.moment = w.player.moment()
	w.second.Detail = w.feed.Detail
	all := c.Bounds()
	w.drawTop(c.Sub(all.CutTop(barHeight)))
	w.drawTransport(c.Sub(all.CutBottom(transportHeight)))
	shown := w.shown()
	w.drawAhead(&shown)
	w.dock.Draw(c.Sub(all.Inset(4)), w.in)
}
