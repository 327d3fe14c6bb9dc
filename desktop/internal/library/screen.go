package library

import (
	"slices"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/drivers"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/video"
	"roadloop/trace"
)

// Config configures the screen.
type Config struct {
	Drivers    *drivers.Registry     // nil for the built-in drivers
	Driver     trace.DriverID        // selected at first; a zero field leaves the first choice
	Policies   []string              // files of trained policies that can be selected
	Thumbnails *video.ThumbnailCache // nil for no thumbnails
	Records    *History
	// Run is called with the setup to drive.
	Run func(Setup)
	// Changed, if set, is called from another goroutine when a thumbnail or the result
	// of a trial is ready.
	Changed func()
	// OpenPolicy, if set, is called to select the file of a trained policy; see AddPolicy.
	OpenPolicy func()
	// Edit, if set, is called with a scenario to edit.
	Edit func(*scenarios.Scenario)
}

// changed calls Changed if it is set.
func (c *Config) changed() {
	if c.Changed != nil {
		c.Changed()
	}
}

// Screen is the library screen, a ui.Panel. It is not safe for concurrent use.
type Screen struct {
	config     Config
	list       []*scenarios.Scenario
	families   []label
	tags       []label
	thumbnails *thumbnails

	filter           filter
	shown            []*scenarios.Scenario
	chosen           *scenarios.Scenario // nil while no scenario is shown
	choices          map[*scenarios.Scenario]*choice
	driver           choices
	perceptionChoice choices

	search  ui.TextField
	seed    ui.TextField
	typing  bool // a text field had the focus in the last frame
	sidebar ui.Flow
	details ui.Flow
	grid    grid
	places  map[string]ui.Rect // of the parameters, in the window
	trial   *trial             // nil before the first trial
	tried   *scenarios.Scenario
	problem string // error of saving a result
}

// New returns a screen of scenarios, with the user's own first. Call Close at the end.
func New(list []*scenarios.Scenario, config Config) *Screen {
	if config.Drivers == nil {
		config.Drivers = drivers.New()
	}
	if config.Records == nil {
		config.Records = &History{}
	}
	list = withOwn(list, config.Records.UserFiles())
	s := &Screen{config: config, list: list, families: families(list), tags: tags(list), thumbnails: newThumbnails(config.Thumbnails, config.changed),
		filter: filter{families: map[string]bool{}, tags: map[string]bool{}},
		places: map[string]ui.Rect{}, choices: map[*scenarios.Scenario]*choice{},
		driver:           newChoices(append(Drivers(config.Drivers, config.Policies...), Option{trace.DriverID{Name: manual}, "You (manual control)"})),
		perceptionChoice: newChoices(Perceptions(config.Drivers, config.Driver))}
	s.driver.chooseDriver(config.Driver.Name)
	s.perceptionChoice.choose(config.Driver.Perception, config.Driver.Model)
	s.search.Hint = "Search (press /)"
	s.applyFilter()
	return s
}

// withOwn prepends the scenarios of files that can be read.
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

// Waiting returns the number of visible thumbnails in progress.
func (s *Screen) Waiting() int { return s.thumbnails.waiting() }

// Close stops the background work.
func (s *Screen) Close() {
	s.trial.close()
	s.thumbnails.close()
}

var _ ui.Panel = (*Screen)(nil)

// Name returns the key of the screen.
func (s *Screen) Name() string { return "browser" }

// Title returns the title of the screen.
func (s *Screen) Title() string { return "Scenarios" }

// Chosen returns the selected scenario, nil for none.
func (s *Screen) Chosen() *scenarios.Scenario { return s.chosen }

// Choose selects a scenario of the list and scrolls to it.
func (s *Screen) Choose(one *scenarios.Scenario) {
	s.filter = filter{families: map[string]bool{}, tags: map[string]bool{}}
	s.search.SetText("")
	s.applyFilter()
	s.pick(one)
}

// Add inserts a scenario first, replaces one of the same file, selects it, and saves
// its path.
func (s *Screen) Add(one *scenarios.Scenario) {
	s.list = slices.DeleteFunc(slices.Clone(s.list), func(o *scenarios.Scenario) bool { return o.Ref() == one.Ref() })
	if path := one.File(); path != "" {
		s.note(s.config.Records.AddUserFile(path))
	}
	s.list = slices.Insert(s.list, 0, one)
	s.families, s.tags = families(s.list), tags(s.list)
	s.Choose(one)
}

