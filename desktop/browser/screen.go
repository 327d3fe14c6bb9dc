package browser

import (
	"slices"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/thumb"
)

// Config is what the screen works with.
type Config struct {
	Pictures *thumb.Cache // nil for no pictures
	Records  *Records
	// Run is called with what is to be driven.
	Run func(Setup)
	// Changed, if set, is called from another goroutine when a picture or the result of a
	// trial has come.
	Changed func()
	// Edit, if set, is called with a scenario to be changed.
	Edit func(*scenarios.Scenario)
}

// changed calls Changed where there is one.
func (c *Config) changed() {
	if c.Changed != nil {
		c.Changed()
	}
}

// Screen is the browser of scenarios: a ui.Panel. Its methods are for one goroutine.
type Screen struct {
	config   Config
	list     []*scenarios.Scenario
	families []label
	tags     []label
	pictures *pictures

	filter  filter
	shown   []*scenarios.Scenario
	chosen  *scenarios.Scenario // nil while nothing is shown
	choices map[*scenarios.Scenario]*choice
	driver  choices
	eyes    choices

	search  ui.TextField
	seed    ui.TextField
	typing  bool // a text field has the keys since the last frame
	sidebar ui.Flow
	details ui.Flow
	grid    grid
	places  map[string]ui.Rect // of the parameters, in the window
	trial   *trial             // of the seeds of tried; nil before the first
	tried   *scenarios.Scenario
	problem string // that a result could not be kept
}

// New returns a screen of scenarios, with the user's own before them. Close it in the end.
func New(list []*scenarios.Scenario, config Config) *Screen {
	if config.Records == nil {
		config.Records = &Records{}
	}
	list = withOwn(list, config.Records.Own())
	s := &Screen{config: config, list: list, families: families(list), tags: tags(list), pictures: newPictures(config.Pictures, config.changed),
		filter: filter{families: map[string]bool{}, tags: map[string]bool{}},
		places: map[string]ui.Rect{}, choices: map[*scenarios.Scenario]*choice{},
		driver: newChoices(drivers()), eyes: newChoices(perceptions())}
	s.search.Hint = "Search (press /)"
	s.sift()
	return s
}

// withOwn puts scenarios of files before a list, those that can still be read.
func withOwn(list []*scenarios.Scenario, files []string) []*scenarios.Scenario {
	var own []*scenarios.Scenario
	for _, path := range files {
		one, err := scenarios.Load(path)
		if err == nil && !slices.ContainsFunc(list, func(o *scenarios.Scenario) bool { return o.File() == path }) {
			own = append(own, one)
		}
	}
	return append(own, list...)
}

// Waiting returns how many of the pictures that were to be seen are still being made.
func (s *Screen) Waiting() int { return s.pictures.waiting() }

// Close ends what goes on in the background.
func (s *Screen) Close() {
	s.trial.close()
	s.pictures.close()
}

var _ ui.Panel = (*Screen)(nil)

// Name returns the key of the screen.
func (s *Screen) Name() string { return "browser" }

// Title returns the title of the screen.
func (s *Screen) Title() string { return "Scenarios" }

// Chosen returns the scenario that is chosen, nil for none.
func (s *Screen) Chosen() *scenarios.Scenario { return s.chosen }

// Choose chooses a scenario of the list, and shows it.
func (s *Screen) Choose(one *scenarios.Scenario) {
	s.filter = filter{families: map[string]bool{}, tags: map[string]bool{}}
	s.search.SetText("")
	s.sift()
	s.pick(one)
}

// Add puts a scenario before all others, in the place of one of the same file, chooses
// it, and remembers its file.
func (s *Screen) Add(one *scenarios.Scenario) {
	s.list = slices.DeleteFunc(slices.Clone(s.list), func(o *scenarios.Scenario) bool { return o.Ref() == one.Ref() })
	if path := one.File(); path != "" {
		s.note(s.config.Records.Remember(path))
	}
	s.list = slices.Insert(s.list, 0, one)
	s.families, s.tags = families(s.list), tags(s.list)
	s.Choose(one)
}

// Use chooses driver and perception by name.
func (s *Screen) Use(driver, perception string) {
	s.driver.choose(driver)
	s.eyes.choose(perception)
}

