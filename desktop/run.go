package desktop

import (
	"fmt"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
)

// Run opens the window and shows it until it is closed.
func (w *window) Run() error { return run(idleWindow{w}) }

// idleWindow is a window that reads the devices less often while nothing changes.
type idleWindow struct{ *window }

// Update waits before it reads the devices if the last frames were skipped.
func (r idleWindow) Update() error {
	if r.idle.skipped > restAfter {
		pause(r.lasting, r.idle.wake, restFor)
	}
	return r.window.Update()
}

const (
	// restAfter is the time without a change after which the window rests, s.
	restAfter = 1
	// restFor is the length of a rest, s. It delays input by at most that time.
	restFor = 25 * time.Millisecond
)

// run shows a game in a window.
func run(game ebiten.Game) error {
	ebiten.SetWindowSize(1280, 720)
	ebiten.SetWindowSizeLimits(480, 320, -1, -1)
	ebiten.SetWindowTitle("roadloop")
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	ebiten.SetWindowClosingHandled(true)
	ebiten.SetTPS(ebiten.SyncWithFPS) // one update per frame
	ebiten.SetScreenClearedEveryFrame(false)
	if err := ebiten.RunGame(game); err != nil {
		return fmt.Errorf("opening the window: %w\nThe window needs OpenGL 3.2: install a graphics driver, or libgl1-mesa-dri for software rendering", err)
	}
	return nil
}
