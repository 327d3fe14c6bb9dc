package rig

import (
	"slices"

	"roadloop/sim/sensor"
)

// Clone returns a rig that continues exactly as r would, including the messages
// in transit. The two share immutable data, and the messages in transit until
// they arrive.
func (r *Rig) Clone() Sensors {
	c := *r
	c.obs, c.ranges, c.framePixels, c.arrived = sensor.Observation{}, nil, nil, nil // buffers without state
	c.exposures = r.exposures.clone()
	c.scans = r.scans.clone()
	c.radars = r.radars.clone()
	c.odos = r.odos.clone()
	c.positions = r.positions.clone()
	return &c
}

// clone returns a queue with the same messages in transit. Both queues copy these
// messages when they arrive.
func (q *queue[T]) clone() queue[T] {
	for i := range q.inTransit {
		if f := &q.inTransit[i]; !f.shared { // no write if already shared: concurrent clones of one queue are allowed
			f.shared = true
		}
	}
	return queue[T]{inTransit: slices.Clone(q.inTransit)}
}

// copyValue copies a message without buffers.
func copyValue[T any](m T) T { return m }
