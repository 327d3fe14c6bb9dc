package desktop

import (
	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
)

// cachedVerdict caches the verdict so far. It is computed only now and then, because its cost
// grows with the length of the drive.
type cachedVerdict struct {
	tape    *timeline.Timeline
	at      int
	verdict runner.Verdict
	over    bool
}

// judgeEvery is the number of decisions between verdicts.
const judgeEvery = 10

// update returns the verdict of a timeline so far.
func (j *cachedVerdict) update(t *timeline.Timeline) *cachedVerdict {
	n, over := t.Len(), t.Over()
	if j.tape != t || n-j.at >= judgeEvery || over && !j.over {
		*j = cachedVerdict{t, n, t.Verdict(), over}
	}
	return j
}

// words returns the verdict for the top bar.
func (j *cachedVerdict) words() (text string, level ui.Level) {
	switch {
	case !j.verdict.Passed && (j.over || j.failedAlready()):
		return "failed: " + j.verdict.Reason, ui.Failure
	case j.over:
		return "passed", ui.Info
	}
	return "no failure so far", ui.Info
}

// failedAlready reports whether the first failure lies in the past. Expectations that
// are not met yet can still be met.
func (j *cachedVerdict) failedAlready() bool {
	return j.verdict.At.Seconds() < j.verdict.Duration-1e-9
}
