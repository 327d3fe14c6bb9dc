package editor

import (
	"fmt"
	"path/filepath"
	"strings"

	"roadloop/desktop/internal/panel"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/edit"
	"roadloop/scenarios/preview"
	"roadloop/scenarios/runner"
	"roadloop/sim/actor"
	"roadloop/sim/road"
)

// Config configures the screen.
type Config struct {
	// Run is called with a case to drive.
	Run func(*scenarios.Case)
	// Saved, if set, is called when the draft was saved.
	Saved func(*scenarios.Scenario)
	// Leave, if set, is called to return to the previous screen.
	Leave func()
	// Changed, if set, is called from another goroutine when a result about the draft
	// is ready.
	Changed func()
	// Dir is the default folder for files.
	Dir string
}

// Screen is the scenario editor, a ui.Panel. It is not safe for concurrent use.
type Screen struct {
	config Config
	draft  *edit.Draft
	asked  string // the last checked text
	worker worker

	findings *edit.Findings
	preview  *preview.Preview
	stale    bool // the preview is of an older text
	m        *road.Map
	chart    *panel.Chart

	gaze    *panel.Pan
	view    *panel.View
	chosen  selection
	placing actor.Kind
	tool    tool
	grab    grab

	time    float64 // shown time of the preview, s
	playing bool

	form     form
	side     ui.Flow
	tab      int
	dialog   dialog
	files    ui.FileChooser // of the dialog
	messages ui.Messages
}

// selection is the selected object: the ego, an actor, or a point of an actor's path.
type selection struct {
	what  chosenKind
	actor int
	spot  int // -1 for the actor itself
}

type chosenKind uint8

const (
	nothing chosenKind = iota
	theEgo
	anActor
)

// tool is the action of a click on the map.
type tool uint8

const (
	selecting tool = iota
	placing
	drawing // of a path
)

// New returns a screen with a draft. Call Close at the end.
func New(draft *edit.Draft, config Config) *Screen {
	s := &Screen{config: config, gaze: panel.NewPan(1, 0), form: newForm(), worker: worker{changed: config.Changed}}
	s.Edit(draft)
	return s
}

// Edit replaces the draft.
func (s *Screen) Edit(draft *edit.Draft) {
	s.draft, s.chosen, s.tool = draft, selection{}, selecting
	s.time, s.playing, s.asked = 0, false, ""
	s.findings, s.preview, s.m, s.chart, s.view = nil, nil, nil, nil, nil
	s.form.forget()
	s.check()
}

// Draft returns the edited draft.
func (s *Screen) Draft() *edit.Draft { return s.draft }

// Playing reports whether the preview plays.
func (s *Screen) Playing() bool { return s.playing }

// NextExpiry returns the time until a message disappears, as in ui.Messages, s.
func (s *Screen) NextExpiry() float64 { return s.messages.NextExpiry() }

// Close stops the background work.
func (s *Screen) Close() { s.worker.close() }

var _ ui.Panel = (*Screen)(nil)

// Name returns the key of the screen.
func (s *Screen) Name() string { return "editor" }

// Title returns the title of the screen.
func (s *Screen) Title() string { return "Editor" }

// fileName returns the name of the draft for messages.
func (s *Screen) fileName() string {
	if file := s.draft.File(); file != "" {
		return filepath.Base(file)
	}
	return slug(s.draft.Scalar("name")) + ".yaml"
}

// slug turns a name into a file name.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') })
	if len(words) == 0 {
		return "scenario"
	}
	return strings.Join(words, "-")
}

// change edits the draft and shows an error if that fails.
func (s *Screen) change(what string, f func(e *edit.Edit) error) bool {
	err := s.draft.Edit(what, f)
	if err != nil {
		s.messages.Add(ui.Warning, err.Error())
	}
	return err == nil
}

// check checks the text if it has changed, but not during a drag.
func (s *Screen) check() {
	if s.grab.on && s.findings != nil || s.draft.Text() == s.asked {
		return
	}
	s.asked, s.stale = s.draft.Text(), true
	s.worker.ask(s.fileName(), s.asked)
}

// takeResult takes the results of the check.
func (s *Screen) takeResult() {
	r := s.worker.take()
	if r == nil {
		return
	}
	s.findings = r.findings
	if r.preview != nil {
		s.preview, s.stale = r.preview, false
		s.time = min(s.time, r.preview.End().Seconds())
	}
	if r.findings.Spec == nil {
		s.preview = nil
	}
	if r.err != nil {
		s.messages.Add(ui.Warning, r.err.Error())
	}
	if m := r.findings.Map; m != nil {
		s.m, s.chart = m, panel.NewChart(m)
	}
}

// Sizes of the parts, points.
const (
	barHeight    = 44
	paletteWidth = 118
	timeHeight   = 58
	minSide      = 330
	maxSide      = 430
	margin       = 10
)

// Draw draws the screen and handles its input.
func (s *Screen) Draw(c *ui.Canvas, in *ui.Input) {
	s.takeResult()
	s.dropStaleSelection()
	c.Fill(c.Theme.Background)
	all := c.Bounds()
	s.drawBar(c.Scoped("bar"), in, all.CutTop(barHeight))
	s.drawSide(c.Scoped("side"), in, all.CutRight(max(minSide, min(maxSide, .27*c.Bounds().W))))
	s.drawPalette(c.Scoped("palette"), in, all.CutLeft(paletteWidth))
	s.drawTime(c.Scoped("time"), in, all.CutBottom(timeHeight))
	s.drawRoad(c.Sub(all).Scoped("road"), in)
	s.drawDialog(c, in)
	s.keys(in)
	s.play(in.Elapsed)
	s.check()
	s.messages.Draw(c, in, all)
}

// dropStaleSelection drops a selection that no longer exists.
func (s *Screen) dropStaleSelection() {
	if s.chosen.what != anActor {
		return
	}
	if s.chosen.actor >= s.draft.Len("actors") {
		s.chosen = selection{}
	} else if s.chosen.spot >= s.draft.Len(edit.ActorPath(s.chosen.actor, "path")) {
		s.chosen.spot = -1
	}
}

// choose selects an actor.
func (s *Screen) choose(i int) { s.chosen, s.tab = selection{anActor, i, -1}, 0 }

// chooseEgo selects the ego.
func (s *Screen) chooseEgo() { s.chosen, s.tab = selection{what: theEgo, spot: -1}, 0 }

// run drives the case of the draft's own values.
func (s *Screen) run() {
	source, err := edit.Nominal(s.draft.Text())
	if err == nil {
		var one *scenarios.Scenario
		if one, err = scenarios.Parse(s.fileName(), source); err == nil {
			var c *scenarios.Case
			if c, err = one.Case(1); err == nil {
				_, err = runner.Compile(c)
			}
			if err == nil && s.config.Run != nil {
				s.config.Run(c)
				return
			}
		}
	}
	if err != nil {
		s.messages.Add(ui.Failure, fmt.Sprintf("Cannot drive the scenario: %v", err))
	}
}
