package tape

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"roadloop"
	"roadloop/sim/clock"
)

// Save writes the trace of the drive so far to a file: the whole of it is there, or
// what was there before.
func (t *Tape) Save(path string) error { return write(path, t.Trace()) }

// write writes a trace beside a file and then puts it in its place.
func write(path string, trace *roadloop.Trace) error {
	data, err := trace.Encode()
	if err != nil {
		return err
	}
	if err := place(path, data); err != nil {
		return fmt.Errorf("saving the drive: %w", err)
	}
	return nil
}

// place puts data in the place of a file, on the disk and whole.
func place(path string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
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
