package sim

import (
	"encoding/binary"
	"math"
	"slices"

	"roadloop/sim/actor"
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
	dst = binary.LittleEndian.AppendUint64(dst, uint64(w.now))
	drive, brake := w.plant.ThrottleAndBrake()
	x := w.plant.State()
	dst = appendFloats(dst, x.X, x.Y, x.Steer, x.Speed, x.Yaw, x.YawRate, x.Slip, drive, brake)
	dst = appendActor(dst, &w.ego)
	for i := range w.actors {
		dst = appendActor(dst, &w.actors[i])
	}
	for _, s := range w.signals {
		dst = append(dst, byte(s))
	}
	dst = w.traffic.AppendState(dst)
	for _, s := range w.scripts {
		dst = append(appendInts(dst, int64(s.next), int64(s.fired)), bit(s.adjusting))
	}
	dst = appendInts(dst, int64(w.track.lane))
	dst = appendFloats(dst, w.track.s, w.track.d, w.track.base)
	return w.infractions.appendState(dst)
}

func (r *infractions) appendState(dst []byte) []byte {
	for _, t := range r.touching {
		dst = append(dst, bit(t))
	}
	dst = append(dst, bit(r.offRoad), bit(r.wrongWay), bit(r.departed))
	dst = appendFloats(dst, r.front, r.slowest)
	dst = appendInts(dst, int64(r.frontLane), int64(r.crossed), int64(r.stands))
	if r.stoodBeyond || r.ranRed {
		// Appended only if set, so that the bytes of all other drives stay those of older
		// versions.
		dst = append(dst, bit(r.stoodBeyond), bit(r.ranRed))
	}
	return dst
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func appendInts(dst []byte, vs ...int64) []byte {
	for _, v := range vs {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
	}
	return dst
}

func appendActor(dst []byte, a *actor.Actor) []byte {
	s := &a.State
	dst = appendFloats(dst, s.Pose.X, s.Pose.Y, s.Pose.Yaw, s.Speed, s.Accel, s.YawRate, s.Steer, s.Gait)
	return append(dst, byte(s.Lights))
}

func appendFloats(dst []byte, fs ...float64) []byte {
	for _, f := range fs {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
	}
	return dst
}
