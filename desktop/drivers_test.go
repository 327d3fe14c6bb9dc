package desktop

import (
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/drivers"
	"roadloop/perception"
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
