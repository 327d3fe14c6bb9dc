package traffic

import (
	"roadloop/sim/detmath"
	"roadloop/sim/rng"
)

// AppendState appends the exact bytes of the state of all agents. The layout
// may change between versions; use it for hashing and comparison only.
func (t *Traffic) AppendState(dst []byte) []byte {
	for i := range t.agents {
		g := &t.agents[i]
		dst = append(dst, byte(g.mode))
		dst = g.car.appendState(dst)
		dst = g.walker.appendState(dst)
	}
	return dst
}

func (c *car) appendState(dst []byte) []byte {
	dst = appendStream(dst, &c.stream)
	dst = detmath.AppendBools(append(dst, byte(c.manner)), c.keepLane, c.shift.active)
	dst = detmath.AppendBools(append(dst, byte(c.order.mode)), c.order.gentle)
	dst = detmath.AppendInts(dst, int64(c.prev), int64(c.routeAt), int64(c.stoodOn), int64(c.shift.left), int64(c.stoodAt), int64(c.lastChange), int64(len(c.route.lanes)))
	for _, id := range c.lanes {
		dst = detmath.AppendInts(dst, int64(id))
	}
	if c.shift.startSlope != 0 { // rare; without it the bytes are those of earlier versions
		dst = detmath.AppendFloats(dst, c.shift.startSlope)
	}
	return detmath.AppendFloats(dst, c.s, c.d, c.v, c.a, c.wanted, c.travelled,
		c.shift.from, c.shift.to, c.shift.share, c.shift.over, c.order.target, c.order.rate, c.idm.V0, c.limitBy)
}

func (w *walker) appendState(dst []byte) []byte {
	dst = appendStream(dst, &w.stream)
	dst = detmath.AppendBools(dst, w.wary, w.loop, w.back, w.held, w.looking, w.blocked)
	return detmath.AppendFloats(dst, w.s, w.v, w.want, w.walked, w.pausing, w.cleared, w.margin)
}

func appendStream(dst []byte, s *rng.Stream) []byte {
	b, err := s.MarshalBinary()
	if err != nil { // a PCG's state always marshals
		return dst
	}
	return append(dst, b...)
}
