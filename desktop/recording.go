package desktop

import (
	"context"
	"sync"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/timeline"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/trace"
)

// recording is what a trace says about its drive before re-driving: the length, the
// human's spans of control, and the events.
type recording struct {
	trace *trace.Trace
	end   float64 // s
	spans []timeline.DriverSpan

	mu     sync.Mutex
	events []sim.Event // nil until known
}

// newRecording reads a trace. Its events come from a simulation of the world without
// the driver, which runs in the background and calls changed at its end. If a drive
// cannot be simulated to its end, such as one with a change of weather, it has the
// events up to there.
func newRecording(ctx context.Context, trace *trace.Trace, frames int, background *sync.WaitGroup, changed func()) *recording {
	r := &recording{trace: trace, end: float64(max(frames-1, 1)) * clock.DriverPeriod.Seconds(), spans: timeline.DriverSpans(trace)}
	background.Go(func() {
		events := eventsOf(ctx, trace)
		r.mu.Lock()
		r.events = events
		r.mu.Unlock()
		changed()
	})
	return r
}

// eventsOf simulates the world of a trace and returns its events, nil if the context
// ends first.
func eventsOf(ctx context.Context, trace *trace.Trace) []sim.Event {
	reel, err := timeline.NewCommandLog(trace)
	if err != nil {
		return nil
	}
	world, err := timeline.NewResim(reel)
	if err != nil {
		return nil
	}
	for more := true; more; {
		if ctx.Err() != nil {
			return nil
		}
		// On an error the simulation ends at the last world that equals the recorded
		// one.
		more, _ = world.Advance(int(clock.PerSecond / clock.DriverPeriod))
	}
	return world.Outcome().Log.Events
}

// after returns the events after a time.
func (r *recording) after(t clock.Tick) []sim.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.events {
		if r.events[i].Time > t {
			return r.events[i:]
		}
	}
	return nil
}

// of returns the recording that a timeline re-drives, nil for none.
func (r *recording) of(t *timeline.Timeline) *recording {
	if r == nil || t.Recorded() == 0 {
		return nil
	}
	return r
}

// recorded draws the part of a trace that is not simulated yet, after a time: its
// length, the human's spans of control, and the events.
func (l *timeBar) recorded(c *ui.Canvas, r *recording, after clock.Tick, allowed map[sim.EventKind]bool) {
	c.RoundRect(ui.Rect{X: l.area.X, Y: l.area.Y, W: l.x(r.end) - l.area.X, H: l.area.H}, 3, ui.Mix(c.Theme.Raised, c.Theme.Series[5], .35))
	for i := range r.spans {
		if r.spans[i].Human {
			l.human(c, r.spans[i].From.Seconds(), r.spans[i].To.Seconds(), .45)
		}
	}
	events := r.after(after)
	for i := range events {
		l.event(c, &events[i], allowed[events[i].Kind])
	}
}

// timelineEnd returns the last time on the timeline of a drive, s.
func timelineEnd(t *timeline.Timeline) float64 {
	if n := t.Recorded(); n > 1 {
		return decisionTime(max(n, t.Len()) - 1)
	}
	return max(1, t.Plan().Drive.Duration.Seconds())
}
