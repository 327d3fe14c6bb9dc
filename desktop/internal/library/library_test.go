package library

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/drivers"
	"roadloop/internal/displaytest"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/video"
	"roadloop/trace"
)

func TestMain(m *testing.M) { displaytest.Main(m) }

var mine = []byte("version: 1\nname: mine\nfamily: mine\nmap: {kind: straight}\nuntil: {time: 5 s}\n")

// An added scenario comes first and is selected. If it is saved again it is listed
// once.
func TestAdd(t *testing.T) {
	s := open(t, 1280, 720, nil)
	path := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(path, mine, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		one, err := scenarios.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		s.screen.Add(one)
	}
	s.frames(2)
	if s.screen.chosen.Name != "mine" || s.screen.list[0] != s.screen.chosen || s.screen.list[1].Name == "mine" {
		t.Errorf("chosen is %s", s.screen.chosen.Name)
	}
}

// testScreen is the screen in a window, with its requests.
type testScreen struct {
	*uitest.Screen
	screen *Screen
	ran    []Setup
	edited []*scenarios.Scenario
}

func open(t *testing.T, width, height int, cache *video.ThumbnailCache) *testScreen {
	t.Helper()
	all, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	s := &testScreen{Screen: uitest.NewScreen(width, height, 1)}
	dir := t.TempDir()
	s.screen = New(all, Config{Thumbnails: cache, Records: OpenHistory(filepath.Join(dir, "last.json")),
		Run: func(u Setup) { s.ran = append(s.ran, u) }, Edit: func(one *scenarios.Scenario) { s.edited = append(s.edited, one) }})
	t.Cleanup(s.screen.Close)
	s.frame()
	return s
}

func (s *testScreen) frame() {
	s.Frame(s.screen.Draw)
}

func (s *testScreen) frames(n int) {
	for range n {
		s.frame()
	}
}

