package desktop

import (
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"roadloop/desktop/internal/library"
	"roadloop/desktop/internal/panel"
	"roadloop/sim/actor"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/drivers"
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

// panels are the panels of the drive screen, with their data and layout.
type panels struct {
	*shell
	drive        *drive
	feed, second *panel.Feed  // of the drive, and of the other branch
	moment       float64      // shown in this frame, in decisions
	world, other *panel.World // of the drive, and of the other branch
	occluder     *panel.Occluder
	dock         *ui.Dock
	detail       detailControl
	arranged     bool // the dock has the saved layout
	policy       bool // a trained policy drives, in one of the branches
}

// newPanels creates all panels of a drive.
func newPanels(s *shell, d *drive) *panels {
	p := &panels{shell: s, drive: d}
	p.feed = p.newFeed(func(v *view) *timeline.Timeline { return v.tape })
	p.second = p.newFeed(func(v *view) *timeline.Timeline { return v.other })
	p.feed.OtherBranch, p.second.OtherBranch = p.second, p.feed
	p.world, p.other = panel.NewWorld(p.feed), panel.NewWorld(p.second)
	camera := panel.NewCamera(p.feed)
	p.occluder = panel.NewOccluder(p.openDetectors()...)
	p.occluder.Changed = s.changed
	camera.Saliency = p.occluder.Saliency
	p.dock = ui.NewDock([]ui.Panel{
		p.world,
		camera,
		panel.NewBelief(p.feed),
		panel.NewPlots(p.feed),
		panel.NewDecision(p.feed),
		panel.NewVerdict(p.feed),
		panel.NewSensors(p.feed),
		panel.NewPolicy(p.feed),
		&comparison{panels: p},
		renamedPanel{p.other, otherPanel, "Other branch"},
		&disagreements{drive: d},
	}, standardLayout(s.size.X))
	return p
}

// newFeed returns the feed of a branch.
func (p *panels) newFeed(branch func(*view) *timeline.Timeline) *panel.Feed {
	return &panel.Feed{
		Timeline: func() *timeline.Timeline { v := p.drive.shown(); return branch(&v) },
		At:       func() int { return p.drive.shown().at },
		Now:      func() float64 { return p.moment },
		Seek:     func(i int) { p.drive.player.seek(i) },
		Changed:  p.changed,
	}
}

// begin prepares the panels for another drive.
func (p *panels) begin() {
	p.feed.Chosen = actor.Ego
	p.hideEmpty()
	policy := p.drive.player.now().tape.DriverID().Name == drivers.PolicyDriver
	if policy != p.policy { // otherwise the user has it as wanted
		p.showPolicy(policy)
	}
}

// showPolicy shows or hides the panel of trained policies.
func (p *panels) showPolicy(shown bool) {
	p.policy = shown
	switch {
	case shown:
		p.dock.Show(policyPanel)
	case p.dock.Shown(policyPanel):
		p.dock.Hide(policyPanel)
	}
}

// draw draws the panels at the shown time.
func (p *panels) draw(c *ui.Canvas) {
	p.feed.Detail = p.detail.frame(time.Now(), p.drive.shown().playing)
	p.second.Detail = p.feed.Detail
	p.dock.Draw(c, p.in)
}

// openDetectors returns functions that open separate detectors: the bundled networks and
// the detector that the window was started with.
func (p *panels) openDetectors() (open []func() (perception.Detector, error)) {
	for _, o := range library.Perceptions(p.registry, p.wanted) {
		bundled := o.Perception == runner.CNN
		configured := o.Perception == p.wanted.Perception && o.Model == p.wanted.Model
		if bundled || configured && o.Perception != runner.Oracle {
			open = append(open, func() (perception.Detector, error) { return p.registry.OpenDetector(o.DriverID) })
		}
	}
	return open
}

// arrange restores the saved layout, or the standard layout for a window of this size.
func (p *panels) arrange() {
	l := p.savedLayout()
	if l == nil {
		l = standardLayout(p.size.X)
	}
	p.dock.SetLayout(l)
	p.showPolicy(p.policy)
	p.arranged = true
}

// reset restores the standard layout.
func (p *panels) reset() {
	p.dock.SetLayout(standardLayout(p.size.X))
	p.showPolicy(p.policy)
	p.saveLayout()
}

// layoutPath is the file with the panel layout.
func (p *panels) layoutPath() string { return filepath.Join(p.folders.settings, "layout.json") }

// savedLayout returns the saved layout. If there is none it returns nil. If it is damaged it
// returns nil and shows a message.
func (p *panels) savedLayout() *ui.Layout {
	l, err := ui.ReadLayout(p.layoutPath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.messages.Add(ui.Warning, "Panel layout reset: "+err.Error())
	}
	return l
}

func (p *panels) saveLayout() {
	if err := p.dock.Layout().Write(p.layoutPath()); err != nil {
		p.messages.Add(ui.Warning, "Cannot save the panel layout: "+err.Error())
	}
}

// showBranches shows the panels of the second branch.
func (p *panels) showBranches() {
	p.dock.Show(otherPanel)
	p.dock.Show(comparePanel)
}

// hideEmpty hides the panels of the second branch.
func (p *panels) hideEmpty() {
	for _, name := range []string{otherPanel, comparePanel} {
		if p.dock.Shown(name) {
			p.dock.Hide(name)
		}
	}
}

// deleteBranch deletes the second branch.
func (p *panels) deleteBranch() {
	p.drive.player.drop()
	p.hideEmpty()
}

// toggleGhosts shows or hides the road users of the other branch.
func (p *panels) toggleGhosts() {
	p.world.Ghosts = !p.world.Ghosts
	p.other.Ghosts = p.world.Ghosts
}

// toggleByNumber shows or hides panels by number keys.
func (p *panels) toggleByNumber() {
	for i, one := range p.dock.Panels() {
		if i < 9 && p.in.TakeKey(ebiten.KeyDigit1+ui.Key(i)) {
			p.dock.Toggle(one.Name())
		}
	}
}

// Names of panels that the window shows automatically.
const (
	otherPanel   = "other"
	comparePanel = "compare"
	shadowPanel  = "shadow"
	policyPanel  = "policy"
)

// largeWidth is the width from which the standard layout shows more panels, in points.
const largeWidth = 1800

// standardLayout returns the standard layout for a width.
func standardLayout(width float64) *ui.Layout {
	l := &ui.Layout{Version: ui.LayoutVersion, Hidden: []string{otherPanel, comparePanel, shadowPanel, policyPanel}}
	views := ui.Column(.58, ui.Stack("camera"), ui.Row(.5, ui.Stack("plots"), ui.Stack("decision")))
	if width >= largeWidth {
		views = ui.Column(.62, ui.Stack("camera"), ui.Row(.5, ui.Stack("plots"), ui.Stack("decision")))
		l.Root = ui.Row(.28, ui.Row(.5, ui.Stack("world"), ui.Stack(otherPanel)),
			ui.Row(.6, views, ui.Column(.5, ui.Stack("belief", policyPanel), ui.Row(.42, ui.Stack("sensors"), ui.Stack("verdict", comparePanel, shadowPanel)))))
		return l
	}
	l.Root = ui.Row(.24, ui.Column(.5, ui.Stack("world"), ui.Stack(otherPanel)),
		ui.Row(.62, views, ui.Column(.55, ui.Stack("belief", "sensors", policyPanel), ui.Stack("verdict", comparePanel, shadowPanel))))
	return l
}
