package uitest

import (
	"slices"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
)

// FrameTime is the length of a simulated frame, in s.
const FrameTime = 1. / 60

// User simulates a user. It is a ui.Source. Actions take effect in the next frame;
// presses end in the frame after it.
type User struct {
	now  ui.Snapshot
	lift []ui.MouseButton // released in the frame after the next
	up   []ui.Key
	pads []ui.Pad
}

// Poll returns the actions since the last frame.
func (h *User) Poll(s *ui.Snapshot, _ float64) {
	*s = h.now
	s.Elapsed = FrameTime
	s.Keys, s.Hit, s.Typed = slices.Clone(h.now.Keys), slices.Clone(h.now.Hit), slices.Clone(h.now.Typed)
	s.Pads = slices.Clone(h.pads)
	h.now.Hit, h.now.Typed, h.now.Scroll = nil, nil, ui.Point{}
	h.now.Clicked, h.now.Released, h.now.Closing = [3]bool{}, [3]bool{}, false
	for i := range h.pads {
		h.pads[i].Pressed = nil
	}
	for _, b := range h.lift {
		h.now.Buttons[b], h.now.Released[b] = false, true
	}
	for _, k := range h.up {
		h.Release(k)
	}
	h.lift, h.up = nil, nil
}

// Point moves the pointer.
func (h *User) Point(x, y float64) { h.now.Pointer = ui.Point{X: x, Y: y} }

// Down presses the primary button at the pointer.
func (h *User) Down() { h.now.Buttons[ui.Primary], h.now.Clicked[ui.Primary] = true, true }

// Up releases the primary button.
func (h *User) Up() { h.now.Buttons[ui.Primary], h.now.Released[ui.Primary] = false, true }

// Click presses a button at a position. It is released in the next frame.
func (h *User) Click(x, y float64, b ui.MouseButton) {
	h.Point(x, y)
	h.now.Buttons[b], h.now.Clicked[b] = true, true
	h.lift = append(h.lift, b)
}

// Scroll turns the wheel.
func (h *User) Scroll(notches float64) { h.now.Scroll.Y += notches }

// Hold presses a key and keeps it down.
func (h *User) Hold(k ui.Key) {
	h.now.Keys = append(h.now.Keys, k)
	h.now.Hit = append(h.now.Hit, k)
}

// Release releases a key.
func (h *User) Release(k ui.Key) {
	h.now.Keys = slices.DeleteFunc(h.now.Keys, func(q ui.Key) bool { return q == k })
}

// Press presses a key for one frame, with other keys held.
func (h *User) Press(k ui.Key, with ...ui.Key) {
	h.now.Keys = append(h.now.Keys, with...)
	h.Hold(k)
	h.up = append(append(h.up, k), with...)
}

// Type types text.
func (h *User) Type(s string) { h.now.Typed = append(h.now.Typed, []rune(s)...) }

// Close asks the window to close.
func (h *User) Close() { h.now.Closing = true }

// ConnectPads replaces the connected gamepads.
func (h *User) ConnectPads(pads ...ui.Pad) { h.pads = pads }

// PressPad presses a button of a gamepad for one frame.
func (h *User) PressPad(i int, b ebiten.StandardGamepadButton) {
	h.pads[i].Pressed = append(h.pads[i].Pressed, b)
}
