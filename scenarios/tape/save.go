package tape

import (
	"sync"

	"roadloop/scenarios/whole"
	"roadloop/sim/clock"
)

// Save writes the trace of the drive so far to a file: the whole of it is there, or
// what was there before.
func (t *Tape) Save(path string) error {
	data, err := t.Trace().Encode()
	if err != nil {
		return err
	}
	return whole.Write(path, data)
}

// saveEvery is the time of the drive from one save to the next.
const saveEvery = 3 * clock.PerSecond

// Recording saves a drive while it goes on, so that neither a crash nor a driver that
// breaks loses more than its last seconds. It writes beside who drives, whom a slow
// disk does not stop.
type Recording struct {
	path string
	tape *Tape

	mu    sync.Mutex
	saved int  // decisions
	busy  bool // a save is under way
	err   error
	done  sync.WaitGroup
}

// Record begins to save a drive to a file; Tick is to be called after every Step.
func Record(t *Tape, path string) *Recording { return &Recording{tape: t, path: path} }

// Tick saves when it is time: every three seconds of the drive, and when it is over or
// its driver failed.
func (r *Recording) Tick() {
	n, over := r.tape.Len(), r.tape.Over()
	r.mu.Lock()
	defer r.mu.Unlock()
	due := n-r.saved >= int(saveEvery/clock.DriverPeriod) || over && n > r.saved
	if r.busy || !due {
		return
	}
	r.busy, r.saved = true, n
	r.done.Go(r.save)
}

// save saves, and once more where the drive came to its end meanwhile.
func (r *Recording) save() {
	for busy := true; busy; {
		err := r.tape.Save(r.path)
		n, over := r.tape.Len(), r.tape.Over()
		r.mu.Lock()
		busy = over && n > r.saved
		r.busy, r.err = busy, err
		if busy {
			r.saved = n
		}
		r.mu.Unlock()
	}
}

// Err returns what was wrong with the last save, nil for nothing. A later save may
// still work out.
func (r *Recording) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Close waits for a save that is under way, and saves the end. It leaves a drive of
// which nothing was driven without a file.
func (r *Recording) Close() error {
	r.done.Wait()
	if r.tape.Len() == 0 {
		return nil
	}
	return r.tape.Save(r.path)
}
