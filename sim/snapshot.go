package sim

import (
	"slices"

	"roadloop/sim/actor"
	"roadloop/sim/detmath"
)

// Clone returns a deep copy that continues exactly as w would. The two share
// only the spec.
func (w *World) Clone() *World {
	c := *w
	c.actors = slices.Clone(w.actors)
	c.signals = slices.Clone(w.signals)
	c.scripts = slices.Clone(w.scripts)
	c.traffic = w.traffic.Clone()
	c.infractions.touching = slices.Clone(w.infractions.touching)
	c.events, c.lanes, c.way = nil, nil, nil
	return &c
}

// AppendState appends the exact bytes of the complete state of a run. If the
// bytes of two worlds of one spec are equal, both worlds continue identically.
// The layout may change between versions; use it for hashing and comparison
// only.
func (w *World) AppendState(dst []byte) []byte {
	dst = detmath.AppendInts(dst, int64(w.now))
	drive, brake := w.plant.ThrottleAndBrake()
	x := w.plant.State()
	dst = detmath.AppendFloats(dst, x.X, x.Y, x.Steer, x.Speed, x.Yaw, x.YawRate, x.Slip, drive, brake)
	dst = appendActor(dst, &w.ego)
	for i := range w.actors {
		dst = appendActor(dst, &w.actors[i])
	}
	for _, s := range w.signals {
		dst = append(dst, byte(s))
	}
	dst = w.traffic.AppendState(dst)
	for _, s := range w.scripts {
		dst = detmath.AppendBools(detmath.AppendInts(dst, int64(s.next), int64(s.fired)), s.adjusting)
	}
	dst = detmath.AppendInts(dst, int64(w.track.lane))
	dst = detmath.AppendFloats(dst, w.track.s, w.track.d, w.track.base)
	return w.infractions.appendState(dst)
}

func (r *infractions) appendState(dst []byte) []byte {
	dst = detmath.AppendBools(dst, r.touching...)
	dst = detmath.AppendBools(dst, r.offRoad, r.wrongWay, r.departed)
	dst = detmath.AppendFloats(dst, r.front, r.slowest)
	dst = detmath.AppendInts(dst, int64(r.frontLane), int64(r.crossed), int64(r.stands))
	if r.stoodBeyond || r.ranRed {
		// Appended only if set, so that the bytes of all other drives stay those of older
		// versions.
		dst = detmath.AppendBools(dst, r.stoodBeyond, r.ranRed)
	}
	return dst
}

func appendActor(dst []byte, a *actor.Actor) []byte {
	s := &a.State
	dst = detmath.AppendFloats(dst, s.Pose.X, s.Pose.Y, s.Pose.Yaw, s.Speed, s.Accel, s.YawRate, s.Steer, s.Gait)
	return append(dst, byte(s.Lights))
}
