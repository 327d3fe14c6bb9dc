package desktop

import "github.com/hajimehoshi/ebiten/v2"

// NewPose returns the game that Pose runs; tests run in a game of their own.
func NewPose(w *Window, path string, seconds float64) (ebiten.Game, error) {
	return newPose(w, path, seconds)
}
