package main

import (
	"context"
	"fmt"
	"image/color"
	"math"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"roadloop"
	"roadloop/assets"
	"roadloop/perception/inference"
	"roadloop/scenarios"
	"roadloop/sim/clock"
	"roadloop/sim/gpu"
	"roadloop/sim/rig"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
	"roadloop/sim/stage"
	"roadloop/sim/vehicle"
)

// Size of the window and of the camera's picture in it.
const (
	width, height = 1280, 720
	cameraWidth   = 800
	cameraHeight  = 480
)

// window is the program: a scenario being driven, and how it is shown.
type window struct {
	list    []*scenarios.Scenario
	at      int // in list
	seed    uint64
	oracle  bool
	crew    [2]scenarios.Crew // network and oracle
	session *roadloop.Session
	plan    *scenarios.Plan
	moment  *roadloop.Moment
	log     []string

	paused, help bool
	speed        int // decisions per three frames
	frame        int
	hands        vehicle.Command // of who drives by keys
	manual       bool

	stage    *stage.Stage
	renderer *gpu.Renderer
	camera   *ebiten.Image
	display  scene.List
	calib    sensor.Camera
}

func newWindow(list []*scenarios.Scenario) (*window, error) {
	model, err := assets.Model()
	if err != nil {
		return nil, err
	}
	w := &window{list: list, seed: 1, speed: 1, calib: sensor.FrontCamera()}
	eyes, err := inference.Open(scenarios.CNN, model)
	if err != nil {
		return nil, err
	}
	if w.crew[0], err = scenarios.NewCrew(scenarios.Stack, eyes); err != nil {
		return nil, err
	}
	if w.crew[1], err = scenarios.NewCrew(scenarios.Stack, nil); err != nil {
		return nil, err
	}
	w.renderer = gpu.New(&w.calib, cameraWidth, cameraHeight)
	w.camera = ebiten.NewImage(cameraWidth, cameraHeight)
	return w, w.restart()
}

func (w *window) close() {
	for _, c := range w.crew {
		_ = c.Close() // the program ends
	}
}

// restart begins the chosen scenario anew.
func (w *window) restart() error {
	c, err := w.list[w.at].Case(w.seed)
	if err != nil {
		return err
	}
	if w.plan, err = c.Compile(); err != nil {
		return err
	}
	crew := w.crew[0]
	if w.oracle {
		crew = w.crew[1]
	}
	driver := crew.Driver(w.plan)
	if w.oracle {
		w.plan.Drive.Rig = rig.Off()
	}
	if w.session, err = roadloop.NewSession(&w.plan.Drive, driver); err != nil {
		return err
	}
	if w.stage, err = stage.New(w.plan.Drive.World.Map); err != nil {
		return err
	}
	w.moment, w.log, w.frame, w.manual, w.hands = nil, nil, 0, false, vehicle.Command{}
	return w.decide()
}

// decide lets the driver make its next decision.
func (w *window) decide() (err error) {
	w.moment, err = w.session.Decide(context.Background())
	return err
}

// Update handles keys and moves the world on: one decision every three frames at
// normal speed, which is 20 a second.
func (w *window) Update() error {
	if inpututil.IsKeyJustPressed(ebiten.KeyEscape) {
		return ebiten.Termination
	}
	if err := w.keys(); err != nil {
		return err
	}
	w.steer()
	w.frame++
	if w.paused || w.frame%3 != 0 {
		return nil
	}
	for range w.speed {
		if err := w.step(); err != nil {
			return err
		}
	}
	return nil
}

// step moves the world on by one decision, unless the case is over.
func (w *window) step() error {
	if w.session.Done() {
		return nil
	}
	var hands *vehicle.Command
	if w.manual {
		hands = &w.hands
	}
	w.session.Advance(hands)
	for _, e := range w.session.End().Events {
		who := ""
		if int(e.Actor) < len(w.plan.Names) && e.Actor > 0 {
			who = " " + w.plan.Names[e.Actor]
		}
		w.log = append(w.log, fmt.Sprintf("%v  %s%s", e.Time, e.Kind, who))
	}
	return w.decide()
}

