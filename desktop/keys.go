package desktop

import (
	"strings"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/ui"
)

// command is something that can be asked for by a key. The table of all of them
// both dispatches keys and makes the help.
type command struct {
	group  string
	key    ui.Key
	shift  bool
	ctrl   bool
	repeat bool
	// drive tells that it is about a drive: without one it does nothing.
	drive bool
	label string
	does  func(w *Window)
}

// commands returns the table of keys.
func commands() []command {
	const (
		timing = "Time"
		wheel  = "At the wheel"
		what   = "What if"
		panels = "Panels"
		window = "Window"
	)
	return []command{
		{group: timing, key: ebiten.KeySpace, drive: true, label: "Play or pause", does: func(w *Window) { w.player.toggle() }},
		{group: timing, key: ebiten.KeyPeriod, drive: true, repeat: true, label: "One decision on", does: func(w *Window) { w.player.step() }},
		{group: timing, key: ebiten.KeyComma, drive: true, repeat: true, label: "One decision back", does: func(w *Window) { w.back(1) }},
		{group: timing, key: ebiten.KeyBackspace, drive: true, label: "Ten seconds back", does: func(w *Window) { w.back(200) }},
		{group: timing, key: ebiten.KeyHome, drive: true, label: "To the beginning", does: func(w *Window) { w.player.seek(0) }},
		{group: timing, key: ebiten.KeyEnd, drive: true, label: "To the newest, or to the end of a recorded drive", does: func(w *Window) { w.player.newest() }},
		{group: timing, key: ebiten.KeyMinus, drive: true, label: "Slower", does: func(w *Window) { w.faster(-1) }},
		{group: timing, key: ebiten.KeyEqual, drive: true, label: "Faster", does: func(w *Window) { w.faster(1) }},
		{group: timing, key: ebiten.KeyR, drive: true, label: "Again from the beginning", does: (*Window).again},
		{group: timing, key: ebiten.KeyN, drive: true, label: "Next seed", does: func(w *Window) { w.nextSeed(1) }},
		{group: timing, key: ebiten.KeyN, shift: true, drive: true, label: "Seed before", does: func(w *Window) { w.nextSeed(-1) }},
		{group: timing, key: ebiten.KeyP, drive: true, label: "Perception: network or ground truth", does: (*Window).otherEyes},

		{group: wheel, key: ebiten.KeyEnter, drive: true, label: "Hand back to the driver", does: (*Window).handBack},
		{group: wheel, key: ebiten.KeyM, drive: true, label: "Steer with the mouse (buttons: go, brake)", does: (*Window).steerByMouse},

		{group: what, key: ebiten.KeyF, drive: true, label: "Change something from here on", does: (*Window).askWhatIf},
		{group: what, key: ebiten.KeyX, drive: true, label: "Go on with the other future", does: func(w *Window) { w.player.swap() }},
		{group: what, key: ebiten.KeyG, drive: true, label: "Ghosts of the other future in the world", does: (*Window).ghosts},
		{group: what, key: ebiten.KeyDelete, drive: true, label: "Forget the other future", does: (*Window).forgetOther},

		{group: panels, key: ebiten.KeyC, drive: true, label: "World from above or from behind", does: (*Window).chase},
		{group: panels, key: ebiten.KeyV, drive: true, label: "Follow the next road user", does: func(w *Window) { w.followNext(1) }},
		{group: panels, key: ebiten.KeyV, shift: true, drive: true, label: "Follow the one before", does: func(w *Window) { w.followNext(-1) }},
		{group: panels, key: ebiten.KeyDigit0, drive: true, label: "Panels as they were at first", does: (*Window).standardLayout},

		{group: window, key: ebiten.KeyH, label: "This help", does: (*Window).toggleHelp},
		{group: window, key: ebiten.KeyF1, label: "This help", does: (*Window).toggleHelp},
		{group: window, key: ebiten.KeyB, label: "Choose a scenario", does: (*Window).browse},
		{group: window, key: ebiten.KeyE, label: "Edit the scenario, or go on editing", does: (*Window).toEditor},
		{group: window, key: ebiten.KeyEscape, label: "Back", does: (*Window).escape},
		{group: window, key: ebiten.KeyO, ctrl: true, label: "Open a scenario or a recorded drive", does: (*Window).askOpen},
		{group: window, key: ebiten.KeyS, ctrl: true, drive: true, label: "Save the drive as a trace", does: (*Window).saveTrace},
		{group: window, key: ebiten.KeyS, ctrl: true, shift: true, drive: true, label: "Save the drive under a name", does: (*Window).askSaveTrace},
		{group: window, key: ebiten.KeyF11, label: "Full screen", does: (*Window).fullScreen},
		{group: window, key: ebiten.KeyF12, label: "Picture of the window", does: (*Window).screenshot},
		{group: window, key: ebiten.KeyF9, label: "Film the window as MP4, or end the film", does: func(w *Window) { w.film(".mp4") }},
		{group: window, key: ebiten.KeyF9, shift: true, label: "Film the window as GIF", does: func(w *Window) { w.film(".gif") }},
		{group: window, key: ebiten.KeyQ, ctrl: true, label: "Leave", does: func(w *Window) { w.leaving = true }},
	}
}

// keyNames are those of keys whose own name says little.
var keyNames = map[ui.Key]string{
	ebiten.KeyPeriod: ".", ebiten.KeyComma: ",", ebiten.KeyMinus: "−", ebiten.KeyEqual: "+ or =", ebiten.KeyEscape: "Esc",
	ebiten.KeyBackspace: "Backspace", ebiten.KeyDelete: "Del", ebiten.KeyDigit0: "0",
}

// keyName returns what is on the key of a command.
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

// dispatch does what the keys ask for that no widget took.
func (w *Window) dispatch(in *ui.Input) {
	if in.Typing() || !in.Keyed() {
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

// panelKeys shows and hides panels by their numbers.
func (w *Window) panelKeys(in *ui.Input) {
	for i, p := range w.dock.Panels() {
		if i < 9 && in.TakeKey(ebiten.KeyDigit1+ui.Key(i)) {
			w.dock.Toggle(p.Name())
		}
	}
}
