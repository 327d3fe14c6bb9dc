package rig

import (
	"slices"

	"roadloop/sim/sensor"
)

// Clone returns a rig that goes on exactly as r would, with the messages that are
// on their way. The two share what never changes, and those messages until they
// arrive.
func (r *Rig) Clone() Sensors {
	c := *r
	c.obs, c.ranges, c.films, c.arrived = sensor.Observation{}, nil, nil, nil // hold nothing from one message to the next
	c.exposures = r.exposures.clone()
	c.scans = r.scans.clone()
	c.radars = r.radars.clone()
	c.odos = r.odos.clone()
	c.fixes = r.fixes.clone()
	return &c
}

// clone returns a queue with the same messages on their way, which both copy when
// they arrive.
func (q *queue[T]) clone() queue[T] {
	for i := range q.flying {
		if f := &q.flying[i]; !f.shared { // a clone that others clone at once is only read
			f.shared = true
		}
	}
	return queue[T]{flying: slices.Clone(q.flying)}
}

func cloneScan(s sensor.Scan) sensor.Scan {
	s.Points = slices.Clone(s.Points)
	return s
}

func cloneRadarScan(s sensor.RadarScan) sensor.RadarScan {
	s.Targets = slices.Clone(s.Targets)
	return s
}

// same copies a message that holds no buffers.
func same[T any](m T) T { return m }
