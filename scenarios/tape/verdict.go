package tape

import (
	"roadloop/scenarios"
	"roadloop/sim/clock"
)

// verdict is one that was reached, and on what.
type verdict struct {
	steps, events int
	over          bool
	is            scenarios.Verdict
}

// verdictEvery is the number of decisions after which a verdict is reached anew: a
// second of the drive.
const verdictEvery = int(clock.PerSecond / clock.DriverPeriod)

// holds tells that a verdict still stands: nothing happened since, it is not long ago,
// and the drive did not end.
func (v *verdict) holds(steps, events int, over bool) bool {
	return v.steps > 0 && steps-v.steps < verdictEvery && events == v.events && over == v.over
}

// Verdict judges the drive so far as if it ended here: what can only be known at the
// end may still turn out well. It is reached anew every second of the drive, whenever
// something happens, and at the end; calls between cost nothing. Of two minutes it takes
// some 25 ms.
func (t *Tape) Verdict() scenarios.Verdict {
	t.mu.Lock()
	log, known := t.log, t.verdict
	over := t.over || t.failed != nil
	t.mu.Unlock()
	steps, events := len(log.Steps), len(log.Events)
	if steps == 0 || known.holds(steps, events, over) {
		return known.is
	}
	is := t.plan.Judge(&log)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.verdict = verdict{steps, events, over, is}
	return is
}
