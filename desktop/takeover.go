package desktop

import (
	"fmt"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/timeline"
	"roadloop/sim/vehicle"
)

// handleManualInput applies manual control. A key, the pointer with mouse steering, or a gamepad
// starts a takeover. allowed is false while another screen or a dialog is shown.
func (d *drive) handleManualInput(snap *ui.Snapshot, allowed bool) {
	d.watchPads(snap.Pads)
	if d.player == nil || !allowed || d.in.Typing() {
		return
	}
	v := d.player.now()
	f := v.tape.StepAt(v.at)
	if f == nil {
		return
	}
	now := *d.in
	now.Snapshot = *snap
	command, touched := d.manual.drive(&now, d.size.X, f.World.Ego().State.Speed)
	if d.in.FocusVisible() && !d.manual.mouse && d.manual.pad < 0 {
		touched = false // the arrow keys belong to the focused widget
	}
	if !touched && !v.manual {
		d.manual.steer, d.manual.accel = 0, 0
		return
	}
	if !v.manual && !d.takeOver(v.tape) {
		return
	}
	d.player.set(func() {
		d.player.manualInput = &command
		if touched {
			d.player.play()
		}
	})
}

// takeOver starts a takeover. If an earlier frame is shown, it creates a branch there. It
// reports whether there is a drive.
func (d *drive) takeOver(t *timeline.Timeline) bool {
	d.player.cancelAhead()
	v := d.player.now()
	switch last := t.Len() - 1; {
	case v.at < last:
		if err := d.player.fork(true); err != nil {
			d.fail("Cannot take over here", err)
			return false
		}
	case t.Over():
		return false
	}
	d.player.set(func() {
		d.player.manualInput = new(vehicle.Command)
		d.player.play()
	})
	d.messages.Add(ui.Info, "You drive. Press Enter to hand back")
	d.show(shadowPanel)
	return true
}

// watchPads shows messages about gamepads. The drive pauses if the one in control is
// disconnected.
func (d *drive) watchPads(pads []ui.Pad) {
	here := make(map[int]string, len(pads))
	for i := range pads {
		p := &pads[i]
		here[p.ID] = p.Name
		if _, known := d.pads[p.ID]; !known {
			d.messages.Add(ui.Info, fmt.Sprintf("Gamepad %s connected: stick steers, triggers accelerate and brake", p.Name))
		}
	}
	for id, name := range d.pads {
		if _, still := here[id]; still {
			continue
		}
		text := fmt.Sprintf("Gamepad %s disconnected", name)
		if d.player != nil && d.player.now().manual {
			d.player.set(func() {
				d.player.rest()
				d.player.manualInput = new(vehicle.Command)
			})
			text += "; the drive is paused. Reconnect it, use the arrow keys, or press Enter to hand back"
		}
		d.messages.Add(ui.Warning, text)
	}
	d.pads = here
}

// handBack ends the takeover.
func (d *drive) handBack() {
	if !d.player.now().manual {
		return
	}
	d.manual = manualInput{pad: -1}
	d.player.set(func() { d.player.manualInput = nil })
	d.messages.Add(ui.Info, "The driver is in control")
}

// steerByMouse turns mouse steering on or off.
func (d *drive) steerByMouse() {
	d.manual.mouse = !d.manual.mouse
	if d.manual.mouse {
		d.messages.Add(ui.Info, "Mouse steering on: left button accelerates, right button brakes; M turns it off")
	}
}
