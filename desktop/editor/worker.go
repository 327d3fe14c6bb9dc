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

// worker looks into texts in the background: always the one that it was given last.
type worker struct {
	mu     sync.Mutex
	cancel context.CancelFunc // of what is looked into now
	latest *result            // not taken yet
	wait   sync.WaitGroup
}

// ask has a text looked into, in the place of one that is now.
func (w *worker) ask(name, text string) {
	w.close()
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	w.wait.Go(func() { w.look(ctx, name, text) })
}

// look examines a text, then drives it ahead.
func (w *worker) look(ctx context.Context, name, text string) {
	r := result{findings: edit.Examine(name, text, 1)}
	w.tell(ctx, r)
	if plan := r.findings.Plan; plan != nil && ctx.Err() == nil {
		r.preview, r.err = preview.Drive(ctx, plan, min(previewed, plan.Drive.Duration))
		w.tell(ctx, r)
	}
}

// tell hands over a result that is still wanted.
func (w *worker) tell(ctx context.Context, r result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ctx.Err() == nil {
		w.latest = &r
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

// close ends what goes on.
func (w *worker) close() {
	if w.cancel != nil {
		w.mu.Lock()
		w.cancel()
		w.latest = nil
		w.mu.Unlock()
		w.wait.Wait()
	}
}
