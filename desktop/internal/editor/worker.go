package editor

import (
	"context"
	"sync"

	"roadloop/scenarios/edit"
	"roadloop/scenarios/video"
	"roadloop/sim/clock"
)

// previewed is the longest duration of a preview.
const previewed = 30 * clock.PerSecond

// result is the result of checking a text. The preview comes later, or never.
type result struct {
	findings *edit.Findings
	preview  *video.Preview
	err      error // error of the preview
}

// task is a text to check.
type task struct {
	ctx        context.Context
	name, text string
}

// worker checks texts in the background, one at a time: always the latest one. The zero
// value is ready to use.
type worker struct {
	changed func() // called when there is a result; may be nil

	mu      sync.Mutex
	next    *task // the next text
	busy    bool
	cancel  context.CancelFunc // of the latest task
	latest  *result            // not yet taken
	running sync.WaitGroup
}

// ask requests the check of a text and replaces earlier requests. It does not wait.
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

// work runs tasks until there are none.
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
		w.check(t)
	}
}

// check checks a text, then simulates its preview.
func (w *worker) check(t *task) {
	if t.ctx.Err() != nil {
		return
	}
	r := result{findings: edit.Examine(t.name, t.text, 1)}
	w.tell(t, r)
	if plan := r.findings.Spec; plan != nil && t.ctx.Err() == nil {
		r.preview, r.err = video.DrivePreview(t.ctx, plan, min(previewed, plan.Drive.Duration))
		w.tell(t, r)
	}
}

// tell stores a result unless a newer text was requested.
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

// take returns the result since the last call, nil for none.
func (w *worker) take() *result {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.latest
	w.latest = nil
	return r
}

// close stops the work and waits for its end.
func (w *worker) close() {
	w.mu.Lock()
	if w.cancel != nil {
		w.cancel()
	}
	w.next = nil
	w.mu.Unlock()
	w.running.Wait()
}
