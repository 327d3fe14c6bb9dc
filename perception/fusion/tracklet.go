package fusion

import (
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// Off the road most clusters are walls, hedges and parked vehicles, so a cluster as
// long as a bicycle is no evidence, and the camera sees only ahead. A tracklet is
// such a cluster, followed from scan to scan, that no track explains. Once it has
// moved like a rigid body (both ends, along its length) it becomes a track.

// trackletHistory is the number of scans kept as history.
const trackletHistory = 10

// tracklet holds the two ends of a cluster in its last scans.
type tracklet struct {
	lidar string // the sensor of the scans
	n     int
	seen  [trackletHistory]clock.Tick
	ends  [trackletHistory][2]geom.Vec // map frame
}

// add appends the current ends and drops the oldest ones if the history is full.
func (m *tracklet) add(at clock.Tick, ends [2]geom.Vec) {
	if m.n == trackletHistory {
		copy(m.seen[:], m.seen[1:])
		copy(m.ends[:], m.ends[1:])
		m.n--
	}
	m.seen[m.n], m.ends[m.n] = at, ends
	m.n++
}

// mid returns the point between the ends at scan k.
func (m *tracklet) mid(k int) geom.Vec { return m.ends[k][0].Add(m.ends[k][1]).Scale(0.5) }

// last returns the index of the last scan.
func (m *tracklet) last() int { return m.n - 1 }

// meanVelocity returns the mean velocity of the middle over all scans, at least two.
func (m *tracklet) meanVelocity() geom.Vec {
	k := m.last()
	return m.mid(k).Sub(m.mid(0)).Scale(1 / (m.seen[k] - m.seen[0]).Seconds())
}

// predict returns the expected middle at a time and the tolerance around it, m.
func (m *tracklet) predict(at clock.Tick, p *TrackletParams) (geom.Vec, float64) {
	k := m.last()
	dt := (at - m.seen[k]).Seconds()
	if k == 0 {
		return m.mid(0), p.MaxSpeed * dt
	}
	return m.mid(k).Add(m.meanVelocity().Scale(dt)), 2 * p.Noise
}

// velocity returns the velocity and reports whether the ends prove that a body moves:
// both ends moved the same way, steadily. The ends of a static object stay, or one
// end jumps when another side becomes visible.
func (m *tracklet) velocity(p *TrackletParams) (geom.Vec, bool) {
	k := m.last()
	if m.n < p.MinScans {
		return geom.Vec{}, false
	}
	if math.Min(m.ends[k][0].Dist(m.ends[0][0]), m.ends[k][1].Dist(m.ends[0][1])) < p.MinMove {
		return geom.Vec{}, false
	}
	v := m.meanVelocity()
	for i := 1; i <= k; i++ {
		move := v.Scale((m.seen[i] - m.seen[0]).Seconds())
		for end := range m.ends[i] {
			if m.ends[i][end].Dist(m.ends[0][end].Add(move)) > 2*p.Noise {
				return geom.Vec{}, false
			}
		}
	}
	return v, true
}

// updateTracklets follows clusters without a track that may be a cyclist.
func (f *Fusion) updateTracklets(w *lidarUpdate) {
	p := &f.c.Params.Tracklets
	for i := range f.clusters {
		c := &f.clusters[i]
		if f.match[i] >= 0 || !f.rideable(w, c) {
			continue
		}
		ends := f.polar.ends(c, w.ego)
		m := f.trackletAt(w.scan, ends[0].Add(ends[1]).Scale(0.5))
		m.add(w.scan.Time, ends)
		if v, moves := m.velocity(p); moves && f.promoteTracklet(w, c, m, v) {
			m.n = 0
		}
	}
	f.tracklets = slices.DeleteFunc(f.tracklets, func(m tracklet) bool {
		return m.n == 0 || w.scan.Time-m.seen[m.last()] > p.MaxGap
	})
}

// rideable reports whether a cluster may be a bicycle or motorcycle seen completely:
// near, higher than low objects, longer than a person and not longer than a
// motorcycle, with dense returns and visible ends, and not part of a track.
func (f *Fusion) rideable(w *lidarUpdate, c *cluster) bool {
	p, spacing := &f.c.Params, c.rangeTo*2*math.Pi/sectors
	dense := c.span < p.ClusterGap*float64(c.points-1)
	return dense && c.rangeTo < p.Tracklets.Range && c.top > p.LowObjectHeight && c.span < p.Tracklets.MaxLength && c.span+2*spacing >= p.MaxPersonSpan &&
		f.polar.endsVisible(c, w.mount) && !f.insideTrack(w.ego.ToWorld(c.mid), w.lag, 0.6)
}

// trackletAt returns the tracklet of a cluster with its middle at the given position:
// the one with the nearest prediction, of those of the same lidar without a cluster in this
// scan that are not yet tracks. If there is none, it adds one.
func (f *Fusion) trackletAt(scan *sensor.Scan, at geom.Vec) *tracklet {
	now := scan.Time
	best, nearest := -1, math.Inf(1)
	for i := range f.tracklets {
		m := &f.tracklets[i]
		if m.n == 0 || m.lidar != scan.Sensor || m.seen[m.last()] == now {
			continue
		}
		expected, tolerance := m.predict(now, &f.c.Params.Tracklets)
		if d := expected.Dist(at); d < math.Min(tolerance, nearest) {
			best, nearest = i, d
		}
	}
	if best < 0 {
		best = len(f.tracklets)
		f.tracklets = append(f.tracklets, tracklet{lidar: scan.Sensor})
	}
	return &f.tracklets[best]
}

// promoteTracklet starts a track from a moving cluster, unless it is wider than a
// motorcycle: then it is the front or rear of a car.
func (f *Fusion) promoteTracklet(w *lidarUpdate, c *cluster, m *tracklet, v geom.Vec) bool {
	p, k := &f.c.Params, &classTraits[perception.Cyclist]
	t := track{yaw: v.Angle(), length: k.length, width: k.width, size: bicycleSize}
	mid := m.mid(m.last())
	t.motion.x[0], t.motion.x[1] = mid.X, mid.Y
	z, e := f.clusterFix(w, c, &t)
	if e.across.size() > p.Tracklets.MaxWidth {
		return false
	}
	t.motion = newFilter(&z, k.topSpeed, k.topSpeed)
	std := p.Tracklets.Noise / (m.seen[m.last()] - m.seen[0]).Seconds()
	t.motion.update(vec4{2: 1}, v.X, square(std))
	t.motion.update(vec4{3: 1}, v.Y, square(std))
	begun := f.begin(t, byLidar, w.scan.Time, p.lidarEvidence())
	for range m.last() { // one hit for each scan
		begun.hit(byLidar, w.scan.Time, p.lidarEvidence())
	}
	return true
}

// ends returns the first and the last return of a cluster in the map frame; ego is
// the pose of the car at the time of the scan.
func (p *polarScan) ends(c *cluster, ego geom.Pose) [2]geom.Vec {
	return [2]geom.Vec{ego.ToWorld(p.pts[c.first]), ego.ToWorld(p.pts[wrapSector(c.first+c.n-1)])}
}

// endsVisible reports whether no nearer object adjoins the cluster, which could hide
// the rest of it.
func (p *polarScan) endsVisible(c *cluster, mount geom.Vec) bool {
	const adjacent = 2 // sectors
	last := c.first + c.n - 1
	for k := 1; k <= adjacent; k++ {
		if p.near[wrapSector(c.first-k)] < p.near[c.first] || p.near[wrapSector(last+k)] < p.near[wrapSector(last)] {
			return false
		}
	}
	return true
}
