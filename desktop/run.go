package desktop

import (
	"fmt"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
)

// Run opens the window and shows it until it is closed.
func (w *Window) Run() error { return run(resting{w}) }

// resting is a window that reads the devices less often while nothing changes.
type resting struct{ *Window }

// Update waits before it reads the devices where the last frames were not drawn.
func (r resting) Update() error {
	if r.idle.skipped > restAfter {
		pause(r.lasting, r.idle.wake, restFor)
	}
	return r.Window.Update()
}

const (
	// restAfter is the time without a change after which the window rests, s.
	restAfter = 1
	// restFor is how long it rests at once: input is seen that much later.
	restFor = 25 * time.Millisecond
)

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