// keys handles what is pressed once.
func (w *window) keys() error {
	pressed := inpututil.IsKeyJustPressed
	switch {
	case pressed(ebiten.KeySpace):
		w.paused = !w.paused
	case pressed(ebiten.KeyPeriod):
		w.paused = true
		return w.step()
	case pressed(ebiten.KeyH):
		w.help = !w.help
	case pressed(ebiten.KeyR):
		return w.restart()
	case pressed(ebiten.KeyP):
		w.oracle = !w.oracle
		return w.restart()
	case pressed(ebiten.KeyN):
		w.seed++
		return w.restart()
	case pressed(ebiten.KeyPageDown), pressed(ebiten.KeyTab):
		w.at = (w.at + 1) % len(w.list)
		return w.restart()
	case pressed(ebiten.KeyPageUp):
		w.at = (w.at + len(w.list) - 1) % len(w.list)
		return w.restart()
	case pressed(ebiten.KeyDigit1):
		w.speed = 1
	case pressed(ebiten.KeyDigit2):
		w.speed = 2
	case pressed(ebiten.KeyDigit4):
		w.speed = 4
	case pressed(ebiten.KeyEnter):
		w.manual = false
	}
	return nil
}

// steer turns held arrow keys into a command. Touching one takes the wheel.
func (w *window) steer() {
	held := func(a, b ebiten.Key) bool { return ebiten.IsKeyPressed(a) || ebiten.IsKeyPressed(b) }
	left, right := held(ebiten.KeyArrowLeft, ebiten.KeyA), held(ebiten.KeyArrowRight, ebiten.KeyD)
	up, down := held(ebiten.KeyArrowUp, ebiten.KeyW), held(ebiten.KeyArrowDown, ebiten.KeyS)
	if left || right || up || down {
		w.manual = true
	}
	if !w.manual {
		return
	}
	target := 0.0
	if left {
		target += .35
	}
	if right {
		target -= .35
	}
	v := w.session.World().Ego().State.Speed
	target /= 1 + v*v/120 // what a hand does with the wheel at speed
	w.hands.Steer += math.Max(-.012, math.Min(.012, target-w.hands.Steer))
	w.hands.Accel = 0
	if up {
		w.hands.Accel = 2.5
	}
	if down {
		w.hands.Accel = -6
	}
}

// Layout keeps the picture's size whatever the window's is.
func (w *window) Layout(int, int) (int, int) { return width, height }

// compose fills the display list of the camera for this moment.
func (w *window) compose() {
	world := w.session.World()
	w.stage.Compose(&w.display, &stage.View{
		View:   scene.View{Cal: &w.calib, Ego: world.Ego().State.Pose, Time: world.Time()},
		Actors: world.Actors(), Signals: world.Signals(), Conditions: world.Conditions(),
	})
}

// Draw shows the moment.
func (w *window) Draw(screen *ebiten.Image) {
	screen.Fill(color.RGBA{24, 27, 31, 255})
	w.compose()
	w.renderer.Draw(w.camera, &w.display)
	w.drawFindings()
	op := &ebiten.DrawImageOptions{}
	op.GeoM.Translate(12, 12)
	screen.DrawImage(w.camera, op)
	w.drawAbove(screen)
	w.drawText(screen)
	if w.help {
		w.drawHelp(screen)
	}
}

// title says which case this is and who drives.
func (w *window) title() string {
	perception := "cnn"
	if w.oracle {
		perception = "oracle"
	}
	who := "stack, " + perception
	if w.manual {
		who = "you (Enter hands back)"
	}
	return fmt.Sprintf("%s   seed %d   driver: %s", w.list[w.at].Name, w.seed, who)
}

// status says how far the drive is.
func (w *window) status() string {
	world := w.session.World()
	state := fmt.Sprintf("x%d", w.speed)
	switch {
	case w.session.Done():
		state = "over (R: again, Tab: next)"
	case w.paused:
		state = "paused"
	}
	return fmt.Sprintf("%6.2f / %.0f s   %3.0f km/h   %s", world.Time().Seconds(),
		(w.plan.Drive.Duration / clock.PerSecond * clock.PerSecond).Seconds(), 3.6*world.Ego().State.Speed, state)
}
