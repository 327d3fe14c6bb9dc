package fusion

import (
	"cmp"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// lidarUpdate is a lidar scan in the update.
type lidarUpdate struct {
	scan  *sensor.Scan
	cal   *sensor.Lidar
	self  lidarSet  // the lidar of the scan
	ego   geom.Pose // at the time of the scan
	mount geom.Vec  // in the vehicle frame
	lag   float64
}

// lidarSet is a set of lidars, one bit for each.
type lidarSet uint64

// lidar returns the set of the lidar with a name.
func (f *Fusion) lidar(name string) lidarSet {
	i := slices.Index(f.lidars, name)
	if i < 0 {
		i = len(f.lidars)
		f.lidars = append(f.lidars, name)
	}
	return 1 << i
}

// hidden reports whether the track is occluded from all lidars. Then no sensor is expected
// to see it.
func (f *Fusion) hidden(t *track) bool {
	return len(f.lidars) > 0 && t.occluded == 1<<len(f.lidars)-1
}

// updateLidar updates the tracks with a lidar scan.
func (f *Fusion) updateLidar(scan *sensor.Scan) {
	f.lastMessage.LidarAge = scan.Time
	cal := cmp.Or(scan.Cal, f.c.Lidar)
	w := lidarUpdate{scan, cal, f.lidar(scan.Sensor), f.localizer.at(scan.Time), geom.Vec{X: cal.Mount.X, Y: cal.Mount.Y}, f.lag(scan.Time)}
	p := &f.c.Params
	f.polar.read(scan, w.mount, p.SectorDepth)
	f.clusters = f.polar.clusters(f.clusters[:0], p)
	f.match = f.assign(len(f.clusters), p.LidarGate, func(i int, t *track) float64 {
		return f.lidarCost(&w, &f.clusters[i], t)
	})
	for i, j := range f.match {
		if j >= 0 {
			f.applyCluster(&w, &f.clusters[i], &f.tracks[j])
		}
	}
	f.missScan(&w)
	for i, j := range f.match {
		if j < 0 {
			f.beginCluster(&w, &f.clusters[i])
		}
	}
	f.updateTracklets(&w)
}

// clusterFix returns the position of a track's middle if the cluster is its visible
// side, and the extent of the cluster.
func (f *Fusion) clusterFix(w *lidarUpdate, c *cluster, t *track) (fix, extent) {
	e := f.polar.extent(c, w.ego, w.mount, t.yaw)
	return f.extentFix(w, c, t, &e), e
}

// extentFix is clusterFix for a given extent.
func (f *Fusion) extentFix(w *lidarUpdate, c *cluster, t *track, e *extent) fix {
	mid, knownAlong, knownAcross := e.middle(t.length, t.width, t.box(w.lag).Center)
	ray := w.ego.ToWorld(c.mid).Sub(w.ego.ToWorld(w.mount))
	blur := 0.4 * c.rangeTo * 2 * math.Pi / sectors / math.Max(ray.Norm(), 1e-6)
	z := fix{
		pos: mid, lag: w.lag, axis: e.forward,
		varAlong:  square(0.08) + square(0.04*t.length) + square(blur*ray.Cross(e.forward)),
		varAcross: square(0.08) + square(0.04*t.width) + square(blur*ray.Dot(e.forward)),
	}
	if !knownAlong {
		z.varAlong += square(t.length / 2)
	}
	if !knownAcross {
		z.varAcross += square(t.width / 4)
	}
	return z
}

// lidarCost returns the assignment cost of a cluster and a track by position and height.
func (f *Fusion) lidarCost(w *lidarUpdate, c *cluster, t *track) float64 {
	near := w.ego.ToWorld(c.near)
	if near.Dist(t.motion.pos()) > 4+t.length || c.span > t.maxClusterSpan(&f.c.Params) {
		return math.Inf(1)
	}
	z, _ := f.clusterFix(w, c, t)
	cost := t.motion.distance2(&z) + heightMismatch(w.cal, c, t)
	if c.points < 2 {
		cost += 4
	}
	return cost
}

// maxClusterSpan returns the maximum span of a cluster of the track, m. An apparent
// car may turn out to be longer.
func (t *track) maxClusterSpan(p *Params) float64 {
	if classGroup(t.class()) == 0 {
		return p.MaxObjectSpan
	}
	k := t.traits()
	return k.maxLength + k.maxWidth + 1
}

func (f *Fusion) applyCluster(w *lidarUpdate, c *cluster, t *track) {
	p, before := &f.c.Params, t.class()
	e := f.polar.extent(c, w.ego, w.mount, t.yaw)
	f.gatherParts(w, t, &e)
	z := f.extentFix(w, c, t, &e)
	t.motion.correct(&z)
	t.measureHeight(c.top, nextRayAbove(w.cal, c.top, c.rangeTo), p)
	switch small := c.rangeTo < 25 && c.span+2*c.rangeTo*2*math.Pi/sectors < p.MaxPersonSpan; {
	case t.size == personSize && c.span >= p.MaxPersonSpan:
		t.size = vehicleSize
	case t.size == vehicleSize && small && t.hits[byLidar] < 3:
		t.size = personSize
	}
	length, width := visibleSides(&e, c.rangeTo*2*math.Pi/sectors)
	if length > p.MaxCarLength {
		t.vote(perception.Truck, 0.3)
	}
	t.resize(before)
	t.measureSize(length, width)
	t.hit(byLidar, w.scan.Time, p.lidarEvidence())
	t.occluded, t.belowRays = t.occluded&^w.self, false
	if f.c.Map.Drivable(w.ego.ToWorld(c.near)) {
		t.roadHits++
	} else {
		t.roadHits = 0
	}
}

// gatherParts extends e by the unassigned clusters inside the track: a side seen at a
// flat angle may split into several clusters.
func (f *Fusion) gatherParts(w *lidarUpdate, t *track, e *extent) {
	if classGroup(t.class()) != 0 {
		return
	}
	box := t.box(w.lag).Inflate(0.5, 0.3)
	for i := range f.clusters {
		if f.match[i] >= 0 || !box.Contains(w.ego.ToWorld(f.clusters[i].mid)) {
			continue
		}
		part := f.polar.extent(&f.clusters[i], w.ego, w.mount, t.yaw)
		e.along = e.along.join(part.along)
		e.across = e.across.join(part.across)
	}
}

// visibleSides returns the extents along and across the heading; each is 0 if its
// side does not face the lidar.
func visibleSides(e *extent, spacing float64) (length, width float64) {
	ray := geom.Vec{X: (e.along.lo + e.along.hi) / 2, Y: (e.across.lo + e.across.hi) / 2}.Sub(e.sensor)
	ray = ray.Scale(1 / math.Max(ray.Norm(), 1e-6))
	const turned = 0.6
	if math.Abs(ray.Y) > turned && e.along.size() > 2*spacing {
		length = e.along.size() + spacing
	}
	if math.Abs(ray.X) > turned && e.across.size() > 2*spacing {
		width = e.across.size() + spacing
	}
	return length, width
}

// missScan marks unmatched tracks that are occluded, and lowers the existence of
// tracks that the lidar saw past.
func (f *Fusion) missScan(w *lidarUpdate) {
	for j := range f.tracks {
		t := &f.tracks[j]
		if f.pairs.Taken(j) {
			continue
		}
		box := t.box(w.lag)
		box.Center = w.ego.ToLocal(box.Center)
		box.Yaw -= w.ego.Yaw
		dist := box.Center.Sub(w.mount).Norm()
		if box.Contains(w.mount) {
			continue
		}
		blocked, seenPast := f.polar.visibility(box, w.mount)
		t.occluded &^= w.self
		if blocked > 0.5 {
			t.occluded |= w.self
		}
		t.belowRays = seenPast > 0.6 && !raysHit(w.cal, t.minHeight(&f.c.Params), box.DistanceTo(w.mount))
		if seenPast > 0.6 && !t.belowRays {
			c := t.class()
			small := t.size == personSize || c == perception.Cone
			t.addEvidence(missEvidence(lidarDetectProb(c, small, dist), f.c.Params.SeenPastWeight))
		}
	}
}

// beginCluster starts a track from a cluster on the road, or from a small cluster
// near the road.
func (f *Fusion) beginCluster(w *lidarUpdate, c *cluster) {
	p, at := &f.c.Params, w.ego.ToWorld(c.mid)
	if c.points < 2 && c.rangeTo < 20 || c.span > p.MaxObjectSpan || f.insideTrack(w.ego.ToWorld(c.near), w.lag, 0.6) {
		return
	}
	spacing := c.rangeTo * 2 * math.Pi / sectors
	small := c.rangeTo < 25 && c.span+2*spacing < p.MaxPersonSpan
	onRoad := f.c.Map.Drivable(at) && f.c.Map.Drivable(w.ego.ToWorld(c.near))
	if !onRoad && !(small && f.nearRoad(at)) {
		return
	}
	class := perception.Car
	if small {
		class = perception.Cone
	}
	k := &classTraits[class]
	t := track{yaw: f.laneYaw(at, w.ego.Yaw), length: k.length, width: k.width}
	t.motion.x[0], t.motion.x[1] = at.X, at.Y
	z, _ := f.clusterFix(w, c, &t)
	if !small && !f.c.Map.Drivable(z.pos) {
		return // the side of a roadside object
	}
	if small {
		t.size = personSize
		t.motion = newFilter(&z, 2.5, 2.5) // it may be a person
	} else {
		t.motion = newFilter(&z, f.speedPrior(at, k.topSpeed), k.topSpeed)
	}
	if onRoad {
		t.roadHits = 1
	}
	f.begin(t, byLidar, w.scan.Time, p.lidarEvidence())
}

// speedPrior returns the standard deviation of the unknown speed along the road of a
// possible vehicle at p, m/s. It is at least half of the speed limit, so that both
// standing and driving in either direction are likely.
func (f *Fusion) speedPrior(p geom.Vec, least float64) float64 {
	id, _, _, ok := f.c.Map.Nearest(p)
	if !ok {
		return least
	}
	return math.Max(least, f.c.Map.Lanes[id].SpeedLimit/2)
}

// nearRoad reports whether the road is within RoadMargin of p.
func (f *Fusion) nearRoad(p geom.Vec) bool {
	for k := range 8 {
		if f.c.Map.Drivable(p.Add(geom.Unit(float64(k) * math.Pi / 4).Scale(f.c.Params.RoadMargin))) {
			return true
		}
	}
	return f.c.Map.Drivable(p)
}
