package desktop

import (
	"testing"
	"time"

	"roadloop/desktop/internal/panel"
)

func TestDetailFollowsDrawingTime(t *testing.T) {
	run := func(p *detailControl, now *time.Time, frames int, took time.Duration, playing bool) (d panel.Detail) {
		for range frames {
			*now = now.Add(took)
			d = p.frame(*now, playing)
		}
		return d
	}
	now := time.Unix(1000, 0)
	fast := new(detailControl)
	if d := run(fast, &now, 600, time.Second/60, true); d != panel.Fine {
		t.Errorf("at 60 frames a second the detail is %d", d)
	}
	if d := run(fast, &now, 1, 300*time.Millisecond, true); d != panel.Fine {
		t.Errorf("after one late frame the detail is %d", d)
	}
	slow := new(detailControl)
	if d := run(slow, &now, 3*maxLateFrames, 100*time.Millisecond, true); d != panel.Rough {
		t.Errorf("at 10 frames a second the detail is %d", d)
	}
	if d := run(slow, &now, 1, 100*time.Millisecond, false); d != panel.Fine {
		t.Errorf("a paused drive is drawn with detail %d", d)
	}
	if d := run(slow, &now, 1, 100*time.Millisecond, true); d != panel.Rough {
		t.Errorf("when it plays again the detail is %d", d)
	}
}
