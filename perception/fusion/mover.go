package fusion

import (
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// Beside the road, most clusters are walls, hedges and what is parked, so that one as
// long as a bicycle says nothing, and the camera sees only what is ahead. A mover is
// such a cluster, followed from scan to scan, that no track explains. Once it has moved
// as only a body does, with both its ends and along its length, it becomes a track.

const (
	ridden      = 2.5  // of what a person rides on, m
	broadest    = 1.1  // across their motion, m
	moverReach  = 40.0 // beyond, rays are too far apart to show both ends, m
	moverScans  = 5    // that prove a motion
	moverMemory = 10   // scans, in which to prove it
	moverWay    = 0.8  // that each end must have gone, m
	moverSpeed  = 12.0 // and how fast it may be, m/s
	moverGap    = 25   // ticks for which it may be out of sight
	moverNoise  = 0.25 // of the places of its ends, m
)

// mover is where the two ends of a cluster were at the last scans that met it.
type mover struct {
	n    int
	seen [moverMemory]clock.Tick
	ends [moverMemory][2]geom.Vec // map frame
}

// add notes where its ends are now, and forgets where they were first if need be.
func (m *mover) add(at clock.Tick, ends [2]geom.Vec) {
	if m.n == moverMemory {
		copy(m.seen[:], m.seen[1:])
		copy(m.ends[:], m.ends[1:])
		m.n--
	}
	m.seen[m.n], m.ends[m.n] = at, ends
	m.n++
}

// mid returns the point between the ends at scan k.
func (m *mover) mid(k int) geom.Vec { return m.ends[k][0].Add(m.ends[k][1]).Scale(0.5) }

// last returns the number of the last scan.
func (m *mover) last() int { return m.n - 1 }

// pace returns the mean velocity of its middle over all scans, of which there must be two.
func (m *mover) pace() geom.Vec {
	k := m.last()
	return m.mid(k).Sub(m.mid(0)).Scale(1 / (m.seen[k] - m.seen[0]).Seconds())
}

// expect returns where its middle is taken to be at a time, and how far off it may be.
func (m *mover) expect(at clock.Tick) (geom.Vec, float64) {
	k := m.last()
	dt := (at - m.seen[k]).Seconds()
	if k == 0 {
		return m.mid(0), moverSpeed * dt
	}
	return m.mid(k).Add(m.pace().Scale(dt)), 2 * moverNoise
}

// velocity returns how fast a body moves whose ends those are, and whether they show
// that it does: each went the same way, steadily. The ends of what stands stay, or jump
// one at a time when another side comes into view.
func (m *mover) velocity() (geom.Vec, bool) {
	k := m.last()
	if m.n < moverScans {
		return geom.Vec{}, false
	}
	if math.Min(m.ends[k][0].Dist(m.ends[0][0]), m.ends[k][1].Dist(m.ends[0][1])) < moverWay {
		return geom.Vec{}, false
	}
	v := m.pace()
	for i := 1; i <= k; i++ {
		way := v.Scale((m.seen[i] - m.seen[0]).Seconds())
		for end := range m.ends[i] {
			if m.ends[i][end].Dist(m.ends[0][end].Add(way)) > 2*moverNoise {
				return geom.Vec{}, false
			}
		}
	}
	return v, true
}

// takeMovers follows what may be a person on a bicycle among the clusters that no track
// took.
func (f *Fusion) takeMovers(w *sweep) {
	for i := range f.clusters {
		c := &f.clusters[i]
		if f.taken[i] || !f.rideable(w, c) {
			continue
		}
		ends := f.view.ends(c, w.ego)
		m := f.moverAt(w.scan.Time, ends[0].Add(ends[1]).Scale(0.5))
		m.add(w.scan.Time, ends)
		if v, moves := m.velocity(); moves && f.beginMover(w, c, m, v) {
			m.n = 0
		}
	}
	f.movers = slices.DeleteFunc(f.movers, func(m mover) bool {
		return m.n == 0 || w.scan.Time-m.seen[m.last()] > moverGap
	})
}

// rideable reports whether a cluster is all that is to be seen of something that a
// person may ride on: near, higher than the knee, longer than a person and no longer
// than a motorcycle, with rays close together and nothing before its ends, and not a
// part of what is known.
func (f *Fusion) rideable(w *sweep, c *cluster) bool {
	spacing := c.rangeTo * 2 * math.Pi / sectors
	dense := c.span < clusterGap*float64(c.points-1)
	return dense && c.rangeTo < moverReach && c.top > knee && c.span < ridden && c.span+2*spacing >= smallSpan &&
		f.view.free(c, w.mount) && !f.inside(w.ego.ToWorld(c.mid), w.lag, 0.6)
}

// moverAt returns the mover that a cluster with its middle at a place goes on with, or a
// new one: that which is expected nearest, of those that no cluster of this scan went on
// with and that are no tracks yet.
func (f *Fusion) moverAt(now clock.Tick, at geom.Vec) *mover {
	best, nearest := -1, math.Inf(1)
	for i := range f.movers {
		m := &f.movers[i]
		if m.n == 0 || m.seen[m.last()] == now {
			continue
		}
		place, doubt := m.expect(now)
		if d := place.Dist(at); d < math.Min(doubt, nearest) {
			best, nearest = i, d
		}
	}
	if best < 0 {
		best = len(f.movers)
		f.movers = append(f.movers, mover{})
	}
	return &f.movers[best]
}

// beginMover starts a track from a cluster that was seen to move, unless it is broader
// than what a person rides on: the front or rear of a car.
func (f *Fusion) beginMover(w *sweep, c *cluster, m *mover, v geom.Vec) bool {
	k := &classTraits[perception.Cyclist]
	t := track{yaw: v.Angle(), length: k.length, width: k.width, size: bicycleSize}
	mid := m.mid(m.last())
	t.motion.x[0], t.motion.x[1] = mid.X, mid.Y
	z, e := f.clusterFix(w, c, &t)
	if e.across.size() > broadest {
		return false
	}
	t.motion = newFilter(&z, k.topSpeed, k.topSpeed)
	std := moverNoise / (m.seen[m.last()] - m.seen[0]).Seconds()
	t.motion.update(vec4{2: 1}, v.X, square(std))
	t.motion.update(vec4{3: 1}, v.Y, square(std))
	begun := f.begin(t, byLidar, w.scan.Time, lidarHit())
	for range m.last() { // every scan that showed it
		begun.hit(byLidar, w.scan.Time, lidarHit())
	}
	return true
}

// ends returns the first and the last return of a cluster in the map frame, with ego
// the pose of the car at the time of the scan.
func (p *panorama) ends(c *cluster, ego geom.Pose) [2]geom.Vec {
	return [2]geom.Vec{ego.ToWorld(p.pts[c.first]), ego.ToWorld(p.pts[wrapSector(c.first+c.n-1)])}
}

// free reports whether nothing nearer is right beside a cluster, behind which it may go
// on.
func (p *panorama) free(c *cluster, mount geom.Vec) bool {
	const beside = 2 // sectors
	last := c.first + c.n - 1
	for k := 1; k <= beside; k++ {
		if p.near[wrapSector(c.first-k)] < p.near[c.first] || p.near[wrapSector(last+k)] < p.near[wrapSector(last)] {
			return false
		}
	}
	return true
}
