package desktop

import (
	"math"
	"time"
)

// flow lets time go on evenly between decisions. They come when they are made: now
// sooner, now later. Each is shown a period after the one before, or when it is there.
// Until the next one has come, what the world does is known, as the command is, and no
// further.
type flow struct {
	at    int       // the newest decision that may be shown
	begin time.Time // when it is shown
}

// hurry is by how much less than a period follows the one before while they come early:
// so what a late one held up is caught up unnoticed.
const hurry = .005

// longest is the time beyond a period by which what is shown may lag behind what came.
const longest = 50 * time.Millisecond

// arrive takes a decision that is there now. It is shown after slack at the earliest.
func (f *flow) arrive(at int, now time.Time, period, slack time.Duration) {
	if at == f.at && !f.begin.IsZero() {
		return // none came
	}
	soonest := now.Add(slack)
	begin := f.begin.Add(period - time.Duration(hurry*float64(period)))
	if begin.Before(soonest) || begin.Sub(soonest) > period+longest {
		begin = soonest
	}
	f.at, f.begin = at, begin
}

// hold stands at a decision.
func (f *flow) hold(at int, now time.Time) { f.at, f.begin = at, now }

// share returns where time is, in decisions, a part of one after the newest, or before it
// while that one is not yet due.
func (f *flow) share(now time.Time, period time.Duration) float64 {
	return float64(now.Sub(f.begin)) / float64(period)
}

// moment returns the time that is shown, in decisions. What stands still is shown at a
// decision, to which time goes on evenly.
func (f *flow) moment(now time.Time, period time.Duration, playing bool) float64 {
	most := 1.0
	if !playing {
		most = 0
	}
	return math.Max(0, float64(f.at)+min(most, f.share(now, period)))
}

// pace goes on from the same moment with another period.
func (f *flow) pace(now time.Time, before, after time.Duration) {
	f.begin = now.Add(-time.Duration(f.share(now, before) * float64(after)))
}
