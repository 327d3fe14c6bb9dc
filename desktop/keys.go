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
	does  func(w *Window)
}

func commands() []command {
	const (
		timing = "Time"
		manual = "Manual control"
		what   = "What if"
		panels = "Panels"
		window = "Window"
	)
	return []command{
		{group: timing, key: ebiten.KeySpace, drive: true, label: "Play or pause", does: func(w *Window) { w.player.toggle() }},
		{group: timing, key: ebiten.KeyPeriod, drive: true, repeat: true, label: "Next step", does: func(w *Window) { w.player.step() }},
		{group: timing, key: ebiten.KeyComma, drive: true, repeat: true, label: "Previous step", does: func(w *Window) { w.stepBack(1) }},
		{group: timing, key: ebiten.KeyBackspace, drive: true, label: "Back 10 s", does: func(w *Window) { w.stepBack(200) }},
		{group: timing, key: ebiten.KeyHome, drive: true, label: "Go to the start", does: func(w *Window) { w.player.seek(0) }},
		{group: timing, key: ebiten.KeyEnd, drive: true, label: "Go to the newest step, or to the end of a trace", does: func(w *Window) { w.player.newest() }},
		{group: timing, key: ebiten.KeyMinus, drive: true, label: "Slower", does: func(w *Window) { w.faster(-1) }},
		{group: timing, key: ebiten.KeyEqual, drive: true, label: "Faster", does: func(w *Window) { w.faster(1) }},
		{group: timing, key: ebiten.KeyR, drive: true, label: "Restart", does: (*Window).restart},
		{group: timing, key: ebiten.KeyN, drive: true, label: "Next seed", does: func(w *Window) { w.nextSeed(1) }},
		{group: timing, key: ebiten.KeyN, shift: true, drive: true, label: "Previous seed", does: func(w *Window) { w.nextSeed(-1) }},
		{group: timing, key: ebiten.KeyP, drive: true, label: "Perception: network or ground truth", does: (*Window).togglePerception},

		{group: manual, key: ebiten.KeyEnter, drive: true, label: "Hand control back to the driver", does: (*Window).handBack},
		{group: manual, key: ebiten.KeyM, drive: true, label: "Mouse steering (left: accelerate, right: brake)", does: (*Window).steerByMouse},

		{group: what, key: ebiten.KeyF, drive: true, label: "Change something from here on", does: (*Window).askWhatIf},
		{group: what, key: ebiten.KeyX, drive: true, label: "Switch to the other branch", does: func(w *Window) { w.player.swap() }},
		{group: what, key: ebiten.KeyG, drive: true, label: "Show or hide the ghosts of the other branch", does: (*Window).ghosts},
		{group: what, key: ebiten.KeyDelete, drive: true, label: "Delete the other branch", does: (*Window).deleteBranch},

		{group: panels, key: ebiten.KeyC, drive: true, label: "View from above or from behind", does: (*Window).toggleChaseView},
		{group: panels, key: ebiten.KeyV, drive: true, label: "Follow the next road user", does: func(w *Window) { w.followNext(1) }},
		{group: panels, key: ebiten.KeyV, shift: true, drive: true, label: "Follow the previous road user", does: func(w *Window) { w.followNext(-1) }},
		{group: panels, key: ebiten.KeyDigit0, drive: true, label: "Reset the panel layout", does: (*Window).standardLayout},

		{group: window, key: ebiten.KeyH, label: "Help", does: (*Window).toggleHelp},
		{group: window, key: ebiten.KeyF1, label: "Help", does: (*Window).toggleHelp},
		{group: window, key: ebiten.KeyB, label: "Scenario library", does: (*Window).showLibrary},
		{group: window, key: ebiten.KeyE, label: "Edit the scenario, or return to the editor", does: (*Window).toEditor},
		{group: window, key: ebiten.KeyEscape, label: "Back", does: (*Window).escape},
		{group: window, key: ebiten.KeyO, ctrl: true, label: "Open a scenario or a trace", does: (*Window).askOpen},
		{group: window, key: ebiten.KeyS, ctrl: true, drive: true, label: "Save the drive as a trace", does: (*Window).saveTrace},
		{group: window, key: ebiten.KeyS, ctrl: true, shift: true, drive: true, label: "Save the drive as…", does: (*Window).askSaveTrace},
		{group: window, key: ebiten.KeyF11, label: "Full screen", does: (*Window).fullScreen},
		{group: window, key: ebiten.KeyF12, label: "Screenshot", does: (*Window).screenshot},
		{group: window, key: ebiten.KeyF9, label: "Start or stop a video of the window (MP4)", does: func(w *Window) { w.toggleVideo(".mp4") }},
		{group: window, key: ebiten.KeyF9, shift: true, label: "Start or stop a video of the window (GIF)", does: func(w *Window) { w.toggleVideo(".gif") }},
		{group: window, key: ebiten.KeyQ, ctrl: true, label: "Leave", does: func(w *Window) { w.leaving = true }},
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

// dispatch runs the commands of pressed keys that no widget took.
func (w *Window) dispatch(in *ui.Input) {
	if in.Typing() || !in.KeysAllowed() {
		return
	}
	for i := range w.commands {
		k := &w.commands[i]
		if k.drive && (w.player == nil || w.screen != driveScreen) || k.shift != in.Shift() || k.ctrl != in.Control() {
			continue
		}
		if k.repeat && in.TakeRepeated(k.key) || !k.repeat && in.TakeKey(k.key) {
			k.does(w)
		}
	}
	if w.screen == driveScreen && !in.Control() {
		w.panelKeys(in)
	}
}

// panelKeys shows or hides panels by number.
func (w *Window) panelKeys(in *ui.Input) {
	for i, p := range w.dock.Panels() {
		if i < 9 && in.TakeKey(ebiten.KeyDigit1+ui.Key(i)) {
			w.dock.Toggle(p.Name())
		}
	}
}
