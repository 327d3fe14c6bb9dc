package desktop

import (
	"slices"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/ui"
	"roadloop/scenarios"
)

// speeds are how fast time can go.
var speeds = [...]float64{.25, .5, 1, 2, 4, 8}

// faster changes how fast time goes.
func (w *Window) faster(by int) {
	now := w.player.now().speed
	i := slices.Index(speeds[:], now)
	w.player.pace(speeds[max(0, min(len(speeds)-1, i+by))])
}

// back looks at an earlier decision.
func (w *Window) back(decisions int) { w.player.seek(w.player.now().at - decisions) }

// again drives the case from the beginning: a recorded drive as it was recorded.
func (w *Window) again() {
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
		w.fail("The scenario has no such case", err)
		return
	}
	u := w.setup
	u.Case = c
	w.Drive(u)
}

// otherEyes drives again with ground truth in the place of the network, or the other
// way round.
func (w *Window) otherEyes() {
	u := w.setup
	if u.Perception == scenarios.Oracle {
		u.Perception = scenarios.CNN
	} else {
		u.Perception = scenarios.Oracle
	}
	w.Drive(u)
}

func (w *Window) forgetOther() {
	w.player.drop()
	w.hideEmptyPanels()
}

// hideEmptyPanels hides the panels of a second future while there is none.
func (w *Window) hideEmptyPanels() {
	for _, name := range []string{otherPanel, comparePanel} {
		if w.dock.Shown(name) {
			w.dock.Hide(name)
		}
	}
}

func (w *Window) chase() { w.world.Behind = !w.world.Behind }

// ghosts shows where everyone is in the other future, or no longer.
func (w *Window) ghosts() {
	w.world.Ghosts = !w.world.Ghosts
	w.other.Ghosts = w.world.Ghosts
}

func (w *Window) followNext(step int) { w.world.Cycle(step) }

func (w *Window) toggleHelp() { w.help = !w.help }

// browse goes back to the choice of scenarios; the drive waits.
func (w *Window) browse() {
	if w.player != nil {
		w.player.cancelAhead()
		w.player.set(w.player.rest)
	}
	w.hands.mouse = false
	w.screen = browseScreen
}

// escape ends what is the nearest to an end.
func (w *Window) escape() {
	switch {
	case w.hands.mouse:
		w.steerByMouse()
	case w.screen == driveScreen && w.shown().ahead.under():
		w.player.cancelAhead()
	case w.in.Focused():
		w.in.Unfocus()
	case w.screen == driveScreen:
		w.browse()
	case w.player != nil:
		w.screen = driveScreen
	}
}

func (w *Window) fullScreen() { ebiten.SetFullscreen(!ebiten.IsFullscreen()) }

func (w *Window) screenshot() { w.shoot = true }

// handBack lets the driver have the wheel again.
func (w *Window) handBack() {
	if !w.player.now().manual {
		return
	}
	w.hands = hands{pad: -1}
	w.player.set(func() { w.player.hands = nil })
	w.messages.Say(ui.Info, "The driver has the wheel again")
}

// steerByMouse lets the pointer steer, or no longer.
func (w *Window) steerByMouse() {
	w.hands.mouse = !w.hands.mouse
	if w.hands.mouse {
		w.messages.Say(ui.Info, "The mouse steers: left button to go, right to brake; M ends it")
	}
}
