package traffic

import (
	"encoding/binary"
	"math"

	"roadloop/sim/rng"
)

// AppendState appends the exact bytes of the state of all agents. The layout
// may change between versions; use it for hashing and comparison only.
func (t *Traffic) AppendState(dst []byte) []byte {
	for i := range t.agents {
		g := &t.agents[i]
		dst = append(dst, byte(g.mode))
		dst = g.car.appendState(dst)
		dst = g.pedestrian.appendState(dst)
	}
	return dst
}

func (c *car) appendState(dst []byte) []byte {
	dst = appendStream(dst, &c.stream)
	dst = append(dst, byte(c.manner), bit(c.keepLane), bit(c.shift.active), byte(c.order.mode), bit(c.order.gentle))
	dst = appendInts(dst, int64(c.prev), int64(c.routeAt), int64(c.lane), int64(c.shift.left), int64(c.stoodAt), int64(c.lastChange), int64(len(c.route.lanes)))
	for _, id := range c.path {
		dst = appendInts(dst, int64(id))
	}
	if c.shift.startSlope != 0 { // rare; without it the bytes are those of earlier versions
		dst = appendFloats(dst, c.shift.startSlope)
	}
	return appendFloats(dst, c.s, c.d, c.v, c.a, c.wanted, c.travelled,
		c.shift.from, c.shift.to, c.shift.share, c.shift.over, c.order.target, c.order.rate, c.idm.V0, c.limitBy)
}

func (w *walker) appendState(dst []byte) []byte {
	dst = appendStream(dst, &w.stream)
	dst = append(dst, bit(w.wary), bit(w.loop), bit(w.back), bit(w.held), bit(w.looking), bit(w.blocked))
	return appendFloats(dst, w.s, w.v, w.want, w.walked, w.pausing, w.cleared, w.margin)
}

func appendStream(dst []byte, s *rng.Stream) []byte {
	b, err := s.MarshalBinary()
	if err != nil { // a PCG's state always marshals
		return dst
	}
	return append(dst, b...)
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

func appendFloats(dst []byte, vs ...float64) []byte {
	for _, v := range vs {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
	}
	return dst
}
