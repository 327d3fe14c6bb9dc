package desktop

import (
	"fmt"

	"github.com/hajimehoshi/ebiten/v2"
)

// Run opens the window and shows it until it is closed.
func (w *Window) Run() error { return run(w) }

// run shows a game in a window.
func run(game ebiten.Game) error {
	ebiten.SetWindowSize(1280, 720)
	ebiten.SetWindowSizeLimits(480, 320, -1, -1)
	ebiten.SetWindowTitle("roadloop")
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	ebiten.SetWindowClosingHandled(true)
	ebiten.SetTPS(ebiten.SyncWithFPS) // one update for each picture
	ebiten.SetScreenClearedEveryFrame(false)
	if err := ebiten.RunGame(game); err != nil {
		return fmt.Errorf("opening the window: %w\nThe window needs OpenGL 3.2: install a driver for the graphics card, or libgl1-mesa-dri for drawing in software", err)
	}
	return nil
}
