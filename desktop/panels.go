package desktop

import (
	"roadloop/desktop/panel"
	"roadloop/desktop/panel/belief"
	"roadloop/desktop/panel/camera"
	"roadloop/desktop/panel/decision"
	"roadloop/desktop/panel/plots"
	"roadloop/desktop/panel/senses"
	"roadloop/desktop/panel/verdict"
	"roadloop/desktop/panel/world"
	"roadloop/desktop/ui"
	"roadloop/scenarios/tape"
)

// named is a panel under another name.
type named struct {
	ui.Panel
	name, title string
}

func (n named) Name() string  { return n.name }
func (n named) Title() string { return n.title }

// makePanels makes all panels and puts them where they were the last time.
func (w *Window) makePanels() {
	w.feed = &panel.Feed{Tape: func() *tape.Tape { return w.shown().tape }, At: func() int { return w.shown().at },
		Seek: func(i int) { w.player.seek(i) }}
	w.second = &panel.Feed{Tape: func() *tape.Tape { return w.shown().other }, At: func() int { return w.shown().at },
		Seek: func(i int) { w.player.seek(i) }}
	w.world = world.New(w.feed)
	w.dock = ui.NewDock([]ui.Panel{
		w.world,
		camera.New(w.feed),
		belief.New(w.feed),
		plots.New(w.feed),
		decision.New(w.feed),
		verdict.New(w.feed),
		senses.New(w.feed),
		&comparison{w: w},
		named{world.New(w.second), otherPanel, "Other future"},
		&shadow{w: w},
	}, w.rememberedLayout())
}

// Names of panels that the window itself shows when they are needed.
const (
	otherPanel   = "other"
	comparePanel = "compare"
	shadowPanel  = "shadow"
)

// standardLayout is where panels are at first.
func standardLayout() *ui.Layout {
	return &ui.Layout{
		Version: ui.LayoutVersion,
		Root: ui.Row(.62,
			ui.Column(.62, ui.Row(.66, ui.Stack("world", "camera"), ui.Stack(otherPanel)), ui.Row(.5, ui.Stack("plots"), ui.Stack("decision"))),
			ui.Column(.58, ui.Stack("belief", "senses"), ui.Stack("verdict", comparePanel, shadowPanel))),
		Hidden: []string{otherPanel, comparePanel, shadowPanel},
	}
}

// standardLayout puts all panels where they were at first.
func (w *Window) standardLayout() {
	w.dock.SetLayout(standardLayout())
	w.rememberLayout()
}

// shown returns what is looked at, nothing where nothing is driven.
func (w *Window) shown() view {
	if w.player == nil {
		return view{}
	}
	return w.player.now()
}
