package timeline

import (
	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
)

// verdict is a cached verdict and the inputs that it depends on.
type verdict struct {
	steps, events int
	over          bool
	is            runner.Verdict
}

// verdictEvery is the number of decisions after which a verdict is computed again: one
// second of the drive.
const verdictEvery = int(clock.PerSecond / clock.DriverPeriod)

// holds reports whether a verdict is still valid: no event since, less than
// verdictEvery steps ago, and the drive did not end.
func (v *verdict) holds(steps, events int, over bool) bool {
	return v.steps > 0 && steps-v.steps < verdictEvery && events == v.events && over == v.over
}

// Verdict judges the drive so far as if it ended here: an expectation that is judged at
// the end may still be met later. It is computed every second of the drive, on every
// event, and at the end; other calls return the cached verdict. For two minutes of
// driving it takes some 25 ms.
func (t *Timeline) Verdict() runner.Verdict {
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
