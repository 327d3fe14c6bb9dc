package desktop

import (
	"math"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
)

// held returns an input with keys held.
func held(keys ...ui.Key) *ui.Input {
	in := ui.NewInput()
	in.Elapsed, in.Keys = 1./60, keys
	return in
}

// A key turns the wheel gradually, less at speed. The wheel returns after the release.
func TestKeysSteerSmoothly(t *testing.T) {
	for _, speed := range []float64{0, 10, 30} {
		h := manualInput{pad: -1}
		limit := min(maxSteer, math.Atan(maxLateral*wheelbase/max(1, speed*speed)))
		before := 0.0
		for range 120 {
			c, touched := h.drive(held(ebiten.KeyArrowLeft), 1280, speed)
			if !touched || c.Steer < before-1e-12 || c.Steer-before > limit/20 {
				t.Fatalf("at %.0f m/s the wheel jumps from %.4f to %.4f", speed, before, c.Steer)
			}
			before = c.Steer
		}
		if math.Abs(before-limit) > 1e-9 {
			t.Errorf("at %.0f m/s held for long it turns %.3f, want %.3f", speed, before, limit)
		}
		if lateral := speed * speed * math.Tan(before) / wheelbase; lateral > maxLateral+1e-9 {
			t.Errorf("at %.0f m/s the lateral acceleration is %.1f m/s²", speed, lateral)
		}
		for range 60 {
			h.drive(held(), 1280, speed)
		}
		if h.steer != 0 {
			t.Errorf("at %.0f m/s the wheel stays at %.4f", speed, h.steer)
		}
	}
}

func TestGamepadAndMouseDrive(t *testing.T) {
	in := held()
	in.Pads = []ui.Pad{{ID: 3, Stick: ui.Point{X: .5}, Throttle: .5}}
	h := manualInput{pad: -1}
	c, touched := h.drive(in, 1280, 5)
	if !touched || h.pad != 3 || c.Steer >= 0 || math.Abs(c.Accel-maxAccel/2) > 1e-9 {
		t.Errorf("the gamepad gives %+v", c)
	}
	in.Pads[0] = ui.Pad{ID: 3, Stick: ui.Point{X: .05, Y: 1}}
	if _, touched := h.drive(in, 1280, 5); touched {
		t.Error("a stick at rest starts a takeover")
	}
	h = manualInput{pad: -1, mouse: true}
	in = held()
	in.Pointer, in.Buttons[ui.Secondary] = ui.Point{X: 320}, true
	if c, _ = h.drive(in, 1280, 5); c.Steer <= 0 || c.Accel != -maxBrake {
		t.Errorf("the mouse gives %+v", c)
	}
}

// No two commands have the same key, and the help lists all of them.
func TestKeyTable(t *testing.T) {
	w := keymap{commands: commands()}
	listed := map[string]bool{}
	for _, r := range w.helpRows() {
		if listed[r.key] && r.key != "" {
			t.Errorf("%s does two things", r.key)
		}
		listed[r.key] = true
	}
	for i := range w.commands {
		k := &w.commands[i]
		if !listed[k.keyName()] || k.does == nil || k.label == "" {
			t.Errorf("%s is not in the help or does nothing", k.keyName())
		}
	}
}
