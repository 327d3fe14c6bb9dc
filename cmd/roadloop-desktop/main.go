// Command roadloop-desktop opens a window on a scenario: what the camera sees with
// what the network finds in it, the road from above with truth and belief, and why
// the car does what it does. Drive yourself with the arrow keys.
//
// It needs a display: without one Ebitengine panics at program start.
package main

import (
	"fmt"
	"os"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/scenarios"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "roadloop-desktop:", err)
		os.Exit(2)
	}
}

func run(args []string) error {
	list, err := scenarios.Library()
	if err != nil {
		return err
	}
	if len(args) > 1 || len(args) == 1 && (args[0] == "-h" || args[0] == "--help") {
		return fmt.Errorf("usage: roadloop-desktop [SCENARIO]; H in the window shows the keys")
	}
	if len(args) == 1 {
		s, err := scenarios.Find(args[0])
		if err != nil {
			return err
		}
		list = append([]*scenarios.Scenario{s}, list...)
	}
	w, err := newWindow(list)
	if err != nil {
		return err
	}
	defer w.close()
	ebiten.SetWindowSize(width, height)
	ebiten.SetWindowTitle("roadloop")
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	return ebiten.RunGame(w)
}
