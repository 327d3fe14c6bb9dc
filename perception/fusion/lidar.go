package fusion

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

const (
	largest    = 15.0 // what reaches farther is a wall, m
	roadMargin = 3.0  // beside the road, people may be about to step on it, m
	smallSpan  = 1.1  // what reaches farther is no person, m
	longCar    = 6.8  // what is longer is a truck or a bus, m
)

// sweep is a lidar scan being taken in.
type sweep struct {
	scan  *sensor.Scan
	ego   geom.Pose // when it was made
	mount geom.Vec  // in the vehicle frame
	lag   float64
}

// takeScan takes in a lidar scan.
func (f *Fusion) takeScan(scan *sensor.Scan) {
	f.heard.LidarAge = scan.Time
	w := sweep{scan, f.where.at(scan.Time), geom.Vec{X: f.c.Lidar.X, Y: f.c.Lidar.Y}, f.lag(scan.Time)}
	f.view.read(scan, w.mount)
	f.clusters = f.view.clusters(f.clusters[:0], w.mount)
	f.pairs.Reset(len(f.clusters), len(f.tracks))
	const gate = 14.0 // chi-squared, two degrees of freedom, 99.9 %
	for i := range f.clusters {
		for j := range f.tracks {
			if cost, ok := f.lidarCost(&w, &f.clusters[i], &f.tracks[j], gate); ok {
				f.pairs.Allow(i, j, cost)
			}
		}
	}
	f.matched = zeros(f.matched, len(f.tracks))
	f.taken = zeros(f.taken, len(f.clusters))
	match := f.pairs.Solve(gate)
	for i, j := range match {
		f.taken[i] = j >= 0
	}
	for i, j := range match {
		if j >= 0 {
			f.matched[j] = true
			f.applyCluster(&w, &f.clusters[i], &f.tracks[j])
		}
	}
	f.missScan(&w)
	for i, j := range match {
		if j < 0 {
			f.beginCluster(&w, &f.clusters[i])
		}
	}
	f.takeMovers(&w)
}

// clusterFix returns the position of a track's middle if the cluster is its
// visible side, and how far the cluster reaches.
func (f *Fusion) clusterFix(w *sweep, c *cluster, t *track) (fix, extent) {
	e := f.view.extent(c, w.ego, w.mount, t.yaw)
	return f.extentFix(w, c, t, &e), e
}

