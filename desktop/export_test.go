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
