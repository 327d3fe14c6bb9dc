package desktop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/clipboard"
	"roadloop/desktop/internal/editor"
	"roadloop/desktop/internal/library"
	"roadloop/desktop/internal/panel"

	"roadloop/desktop/internal/ui"
	"roadloop/drivers"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/trace"
)

// Config configures the window.
type Config struct {
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

// Window is the program. It implements ebiten.Game.
type Window struct {
	config             Config
	source             ui.Source
	in                 *ui.Input
	snap               ui.Snapshot
	paint              *ui.Painter
	scale              float64
	size               ui.Point // points
	screen             screen
	messages           ui.Messages
	commands           []command
	help               bool
	helpScroll         ui.Scroll
	leaving            bool
	clipboard          *clipboard.Clipboard // of the display; nil for the window's internal one
	wantScreenshot     bool                 // save the next drawn frame
	saves              chan error           // results of saving screenshots and videos
	films              sync.WaitGroup
	videoCapture       *videoCapture // nil if there is no video in progress
	videoIndicatorArea ui.Rect       // of the REC indicator

	browser          *library.Screen
	editor           *editor.Screen     // nil until the editor is opened
	recorded         *timeline.Timeline // the library has its result
	drivers          *drivers.Pool      // of the drives of this window
	setup            Setup
	trace            bool       // the drive re-drives a trace
	recording        *recording // of that trace, nil for none
	background       sync.WaitGroup
	lasting          context.Context // ends when the window closes
	end              context.CancelFunc
	player           *player
	manualInput      manualInput
	pads             map[int]string // gamepads of the last frame
	feed             *panel.Feed    // of the drive
	second           *panel.Feed    // of the other branch
	moment           float64        // shown in this frame, in decisions
	world            *panel.World
	other            *panel.World    // of the other branch
	occluder         *panel.Occluder // for the camera panel
	dock             *ui.Dock
	detailControl    detailControl
	arranged         bool // the dock has the saved layout
	verdict          cachedVerdict
	cachedComparison cachedComparison
	whatIf           *whatIf
	choosing         *fileDialog // file dialog; nil if closed
	files            ui.FileChooser
	opened           string // the last opened file
	idle             idle
	clear            *ebiten.Image // a pixel without color
	posing           bool          // all frames are drawn, for a screenshot
}

// New returns a window. Ebitengine must be available. Call Close at the end.
func New(config Config) (*Window, error) {
	w := &Window{config: config, source: config.Source, in: ui.NewInput(), paint: ui.NewPainter(ui.Dark()), scale: 1,
		size: ui.Point{X: 1280, Y: 720}, commands: commands(), saves: make(chan error, 64), pads: map[int]string{}}
	w.lasting, w.end = context.WithCancel(context.Background())
	w.idle.wake = make(chan struct{}, 1)
	if w.source == nil {
		w.source = &ui.Devices{}
		w.openClipboard()
	}
	if err := w.findFolders(); err != nil {
		return nil, err
	}
	if w.config.Drivers == nil {
		w.config.Drivers = drivers.New()
	}
	w.config.Driver.Name = cmp.Or(w.config.Driver.Name, runner.Stack)
	w.config.Driver.Perception = cmp.Or(w.config.Driver.Perception, runner.CNN)
	if err := w.config.Drivers.Check(w.config.Driver); err != nil {
		return nil, err
	}
	w.drivers = w.config.Drivers.NewPool()
	all, err := scenarios.Library()
	if err != nil {
		return nil, fmt.Errorf("reading the library: %w", err)
	}
	w.newLibraryScreen(all)
	w.makePanels()
	return w, nil
}

// Close stops all background work and saves its results.
func (w *Window) Close() error {
	err := errors.Join(w.stop(), w.closeVideos(), w.keepDraft())
	w.browser.Close()
	w.closeClipboard()
	w.end()
	w.background.Wait()
	if w.arranged {
		w.rememberLayout()
	}
	return errors.Join(err, w.drivers.Close(), w.occluder.Close())
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

// Open shows a case or a trace. Errors are shown in the window.
func (w *Window) Open(o Opening) {
	switch {
	case o.Trace != nil:
		t, err := timeline.Open(o.Trace, w.drivers.Open)
		if err != nil {
			w.fail("Cannot open the trace", err)
			return
		}
		w.setup = Setup{Case: t.Plan().Case, Driver: o.Trace.Header.DriverID}
		w.show(t, true)
		w.recording = newRecording(w.lasting, o.Trace, t.Recorded(), &w.background, w.changed)
	case o.Case != nil:
		w.Drive(Setup{Case: o.Case, Driver: w.config.Driver})
	}
}

// Drive starts driving a case.
func (w *Window) Drive(u Setup) {
	t, err := w.newTimeline(&u)
	if err != nil {
		w.fail("Cannot drive the scenario", err)
		return
	}
	w.setup = u
	w.show(t, false)
}

// show makes a timeline the drive of the window.
func (w *Window) show(t *timeline.Timeline, trace bool) {
	if err := w.stop(); err != nil {
		w.fail("The previous drive", err)
	}
	w.trace, w.manualInput, w.verdict, w.recording = trace, manualInput{pad: -1}, cachedVerdict{}, nil
	folder, name := w.config.Folder, w.caseName()
	w.player = newPlayer(t, func() string { return timestampedPath(folder, "drives", name, ".trace") }, trace)
	if w.setup.Manual {
		w.takeOver(t)
	}
	w.feed.Chosen = 0
	w.hideEmptyPanels()
	w.screen = driveScreen
	w.in.Unfocus()
}

// fail shows an error in the window.
func (w *Window) fail(what string, err error) { w.messages.Add(ui.Failure, what+": "+err.Error()) }

// LayoutF makes the screen as large as the window in pixels, so that text is sharp at
// any scale.
func (w *Window) LayoutF(width, height float64) (float64, float64) {
	if m := ebiten.Monitor(); m != nil && m.DeviceScaleFactor() > 0 {
		w.scale = m.DeviceScaleFactor()
	}
	return max(1, width*w.scale), max(1, height*w.scale)
}

// Layout is required by ebiten.Game; Ebitengine calls LayoutF instead.
func (w *Window) Layout(width, height int) (int, int) { return width, height }

// Update reads the devices. The next drawn frame uses the input.
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
	w.handleManualInput()
	w.consider(elapsed)
	return nil
}

// Draw handles the input and draws one frame, unless it would look like the last one.
func (w *Window) Draw(to *ebiten.Image) {
	if !w.begin(to) {
		return
	}
	w.size = ui.Point{X: float64(to.Bounds().Dx()) / w.scale, Y: float64(to.Bounds().Dy()) / w.scale}
	if !w.arranged {
		w.arrange()
	}
	w.in.BeginFrame(&w.snap)
	if w.manualInput.mouse {
		w.in.Clicked, w.in.Released = [3]bool{}, [3]bool{}
	}
	if w.in.Clicked[ui.Primary] && w.videoIndicatorArea.Contains(w.in.Pointer) {
		w.in.Clicked[ui.Primary] = false
		w.stopVideo()
	}
	c := w.paint.Begin(to, w.scale)
	c.Fill(c.Theme.Background)
	w.reportErrors()
	w.record()
	w.frame(c)
	w.in.EndFrame(c)
	w.dispatch(w.in)
	w.paint.End()
	ebiten.SetCursorShape(w.in.CursorShape())
	if w.wantScreenshot {
		w.wantScreenshot = false
		w.saveScreenshot(to)
	}
	w.addFrame(to)
	w.drawVideoIndicator(to)
	// The presses are consumed: a frame without an update must not see them again.
	w.snap.Clicked, w.snap.Released, w.snap.Hit, w.snap.Typed, w.snap.Scroll = [3]bool{}, [3]bool{}, nil, nil, ui.Point{}
}

// frame draws the screen and its overlays.
func (w *Window) frame(c *ui.Canvas) {
	switch w.screen {
	case driveScreen:
		w.drawDrive(c)
	case editScreen:
		w.drawEditor(c)
	default:
		w.drawLibrary(c)
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

// drawDrive draws the drive screen: bars and panels.
func (w *Window) drawDrive(c *ui.Canvas) {
	w.feed.Detail = w.detailControl.frame(time.Now(), w.shown().playing)
	w.moment = w.player.moment()
	w.second.Detail = w.feed.Detail
	all := c.Bounds()
	w.drawTop(c.Sub(all.CutTop(barHeight)))
	w.drawTransport(c.Sub(all.CutBottom(transportHeight)))
	shown := w.shown()
	w.drawAhead(&shown)
	w.dock.Draw(c.Sub(all.Inset(4)), w.in)
}
