package desktop

import (
	"slices"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// speeds are the playback speeds.
var speeds = [...]float64{.25, .5, 1, 2, 4, 8}

// faster changes the playback speed by a number of entries of speeds.
func (w *Window) faster(by int) {
	now := w.player.now().speed
	i := slices.Index(speeds[:], now)
	w.player.setSpeed(speeds[max(0, min(len(speeds)-1, i+by))])
}

// stepBack goes back a number of steps.
func (w *Window) stepBack(decisions int) { w.player.seek(w.player.now().at - decisions) }

// restart restarts the drive. A recorded drive is re-driven from its trace.
func (w *Window) restart() {
	if w.recording != nil {
		w.Open(Opening{Trace: w.recording.trace})
		return
	}
	w.Drive(w.setup)
}

// nextSeed drives the same scenario with another seed.
func (w *Window) nextSeed(by int) {
	seed := w.setup.Case.Seed
	if by < 0 && seed == 0 {
		return
	}
	c, err := w.setup.Case.Scenario.Case(seed + uint64(by))
	if err != nil {
		w.fail("No such case", err)
		return
	}
	u := w.setup
	u.Case = c
	w.Drive(u)
}

// togglePerception restarts the drive with oracle perception instead of a detector, or the
// reverse with the detector that the window was started with.
func (w *Window) togglePerception() {
	u := w.setup
	d := trace.DriverID{Name: u.Driver.Name, Perception: runner.Oracle}
	if u.Driver.Perception == runner.Oracle {
		if d.Perception, d.Model = w.config.Driver.Perception, w.config.Driver.Model; d.Perception == runner.Oracle {
			d.Perception = runner.CNN
		}
	}
	u.Driver = d
	w.Drive(u)
}

func (w *Window) deleteBranch() {
	w.player.drop()
	w.hideEmptyPanels()
}

// hideEmptyPanels hides the panels of the second branch if there is none.
func (w *Window) hideEmptyPanels() {
	for _, name := range []string{otherPanel, comparePanel} {
		if w.dock.Shown(name) {
			w.dock.Hide(name)
		}
	}
}

func (w *Window) toggleChaseView() { w.world.ChaseView = !w.world.ChaseView }

// ghosts shows or hides the road users of the other branch.
func (w *Window) ghosts() {
	w.world.Ghosts = !w.world.Ghosts
	w.other.Ghosts = w.world.Ghosts
}

func (w *Window) followNext(step int) { w.world.Cycle(step) }

func (w *Window) toggleHelp() { w.help = !w.help }

// showLibrary returns to the library; the drive pauses.
func (w *Window) showLibrary() {
	if w.player != nil {
		w.player.cancelAhead()
		w.player.set(w.player.rest)
	}
	w.manualInput.mouse = false
	w.screen = libraryScreen
}

// escape closes what is on top.
func (w *Window) escape() {
	switch {
	case w.manualInput.mouse:
		w.steerByMouse()
	case w.screen == driveScreen && w.shown().seekAhead.active():
		w.player.cancelAhead()
	case w.in.Focused():
		w.in.Unfocus()
	case w.screen == driveScreen:
		w.showLibrary()
	case w.player != nil:
		w.screen = driveScreen
	}
}

func (w *Window) fullScreen() { ebiten.SetFullscreen(!ebiten.IsFullscreen()) }

func (w *Window) screenshot() { w.wantScreenshot = true }

// handBack ends the takeover.
func (w *Window) handBack() {
	if !w.player.now().manual {
		return
	}
	w.manualInput = manualInput{pad: -1}
	w.player.set(func() { w.player.manualInput = nil })
	w.messages.Add(ui.Info, "The driver is in control")
}

// steerByMouse turns mouse steering on or off.
func (w *Window) steerByMouse() {
	w.manualInput.mouse = !w.manualInput.mouse
	if w.manualInput.mouse {
		w.messages.Add(ui.Info, "Mouse steering on: left button accelerates, right button brakes; M turns it off")
	}
}
