package video

import (
	"errors"
	"image"
	"sync"
)

// Recorder writes frames in a goroutine with a short queue. Add never blocks.
type Recorder struct {
	queue chan queuedFrame
	done  chan struct{}

	mu      sync.Mutex
	closed  bool
	dropped int
	missing int // dropped since the last accepted frame
	err     error
}

// queuedFrame is a frame in the queue.
type queuedFrame struct {
	im *image.RGBA
	// missing is the number of frames dropped before this one. The previous frame is
	// repeated for them, so that the video keeps its timing.
	missing int
}

// Record returns a recorder to w with a queue of up to waiting frames.
func Record(w Writer, waiting int) *Recorder {
	r := &Recorder{queue: make(chan queuedFrame, max(waiting, 1)), done: make(chan struct{})}
	go r.encode(w)
	return r
}

// encode writes the queued frames until the recorder is closed. After an error it discards
// the file.
func (r *Recorder) encode(w Writer) {
	defer close(r.done)
	var err error
	var last *image.RGBA
	for s := range r.queue {
		for range s.missing {
			if err == nil {
				err = w.Add(last)
			}
		}
		if err == nil {
			err = w.Add(s.im)
		}
		last = s.im
	}
	r.addErr(err)
	if err != nil {
		r.addErr(w.Discard())
		return
	}
	r.addErr(w.Close())
}

func (r *Recorder) addErr(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = errors.Join(r.err, err)
}

// Add adds a frame and reports whether there was room in the queue. The recorder owns im
// from then on. A frame without room is dropped: the previous frame is shown longer.
func (r *Recorder) Add(im *image.RGBA) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	select {
	case r.queue <- queuedFrame{im, r.missing}:
		r.missing = 0
		return true
	default:
		r.dropped++
		r.missing++
		return false
	}
}

// Dropped returns the number of dropped frames.
func (r *Recorder) Dropped() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dropped
}

// Close waits until all frames are written and returns any error. Closing again only
// returns the error again.
func (r *Recorder) Close() error {
	r.mu.Lock()
	if !r.closed {
		r.closed = true
		close(r.queue)
	}
	r.mu.Unlock()
	<-r.done
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}
