package desktop

import (
	"roadloop/desktop/internal/library"
	"roadloop/desktop/internal/panel"

	"roadloop/desktop/internal/ui"
	"roadloop/perception"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
)

// renamedPanel is a panel with another name and title.
type renamedPanel struct {
	ui.Panel
	name, title string
}

func (n renamedPanel) Name() string  { return n.name }
func (n renamedPanel) Title() string { return n.title }

// makePanels creates all panels.
func (w *Window) makePanels() {
	w.feed = &panel.Feed{Timeline: func() *timeline.Timeline { return w.shown().tape }, At: func() int { return w.shown().at },
		Now: func() float64 { return w.moment }, Seek: func(i int) { w.player.seek(i) }}
	w.second = &panel.Feed{Timeline: func() *timeline.Timeline { return w.shown().other }, At: func() int { return w.shown().at },
		Now: func() float64 { return w.moment }, Seek: func(i int) { w.player.seek(i) }}
	w.feed.OtherBranch, w.second.OtherBranch = w.second, w.feed
	w.feed.Changed, w.second.Changed = w.changed, w.changed
	w.world, w.other = panel.NewWorld(w.feed), panel.NewWorld(w.second)
	view := panel.NewCamera(w.feed)
	w.occluder = panel.NewOccluder(w.openDetectors()...)
	w.occluder.Changed = w.changed
	view.Saliency = w.occluder.Saliency
	w.dock = ui.NewDock([]ui.Panel{
		w.world,
		view,
		panel.NewBelief(w.feed),
		panel.NewPlots(w.feed),
		panel.NewDecision(w.feed),
		panel.NewVerdict(w.feed),
		panel.NewSensors(w.feed),
		&comparison{w: w},
		renamedPanel{w.other, otherPanel, "Other branch"},
		&disagreements{w: w},
	}, standardLayout(w.size.X))
}

// openDetectors returns functions that open separate detectors: the bundled networks and
// the detector that the window was started with.
func (w *Window) openDetectors() (open []func() (perception.Detector, error)) {
	for _, o := range library.Perceptions(w.config.Drivers, w.config.Driver) {
		bundled := o.Perception == runner.CNN
		configured := o.Perception == w.config.Driver.Perception && o.Model == w.config.Driver.Model
		if bundled || configured && o.Perception != runner.Oracle {
			open = append(open, func() (perception.Detector, error) { return w.config.Drivers.OpenDetector(o.DriverID) })
		}
	}
	return open
}

// arrange restores the saved layout, or the standard layout for a window of this size.
func (w *Window) arrange() {
	l := w.rememberedLayout()
	if l == nil {
		l = standardLayout(w.size.X)
	}
	w.dock.SetLayout(l)
	w.arranged = true
}

// Names of panels that the window shows automatically.
const (
	otherPanel   = "other"
	comparePanel = "compare"
	shadowPanel  = "shadow"
)

// largeWidth is the width from which the standard layout shows more panels, in points.
const largeWidth = 1800

// standardLayout returns the standard layout for a width.
func standardLayout(width float64) *ui.Layout {
	l := &ui.Layout{Version: ui.LayoutVersion, Hidden: []string{otherPanel, comparePanel, shadowPanel}}
	views := ui.Column(.58, ui.Stack("camera"), ui.Row(.5, ui.Stack("plots"), ui.Stack("decision")))
	if width >= largeWidth {
		views = ui.Column(.62, ui.Stack("camera"), ui.Row(.5, ui.Stack("plots"), ui.Stack("decision")))
		l.Root = ui.Row(.28, ui.Row(.5, ui.Stack("world"), ui.Stack(otherPanel)),
			ui.Row(.6, views, ui.Column(.5, ui.Stack("belief"), ui.Row(.42, ui.Stack("sensors"), ui.Stack("verdict", comparePanel, shadowPanel)))))
		return l
	}
	l.Root = ui.Row(.24, ui.Column(.5, ui.Stack("world"), ui.Stack(otherPanel)),
		ui.Row(.62, views, ui.Column(.55, ui.Stack("belief", "sensors"), ui.Stack("verdict", comparePanel, shadowPanel))))
	return l
}

// standardLayout restores the standard layout.
func (w *Window) standardLayout() {
	w.dock.SetLayout(standardLayout(w.size.X))
	w.rememberLayout()
}

// shown returns the state of the player, the zero value if there is no drive.
func (w *Window) shown() view {
	if w.player == nil {
		return view{seekAhead: seekAhead{to: -1}}
	}
	return w.player.now()
}
