package desktop

import (
	"fmt"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/timeline"
	"roadloop/sim/vehicle"
)

// handleManualInput applies manual control. A key, the pointer with mouse steering, or a gamepad
// starts a takeover.
func (w *Window) handleManualInput() {
	w.watchPads()
	if w.player == nil || w.screen != driveScreen || w.help || w.whatIf != nil || w.choosing != nil || w.in.Typing() {
		return
	}
	v := w.player.now()
	f := v.tape.StepAt(v.at)
	if f == nil {
		return
	}
	now := *w.in
	now.Snapshot = w.snap
	command, touched := w.manualInput.drive(&now, w.size.X, f.World.Ego().State.Speed)
	if w.in.FocusVisible() && !w.manualInput.mouse && w.manualInput.pad < 0 {
		touched = false // the arrow keys belong to the focused widget
	}
	if !touched && !v.manual {
		w.manualInput.steer, w.manualInput.accel = 0, 0
		return
	}
	if !v.manual && !w.takeOver(v.tape) {
		return
	}
	w.player.set(func() {
		w.player.manualInput = &command
		if touched {
			w.player.play()
		}
	})
}

// takeOver starts a takeover. If an earlier frame is shown, it creates a branch there. It
// reports whether there is a drive.
func (w *Window) takeOver(t *timeline.Timeline) bool {
	w.player.cancelAhead()
	v := w.player.now()
	switch last := t.Len() - 1; {
	case v.at < last:
		if err := w.player.fork(true); err != nil {
			w.fail("Cannot take over here", err)
			return false
		}
	case t.Over():
		return false
	}
	w.player.set(func() {
		w.player.manualInput = new(vehicle.Command)
		w.player.play()
	})
	w.messages.Add(ui.Info, "You drive. Press Enter to hand back")
	w.dock.Show(shadowPanel)
	return true
}

// watchPads shows messages about gamepads. The drive pauses if the one in control is
// disconnected.
func (w *Window) watchPads() {
	here := make(map[int]string, len(w.snap.Pads))
	for i := range w.snap.Pads {
		p := &w.snap.Pads[i]
		here[p.ID] = p.Name
		if _, known := w.pads[p.ID]; !known {
			w.messages.Add(ui.Info, fmt.Sprintf("Gamepad %s connected: stick steers, triggers accelerate and brake", p.Name))
		}
	}
	for id, name := range w.pads {
		if _, still := here[id]; still {
			continue
		}
		text := fmt.Sprintf("Gamepad %s disconnected", name)
		if w.player != nil && w.player.now().manual {
			w.player.set(func() {
				w.player.rest()
				w.player.manualInput = new(vehicle.Command)
			})
			text += "; the drive is paused. Reconnect it, use the arrow keys, or press Enter to hand back"
		}
		w.messages.Add(ui.Warning, text)
	}
	w.pads = here
}
