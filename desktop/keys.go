package desktop

import (
	"strings"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
)

// command is an action with a key. The table of commands dispatches keys and generates
// the help.
type command struct {
	group  string
	key    ui.Key
	shift  bool
	ctrl   bool
	repeat bool
	// drive means that the command needs a drive.
	drive bool
	label string
	does  func(w *window)
}

func commands() []command {
	const (
		timing = "Time"
		manual = "Manual control"
		what   = "What if"
		panels = "Panels"
		frame  = "Window"
	)
	return []command{
		{group: timing, key: ebiten.KeySpace, drive: true, label: "Play or pause", does: func(w *window) { w.drive.player.toggle() }},
		{group: timing, key: ebiten.KeyPeriod, drive: true, repeat: true, label: "Next step", does: func(w *window) { w.drive.player.step() }},
		{group: timing, key: ebiten.KeyComma, drive: true, repeat: true, label: "Previous step", does: func(w *window) { w.drive.stepBack(1) }},
		{group: timing, key: ebiten.KeyBackspace, drive: true, label: "Back 10 s", does: func(w *window) { w.drive.stepBack(200) }},
		{group: timing, key: ebiten.KeyHome, drive: true, label: "Go to the start", does: func(w *window) { w.drive.player.seek(0) }},
		{group: timing, key: ebiten.KeyEnd, drive: true, label: "Go to the newest step, or to the end of a trace", does: func(w *window) { w.drive.player.newest() }},
		{group: timing, key: ebiten.KeyMinus, drive: true, label: "Slower", does: func(w *window) { w.drive.faster(-1) }},
		{group: timing, key: ebiten.KeyEqual, drive: true, label: "Faster", does: func(w *window) { w.drive.faster(1) }},
		{group: timing, key: ebiten.KeyR, drive: true, label: "Restart", does: func(w *window) { w.drive.restart() }},
		{group: timing, key: ebiten.KeyN, drive: true, label: "Next seed", does: func(w *window) { w.drive.nextSeed(1) }},
		{group: timing, key: ebiten.KeyN, shift: true, drive: true, label: "Previous seed", does: func(w *window) { w.drive.nextSeed(-1) }},
		{group: timing, key: ebiten.KeyP, drive: true, label: "Perception: network or ground truth", does: func(w *window) { w.drive.togglePerception() }},

		{group: manual, key: ebiten.KeyEnter, drive: true, label: "Hand control back to the driver", does: func(w *window) { w.drive.handBack() }},
		{group: manual, key: ebiten.KeyM, drive: true, label: "Mouse steering (left: accelerate, right: brake)", does: func(w *window) { w.drive.steerByMouse() }},

		{group: what, key: ebiten.KeyF, drive: true, label: "Change something from here on", does: func(w *window) { w.whatIf.ask() }},
		{group: what, key: ebiten.KeyX, drive: true, label: "Switch to the other branch", does: func(w *window) { w.drive.player.swap() }},
		{group: what, key: ebiten.KeyG, drive: true, label: "Show or hide the ghosts of the other branch", does: func(w *window) { w.panels.toggleGhosts() }},
		{group: what, key: ebiten.KeyDelete, drive: true, label: "Delete the other branch", does: func(w *window) { w.panels.deleteBranch() }},

		{group: panels, key: ebiten.KeyC, drive: true, label: "View from above or from behind", does: func(w *window) { w.panels.world.ChaseView = !w.panels.world.ChaseView }},
		{group: panels, key: ebiten.KeyV, drive: true, label: "Follow the next road user", does: func(w *window) { w.panels.world.Cycle(1) }},
		{group: panels, key: ebiten.KeyV, shift: true, drive: true, label: "Follow the previous road user", does: func(w *window) { w.panels.world.Cycle(-1) }},
		{group: panels, key: ebiten.KeyDigit0, drive: true, label: "Reset the panel layout", does: func(w *window) { w.panels.reset() }},

		{group: frame, key: ebiten.KeyH, label: "Help", does: func(w *window) { w.help.toggle() }},
		{group: frame, key: ebiten.KeyF1, label: "Help", does: func(w *window) { w.help.toggle() }},
		{group: frame, key: ebiten.KeyB, label: "Scenario library", does: (*window).showLibrary},
		{group: frame, key: ebiten.KeyE, label: "Edit the scenario, or return to the editor", does: (*window).toEditor},
		{group: frame, key: ebiten.KeyEscape, label: "Back", does: (*window).escape},
		{group: frame, key: ebiten.KeyO, ctrl: true, label: "Open a scenario, a trace or a policy", does: func(w *window) { w.files.askOpen() }},
		{group: frame, key: ebiten.KeyS, ctrl: true, drive: true, label: "Save the drive as a trace", does: func(w *window) { w.drive.saveTrace() }},
		{group: frame, key: ebiten.KeyS, ctrl: true, shift: true, drive: true, label: "Save the drive as…", does: func(w *window) { w.files.askSave() }},
		{group: frame, key: ebiten.KeyF11, label: "Full screen", does: func(*window) { ebiten.SetFullscreen(!ebiten.IsFullscreen()) }},
		{group: frame, key: ebiten.KeyF12, label: "Screenshot", does: func(w *window) { w.capture.screenshot = true }},
		{group: frame, key: ebiten.KeyF9, label: "Start or stop a video of the window (MP4)", does: func(w *window) { w.capture.toggleVideo(".mp4") }},
		{group: frame, key: ebiten.KeyF9, shift: true, label: "Start or stop a video of the window (GIF)", does: func(w *window) { w.capture.toggleVideo(".gif") }},
		{group: frame, key: ebiten.KeyQ, ctrl: true, label: "Leave", does: func(w *window) { w.leaving = true }},
	}
}

// keyNames are display names for keys with unclear names.
var keyNames = map[ui.Key]string{
	ebiten.KeyPeriod: ".", ebiten.KeyComma: ",", ebiten.KeyMinus: "−", ebiten.KeyEqual: "+ or =", ebiten.KeyEscape: "Esc",
	ebiten.KeyBackspace: "Backspace", ebiten.KeyDelete: "Del", ebiten.KeyDigit0: "0",
}

// keyName returns the display name of a command's key.
func (k *command) keyName() string {
	name, ok := keyNames[k.key]
	if !ok {
		name = strings.TrimPrefix(k.key.String(), "Digit")
	}
	if k.shift {
		name = "Shift " + name
	}
	if k.ctrl {
		name = "Ctrl " + name
	}
	return name
}

// keymap runs the commands of a window by their keys.
type keymap struct {
	window   *window
	commands []command
}

// dispatch runs the commands of pressed keys that no widget took. driving reports that the
// drive screen is shown.
func (m *keymap) dispatch(in *ui.Input, driving bool) {
	if in.Typing() || !in.KeysAllowed() {
		return
	}
	for i := range m.commands {
		k := &m.commands[i]
		if k.drive && !driving || k.shift != in.Shift() || k.ctrl != in.Control() {
			continue
		}
		if k.repeat && in.TakeRepeated(k.key) || !k.repeat && in.TakeKey(k.key) {
			k.does(m.window)
		}
	}
}
