package desktop

import (
	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/library"
)

// NewPose returns the game that Pose runs. Tests run it themselves.
func NewPose(w *Window, path string, seconds float64) (ebiten.Game, error) {
	return newPose(w, path, seconds)
}

// LastDrive returns the last drive of a scenario that the library has recorded.
func LastDrive(w *Window, slug string) (library.DriveResult, bool) { return w.browser.LastDrive(slug) }

// Drawn returns the number of drawn frames.
func Drawn(w *Window) int { return w.idle.drawn }

// Change reports a background change to the window.
func Change(w *Window) { w.changed() }

// Waiting returns the number of library thumbnails in progress.
func Waiting(w *Window) int { return w.browser.Waiting() }

// Helping reports whether the help is open.
func Helping(w *Window) bool { return w.help }

// Filming reports whether a video is in progress.
func Filming(w *Window) bool { return w.videoCapture != nil }

// Shows reports whether the dock shows a panel.
func Shows(w *Window, panel string) bool { return w.dock.Shown(panel) }
