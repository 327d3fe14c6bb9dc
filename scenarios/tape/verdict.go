package tape

import "roadloop/scenarios"

// verdict is one that was reached, and of how many steps.
type verdict struct {
	steps int
	is    scenarios.Verdict
}

// Verdict judges the drive so far as if it ended here: what can only be known at the
// end may still turn out well. It is reached once for each step, and costs more the
// longer the drive is.
func (t *Tape) Verdict() scenarios.Verdict {
	log := t.Log()
	if len(log.Steps) == 0 {
		return scenarios.Verdict{}
	}
	t.mu.Lock()
	known := t.verdict
	t.mu.Unlock()
	if known.steps == len(log.Steps) {
		return known.is
	}
	is := t.plan.Judge(log)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.verdict = verdict{len(log.Steps), is}
	return is
}
