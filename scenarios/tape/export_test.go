package tape

// Forget drops all frames, so that they must be driven again.
func Forget(t *Tape) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reel = newReel()
}
