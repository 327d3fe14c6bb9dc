package desktop

import (
	"math"
	"time"
)

// playClock is the playback clock. It makes time advance evenly although decisions arrive
// irregularly. Each decision is shown one period after the previous one, or when it
// arrives. Until then the world is known, because the command is known; at the end of
// that period the clock stops and waits.
type playClock struct {
	at     int       // the newest decision
	begin  time.Time // when it is shown
	before time.Time // when the previous one was shown
}

// catchUp is the share of a period by which an early decision is shown earlier. It makes
// up for late ones without a visible jump.
const catchUp = .005

// maxLag is the longest lag of the shown time behind the newest decision, beyond one
// period.
const maxLag = 50 * time.Millisecond

// arrive records a decision that is available now. It is shown after slack at the
// earliest.
func (f *playClock) arrive(at int, now time.Time, period, slack time.Duration) {
	if at == f.at && !f.begin.IsZero() {
		return // none came
	}
	soonest := now.Add(slack)
	begin := f.begin.Add(period - time.Duration(catchUp*float64(period)))
	f.before = f.begin
	switch {
	case begin.Before(soonest):
		begin = soonest
	case begin.Sub(soonest) > period+maxLag:
		begin, f.before = soonest, soonest.Add(-period)
	}
	f.at, f.begin = at, begin
}

// hold stops the clock at a decision.
func (f *playClock) hold(at int, now time.Time) { *f = playClock{at, now, now} }

func (f *playClock) due(now time.Time) bool { return now.After(f.begin) }

// moment returns the shown time, in decisions. A paused clock advances evenly to its
// decision and stops there.
func (f *playClock) moment(now time.Time, period time.Duration, playing bool) float64 {
	at := float64(f.at)
	switch {
	case now.Before(f.begin):
		at += min(1, share(now.Sub(f.before), period)) - 1
	case playing:
		at += min(1, share(now.Sub(f.begin), period))
	}
	return math.Max(0, at)
}

func share(d, period time.Duration) float64 { return float64(d) / float64(period) }

// rescale continues at the same time with another period.
func (f *playClock) rescale(now time.Time, before, after time.Duration) {
	scaled := func(t time.Time) time.Time {
		return now.Add(-time.Duration(share(now.Sub(t), before) * float64(after)))
	}
	f.begin, f.before = scaled(f.begin), scaled(f.before)
}
