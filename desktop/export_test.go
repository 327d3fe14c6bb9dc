package desktop

import (
	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/browser"
)

// NewPose returns the game that Pose runs; tests run in a game of their own.
func NewPose(w *Window, path string, seconds float64) (ebiten.Game, error) {
	return newPose(w, path, seconds)
}

// LastDrive returns what the library remembers of the last drive of a scenario.
func LastDrive(w *Window, slug string) (browser.Record, bool) { return w.browser.LastDrive(slug) }

// Drawn returns how many frames were drawn.
func Drawn(w *Window) int { return w.idle.drawn }

// Change has the window do as if something had come from the background.
func Change(w *Window) { w.changed() }

// Waiting returns how many pictures of the library are being made.
func Waiting(w *Window) int { return w.browser.Waiting() }

// Helping reports whether the help is open, Filming whether the window is filmed, and Shows
// whether the dock shows a panel.
func Helping(w *Window) bool { return w.help }

// Filming is described above.
func Filming(w *Window) bool { return w.filming != nil }

// Shows is described above.
func Shows(w *Window, panel string) bool { return w.dock.Shown(panel) }
