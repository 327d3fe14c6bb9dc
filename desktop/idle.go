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
	drive   driveState    // of the last update
	size    ui.Point      // of the last frame, px
	scale   float64       // of the last frame, px per point
	clear   *ebiten.Image // a pixel without color
	wanted  bool          // the next frame is to be drawn
	drawn   int           // frames so far
	shown   float64       // s since the screen was last presented
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

// state returns what the window shows of the drive, the zero value if there is none.
func (d *drive) state() driveState {
	if d.player == nil {
		return driveState{}
	}
	s := driveState{view: d.player.now(), saveFailed: d.player.saveErr() != nil}
	s.failed, s.view.err = s.view.err != nil, nil // errors may not be comparable
	s.frames, s.over = progress(s.view.tape)
	s.otherFrames, s.otherOver = progress(s.view.other)
	return s
}

func progress(t *timeline.Timeline) (frames int, over bool) {
	if t == nil {
		return 0, false
	}
	return t.Len(), t.Over()
}

// change requests the next frame. It may be called from any goroutine.
func (k *idle) change() {
	k.changed.Store(true)
	signal(k.wake)
}

// activity is what the window would show now.
type activity struct {
	snap    *ui.Snapshot // of the devices
	drive   driveState
	expires float64 // time until a message disappears, s
	moving  bool    // the contents change by themselves
}

// consider decides whether the next frame is drawn, after reading the devices.
func (k *idle) consider(elapsed float64, now *activity) {
	k.skipped += elapsed
	k.shown += elapsed
	k.tail = max(0, k.tail-elapsed)
	focused := ebiten.IsFocused()
	news := k.touched(now.snap) || focused != k.focused
	k.wanted = k.changed.Swap(false) || now.expires <= k.skipped || k.wanted
	k.focused = focused
	switch {
	case now.drive == k.drive:
	case now.drive.view.seekAhead.active() && k.drive.view.seekAhead.active():
		k.wanted = k.wanted || k.skipped >= hurryFrame
	default:
		news = true
	}
	k.drive = now.drive
	if news {
		k.tail = tail
	}
	k.wanted = k.wanted || news || k.tail > 0 || now.moving
}

// touched reports whether there is input that a frame could show.
func (k *idle) touched(b *ui.Snapshot) bool {
	a := &k.before
	inside := func(p ui.Point) bool { return ui.Rect{W: k.size.X, H: k.size.Y}.Contains(p.Mul(k.scale)) }
	touched := a.Pointer != b.Pointer && (inside(a.Pointer) || inside(b.Pointer)) ||
		a.Buttons != b.Buttons || b.Buttons != [3]bool{} || b.Clicked != [3]bool{} || b.Released != [3]bool{} ||
		b.Scroll != (ui.Point{}) || len(b.Keys) > 0 || len(a.Keys) > 0 || len(b.Hit) > 0 || len(b.Typed) > 0 ||
		!slices.EqualFunc(a.Pads, b.Pads, samePad)
	if touched {
		k.before = *b
		k.before.Keys, k.before.Pads = slices.Clone(b.Keys), slices.Clone(b.Pads)
	}
	return touched
}

// samePad reports whether a gamepad is unchanged, except for sensor noise.
func samePad(a, b ui.Pad) bool {
	near := func(x, y float64) bool { return math.Abs(x-y) < deadZone }
	return a.ID == b.ID && near(a.Stick.X, b.Stick.X) && near(a.Stick.Y, b.Stick.Y) &&
		near(a.Throttle, b.Throttle) && near(a.Brake, b.Brake) && len(b.Pressed) == 0
}

// begin reports whether a frame is to be drawn on a screen, and sets the time since the last
// one.
func (k *idle) begin(to *ebiten.Image, scale float64, snap *ui.Snapshot) bool {
	size := ui.Point{X: float64(to.Bounds().Dx()), Y: float64(to.Bounds().Dy())}
	if !k.wanted && size == k.size {
		k.showAgain(to)
		return false
	}
	if size != k.size {
		k.tail = tail
	}
	k.size, k.scale, k.wanted = size, scale, false
	snap.Elapsed = min(k.skipped, longestFrame)
	snap.Rested = k.skipped - snap.Elapsed
	k.skipped, k.shown = 0, 0
	k.drawn++
	return true
}

// showAgain presents the last drawn frame again from time to time.
func (k *idle) showAgain(to *ebiten.Image) {
	if k.shown < showEvery {
		return
	}
	k.shown = 0
	if k.clear == nil {
		k.clear = ebiten.NewImage(1, 1)
	}
	to.DrawImage(k.clear, nil) // Ebitengine presents a screen that was drawn to
}
