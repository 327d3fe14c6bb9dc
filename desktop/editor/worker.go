package editor

import (
	"context"
	"sync"

	"roadloop/scenarios/edit"
	"roadloop/scenarios/preview"
	"roadloop/sim/clock"
)

// previewed is at most how long everybody is driven ahead.
const previewed = 30 * clock.PerSecond

// result is what is known of a text. Preview comes later, or never.
type result struct {
	findings *edit.Findings
	preview  *preview.Preview
	err      error // why there is no preview
}

// task is a text to look into.
type task struct {
	ctx        context.Context
	name, text string
}

// worker looks into texts in the background, one at a time: always the one that it was
// given last. The zero value is ready.
type worker struct {
	changed func() // is called when there is a result; may be nil

	mu      sync.Mutex
	next    *task // what is to be looked into then
	busy    bool
	cancel  context.CancelFunc // of what was asked last
	latest  *result            // not taken yet
	running sync.WaitGroup
}

// ask has a text looked into, in the place of all that were asked before. It does not
// wait.
func (w *worker) ask(name, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cancel != nil {
		w.cancel()
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel, w.latest = cancel, nil
	w.next = &task{ctx, name, text}
	if !w.busy {
		w.busy = true
		w.running.Go(w.work)
	}
}

// work looks into what was asked until nothing is left.
func (w *worker) work() {
	for {
		w.mu.Lock()
		t := w.next
		w.next = nil
		w.busy = t != nil
		w.mu.Unlock()
		if t == nil {
			return
		}
		w.look(t)
	}
}

// look examines a text, then drives it ahead.
func (w *worker) look(t *task) {
	if t.ctx.Err() != nil {
		return
	}
	r := result{findings: edit.Examine(t.name, t.text, 1)}
	w.tell(t, r)
	if plan := r.findings.Plan; plan != nil && t.ctx.Err() == nil {
		r.preview, r.err = preview.Drive(t.ctx, plan, min(previewed, plan.Drive.Duration))
		w.tell(t, r)
	}
}

// tell hands over a result that is still wanted.
func (w *worker) tell(t *task, r result) {
	w.mu.Lock()
	wanted := t.ctx.Err() == nil
	if wanted {
		w.latest = &r
	}
	w.mu.Unlock()
	if wanted && w.changed != nil {
		w.changed()
	}
}

// take returns what was found since the last call, nil for nothing.
func (w *worker) take() *result {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.latest
	w.latest = nil
	return r
}

// close ends what goes on, and waits for that.
func (w *worker) close() {
	w.mu.Lock()
	if w.cancel != nil {
		w.cancel()
	}
	w.next = nil
	w.mu.Unlock()
	w.running.Wait()
}
