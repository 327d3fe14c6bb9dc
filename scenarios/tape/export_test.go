package tape

// Forget drops all frames, so that they must be driven again.
func Forget(t *Tape) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reel = newReel()
}

// Wait waits for a save that is under way.
func (r *Recording) Wait() { r.done.Wait() }

// KeyEvery is the number of decisions from one key to the next.
const KeyEvery = keyEvery