// ready draws until all visible thumbnails are there.
func (s *testScreen) ready(t *testing.T) {
	t.Helper()
	for range 3000 {
		if s.screen.Waiting() == 0 {
			s.frame()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the thumbnails do not appear")
}

// Typing finds a scenario. Arrows and Enter drive it with the selected settings.
func TestPickByTyping(t *testing.T) {
	s := open(t, 1280, 720, nil)
	s.User.Press(ebiten.KeySlash)
	s.User.Type("/cut-in")
	s.frames(2)
	if len(s.screen.shown) == 0 || s.screen.chosen.Slug() != "cut-in" {
		t.Fatalf("%d are shown, chosen is %v", len(s.screen.shown), s.screen.chosen)
	}
	s.screen.perceptionChoice.choose(runner.Oracle, "")
	s.User.Press(ebiten.KeyEnter)
	s.frames(2)
	if len(s.ran) != 1 {
		t.Fatalf("%d drives", len(s.ran))
	}
	u := s.ran[0]
	if u.Case.ID() != "cut-in/1" || u.Driver != (trace.DriverID{Name: runner.Stack, Perception: runner.Oracle}) {
		t.Errorf("driven is %s by %v", u.Case.ID(), u.Driver)
	}
	s.User.Press(ebiten.KeyEscape)
	s.frames(2)
	if len(s.screen.shown) != len(s.screen.list) || s.screen.chosen.Slug() != "cut-in" {
		t.Error("Escape does not show all again, with the same one chosen")
	}
	s.User.Press(ebiten.KeyArrowRight)
	s.frames(2)
	if s.screen.chosen.Slug() != "cut-out" {
		t.Errorf("right of cut-in is %s", s.screen.chosen.Slug())
	}
	s.User.Press(ebiten.KeyE, ebiten.KeyControl)
	s.frames(2)
	if len(s.edited) != 1 || s.edited[0].Slug() != "cut-out" {
		t.Errorf("edited are %d", len(s.edited))
	}
}

// Moving a slider sets its parameter in the driven case, and no other.
func TestSliderSetsTheCase(t *testing.T) {
	s := open(t, 1280, 1400, nil)
	for _, one := range s.screen.list {
		if one.Slug() == "cut-in" {
			s.screen.Choose(one)
		}
	}
	s.frames(3)
	before := s.screen.choice().value("cutter.speed")
	row, ok := s.find("cutter.speed")
	if !ok {
		t.Fatal("no slider of cutter.speed")
	}
	s.User.Point(row.X+row.W/2, row.Y+29)
	s.User.Down()
	s.frame()
	s.User.Point(row.X+row.W*.8, row.Y+29)
	s.frame()
	s.User.Up()
	s.frames(2)
	after := s.screen.choice().value("cutter.speed")
	if after == before || len(s.screen.choice().values) != 1 {
		t.Fatalf("moved from %s to %s; set are %v", before, after, s.screen.choice().values)
	}
	u, err := s.screen.Setup()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := u.Case.Document()
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := doc.Get("cutter.speed"); got != after {
		t.Errorf("driven with %s, shown is %s", got, after)
	}
	if got, _ := doc.Get("ego.speed"); got != s.screen.choice().drawn["ego.speed"] {
		t.Errorf("ego.speed is %s, drawn was %s", got, s.screen.choice().drawn["ego.speed"])
	}
}

// find returns the area of a parameter of the selected scenario.
func (s *testScreen) find(name string) (ui.Rect, bool) {
	r, ok := s.screen.places[name]
	return r, ok
}

// A click on a card selects it; a double click drives it.
func TestDoubleClickDrives(t *testing.T) {
	s := open(t, 1280, 720, nil)
	x, y := 188+12+214+12+60., 120.
	s.User.Click(x, y, ui.Primary)
	s.frames(3)
	if s.screen.chosen != s.screen.shown[1] || len(s.ran) > 0 {
		t.Fatalf("chosen is %s, %d driven", s.screen.chosen.Slug(), len(s.ran))
	}
	s.User.Click(x, y, ui.Primary)
	s.frames(2)
	if len(s.ran) != 1 || s.ran[0].Case.Scenario != s.screen.shown[1] {
		t.Errorf("%d driven", len(s.ran))
	}
}

// A click on a family filters by it; another click adds a family.
func TestFamilies(t *testing.T) {
	s := open(t, 1280, 720, nil)
	s.User.Click(60, 50, ui.Primary)
	s.frames(3)
	if len(s.screen.shown) == 0 || len(s.screen.shown) == len(s.screen.list) {
		t.Fatalf("%d show", len(s.screen.shown))
	}
	for _, one := range s.screen.shown {
		if one.Family != s.screen.families[0].name {
			t.Errorf("%s is of family %s", one.Slug(), one.Family)
		}
	}
}

// Results are kept across sessions; a damaged file is ignored.
func TestRecordsAreSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roadloop", "last.json")
	r := OpenHistory(path)
	want := DriveResult{Reason: "hit it", Seed: 3, DriverID: trace.DriverID{Name: "stack", Perception: "cnn"}}
	if err := r.Add("cut-in", want); err != nil {
		t.Fatal(err)
	}
	if got, ok := OpenHistory(path).Of("cut-in"); !ok || got != want {
		t.Errorf("read again it is %+v", got)
	}
	own := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(own, mine, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.AddUserFile(own); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.AddUserFile(filepath.Join(t.TempDir(), "gone.yaml")); err != nil {
		t.Fatal(err)
	}
	if got := withOwn(nil, OpenHistory(path).UserFiles()); len(got) != 1 || got[0].Name != "mine" || len(r.UserFiles()) != 2 {
		t.Errorf("%d of %v are read", len(got), r.UserFiles())
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok := OpenHistory(path).Of("cut-in"); ok {
		t.Error("a damaged file has records")
	}
	if err := (&History{}).Add("x", want); err != nil {
		t.Error(err)
	}
}

func TestFilter(t *testing.T) {
	all, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		f    filter
		has  []string
		lack []string
	}{
		{filter{words: "zeb"}, []string{"zebra", "zebra-hesitating"}, []string{"cut-in"}},
		{filter{words: "pedestrian night"}, []string{"pedestrian-near-side"}, []string{"headway"}},
		{filter{words: "cut in"}, []string{"cut-in"}, []string{"zebra"}},
		{filter{words: "qqq"}, nil, []string{"zebra"}},
		{filter{families: map[string]bool{"cut-in": true}}, []string{"cut-in", "cut-out"}, []string{"zebra"}},
		{filter{tags: map[string]bool{"road:motorway": true, "view:occluded": true}}, []string{"cut-out"}, []string{"cut-in", "zebra"}},
	} {
		var kept []string
		for _, s := range all {
			if c.f.keeps(s) {
				kept = append(kept, s.Slug())
			}
		}
		for _, name := range c.has {
			if !slices.Contains(kept, name) {
				t.Errorf("%+v leaves out %s", c.f, name)
			}
		}
		for _, name := range c.lack {
			if slices.Contains(kept, name) {
				t.Errorf("%+v keeps %s", c.f, name)
			}
		}
	}
}

// Ten seeds are tried with the current settings. A click on a square selects its seed.
func TestTrySeeds(t *testing.T) {
	s := open(t, 1280, 1400, nil)
	for _, one := range s.screen.list {
		if one.Slug() == "standing-lead" {
			s.screen.Choose(one)
		}
	}
	s.screen.startTrial()
	<-s.screen.trial.done
	tried, err := s.screen.trial.results()
	if err != nil || len(tried) != tries {
		t.Fatalf("%d tried, %v", len(tried), err)
	}
	for i, one := range tried {
		if one.seed != uint64(i+1) || !one.passed {
			t.Errorf("number %d is seed %d: %s", i, one.seed, one.reason)
		}
	}
	s.frames(2)
	s.screen.startTrial()
	s.screen.Close() // during the trial
}

// A driver with constant speed fails if an obstacle is in its way.
func TestTrialReportsFailures(t *testing.T) {
	one, err := scenarios.Parse("wall.yaml", []byte(`version: 1
name: wall
map: {kind: straight, lanes: 1, one_way: true}
ego: {lane: 0, s: 20 m, speed: 100 km/h}
actors: [{id: wall, kind: truck, lane: 0, s: 45 m}]
until: {time: 5 s}
expect: {collision: never}
`))
	if err != nil {
		t.Fatal(err)
	}
	c, err := one.Case(1)
	if err != nil {
		t.Fatal(err)
	}
	trial := begin([]*scenarios.Case{c}, drivers.New(), runner.Stack, func() {})
	<-trial.done
	if tried, err := trial.results(); err != nil || len(tried) != 1 || tried[0].passed || tried[0].reason == "" {
		t.Errorf("%+v, %v", tried, err)
	}
}

// Images of the screen in two sizes.
func TestLook(t *testing.T) {
	cache := video.NewThumbnailCache(t.TempDir())
	for _, size := range []struct {
		name string
		w, h int
	}{{"browser-1280.png", 1280, 720}, {"browser-2560.png", 2560, 1440}} {
		s := open(t, size.w, size.h, cache)
		for i, one := range s.screen.list[:5] {
			u := Setup{Case: &scenarios.Case{Scenario: one, Seed: 4}, Driver: trace.DriverID{Name: runner.Stack, Perception: runner.CNN}}
			s.screen.Record(u, "", runner.Verdict{Passed: i%3 != 1, Reason: "collision with cutter at 6.35 s, at fault"})
		}
		s.screen.startTrial()
		<-s.screen.trial.done
		s.ready(t)
		m := s.Picture()
		uitest.Save(t, size.name, m)
		colors := map[[3]byte]bool{}
		for i := 0; i < len(m.Pix); i += 4 {
			colors[[3]byte(m.Pix[i:i+3])] = true
		}
		if len(colors) < 2000 {
			t.Errorf("%s has %d colors: the thumbnails are missing", size.name, len(colors))
		}
	}
}

// Letters are commands until the search field has the focus. Scenarios without a family
// have a label in the list.
func TestLettersAreCommands(t *testing.T) {
	s := open(t, 1280, 720, nil)
	s.User.Press(ebiten.KeyE)
	s.User.Type("e")
	s.frames(2)
	if s.screen.search.Text() != "" || len(s.screen.shown) != len(s.screen.list) {
		t.Errorf("searched for is %q", s.screen.search.Text())
	}
	s.User.Press(ebiten.KeyF, ebiten.KeyControl)
	s.frames(2)
	s.User.Type("zebra")
	s.frames(2)
	if s.screen.search.Text() != "zebra" || len(s.screen.shown) == len(s.screen.list) {
		t.Errorf("after Ctrl+F searched for is %q", s.screen.search.Text())
	}
	if familyName("") == "" || familyName("cut-in") != "cut-in" {
		t.Errorf("families are called %q and %q", familyName(""), familyName("cut-in"))
	}
}

// The last drive names its driver, and a human if there was one.
func TestLastDriveNamesDriver(t *testing.T) {
	stack := DriveResult{Passed: true, Seed: 3, DriverID: trace.DriverID{Name: runner.Stack, Perception: runner.CNN}}
	small := DriveResult{Passed: true, Seed: 3, DriverID: trace.DriverID{Name: runner.Stack, Perception: runner.CNN, Model: drivers.Small}}
	human := DriveResult{Reason: "left the road at 4.97 s", Seed: 1, DriverID: trace.DriverID{Name: runner.Stack, Perception: runner.CNN}, By: "human"}
	for want, rec := range map[string]DriveResult{
		"Last drive (seed 3, stack, cnn): passed":             stack,
		"Last drive (seed 3, stack, cnn small): passed":       small,
		"Last drive (seed 1, human): left the road at 4.97 s": human,
	} {
		if got := rec.text(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The choices offer registered drivers and perceptions, and a network that was asked for.
func TestChoicesOfRegistry(t *testing.T) {
	r := drivers.New()
	r.Register("mine", nil)
	r.RegisterPerception("eyes", nil)
	if got := Labels(Drivers(r)); got[0] != "Stack" || !slices.Contains(got, "mine") || got[len(got)-1] != "Policy state-ppo" {
		t.Errorf("drivers %q", got)
	}
	want := []string{"Network", "Small network", "Network on OpenCV", "Ground truth", "eyes"}
	for _, asked := range []trace.DriverID{{}, {Perception: "eyes"}, {Perception: runner.CNN, Model: drivers.Small}} {
		if got := Labels(Perceptions(r, asked)); !slices.Equal(got, want) {
			t.Errorf("%+v: perceptions %q, want %q", asked, got, want)
		}
	}
	asked := trace.DriverID{Name: "mine", Perception: runner.CNN, Model: "out/mine.onnx"}
	if got := Labels(Perceptions(r, asked)); !slices.Equal(got, append(want, "mine.onnx")) {
		t.Errorf("perceptions %q", got)
	}
	s := New(nil, Config{Drivers: r, Driver: asked})
	defer s.Close()
	if got := s.selectedDriver(); got != asked {
		t.Errorf("selected is %+v, want %+v", got, asked)
	}
}

// An opened policy is a driver once, before the human, and selected.
func TestOpenedPolicyIsADriver(t *testing.T) {
	r := drivers.New()
	s := New(nil, Config{Drivers: r, Policies: []string{"out/first/policy.rlp"}})
	defer s.Close()
	for range 2 {
		s.AddPolicy("out/second/policy.rlp")
		got := s.driver.labels[len(s.driver.labels)-3:]
		if want := []string{"Policy first/policy.rlp", "Policy second/policy.rlp", "You (manual control)"}; !slices.Equal(got, want) {
			t.Errorf("drivers %q, want %q", got, want)
		}
		if id := s.selectedDriver(); id.Name != "out/second/policy.rlp" {
			t.Errorf("selected is %+v", id)
		}
		s.driver.at = 0
	}
}
