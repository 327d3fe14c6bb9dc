package desktop

import (
	"math"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/timeline"
)

// idle decides which frames are drawn. A frame that would look like the last one is
// skipped: drawing takes most of the window's processor time.
type idle struct {
	changed atomic.Bool   // something changed in the background
	wake    chan struct{} // wakes a resting window

	polled  time.Time   // when the devices were last read
	skipped float64     // s since the last frame that was drawn
	tail    float64     // s for which frames are still drawn after the last change
	before  ui.Snapshot // input of the last wanted frame
	focused bool
	drive   driveState // of the last update
	size    ui.Point   // of the last frame, px
	wanted  bool       // the next frame is to be drawn
	drawn   int        // frames so far
	shown   float64    // s since the screen was last presented
}

const (
	// tail is how long frames are drawn after a change, s. It covers animations and the
	// delay of tooltips.
	tail = .9
	// longestFrame is the longest time step of animations, s.
	longestFrame = .1
	// hurryFrame is the time between frames during a seek ahead, which needs the
	// processors, s.
	hurryFrame = .1
	// showEvery is the time after which an unchanged frame is presented again, s.
	// Displays that do not keep covered contents need it.
	showEvery = 5
)

// driveState is what the window shows of a drive. Equal states look the same while the
// drive is paused.
type driveState struct {
	view                view
	frames, otherFrames int
	over, otherOver     bool
	failed, saveFailed  bool
}

// driveState returns the state of the drive, the zero value if there is none.
func (w *Window) driveState() driveState {
	if w.player == nil {
		return driveState{}
	}
	d := driveState{view: w.player.now(), saveFailed: w.player.saveErr() != nil}
	d.failed, d.view.err = d.view.err != nil, nil // errors may not be comparable
	d.frames, d.over = progress(d.view.tape)
	d.otherFrames, d.otherOver = progress(d.view.other)
	return d
}

func progress(t *timeline.Timeline) (frames int, over bool) {
	if t == nil {
		return 0, false
	}
	return t.Len(), t.Over()
}

// changed requests the next frame. It may be called from any goroutine.
func (w *Window) changed() {
	w.idle.changed.Store(true)
	signal(w.idle.wake)
}

// consider decides whether the next frame is drawn, after reading the devices.
func (w *Window) consider(elapsed float64) {
	k := &w.idle
	k.skipped += elapsed
	k.shown += elapsed
	k.tail = max(0, k.tail-elapsed)
	drive, focused := w.driveState(), ebiten.IsFocused()
	news := w.touched() || focused != k.focused
	k.wanted = k.changed.Swap(false) || w.leftMessages() <= k.skipped || k.wanted
	k.focused = focused
	switch {
	case drive == k.drive:
	case drive.view.seekAhead.active() && k.drive.view.seekAhead.active():
		k.wanted = k.wanted || k.skipped >= hurryFrame
	default:
		news = true
	}
	k.drive = drive
	if news {
		k.tail = tail
	}
	k.wanted = k.wanted || news || k.tail > 0 || w.moving(&drive)
}

// moving reports whether the window's contents change by themselves.
func (w *Window) moving(d *driveState) bool {
	switch {
	case w.videoCapture != nil || w.wantScreenshot || w.posing:
		return true
	case w.screen == editScreen:
		return w.editor.Playing()
	}
	return d.view.playing && w.screen == driveScreen
}

// leftMessages returns the time until a message disappears, s.
func (w *Window) leftMessages() float64 {
	left := w.messages.NextExpiry()
	if w.screen == editScreen {
		left = min(left, w.editor.NextExpiry())
	}
	return left
}

// touched reports whether there is input that a frame could show.
func (w *Window) touched() bool {
	a, b := &w.idle.before, &w.snap
	inside := func(p ui.Point) bool { return ui.Rect{W: w.size.X, H: w.size.Y}.Contains(p) }
	touched := a.Pointer != b.Pointer && (inside(a.Pointer) || inside(b.Pointer)) ||
		a.Buttons != b.Buttons || b.Buttons != [3]bool{} || b.Clicked != [3]bool{} || b.Released != [3]bool{} ||
		b.Scroll != (ui.Point{}) || len(b.Keys) > 0 || len(a.Keys) > 0 || len(b.Hit) > 0 || len(b.Typed) > 0 ||
		!slices.EqualFunc(a.Pads, b.Pads, samePad)
	if touched {
		w.idle.before = *b
		w.idle.before.Keys, w.idle.before.Pads = slices.Clone(b.Keys), slices.Clone(b.Pads)
	}
	return touched
}

// samePad reports whether a gamepad is unchanged, except for sensor noise.
func samePad(a, b ui.Pad) bool {
	near := func(x, y float64) bool { return math.Abs(x-y) < deadZone }
	return a.ID == b.ID && near(a.Stick.X, b.Stick.X) && near(a.Stick.Y, b.Stick.Y) &&
		near(a.Throttle, b.Throttle) && near(a.Brake, b.Brake) && len(b.Pressed) == 0
}

// begin reports whether a frame is to be drawn, and sets the time since the last one.
func (w *Window) begin(to *ebiten.Image) bool {
	k := &w.idle
	size := ui.Point{X: float64(to.Bounds().Dx()), Y: float64(to.Bounds().Dy())}
	if !k.wanted && size == k.size {
		w.showAgain(to)
		return false
	}
	if size != k.size {
		k.tail = tail
	}
	k.size, k.wanted = size, false
	w.snap.Elapsed = min(k.skipped, longestFrame)
	w.snap.Rested = k.skipped - w.snap.Elapsed
	k.skipped, k.shown = 0, 0
	k.drawn++
	return true
}

// showAgain presents the last drawn frame again from time to time.
func (w *Window) showAgain(to *ebiten.Image) {
	if w.idle.shown < showEvery {
		return
	}
	w.idle.shown = 0
	if w.clear == nil {
		w.clear = ebiten.NewImage(1, 1)
	}
	to.DrawImage(w.clear, nil) // Ebitengine presents a screen that was drawn to
}
