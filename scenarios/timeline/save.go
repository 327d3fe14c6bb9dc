package timeline

import (
	"sync"

	"roadloop/internal/fileio"
	"roadloop/sim/clock"
)

// Save writes the trace of the drive so far to a file, atomically.
func (t *Timeline) Save(path string) error {
	data, err := t.Trace().Encode()
	if err != nil {
		return err
	}
	return fileio.Write(path, data)
}

// saveEvery is the simulated time between saves.
const saveEvery = 3 * clock.PerSecond

// Recording saves a drive in progress, so that a crash or a failing driver loses at
// most the last seconds. It writes in its own goroutine: a slow disk does not delay the
// drive.
type Recording struct {
	path string
	tape *Timeline

	mu    sync.Mutex
	saved int  // decisions
	busy  bool // a save is in progress
	err   error
	done  sync.WaitGroup
}

// Record returns a recording of a drive to a file. The caller calls Tick after every
// Step.
func Record(t *Timeline, path string) *Recording { return &Recording{tape: t, path: path} }

// Tick starts a save every three seconds of simulated time, and when the drive is over
// or its driver failed.
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

// save saves, and saves again if the drive ended meanwhile.
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

// Err returns the error of the last save. A later save may still succeed.
func (r *Recording) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Close waits for the save in progress and saves the end. A drive without decisions
// gets no file.
func (r *Recording) Close() error {
	r.done.Wait()
	if r.tape.Len() == 0 {
		return nil
	}
	return r.tape.Save(r.path)
}
