package metrics

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// maxPET is the largest post-encroachment time that counts, s.
const maxPET = 10.0

// sameWay is the cosine of 30°. Two actors with a smaller angle between their headings
// follow each other and do not cross.
const sameWay = 0.8660254037844386

// stay is the time span of a body at one place.
type stay struct {
	from, to float64 // s
	box      geom.OBB
	forward  geom.Vec
}

// block is a sequence of stays with their bounding rectangle.
type block struct {
	stays  []stay
	lo, hi geom.Vec
	radius float64 // of a box
}

// blockSize is the number of stays of a block.
const blockSize = 16

// fillPETs fills in the post-encroachment times (Allen, Shin and Cooper, 1978). Two
// boxes at different times share an area if they overlap. The smallest time between two
// such boxes is the time from the first actor leaving the area to the second entering it.
func fillPETs(l *DriveLog, out []Encounter) {
	ego := blocks(l, actor.Ego)
	for i := range out {
		m := petSearch{pet: maxPET}
		other := blocks(l, out[i].Actor)
		for a := range ego {
			for b := range other {
				if ego[a].near(&other[b]) {
					m.search(ego[a].stays, other[b].stays)
				}
			}
		}
		if m.found {
			out[i].PET, out[i].PETAt, out[i].EgoFirst = Optional(m.pet), Optional(m.at), m.egoFirst
		}
	}
}

// blocks returns the places of an actor over a run.
func blocks(l *DriveLog, id actor.ID) []block {
	stays := make([]stay, 0, len(l.Steps))
	const still = 0.005 // m, below which a body has not moved from step to step
	for i := range l.Steps {
		a := l.At(i, id)
		now := l.Steps[i].Time.Seconds()
		box := a.Box()
		if n := len(stays); n > 0 && stays[n-1].box.Center.Dist(box.Center) < still && stays[n-1].box.Yaw == box.Yaw {
			stays[n-1].to = now
			continue
		}
		stays = append(stays, stay{now, now, box, a.State.Pose.Forward()})
	}
	var out []block
	for len(stays) > 0 {
		n := min(blockSize, len(stays))
		out = append(out, newBlock(stays[:n]))
		stays = stays[n:]
	}
	return out
}

func newBlock(stays []stay) block {
	b := block{stays: stays, lo: stays[0].box.Center, hi: stays[0].box.Center}
	b.radius = math.Hypot(stays[0].box.Length, stays[0].box.Width) / 2
	for i := range stays {
		p := stays[i].box.Center
		b.lo = geom.Vec{X: math.Min(b.lo.X, p.X), Y: math.Min(b.lo.Y, p.Y)}
		b.hi = geom.Vec{X: math.Max(b.hi.X, p.X), Y: math.Max(b.hi.Y, p.Y)}
	}
	return b
}

// near reports whether boxes of two blocks may overlap.
func (b *block) near(o *block) bool {
	r := b.radius + o.radius
	return b.lo.X < o.hi.X+r && o.lo.X < b.hi.X+r && b.lo.Y < o.hi.Y+r && o.lo.Y < b.hi.Y+r
}

// petSearch holds the smallest post-encroachment time so far.
type petSearch struct {
	found    bool
	pet, at  float64
	egoFirst bool
}

// search checks all pairs of stays.
func (m *petSearch) search(ego, other []stay) {
	for i := range ego {
		e := &ego[i]
		for k := range other {
			o := &other[k]
			wait := math.Max(0, math.Max(o.from-e.to, e.from-o.to))
			if wait >= m.pet || e.forward.Dot(o.forward) > sameWay {
				continue
			}
			if geom.Overlap(e.box, o.box) {
				m.found, m.pet, m.egoFirst = true, wait, e.from < o.from
				m.at = math.Max(e.from, o.from)
			}
		}
	}
}
