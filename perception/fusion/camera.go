package fusion

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
)

// Errors assumed of the camera network.
const (
	cameraRangeStd   = 0.08 // of the distance
	cameraBearingStd = 0.012
	cameraHeading    = 0.15 // weight of a seen heading
	minScore         = 0.13 // detections below are noise
	newScore         = 0.24 // and those that begin a track are at least as sure
	foundGain        = 0.05 // weight of an image in how often the camera sees a track
)

// sight is an image being taken in.
type sight struct {
	image *perception.Image
	ego   geom.Pose // when it was taken
	lag   float64
}

// takeImage takes in what the network read from an image.
func (f *Fusion) takeImage(im *perception.Image) {
	f.heard.CameraAge = im.Time
	w := sight{im, f.where.at(im.Time), f.lag(im.Time)}
	f.takeObjects(&w)
	f.takeSignals(&w)
	f.takeLines(&w)
}

func (f *Fusion) takeObjects(w *sight) {
	dets := w.image.Detections
	f.fixes = f.fixes[:0]
	for i := range dets {
		f.fixes = append(f.fixes, f.cameraFix(w, &dets[i]))
	}
	const gate = 12.0 // chi-squared, two degrees of freedom, 99.75 %
	f.pairs.Reset(len(dets), len(f.tracks))
	for i := range dets {
		for j := range f.tracks {
			if cost, ok := cameraCost(&dets[i], &f.fixes[i], &f.tracks[j], gate); ok {
				f.pairs.Allow(i, j, cost)
			}
		}
	}
	f.matched = zeros(f.matched, len(f.tracks))
	match := f.pairs.Solve(gate)
	for i, j := range match {
		if j >= 0 {
			f.matched[j] = true
			f.applyDetection(w, &dets[i], &f.fixes[i], &f.tracks[j])
		}
	}
	f.missImage(w)
	for i, j := range match {
		if j < 0 {
			f.beginDetection(w, &dets[i], &f.fixes[i])
		}
	}
}

// cameraFix returns the position of a detection: good across the line of sight,
// poor along it.
func (f *Fusion) cameraFix(w *sight, d *perception.Detection) fix {
	eye := geom.Vec{}
	if w.image.Cal != nil {
		eye = geom.Vec{X: w.image.Cal.Mount.X, Y: w.image.Cal.Mount.Y}
	}
	pos := w.ego.ToWorld(d.Pos)
	ray := pos.Sub(w.ego.ToWorld(eye))
	dist := math.Max(ray.Norm(), 1e-3)
	along := math.Max(d.DistanceStd, math.Max(0.5, cameraRangeStd*dist))
	return fix{
		pos: pos, axis: ray.Scale(1 / dist), lag: w.lag,
		varAlong: square(along), varAcross: square(0.2) + square(cameraBearingStd*dist),
	}
}

func cameraCost(d *perception.Detection, z *fix, t *track, gate float64) (float64, bool) {
	if d.Class.IsSignal() || d.Score < minScore || z.pos.Dist(t.motion.pos()) > 20 {
		return 0, false
	}
	cost := t.motion.distance2(z)
	if c := t.class(); c != d.Class {
		cost++
		named := t.votes[c] > 1 || t.size != personSize && t.hits[byLidar] > 2
		if group(c) != group(d.Class) && named {
			cost += 5
		}
	}
	return cost, cost < gate
}

func (f *Fusion) applyDetection(w *sight, d *perception.Detection, z *fix, t *track) {
	before := t.class()
	t.motion.correct(z)
	t.vote(d.Class, d.Score)
	t.found += foundGain * (1 - t.found)
	t.resize(before)
	if t.motion.vel().Norm() < 2 {
		t.face(w.ego.Yaw+d.Heading, cameraHeading)
	}
	t.hit(byCamera, w.image.Time, hitEvidence(math.Max(0.8*d.Score, cameraFalse), cameraFalse, cameraPart))
}

// missImage counts against tracks that the camera should have seen: less against
// those that it hardly ever saw, since the network does not know all there is.
func (f *Fusion) missImage(w *sight) {
	if w.image.Cal == nil {
		return
	}
	const border = 0.06 // of the image's width; what is cut off is found less often
	cal := w.image.Cal
	for j := range f.tracks {
		t := &f.tracks[j]
		if f.matched[j] || t.hidden {
			continue
		}
		p := w.ego.ToLocal(t.box(w.lag).Center)
		u, _, depth, ok := cal.Project(p.X, p.Y, 0.5)
		edge := border * float64(cal.Width)
		if !ok || u < edge || u > float64(cal.Width)-edge || depth < 4 {
			continue
		}
		t.believe(missEvidence(cameraChance(t.class(), depth)*math.Min(1, 2*t.found), cameraPart))
		t.found -= foundGain * t.found
		t.fade(0.98)
	}
}

// beginDetection starts a track from a detection on the road, or from a person's.
func (f *Fusion) beginDetection(w *sight, d *perception.Detection, z *fix) {
	if d.Class.IsSignal() || d.Score < newScore {
		return
	}
	vulnerable := d.Class == perception.Pedestrian || d.Class == perception.Cyclist
	if !f.c.Map.Drivable(z.pos) && !(vulnerable && f.nearRoad(z.pos)) {
		return
	}
	k := &classTraits[d.Class]
	t := track{motion: newFilter(z, k.topSpeed, k.topSpeed), length: k.length, width: k.width}
	t.yaw = w.ego.Yaw + d.Heading
	if !vulnerable {
		t.yaw = f.laneYaw(z.pos, t.yaw)
	}
	t.vote(d.Class, d.Score)
	f.begin(t, byCamera, w.image.Time, hitEvidence(math.Max(0.8*d.Score, cameraFalse), cameraFalse, cameraPart))
}
