package main

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/scenarios"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
)

// loop runs the tests inside Ebitengine's loop, where pixels can be read.
type loop struct {
	m    *testing.M
	code int
}

func (l *loop) Update() error {
	l.code = l.m.Run()
	return ebiten.Termination
}
func (l *loop) Draw(*ebiten.Image)         {}
func (l *loop) Layout(int, int) (int, int) { return width, height }

func TestMain(m *testing.M) {
	l := &loop{m: m, code: 1}
	if err := ebiten.RunGame(l); err != nil && !errors.Is(err, ebiten.Termination) {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(l.code)
}

func open(t *testing.T, name string) *window {
	t.Helper()
	s, err := scenarios.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWindow([]*scenarios.Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	return w
}

// The window drives the scenario and shows it: the world moves on, the network
// finds the car ahead, and the picture has many colors.
func TestWindowDrivesAndShows(t *testing.T) {
	w := open(t, "braking-lead")
	for range 30 {
		if err := w.step(); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := w.session.World().Time(), 30*clock.DriverPeriod; got != want {
		t.Errorf("after 30 steps it is %v, want %v", got, want)
	}
	if scene := w.moment.Thoughts.Scene; scene == nil || len(scene.Tracks) == 0 {
		t.Error("the car ahead is not tracked")
	}
	screen := ebiten.NewImage(width, height)
	w.Draw(screen)
	pixels := make([]byte, 4*width*height)
	screen.ReadPixels(pixels)
	colors := map[[3]byte]bool{}
	for i := 0; i < len(pixels); i += 4 {
		colors[[3]byte(pixels[i:i+3])] = true
	}
	if len(colors) < 500 {
		t.Errorf("%d colors on the screen", len(colors))
	}
	f, err := os.Create(filepath.Join(t.ArtifactDir(), "window.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, &image.RGBA{Pix: pixels, Stride: 4 * width, Rect: image.Rect(0, 0, width, height)}); err != nil {
		t.Fatal(err)
	}
}

// Who takes the wheel drives: full braking stops the car that the stack would
// have kept rolling, and an oracle does not change that.
func TestHandsOverrideTheStack(t *testing.T) {
	w := open(t, "curve")
	w.oracle = true
	if err := w.restart(); err != nil {
		t.Fatal(err)
	}
	w.manual, w.hands = true, vehicle.Command{Accel: -6}
	for range 100 {
		if err := w.step(); err != nil {
			t.Fatal(err)
		}
	}
	if v := w.session.World().Ego().State.Speed; v > .1 {
		t.Errorf("still %.1f m/s after 5 s of braking", v)
	}
	if err := w.restart(); err != nil {
		t.Fatal(err)
	}
	if w.manual || w.session.World().Time() != 0 {
		t.Error("a restart does not begin anew")
	}
}
