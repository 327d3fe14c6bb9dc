package desktop

import (
	"time"

	"roadloop/desktop/internal/panel"
)

// detailControl lowers the level of detail while a drive plays and drawing is too slow. A paused
// drive is drawn in full detail.
type detailControl struct {
	detail panel.Detail
	last   time.Time // when the last frame was drawn
	late   int       // slow frames minus fast frames
}

const (
	// maxFrameTime is the longest acceptable time between frames.
	maxFrameTime = time.Second / 25
	// maxLateFrames is the number of late frames before the detail is lowered.
	maxLateFrames = 12
	// pauseGap is a gap in drawing that does not count as a late frame.
	pauseGap = time.Second
)

// frame records a frame and returns its level of detail.
func (p *detailControl) frame(now time.Time, playing bool) panel.Detail {
	took := now.Sub(p.last)
	p.last = now
	switch {
	case !playing:
		p.late = 0
		return panel.Fine
	case took > pauseGap:
	case took > maxFrameTime:
		p.late++
	default:
		p.late = max(0, p.late-1)
	}
	if p.late >= maxLateFrames && p.detail < panel.Rough {
		p.detail++
		p.late = 0
	}
	return p.detail
}
