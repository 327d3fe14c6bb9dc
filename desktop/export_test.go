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
