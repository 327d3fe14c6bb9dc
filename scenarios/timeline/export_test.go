package timeline

// Forget drops all frames, so that they must be re-simulated.
func Forget(t *Timeline) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.frames = newFrameCache()
}

// Wait waits for the save in progress.
func (r *Recording) Wait() { r.done.Wait() }

// CheckpointEvery is the number of decisions between checkpoints.
const CheckpointEvery = checkpointEvery
