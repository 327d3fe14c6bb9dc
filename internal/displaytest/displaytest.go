// Package displaytest runs tests that render on the GPU, which need a display, and starts
// displays without a screen for tests that need one of their own.
package displaytest

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"
)

// loop runs the tests within one update, in which images can be drawn and read.
type loop struct {
	m    *testing.M
	code int
}

func (l *loop) Update() error {
	l.code = l.m.Run()
	return ebiten.Termination
}
func (l *loop) Draw(*ebiten.Image)         {}
func (l *loop) Layout(int, int) (int, int) { return 1280, 720 }

// Main runs the tests of a package inside Ebitengine's loop. Call it from TestMain.
// It does not return.
func Main(m *testing.M) {
	l := &loop{m: m, code: 1}
	if err := ebiten.RunGame(l); err != nil && !errors.Is(err, ebiten.Termination) {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(l.code)
}
