package desktop

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop"
	"roadloop/desktop/internal/library"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/drivers"
	"roadloop/perception"
	"roadloop/policy/policytest"
	"roadloop/scenarios/runner"
	"roadloop/sim/sensor"
	"roadloop/trace"
)

// emptyDetector detects nothing.
type emptyDetector struct{}

func (emptyDetector) Detect(f *sensor.Frame, im *perception.Image) error {
	*im = perception.Image{Cal: f.Cal}
	return nil
}
func (e emptyDetector) Clone() perception.Detector { return e }

// The window drives with a registered driver and detector, and its key for ground truth
// returns to them. Unknown names are errors.
func TestRegisteredDriver(t *testing.T) {
	r := drivers.New()
	r.Register("mine", func(c *roadloop.Case, p perception.Perceiver) (roadloop.Driver, error) {
		return roadloop.NewStack(c, p)
	})
	r.RegisterPerception("none", func() (perception.Detector, error) { return emptyDetector{}, nil })
	mine := trace.DriverID{Name: "mine", Perception: "none"}
	folder := t.TempDir()
	s := &testWindow{T: t, folder: folder, screen: ebiten.NewImage(640, 480)}
	config := settings{Source: &s.User, Folder: folder, Settings: folder, Cache: folder, Drivers: r, Driver: mine}
	var err error
	if s.window, err = newWindow(config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.leave)
	o, err := find("curve")
	if err != nil {
		t.Fatal(err)
	}
	s.window.Open(o)
	for _, want := range []trace.DriverID{mine, {Name: "mine", Perception: "oracle"}, mine} {
		s.until("some driving", func() bool { return s.Timeline().Len() > 5 })
		if got := s.Timeline().DriverID(); got != want {
			t.Errorf("driven by %+v, want %+v", got, want)
		}
		s.press(ebiten.KeyP)
	}
	for _, unknown := range []trace.DriverID{{Name: "theirs"}, {Perception: "eyes"}} {
		other := config
		other.Source, other.Driver = new(uitest.User), unknown
		if _, err := newWindow(other); err == nil {
			t.Errorf("%+v: no error", unknown)
		}
	}
}

// A policy is taken over, takes over again, is rewound and forked, in the middle of its
// decisions; each frame has what it observed.
func TestPolicyDrives(t *testing.T) {
	data := policytest.Untrained(t, policytest.Spec(t, "drive-highway-v0"))
	folder := t.TempDir()
	file := filepath.Join(folder, "mine.rlp")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	r := drivers.New()
	r.RegisterPolicy("bold", data)
	wanted := trace.DriverID{Name: file}
	if got := library.Labels(library.Drivers(r, wanted.Name)); !slices.Equal(got[len(got)-2:], []string{"Policy bold", "Policy " + filepath.Base(folder) + "/mine.rlp"}) {
		t.Errorf("drivers %q", got)
	}
	s := &testWindow{T: t, folder: folder, screen: ebiten.NewImage(640, 480)}
	config := settings{Source: &s.User, Folder: folder, Settings: folder, Cache: folder, Drivers: r, Driver: wanted}
	var err error
	if s.window, err = newWindow(config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.leave)
	o, err := find("braking-lead")
	if err != nil {
		t.Fatal(err)
	}
	s.window.Open(o)
	s.until("some driving", func() bool { return s.Timeline().Len() > 30 })
	if id := s.Timeline().DriverID(); id.Name != drivers.PolicyDriver || id.Perception != "oracle" || len(id.Model) != 64 {
		t.Errorf("driven by %+v", id)
	}
	for _, i := range []int{0, 13, 28} { // 13 is between two decisions
		if v := s.Timeline().StepAt(i).Policy; v == nil || v.Task != "drive-highway-v0" || int(v.Time) != i/2*10 || len(v.Mean) != 2 || len(v.Observation[0].Floats) == 0 {
			t.Errorf("frame %d shows %+v", i, v)
		}
	}
	s.press(ebiten.KeyP)
	if s.Timeline().Len() < 30 || len(s.Messages()) == 0 {
		t.Error("P restarts the drive of a policy, or does not say why not")
	}
	if !s.panels.dock.Visible(policyPanel) {
		t.Error("the panel of the policy is not shown")
	}
	s.press(ebiten.KeySpace)
	s.press(ebiten.KeyHome)
	s.picture("policy.png")
	s.press(ebiten.KeyEnd)
	s.fork()
	if s.OtherTimeline().StepAt(20).Policy == nil {
		t.Error("the other branch is without what the policy observed")
	}
	s.takeOver()
	s.save()
}