// Cast returns who is chosen to drive, and with what eyes.
func (s *Screen) Cast() (driver, perception string) { return s.driver.name(), s.eyes.name() }

// Setup returns what is set now. It fails where that cannot be driven, and the screen
// says so too.
func (s *Screen) Setup() (Setup, error) {
	c, err := s.choice().make()
	if err != nil {
		return Setup{}, err
	}
	return Setup{Case: c, Driver: s.driver.name(), Perception: s.eyes.name()}, nil
}

// Record notes how a drive ended, for the badge of its scenario. by says who had control
// when, "" for the driver of the setup all along.
func (s *Screen) Record(u Setup, by string, v scenarios.Verdict) {
	s.note(s.config.Records.Keep(u.Case.Scenario.Slug(), Record{Passed: v.Passed, Reason: v.Reason, Seed: u.Case.Seed,
		Driver: u.Driver, Perception: u.Perception, By: by}))
}

// LastDrive returns how the last drive of a scenario ended, by its short name.
func (s *Screen) LastDrive(slug string) (Record, bool) { return s.config.Records.Of(slug) }

// note shows what went wrong with keeping something, if anything did.
func (s *Screen) note(err error) {
	s.problem = ""
	if err != nil {
		s.problem = err.Error()
	}
}

// sift finds what shows, and keeps the choice if that does.
func (s *Screen) sift() {
	s.shown = s.shown[:0]
	for _, one := range s.list {
		if s.filter.keeps(one) {
			s.shown = append(s.shown, one)
		}
	}
	switch {
	case len(s.shown) == 0:
		s.chosen = nil
	case !slices.Contains(s.shown, s.chosen):
		s.pick(s.shown[0])
	}
}

// pick chooses one of those that show.
func (s *Screen) pick(one *scenarios.Scenario) {
	s.chosen = one
	s.grid.follow = true
	s.details.Offset = 0
	s.showSeed()
}

// choice returns what is set of the chosen scenario.
func (s *Screen) choice() *choice {
	c := s.choices[s.chosen]
	if c == nil {
		c = newChoice(s.chosen)
		s.choices[s.chosen] = c
	}
	return c
}

// run hands over what is set, if that can be driven.
func (s *Screen) run() {
	if s.chosen == nil {
		return
	}
	if u, err := s.Setup(); err == nil && s.config.Run != nil {
		s.config.Run(u)
	}
}

// Sizes of the parts, in points.
const (
	sidebarWidth    = 188
	leastForSidebar = 860 // of the screen
	leastDetails    = 330
	mostDetails     = 420
	margin          = 12
)

// Draw shows the screen and takes what is done with it.
func (s *Screen) Draw(c *ui.Canvas, in *ui.Input) {
	if !s.typing && in.Keyed() && (in.TakeKey(ebiten.KeySlash) || in.Control() && in.TakeKey(ebiten.KeyF)) {
		in.Focus(c, "search")
		if len(in.Typed) > 0 && in.Typed[0] == '/' {
			in.Typed = in.Typed[1:] // the key is no part of what is searched for
		}
	}
	c.Fill(c.Theme.Background)
	all := c.Bounds()
	if all.W >= leastForSidebar {
		s.drawSidebar(c, in, all.CutLeft(sidebarWidth))
	}
	right := all.CutRight(max(min(leastDetails, .42*c.Bounds().W), min(mostDetails, .27*c.Bounds().W)))
	s.drawMiddle(c, in, all)
	s.drawDetails(c, in, right)
	s.typing = in.Typing()
	s.keys(in)
}

// drawMiddle shows the search field and the pictures.
func (s *Screen) drawMiddle(c *ui.Canvas, in *ui.Input, r ui.Rect) {
	r = r.Inset2(margin, margin)
	head := r.CutTop(30)
	c.Label(head.CutRight(min(120, .3*head.W)), counted(len(s.shown), len(s.list)), c.Theme.Body.In(c.Theme.Faint), ui.Right)
	head.CutRight(margin)
	changed, entered := s.search.Draw(c, in, head, "search")
	if changed {
		s.filter.words = s.search.Text()
		s.sift()
	}
	r.CutTop(margin)
	if picked, again := s.grid.draw(s, c, in, r); picked != nil {
		s.pick(picked)
		entered = entered || again
	}
	if entered {
		s.run()
	}
}
