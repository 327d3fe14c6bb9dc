package rig

import (
	"slices"

	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
	"roadloop/sim/stage"
)

// Clone returns a rig that goes on exactly as r would, with the messages that are
// on their way, and shares with it only what never changes.
func (r *Rig) Clone() *Rig {
	c := *r
	c.list, c.view, c.obs = scene.List{}, stage.View{}, sensor.Observation{}
	c.ranges = nil
	if r.lens != nil { // holds nothing from one frame to the next
		c.lens = raster.New(&c.config.Camera.Calibration, raster.Channels{})
	}
	c.frames = r.frames.clone(func(f sensor.Frame) sensor.Frame {
		f.Cal, f.Pix = &c.config.Camera.Calibration, slices.Clone(f.Pix)
		return f
	})
	c.scans = r.scans.clone(func(s sensor.Scan) sensor.Scan {
		s.Points = slices.Clone(s.Points)
		return s
	})
	c.radars = r.radars.clone(func(s sensor.RadarScan) sensor.RadarScan {
		s.Targets = slices.Clone(s.Targets)
		return s
	})
	c.odos = r.odos.clone(func(m sensor.Odometry) sensor.Odometry { return m })
	c.fixes = r.fixes.clone(func(m sensor.GNSS) sensor.GNSS { return m })
	return &c
}

// clone returns a copy with the messages that are on their way.
func (q *queue[T]) clone(copyOf func(T) T) queue[T] {
	var c queue[T]
	for _, f := range q.flying {
		c.flying = append(c.flying, flight[T]{copyOf(f.message), f.arrives})
	}
	return c
}
