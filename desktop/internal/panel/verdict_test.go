package panel

import (
	"strings"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
)

// settle draws until the panel has judged the whole drive.
func settle(t *testing.T, s *uitest.Screen, p *Verdict, tp *timeline.Timeline) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		uitest.Redraw(s, p, 1)
		p.mu.Lock()
		done := p.latest.of == tp && p.latest.steps == tp.Len()
		p.mu.Unlock()
		if done {
			uitest.Redraw(s, p, 1)
			return
		}
	}
	t.Fatal("the drive was not judged within a minute")
}

// A drive in progress is neither passed nor failed. At its end the panel agrees with
// the verdict.
func TestVerdictFollowsTheDrive(t *testing.T) {
	tp := driveOf(t, driveCase{Scenario: "cut-in", Until: 2})
	p := NewVerdict(feedOf(tp))
	s := uitest.NewScreen(460, 300, 1)
	settle(t, s, p, tp)
	if n := p.latest.counts(); n[runner.Pending] == 0 || n[runner.Failed] > 0 || p.latest.over {
		t.Errorf("after 2 s: %v, over %v", n, p.latest.over)
	}
	for more := true; more; {
		var err error
		if more, err = tp.Step(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(judgePeriod)
	settle(t, s, p, tp)
	n := p.latest.counts()
	if v := tp.Verdict(); !v.Passed || n[runner.Failed] > 0 || n[runner.Pending] > 0 || !p.latest.over {
		t.Errorf("at the end: %v, the verdict is %+v", n, v)
	}
	uitest.Save(t, "passed.png", s.Picture())
}

// A click on an event seeks to its frame and selects its road user.
func TestClickSeeksToEvent(t *testing.T) {
	tp := driveOf(t, driveCase{Scenario: "cut-in", Until: 4})
	feed := feedOf(tp)
	sought := -1
	feed.Seek = func(frame int) { sought = frame }
	p := NewVerdict(feed)
	s := uitest.NewScreen(700, 300, 1)
	settle(t, s, p, tp)
	events := eventsOf(tp)
	if len(events) == 0 || !strings.Contains(events[0].text, "cutter starts maneuver") {
		t.Fatalf("events: %+v", events)
	}
	s.User.Click(500, 6+34+verdictLine+verdictLine/2, ui.Primary)
	uitest.Redraw(s, p, 2)
	if sought != events[0].frame || feed.Chosen != 1 {
		t.Errorf("a click went to frame %d and selected %d, want %d and 1", sought, feed.Chosen, events[0].frame)
	}
	if at := tp.StepAt(sought); len(at.Events) == 0 {
		t.Error("nothing happened at that frame")
	}
}

// Allowed events are not violations, such as waiting in a junction that need not be
// kept clear.
func TestViolationsDependOnCase(t *testing.T) {
	tp := driveOf(t, driveCase{Scenario: "unprotected-left"})
	stood := false
	for _, e := range eventsOf(tp) {
		stood = stood || strings.Contains(e.text, "inside a junction")
		if e.bad {
			t.Errorf("%q is marked as a violation", e.text)
		}
	}
	if !stood {
		t.Error("the car does not wait inside the junction: the case tests nothing")
	}
}

// Tab focuses the events, arrows mark and scroll, Enter seeks to one.
func TestKeysSeekToEvent(t *testing.T) {
	tp := driveOf(t, driveCase{Scenario: "stop-and-go", Until: 12})
	feed := feedOf(tp)
	sought := -1
	feed.Seek = func(frame int) { sought = frame }
	p := NewVerdict(feed)
	s := uitest.NewScreen(460, 100, 1) // with room for two
	settle(t, s, p, tp)
	events := eventsOf(tp)
	if len(events) < 4 {
		t.Fatalf("events: %+v", events)
	}
	press := func(k ui.Key) {
		s.User.Press(k)
		uitest.Redraw(s, p, 2)
	}
	press(ebiten.KeyEnter)
	if sought != -1 {
		t.Fatal("without the focus Enter seeks")
	}
	press(ebiten.KeyTab)
	press(ebiten.KeyEnd)
	press(ebiten.KeyEnter)
	if want := events[len(events)-1].frame; sought != want {
		t.Errorf("Enter on the last goes to frame %d, want %d", sought, want)
	}
	if p.scroll != 0 {
		t.Errorf("the last is %g points out of view", p.scroll)
	}
	press(ebiten.KeyHome)
	press(ebiten.KeyArrowDown)
	press(ebiten.KeyEnter)
	uitest.Save(t, "marked.png", s.Picture())
	if sought != events[1].frame {
		t.Errorf("Enter on the second goes to frame %d, want %d", sought, events[1].frame)
	}
	if p.scroll == 0 {
		t.Error("the list does not scroll to what is marked")
	}
}

// A long event is wrapped, and the list gets higher.
func TestLongEventsAreWrapped(t *testing.T) {
	s := uitest.NewScreen(300, 200, 1)
	s.Frame(func(c *ui.Canvas, _ *ui.Input) {
		events := []driveEvent{{text: "short"}, {text: "guard intervenes: AEB, a pedestrian in 0.8 s at 23 km/h"}, {text: "short"}}
		tops := eventTops(c, 250, events)
		if tops[1] != verdictLine || tops[2]-tops[1] < 2*verdictLine || tops[3]-tops[2] != verdictLine {
			t.Errorf("the events begin at %v", tops)
		}
		j := judgment{}
		for _, k := range []struct {
			width, height float64
			events        []driveEvent
			want          bool
		}{{500, 300, events, false}, {500, 300, events[:1], true}, {300, 300, nil, false}, {500, 40, events, true}} {
			if got := fitsBeside(c, ui.Rect{W: k.width, H: k.height}, &j, k.events); got != k.want {
				t.Errorf("%g×%g with %d events: side by side is %v", k.width, k.height, len(k.events), got)
			}
		}
	})
}
