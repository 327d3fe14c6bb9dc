package desktop

import (
	"strings"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/drivetest"
	"roadloop/trace"
)

// humanTrace returns the trace of a drive in which a human brakes from 1 s to 2 s.
func humanTrace(t *testing.T) *trace.Trace {
	t.Helper()
	return drivetest.DriveWithHumanBraking(t, drivetest.Plan(t, "curve/1"), 20, 40, 1).Trace()
}

// clickTime clicks on the timeline of a window of 1280×720 at a share of its length.
func (s *testWindow) clickTime(share float64) {
	s.User.Click(14+1252*share, 672, ui.Primary)
	s.frame()
	s.frame()
}

// The timeline of a trace has its full length from the start. A click beyond the simulated
// part simulates up to there at full speed and pauses, Escape cancels, and End goes to the
// end.
func TestSeekAheadInTrace(t *testing.T) {
	trace := humanTrace(t)
	s := openTestWindow(t, 1280, 720, "")
	s.Open(opening{Trace: trace})
	s.until("a drive", func() bool { return s.Frame() != nil })
	n := s.Timeline().Recorded()
	if n < len(trace.Records) {
		t.Fatalf("%d frames are recorded of %d decisions", n, len(trace.Records))
	}
	s.press(ebiten.KeySpace)
	s.clickTime(.6)
	if goal := s.SeekTarget(); goal < 0 && s.At() < n/2 {
		t.Fatal("a click does not seek ahead")
	}
	s.until("the click's frame", func() bool { return s.SeekTarget() < 0 })
	if want := int(.6*float64(n-1) + .5); s.At() < want-1 || s.At() > want+1 || s.Playing() {
		t.Errorf("a click at 60 %% of %d frames shows frame %d, playing: %v", n, s.At(), s.Playing())
	}
	s.picture("scrubbed.png")
	s.press(ebiten.KeyEnd)
	s.until("the end", func() bool { return s.SeekTarget() < 0 })
	if s.At() != n-1 || !s.Timeline().Over() || s.Timeline().Len() != n {
		t.Errorf("End shows frame %d of %d", s.At(), n)
	}
	again := s.Timeline().Trace()
	for i := range trace.Records {
		if again.Records[i] != trace.Records[i] {
			t.Fatalf("record %d is another", i)
		}
	}
	s.press(ebiten.KeyR)
	s.until("the restarted drive", func() bool { return s.Frame() != nil })
	s.press(ebiten.KeySpace)
	if s.Timeline().Recorded() != n || s.Timeline().Over() {
		t.Error("R does not drive the restarted drive")
	}
	s.clickTime(1)
	s.press(ebiten.KeyEscape)
	if s.SeekTarget() >= 0 || s.At() < s.Timeline().Len()-2 { // a step is never cancelled midway
		t.Errorf("Escape: seeks to %d, at %d of %d", s.SeekTarget(), s.At(), s.Timeline().Len())
	}
}

// The library shows that a human drove, and when.
func TestLibraryNamesHumanDriver(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "curve")
	s.until("a drive", func() bool { return s.Frame() != nil })
	s.User.Hold(ebiten.KeyArrowUp)
	s.User.Hold(ebiten.KeyArrowLeft)
	s.until("the end of the drive", func() bool { return s.Timeline().Over() })
	s.User.Release(ebiten.KeyArrowUp)
	s.User.Release(ebiten.KeyArrowLeft)
	s.frame()
	s.frame()
	rec, ok := s.browser.LastDrive("curve")
	if !ok || !strings.HasPrefix(rec.By, "human") && !strings.Contains(rec.By, "; human") || rec.Passed {
		t.Fatalf("the library has %+v (%v)", rec, ok)
	}
	s.press(ebiten.KeyB)
	s.picture("human-card.png")
}
