package desktop

import (
	"time"

	"roadloop/desktop/panel"
)

// pace lowers the detail of pictures while a drive goes on and the machine does not
// keep up with drawing it. What stands still is drawn finely.
type pace struct {
	detail panel.Detail
	last   time.Time // when the last frame was drawn
	late   int       // frames that took too long, less those that did not
}

const (
	// slowest is the time from frame to frame that is put up with.
	slowest = time.Second / 25
	// patience is how many late frames are.
	patience = 12
	// away is a time in which nobody wanted to see anything.
	away = time.Second
)

// frame counts a frame at a time and returns the detail to draw it in.
func (p *pace) frame(now time.Time, playing bool) panel.Detail {
	took := now.Sub(p.last)
	p.last = now
	switch {
	case !playing:
		p.late = 0
		return panel.Fine
	case took > away:
	case took > slowest:
		p.late++
	default:
		p.late = max(0, p.late-1)
	}
	if p.late >= patience && p.detail < panel.Rough {
		p.detail++
		p.late = 0
	}
	return p.detail
}
