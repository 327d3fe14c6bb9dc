package ui

import (
	"slices"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"
)

// Key is a key of the keyboard.
type Key = ebiten.Key

// MouseButton is a button of the pointer.
type MouseButton = ebiten.MouseButton

// Buttons of the pointer.
const (
	Primary      = ebiten.MouseButtonLeft
	Secondary    = ebiten.MouseButtonRight
	MiddleButton = ebiten.MouseButtonMiddle
)

// Pad is a gamepad with the standard layout.
type Pad struct {
	ID   int
	Name string
	// Stick is the position of the left stick, -1 to 1, x to the right and y down.
	Stick Point
	// Throttle and Brake are the right and the left trigger, 0 to 1.
	Throttle, Brake float64
	// Pressed are the buttons that went down in this frame.
	Pressed []ebiten.StandardGamepadButton
}

// Snapshot is the state of the input devices in one frame.
type Snapshot struct {
	Elapsed float64 // time step of animations, s
	// Rested is the time before that without drawn frames, because nothing changed, s.
	Rested  float64
	Pointer Point // in the window
	Scroll  Point // of the wheel, in notches, y up

	Buttons           [3]bool // held, by MouseButton
	Clicked, Released [3]bool // went down or up in this frame

	Keys  []Key  // held
	Hit   []Key  // went down in this frame
	Typed []rune // text

	Pads []Pad
	// Closing is set when the window is asked to close.
	Closing bool
}

// Source provides the input of a frame: real devices, or a test.
type Source interface {
	// Poll fills the snapshot of a frame. scale is the number of pixels per point.
	Poll(s *Snapshot, scale float64)
}

// Devices are the keyboard, pointer and gamepads of the computer. Poll must be called
// from Ebitengine's Update.
type Devices struct {
	pads []ebiten.GamepadID
}

// Poll reads the devices.
func (d *Devices) Poll(s *Snapshot, scale float64) {
	// The screen has the size of the window in pixels, so the pointer is in pixels.
	x, y := ebiten.CursorPosition()
	s.Pointer = Point{float64(x) / scale, float64(y) / scale}
	s.Scroll.X, s.Scroll.Y = ebiten.Wheel()
	for b := range s.Buttons {
		s.Buttons[b] = ebiten.IsMouseButtonPressed(MouseButton(b))
		s.Clicked[b] = inpututil.IsMouseButtonJustPressed(MouseButton(b))
		s.Released[b] = inpututil.IsMouseButtonJustReleased(MouseButton(b))
	}
	s.Keys = inpututil.AppendPressedKeys(s.Keys[:0])
	s.Hit = inpututil.AppendJustPressedKeys(s.Hit[:0])
	s.Typed = ebiten.AppendInputChars(s.Typed[:0])
	s.Closing = ebiten.IsWindowBeingClosed()
	d.pollPads(s)
}

// pollPads reads the gamepads with a known layout.
func (d *Devices) pollPads(s *Snapshot) {
	s.Pads = s.Pads[:0]
	d.pads = ebiten.AppendGamepadIDs(d.pads[:0])
	slices.Sort(d.pads)
	for _, id := range d.pads {
		if !ebiten.IsStandardGamepadLayoutAvailable(id) {
			continue
		}
		s.Pads = append(s.Pads, Pad{
			ID: int(id), Name: ebiten.GamepadName(id),
			Stick: Point{ebiten.StandardGamepadAxisValue(id, ebiten.StandardGamepadAxisLeftStickHorizontal),
				ebiten.StandardGamepadAxisValue(id, ebiten.StandardGamepadAxisLeftStickVertical)},
			Throttle: ebiten.StandardGamepadButtonValue(id, ebiten.StandardGamepadButtonFrontBottomRight),
			Brake:    ebiten.StandardGamepadButtonValue(id, ebiten.StandardGamepadButtonFrontBottomLeft),
			Pressed:  inpututil.AppendJustPressedStandardGamepadButtons(id, nil),
		})
	}
}
