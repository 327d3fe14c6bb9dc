package rig

import (
	"slices"

	"roadloop/sim/clock"
)

// queue holds the kept messages of a device, oldest first. Messages and their buffers are
// reused after the observation that delivered them.
type queue[T any] struct {
	kept      []kept[T]
	delivered []T
	now       clock.Tick // of the observation that delivered them
	spare     []T
}

type kept[T any] struct {
	message T
	shared  bool // with the queue of a clone
}

// next returns an old message, to reuse its buffers.
func (q *queue[T]) next() (m T) {
	if n := len(q.spare); n > 0 {
		m = q.spare[n-1]
		q.spare = q.spare[:n-1]
	}
	return m
}

func (q *queue[T]) send(m T) { q.kept = append(q.kept, kept[T]{message: m}) }

// take removes and returns the oldest message for the observation of a time.
func (q *queue[T]) take(now clock.Tick, copyOf func(T) T) T {
	if now != q.now {
		q.spare = append(q.spare, q.delivered...)
		q.delivered, q.now = q.delivered[:0], now
	}
	m := q.kept[0].message
	if q.kept[0].shared { // the receiver may change it
		m = copyOf(m)
	}
	q.kept = slices.Delete(q.kept, 0, 1)
	q.delivered = append(q.delivered, m)
	return m
}

// clone returns a queue with the same kept messages. Both queues copy these messages
// when they arrive.
func (q *queue[T]) clone() queue[T] {
	for i := range q.kept {
		if f := &q.kept[i]; !f.shared { // no write if already shared: concurrent clones of one queue are allowed
			f.shared = true
		}
	}
	return queue[T]{kept: slices.Clone(q.kept)}
}

// copyValue copies a message without buffers.
func copyValue[T any](m T) T { return m }