// AddPolicy adds the file of a trained policy to the drivers, before the human, and selects it.
func (s *Screen) AddPolicy(file string) {
	options := s.driver.options
	if !slices.ContainsFunc(options, func(o Option) bool { return o.Name == file }) {
		s.driver = newChoices(slices.Insert(options, len(options)-1, policyOption(file)))
	}
	s.driver.chooseDriver(file)
}

// selectedDriver returns the selected driver.
func (s *Screen) selectedDriver() trace.DriverID {
	d := s.perceptionChoice.chosen().DriverID
	d.Name = s.driver.chosen().Name
	return d
}

// SetupOf returns the setup of a case with the selected driver.
func (s *Screen) SetupOf(c *scenarios.Case) Setup {
	u := Setup{Case: c, Driver: s.selectedDriver()}
	if u.Driver.Name == manual {
		u.Driver.Name, u.Manual = runner.Stack, true
	}
	return u
}

// Setup returns the current setup. If it is invalid it returns an error, which the
// screen also shows.
func (s *Screen) Setup() (Setup, error) {
	c, err := s.choice().make()
	if err != nil {
		return Setup{}, err
	}
	return s.SetupOf(c), nil
}

// Record records the result of a drive for the badge of its scenario. by names the
// drivers and their times, "" if the driver of the setup drove alone.
func (s *Screen) Record(u Setup, by string, v runner.Verdict) {
	id := u.Driver
	if s.config.Drivers.IsPolicy(id.Name) {
		id.Perception, id.Model = "", "" // without effect
	}
	s.note(s.config.Records.Add(u.Case.Scenario.Slug(), DriveResult{Passed: v.Passed, Reason: v.Reason, Seed: u.Case.Seed,
		DriverID: id, By: by}))
}

// LastDrive returns the result of the last drive of a scenario.
func (s *Screen) LastDrive(slug string) (DriveResult, bool) { return s.config.Records.Of(slug) }

// note shows an error of saving, nil for none.
func (s *Screen) note(err error) {
	s.problem = ""
	if err != nil {
		s.problem = err.Error()
	}
}

// applyFilter applies the filter, and keeps the selection if it is still shown.
func (s *Screen) applyFilter() {
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

// pick selects one of the shown scenarios.
func (s *Screen) pick(one *scenarios.Scenario) {
	s.chosen = one
	s.grid.follow = true
	s.details.Offset = 0
	s.showSeed()
}

// choice returns the settings of the selected scenario.
func (s *Screen) choice() *choice {
	c := s.choices[s.chosen]
	if c == nil {
		c = newChoice(s.chosen)
		s.choices[s.chosen] = c
	}
	return c
}

// run drives the current setup if it is valid.
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
	sidebarWidth     = 188
	minSidebarScreen = 860 // width of the screen
	leastDetails     = 330
	mostDetails      = 420
	margin           = 12
)

// Draw draws the screen and handles its input.
func (s *Screen) Draw(c *ui.Canvas, in *ui.Input) {
	if !s.typing && in.KeysAllowed() && (in.TakeKey(ebiten.KeySlash) || in.Control() && in.TakeKey(ebiten.KeyF)) {
		in.Focus(c, "search")
		if len(in.Typed) > 0 && in.Typed[0] == '/' {
			in.Typed = in.Typed[1:] // the shortcut is not part of the search text
		}
	}
	c.Fill(c.Theme.Background)
	all := c.Bounds()
	if all.W >= minSidebarScreen {
		s.drawSidebar(c, in, all.CutLeft(sidebarWidth))
	}
	right := all.CutRight(max(min(leastDetails, .42*c.Bounds().W), min(mostDetails, .27*c.Bounds().W)))
	s.drawMiddle(c, in, all)
	s.drawDetails(c, in, right)
	s.typing = in.Typing()
	s.keys(in)
}

// drawMiddle draws the search field and the thumbnails.
func (s *Screen) drawMiddle(c *ui.Canvas, in *ui.Input, r ui.Rect) {
	r = r.Inset2(margin, margin)
	head := r.CutTop(30)
	c.Label(head.CutRight(min(120, .3*head.W)), counted(len(s.shown), len(s.list)), c.Theme.Body.In(c.Theme.Faint), ui.Right)
	head.CutRight(margin)
	changed, entered := s.search.Draw(c, in, head, "search")
	if changed {
		s.filter.words = s.search.Text()
		s.applyFilter()
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