// A policy file is opened by keys: it drives the case in place of the stack, with its panel. The
// panel is the user's to hide, and goes with the policy.
func TestPolicyIsOpened(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "braking-lead")
	s.until("some driving", func() bool { return s.Timeline().Len() > 5 })
	if s.panels.dock.Shown(policyPanel) {
		t.Error("the stack has the panel of a policy")
	}
	broken, file := filepath.Join(s.folder, "broken.rlp"), filepath.Join(s.folder, "mine.rlp")
	for path, data := range map[string][]byte{broken: []byte("{"), file: policytest.Untrained(t, policytest.Spec(t, "drive-highway-v0"))} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open := func(path string) {
		s.press(ebiten.KeyO, ebiten.KeyControl)
		s.Type(path)
		s.frame()
		s.press(ebiten.KeyEnter)
	}
	open(broken)
	if !s.FileDialogOpen() || s.Timeline().DriverID().Name != runner.Stack {
		t.Error("a broken policy drives")
	}
	s.press(ebiten.KeyEscape)
	open(file)
	policyDrives := func() bool { return s.Timeline().DriverID().Name == drivers.PolicyDriver && s.Timeline().Len() > 5 }
	s.until("the policy to drive", policyDrives)
	if got := s.Timeline().Plan().Case.Scenario.Slug(); got != "braking-lead" || !s.panels.dock.Visible(policyPanel) {
		t.Errorf("the policy drives %s, its panel shown: %v", got, s.panels.dock.Visible(policyPanel))
	}
	s.press(ebiten.KeyDigit8)
	s.press(ebiten.KeyR)
	s.until("the policy to drive again", policyDrives)
	if s.panels.dock.Shown(policyPanel) {
		t.Error("a restart shows a panel that was hidden")
	}
	s.press(ebiten.KeyDigit0)
	if !s.panels.dock.Visible(policyPanel) {
		t.Error("the standard layout of a policy is without its panel")
	}
	s.Open(opening{Case: s.Timeline().Plan().Case})
	s.until("the stack to drive", func() bool { return s.Timeline().DriverID().Name == runner.Stack })
	if s.panels.dock.Shown(policyPanel) {
		t.Error("the panel of the policy stays")
	}
}

// A drive of the stack is handed over to an opened policy in the what-if dialog. Its decisions are
// shown while the branch of the stack is in front, too.
func TestHandoverToPolicy(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "braking-lead")
	s.until("some driving", func() bool { return s.Timeline().Len() > 20 })
	file := filepath.Join(s.folder, "mine.rlp")
	if err := os.WriteFile(file, policytest.Untrained(t, policytest.Spec(t, "drive-camera-v0")), 0o600); err != nil {
		t.Fatal(err)
	}
	s.press(ebiten.KeyB)
	if err := s.openFile(file); err != nil {
		t.Fatal(err)
	}
	if s.Timeline().DriverID().Name != runner.Stack {
		t.Error("on the library screen, an opened policy drives at once")
	}
	s.press(ebiten.KeyEscape)
	s.press(ebiten.KeyF)
	s.whatIf.form.kind, s.whatIf.form.driver = changeDriver, len(s.whatIf.form.drivers)-1
	s.picture("handover.png")
	s.press(ebiten.KeyEnter)
	s.until("the other branch", func() bool { return s.OtherTimeline() != nil && s.OtherTimeline().Len() > 40 })
	s.picture("other.png")
	s.press(ebiten.KeyX)
	s.until("the policy to decide", func() bool { f := s.Frame(); return f != nil && f.Policy != nil })
	if !s.panels.dock.Visible(policyPanel) || !s.panels.dock.Shown(comparePanel) {
		t.Error("the panel of the policy or that of the branches is not shown")
	}
	if f := s.Timeline().StepAt(5); f.Policy != nil {
		t.Error("the policy decided before the handover")
	}
	s.picture("handed.png")
}

// A window with a policy that is not there does not open.
func TestPolicyThatCannotBeRead(t *testing.T) {
	config := settings{Source: new(uitest.User), Folder: t.TempDir(), Settings: t.TempDir(), Cache: t.TempDir(), Driver: trace.DriverID{Name: "absent.rlp"}}
	if _, err := newWindow(config); err == nil {
		t.Error("no error")
	}
}
