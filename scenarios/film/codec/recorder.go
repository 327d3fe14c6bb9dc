package codec

import (
	"errors"
	"image"
	"sync"
)

// Recorder writes pictures while others are made: a goroutine encodes what waits in a
// short queue. Who adds pictures never waits for it.
type Recorder struct {
	queue chan shot
	done  chan struct{}

	mu      sync.Mutex
	closed  bool
	dropped int
	missing int // of dropped, since the last picture that was taken
	err     error
}

// shot is a picture that waits.
type shot struct {
	im *image.RGBA
	// missing is how many pictures before this one were left out: the one before them
	// stands in, so that the film keeps its time.
	missing int
}

// Record begins to record into w, with up to waiting pictures in the queue.
func Record(w Writer, waiting int) *Recorder {
	r := &Recorder{queue: make(chan shot, max(waiting, 1)), done: make(chan struct{})}
	go r.encode(w)
	return r
}

// encode writes what comes until the recording is closed, or drops the file after an
// error.
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
	r.note(err)
	if err != nil {
		r.note(w.Discard())
		return
	}
	r.note(w.Close())
}

func (r *Recorder) note(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = errors.Join(r.err, err)
}

// Add takes a picture, which from then on belongs to the recorder, and reports whether
// there was room for it in the queue. Without room it is left out: the picture before
// shows for longer.
func (r *Recorder) Add(im *image.RGBA) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	select {
	case r.queue <- shot{im, r.missing}:
		r.missing = 0
		return true
	default:
		r.dropped++
		r.missing++
		return false
	}
}

// Dropped returns the number of pictures that there was no room for.
func (r *Recorder) Dropped() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dropped
}

// Close waits until all is written, and returns what went wrong. Closing again does
// nothing more.
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
