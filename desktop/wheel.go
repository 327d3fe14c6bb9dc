package desktop

import (
	"fmt"

	"roadloop/desktop/ui"
	"roadloop/scenarios/tape"
	"roadloop/sim/vehicle"
)

// wheel lets whoever sits before the screen drive: touching a key, the pointer where
// it steers, or a gamepad takes the wheel.
func (w *Window) wheel() {
	w.watchPads()
	if w.player == nil || w.screen != driveScreen || w.help || w.whatIf != nil || w.choosing != nil || w.in.Typing() {
		return
	}
	v := w.player.now()
	f := v.tape.Frame(v.at)
	if f == nil {
		return
	}
	now := *w.in
	now.Snapshot = w.snap
	command, touched := w.hands.drive(&now, w.size.X, f.World.Ego().State.Speed)
	if w.in.Marked() && !w.hands.mouse && w.hands.pad < 0 {
		touched = false // the arrow keys are for the widget that has them
	}
	if !touched && !v.manual {
		w.hands.steer, w.hands.accel = 0, 0
		return
	}
	if !v.manual && !w.take(v.tape) {
		return
	}
	w.player.set(func() {
		w.player.hands = &command
		if touched {
			w.player.play()
		}
	})
}

// take puts the hands at the wheel. Where an earlier decision is looked at they make
// a future of their own from there. It reports whether there is anything to drive.
func (w *Window) take(t *tape.Tape) bool {
	w.player.cancelAhead()
	v := w.player.now()
	switch last := t.Len() - 1; {
	case v.at < last:
		if err := w.player.fork(true); err != nil {
			w.fail("You cannot take the wheel here", err)
			return false
		}
	case t.Over():
		return false
	}
	w.player.set(func() {
		w.player.hands = new(vehicle.Command)
		w.player.play()
	})
	w.messages.Say(ui.Info, "You drive. Enter hands back")
	w.dock.Show(shadowPanel)
	return true
}

// watchPads tells of gamepads that come and go. The drive waits for one that drove.
func (w *Window) watchPads() {
	here := make(map[int]string, len(w.snap.Pads))
	for i := range w.snap.Pads {
		p := &w.snap.Pads[i]
		here[p.ID] = p.Name
		if _, known := w.pads[p.ID]; !known {
			w.messages.Say(ui.Info, fmt.Sprintf("Gamepad %s: stick steers, triggers go and brake", p.Name))
		}
	}
	for id, name := range w.pads {
		if _, still := here[id]; still {
			continue
		}
		text := fmt.Sprintf("Gamepad %s is gone", name)
		if w.player != nil && w.player.now().manual {
			w.player.set(func() {
				w.player.rest()
				w.player.hands = new(vehicle.Command)
			})
			text += ": the drive waits. Plug it in again, use the arrow keys, or press Enter to hand back"
		}
		w.messages.Say(ui.Caution, text)
	}
	w.pads = here
}