// extentFix is clusterFix for what is known to reach as far as e.
func (f *Fusion) extentFix(w *sweep, c *cluster, t *track, e *extent) fix {
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

func (f *Fusion) lidarCost(w *sweep, c *cluster, t *track, gate float64) (float64, bool) {
	near := w.ego.ToWorld(c.near)
	if near.Dist(t.motion.pos()) > 4+t.length || c.span > t.longest() {
		return 0, false
	}
	z, _ := f.clusterFix(w, c, t)
	cost := t.motion.distance2(&z) + f.unlike(c, t)
	if c.points < 2 {
		cost += 4
	}
	return cost, cost < gate
}

// longest returns how far a cluster of the track may reach, m. What looks like a
// car may turn out to be longer.
func (t *track) longest() float64 {
	if group(t.class()) == 0 {
		return largest
	}
	k := t.traits()
	return k.maxLength + k.maxWidth + 1
}

func (f *Fusion) applyCluster(w *sweep, c *cluster, t *track) {
	before := t.class()
	e := f.view.extent(c, w.ego, w.mount, t.yaw)
	f.gatherParts(w, t, &e)
	z := f.extentFix(w, c, t, &e)
	t.motion.correct(&z)
	t.measureHeight(c.top, f.above(c.top, c.rangeTo))
	switch small := c.rangeTo < 25 && c.span+2*c.rangeTo*2*math.Pi/sectors < smallSpan; {
	case t.size == personSize && c.span >= smallSpan:
		t.size = vehicleSize
	case t.size == vehicleSize && small && t.hits[byLidar] < 3:
		t.size = personSize
	}
	length, width := visibleSides(&e, c.rangeTo*2*math.Pi/sectors)
	if length > longCar {
		t.vote(perception.Truck, 0.3)
	}
	t.resize(before)
	t.measureSize(length, width)
	t.hit(byLidar, w.scan.Time, lidarHit())
	t.hidden, t.beneath = false, false
	if f.c.Map.Drivable(w.ego.ToWorld(c.near)) {
		t.onAsphalt++
	} else {
		t.onAsphalt = 0
	}
}

// gatherParts extends e by the clusters that no track took and that lie on the
// track: sides seen at a flat angle come apart.
func (f *Fusion) gatherParts(w *sweep, t *track, e *extent) {
	if group(t.class()) != 0 {
		return
	}
	box := t.box(w.lag).Inflate(0.5, 0.3)
	for i := range f.clusters {
		if f.taken[i] || !box.Contains(w.ego.ToWorld(f.clusters[i].mid)) {
			continue
		}
		part := f.view.extent(&f.clusters[i], w.ego, w.mount, t.yaw)
		e.along = e.along.join(part.along)
		e.across = e.across.join(part.across)
	}
}

// visibleSides returns the extents along and across the heading where the side
// that shows them is turned towards the lidar, else 0.
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

// missScan tells what is hidden behind something from what is not there: the
// lidar saw past it.
func (f *Fusion) missScan(w *sweep) {
	for j := range f.tracks {
		t := &f.tracks[j]
		if f.matched[j] {
			continue
		}
		box := t.box(w.lag)
		box.Center = w.ego.ToLocal(box.Center)
		box.Yaw -= w.ego.Yaw
		dist := box.Center.Sub(w.mount).Norm()
		if box.Contains(w.mount) {
			continue
		}
		blocked, clear := f.view.look(box, w.mount)
		t.hidden = blocked > 0.5
		t.beneath = clear > 0.6 && !f.meets(t.leastHeight(), box.DistanceTo(w.mount))
		if clear > 0.6 && !t.beneath {
			c := t.class()
			small := t.size == personSize || c == perception.Cone
			t.believe(missEvidence(lidarChance(c, small, dist), beyondPart))
		}
	}
}

// beginCluster starts a track from a cluster on the road, or from a small one
// close beside it.
func (f *Fusion) beginCluster(w *sweep, c *cluster) {
	at := w.ego.ToWorld(c.mid)
	if c.points < 2 && c.rangeTo < 20 || c.span > largest || f.inside(w.ego.ToWorld(c.near), w.lag, 0.6) {
		return
	}
	spacing := c.rangeTo * 2 * math.Pi / sectors
	small := c.rangeTo < 25 && c.span+2*spacing < smallSpan
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
		return // the side of something that stands beside the road
	}
	if small {
		t.size = personSize
		t.motion = newFilter(&z, 2.5, 2.5) // it may be a person
	} else {
		t.motion = newFilter(&z, f.usualSpeed(at, k.topSpeed), k.topSpeed)
	}
	if onRoad {
		t.onAsphalt = 1
	}
	f.begin(t, byLidar, w.scan.Time, lidarHit())
}

// usualSpeed returns the standard deviation of the unknown speed along the road of
// what may be a vehicle at p, m/s: with at least half of the limit, it may as well
// stand as drive, in either direction.
func (f *Fusion) usualSpeed(p geom.Vec, least float64) float64 {
	id, _, _, ok := f.c.Map.Nearest(p)
	if !ok {
		return least
	}
	return math.Max(least, f.c.Map.Lanes[id].SpeedLimit/2)
}

// nearRoad reports whether there is road within roadMargin of p.
func (f *Fusion) nearRoad(p geom.Vec) bool {
	for k := range 8 {
		if f.c.Map.Drivable(p.Add(geom.Unit(float64(k) * math.Pi / 4).Scale(roadMargin))) {
			return true
		}
	}
	return f.c.Map.Drivable(p)
}
