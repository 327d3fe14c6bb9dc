package desktop

import (
	"math"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/sim/geom"
)

// shownFrame is the state that a frame of the window shows.
type shownFrame struct {
	at      int     // decision
	seconds float64 // shown time
	ego     geom.Pose
}

// drawFrames draws a number of frames.
func (s *testWindow) drawFrames(frames int) []shownFrame {
	s.Helper()
	var out []shownFrame
	for range frames {
		s.frame()
		seconds, ego, ok := s.window.ShownTime()
		if !ok {
			s.Fatal("nothing is shown")
		}
		out = append(out, shownFrame{s.At(), seconds, ego})
	}
	return out
}

// The car moves between two decisions: live and in playback, slow and fast. Its shown
// position lies between those of the decisions.
func TestMotionBetweenDecisions(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "braking-lead")
	s.until("a drive", func() bool { return s.Timeline().Len() > 3 })
	s.press(ebiten.KeyMinus)
	s.press(ebiten.KeyMinus)
	s.smooth("live", s.drawFrames(60), 5)
	s.press(ebiten.KeyHome)
	s.press(ebiten.KeySpace)
	s.smooth("playback", s.drawFrames(60), 5)
	for range 5 {
		s.press(ebiten.KeyEqual)
	}
	s.smooth("at eight times the speed", s.drawFrames(20), 0) // a frame may skip decisions
}

// smooth checks the frames of a drive along a straight road. Some must lie between
// decisions.
func (s *testWindow) smooth(when string, frames []shownFrame, least int) {
	s.Helper()
	between := 0
	for i := 1; i < len(frames); i++ {
		a, b := frames[i-1], frames[i]
		if b.seconds < a.seconds || b.ego.X < a.ego.X {
			s.Errorf("%s: from %.3f s at %.2f m it goes to %.3f s at %.2f m", when, a.seconds, a.ego.X, b.seconds, b.ego.X)
		}
		if math.Floor(20*a.seconds) == math.Floor(20*b.seconds) && b.seconds > a.seconds {
			between++
			if b.ego.X <= a.ego.X {
				s.Errorf("%s: between decisions it stands at %.2f m", when, a.ego.X)
			}
		}
		k := int(20*b.seconds + 1e-9)
		from := s.Timeline().StepAt(k).World.Ego().State.Pose.X
		if next := s.Timeline().StepAt(k + 1); b.ego.X < from || next != nil && b.ego.X > next.World.Ego().State.Pose.X {
			s.Errorf("%s: at %.3f s it is shown at %.2f m, outside of the decisions' positions", when, b.seconds, b.ego.X)
		}
	}
	if between < least {
		s.Errorf("%s: only %d of %d frames show a time between decisions", when, between, len(frames))
	}
}

// A paused drive stands at a decision, and the whole window shows that decision.
func TestPauseShowsDecision(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "braking-lead")
	s.until("a second of driving", func() bool { return s.Timeline().Len() > 20 })
	before, _, _ := s.window.ShownTime()
	s.press(ebiten.KeySpace)
	s.until("the pause", func() bool {
		seconds, _, _ := s.window.ShownTime()
		if seconds < before {
			t.Errorf("it goes back from %.3f s to %.3f s", before, seconds)
		}
		before = seconds
		return seconds == s.Frame().Time.Seconds()
	})
	for _, q := range s.drawFrames(5) {
		if ego := s.Frame().World.Ego().State.Pose; q.seconds != s.Frame().Time.Seconds() || q.ego != ego {
			t.Errorf("paused at %v it shows %.3f s and the car at %v, want %v", s.Frame().Time, q.seconds, q.ego, ego)
		}
	}
	s.press(ebiten.KeyComma)
	if q := s.drawFrames(1)[0]; q.ego != s.Frame().World.Ego().State.Pose || q.seconds != s.Frame().Time.Seconds() {
		t.Errorf("a decision back it shows %.3f s", q.seconds)
	}
	s.press(ebiten.KeyPeriod)
	s.until("a step", func() bool { seconds, _, _ := s.window.ShownTime(); return seconds == before })
}
