package ui

import (
	"slices"

	"github.com/hajimehoshi/ebiten/v2"
)

// Input is the input of a frame and the focus. One Input lives as long as the window.
// Between BeginFrame and EndFrame, widgets take their input from it.
type Input struct {
	Snapshot
	// Clipboard is the clipboard of text fields. By default it is limited to the
	// window.
	Clipboard Clipboard

	taken   []Key // of Hit
	repeat  []Key // held keys that repeat now
	heldFor map[Key]float64
	clicked [3]bool // a click was taken
	scroll  bool    // the wheel was taken

	hover         hoverState
	active, focus uint64   // widgets that have the pointer and the focus
	order, places []uint64 // Tab and F6 order
	seen          bool     // the focused widget was drawn in this frame
	ring          bool     // the focus was moved by keys: show the ring
	dragFrom      Point
	grip          Point // where a dragged object was grabbed
	text          bool  // a widget accepts text
	clicks        clicks

	layers       []layerArea // of the last frame, lowest first
	next         []layerArea
	layer        int
	popups       []func(*Canvas)
	menu         menu
	dialogClosed string // title of the dialog that was closed at the end of the last frame
	tooltip      tooltip
	cursor       ebiten.CursorShapeType
}

// layerArea is a rectangle above the rest of the window.
type layerArea struct {
	area  Rect
	modal bool // blocks everything below
}

// hoverState is the widget under the pointer.
type hoverState struct {
	id   uint64
	time float64 // s
}

// NewInput returns an input without devices.
func NewInput() *Input {
	return &Input{heldFor: make(map[Key]float64), Clipboard: &localClipboard{}}
}

// clicks counts successive clicks of the primary button at one place.
type clicks struct {
	n   int
	age float64 // of the last one, s
	at  Point
}

// A click continues the count if it is within clickAgain, s, and clickNear, points, of
// the last one.
const (
	clickAgain = .4
	clickNear  = 4
)

// count processes a frame.
func (k *clicks) count(s *Snapshot) {
	k.age += s.Rested + s.Elapsed
	if !s.Clicked[Primary] {
		return
	}
	if d := s.Pointer.Sub(k.at); k.age > clickAgain || max(d.X, -d.X, d.Y, -d.Y) > clickNear {
		k.n = 0
	}
	k.n, k.age, k.at = k.n+1, 0, s.Pointer
}

// Keys repeat after repeatAfter, then every repeatEvery, in s.
const (
	repeatAfter = .35
	repeatEvery = .05
)

// BeginFrame starts a frame with the state of the devices. The snapshot must not change
// until EndFrame.
func (in *Input) BeginFrame(s *Snapshot) {
	in.Snapshot = *s
	in.taken, in.clicked, in.scroll = in.taken[:0], [3]bool{}, false
	in.order, in.places, in.seen, in.layer, in.text = in.order[:0], in.places[:0], false, 0, false
	in.layers, in.next = in.next, in.layers[:0]
	in.popups = in.popups[:0]
	in.cursor = ebiten.CursorShapeDefault
	if s.Clicked[Primary] {
		in.ring, in.dragFrom = false, s.Pointer
	}
	in.clicks.count(s)
	in.repeatKeys()
}

// repeatKeys finds the held keys that repeat now.
func (in *Input) repeatKeys() {
	in.repeat = in.repeat[:0]
	for k := range in.heldFor {
		if !slices.Contains(in.Keys, k) {
			delete(in.heldFor, k)
		}
	}
	for _, k := range in.Keys {
		t, held := in.heldFor[k]
		if !held {
			in.heldFor[k] = -repeatAfter
			continue
		}
		if t += in.Elapsed; t >= 0 {
			in.repeat = append(in.repeat, k)
			t = -repeatEvery
		}
		in.heldFor[k] = t
	}
}

// EndFrame draws the upper layers, moves the focus, and forgets widgets that are gone.
// c must be the canvas of the whole window.
func (in *Input) EndFrame(c *Canvas) {
	for i := 0; i < len(in.popups); i++ {
		in.popups[i](c)
	}
	in.popups = in.popups[:0]
	in.drawTooltip(c)
	if !in.seen {
		in.focus = 0
	}
	if in.TakeKey(ebiten.KeyTab) {
		in.moveFocus(in.order, in.Shift())
	}
	if in.TakeKey(ebiten.KeyF6) {
		in.moveFocus(in.places, in.Shift())
	}
	if in.Clicked[Primary] && !in.clicked[Primary] {
		in.focus = 0
	}
	if !in.Buttons[Primary] {
		in.active = 0
	}
}

