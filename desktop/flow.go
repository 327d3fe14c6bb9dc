package desktop

import (
	"math"
	"time"
)

// flow lets time go on evenly between decisions. They come when they are made: now
// sooner, now later. Each is shown a period after the one before, or when it is there.
// Until the next one is shown, what the world does is known, as the command is, and no
// further: there time waits.
type flow struct {
	at     int       // the newest decision
	begin  time.Time // when it is shown
	before time.Time // when the one before it was
}

// haste is the share of a period by which a decision that came early is shown sooner: so
// what a late one held up is caught up unnoticed.
const haste = .005

// longest is the time beyond a period by which what is shown may lag behind what came.
const longest = 50 * time.Millisecond

// arrive takes a decision that is there now. It is shown after slack at the earliest.
func (f *flow) arrive(at int, now time.Time, period, slack time.Duration) {
	if at == f.at && !f.begin.IsZero() {
		return // none came
	}
	soonest := now.Add(slack)
	begin := f.begin.Add(period - time.Duration(haste*float64(period)))
	f.before = f.begin
	switch {
	case begin.Before(soonest):
		begin = soonest
	case begin.Sub(soonest) > period+longest:
		begin, f.before = soonest, soonest.Add(-period)
	}
	f.at, f.begin = at, begin
}

// hold stands at a decision.
func (f *flow) hold(at int, now time.Time) { *f = flow{at, now, now} }

// due reports whether the newest decision is shown.
func (f *flow) due(now time.Time) bool { return now.After(f.begin) }

// moment returns the time that is shown, in decisions. What stands still is shown at a
// decision, to which time goes on evenly.
func (f *flow) moment(now time.Time, period time.Duration, playing bool) float64 {
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

// pace goes on from the same moment with another period.
func (f *flow) pace(now time.Time, before, after time.Duration) {
	scaled := func(t time.Time) time.Time {
		return now.Add(-time.Duration(share(now.Sub(t), before) * float64(after)))
	}
	f.begin, f.before = scaled(f.begin), scaled(f.before)
}