// moveFocus focuses the next or previous widget among some.
func (in *Input) moveFocus(among []uint64, back bool) {
	n := len(in.order)
	i, step := slices.Index(in.order, in.focus), 1
	if back {
		i, step = max(0, i), n-1
	}
	for range n {
		i = (i + step) % n
		if slices.Contains(among, in.order[i]) {
			in.focus, in.ring = in.order[i], true
			return
		}
	}
}

// Shift reports whether a shift key is held.
func (in *Input) Shift() bool { return in.Held(ebiten.KeyShift) }

// Control reports whether a control key, or the command key of a Mac, is held.
func (in *Input) Control() bool { return in.Held(ebiten.KeyControl) || in.Held(ebiten.KeyMeta) }

// Held reports whether a key is held.
func (in *Input) Held(k Key) bool { return slices.Contains(in.Keys, k) }

// TakeKey reports whether a key went down in this frame, and consumes it.
func (in *Input) TakeKey(k Key) bool {
	if !slices.Contains(in.Hit, k) || slices.Contains(in.taken, k) {
		return false
	}
	in.taken = append(in.taken, k)
	return true
}

// TakeRepeated is TakeKey for a key that repeats while it is held.
func (in *Input) TakeRepeated(k Key) bool {
	if slices.Contains(in.repeat, k) && !slices.Contains(in.taken, k) {
		in.taken = append(in.taken, k)
		return true
	}
	return in.TakeKey(k)
}

// Typing reports whether a widget accepts text, so that letters are not commands.
func (in *Input) Typing() bool { return in.text }

// Focused reports whether a widget has the focus.
func (in *Input) Focused() bool { return in.focus != 0 }

// Unfocus removes the focus.
func (in *Input) Unfocus() { in.focus = 0 }

// Pos returns the position of the pointer on a canvas.
func (in *Input) Pos(c *Canvas) Point { return in.Pointer.Sub(Point{c.area.X, c.area.Y}) }

// Over reports whether the pointer is over a rectangle of the canvas and no layer
// covers it.
func (in *Input) Over(c *Canvas, r Rect) bool {
	return c.ToWindow(r).Intersect(c.clip).Contains(in.Pointer) && in.reachable()
}

// reachable reports whether the pointer is on the current layer.
func (in *Input) reachable() bool {
	top := 0
	for i, l := range in.layers {
		if l.modal || l.area.Contains(in.Pointer) {
			top = i + 1
		}
	}
	return in.layer >= top
}

// KeysAllowed reports whether the current layer may take keys: there is no dialog above it.
func (in *Input) KeysAllowed() bool {
	for i, l := range in.layers {
		if l.modal && in.layer <= i {
			return false
		}
	}
	return true
}

// Click reports whether a button went down over a rectangle, and consumes the click.
func (in *Input) Click(c *Canvas, r Rect, b MouseButton) bool {
	if !in.Clicked[b] || in.clicked[b] || !in.Over(c, r) {
		return false
	}
	in.clicked[b] = true
	return true
}

// ScrollOver returns the scroll distance over a rectangle, and consumes it.
func (in *Input) ScrollOver(c *Canvas, r Rect) Point {
	if in.scroll || in.Scroll == (Point{}) || !in.Over(c, r) {
		return Point{}
	}
	in.scroll = true
	return in.Scroll
}

// Drag makes a rectangle of the canvas draggable. by is the distance since the button
// went down on it; done is true in the frame of the release.
func (in *Input) Drag(c *Canvas, name string, r Rect) (by Point, dragging, done bool) {
	id := hash(c.scope, name)
	if in.Click(c, r, Primary) {
		in.active = id
	}
	if in.active != id {
		return Point{}, false, false
	}
	return in.Pointer.Sub(in.dragFrom), true, in.Released[Primary]
}

// Cursor sets the shape of the pointer in this frame.
func (in *Input) Cursor(shape ebiten.CursorShapeType) { in.cursor = shape }

// CursorShape returns the shape of the pointer.
func (in *Input) CursorShape() ebiten.CursorShapeType { return in.cursor }

// Overlay draws a layer above the rest of the window at the end of the frame, in a
// rectangle of the window. The layer takes the pointer there. A modal layer blocks
// pointer and keys for everything below.
func (in *Input) Overlay(area Rect, modal bool, draw func(c *Canvas)) {
	in.next = append(in.next, layerArea{area, modal})
	layer := len(in.next)
	in.popups = append(in.popups, func(c *Canvas) {
		before := in.layer
		in.layer = layer
		if modal {
			in.order, in.places = in.order[:0], in.places[:0] // the focus stays inside
		}
		draw(c.Sub(area))
		in.layer = before
	})
}
