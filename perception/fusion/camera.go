package fusion

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// cameraUpdate is an image in the update.
type cameraUpdate struct {
	image *perception.Image
	ego   geom.Pose // at the time of the image
	lag   float64
}

// updateCamera updates the tracks with the network's output for one image, and signals and
// lane if the camera looks forward: only such an image shows them.
func (f *Fusion) updateCamera(im *perception.Image) {
	w := cameraUpdate{im, f.localizer.at(im.Time), f.lag(im.Time)}
	f.updateObjects(&w)
	if !looksForward(im.Cal) {
		return
	}
	f.lastMessage.CameraAge = im.Time
	f.updateSignals(&w)
	f.updateLane(&w)
}

// looksForward reports whether a camera looks forward. One without a calibration is the
// front camera.
func looksForward(cal *sensor.Camera) bool { return cal == nil || cal.LooksForward() }

func (f *Fusion) updateObjects(w *cameraUpdate) {
	dets := w.image.Detections
	f.fixes = f.fixes[:0]
	for i := range dets {
		f.fixes = append(f.fixes, f.cameraFix(w, &dets[i]))
	}
	p := &f.c.Params
	match := f.assign(len(dets), p.CameraGate, func(i int, t *track) float64 {
		return p.cameraCost(&dets[i], &f.fixes[i], t)
	})
	for i, j := range match {
		if j >= 0 {
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

// cameraFix returns the position of a detection: accurate across the line of sight,
// inaccurate along it.
func (f *Fusion) cameraFix(w *cameraUpdate, d *perception.Detection) fix {
	eye := geom.Vec{}
	if w.image.Cal != nil {
		eye = geom.Vec{X: w.image.Cal.Mount.X, Y: w.image.Cal.Mount.Y}
	}
	pos := w.ego.ToWorld(d.Pos)
	ray := pos.Sub(w.ego.ToWorld(eye))
	dist := math.Max(ray.Norm(), 1e-3)
	along := math.Max(d.DistanceStd, math.Max(0.5, f.c.Params.CameraRangeStd*dist))
	return fix{
		pos: pos, axis: ray.Scale(1 / dist), lag: w.lag,
		varAlong: square(along), varAcross: square(0.2) + square(f.c.Params.CameraBearingStd*dist),
	}
}

// cameraCost returns the assignment cost of a detection and a track by position and
// class.
func (p *Params) cameraCost(d *perception.Detection, z *fix, t *track) float64 {
	if d.Class.IsSignal() || d.Score < p.MinScore || z.pos.Dist(t.motion.pos()) > 20 {
		return math.Inf(1)
	}
	cost := t.motion.distance2(z)
	if c := t.class(); c != d.Class {
		cost++
		named := t.votes[c] > 1 || t.size != personSize && t.hits[byLidar] > 2
		if classGroup(c) != classGroup(d.Class) && named {
			cost += 5
		}
	}
	return cost
}

func (f *Fusion) applyDetection(w *cameraUpdate, d *perception.Detection, z *fix, t *track) {
	p, before := &f.c.Params, t.class()
	t.motion.correct(z)
	t.vote(d.Class, d.Score)
	t.detectRate += p.DetectRateGain * (1 - t.detectRate)
	t.resize(before)
	if t.motion.vel().Norm() < 2 {
		t.blendHeading(w.ego.Yaw+d.Heading, p.CameraHeadingGain)
	}
	t.hit(byCamera, w.image.Time, p.cameraEvidence(d))
}

// missImage lowers the existence of tracks that the camera should have seen. The
// effect is smaller for tracks with a low detection rate, since the network does not
// know every kind of object.
func (f *Fusion) missImage(w *cameraUpdate) {
	if w.image.Cal == nil {
		return
	}
	const border = 0.06 // share of the image's width; cut-off objects are detected less often
	cal := w.image.Cal
	for j := range f.tracks {
		t := &f.tracks[j]
		if f.pairs.Taken(j) || f.hidden(t) {
			continue
		}
		p := w.ego.ToLocal(t.box(w.lag).Center)
		u, _, depth, ok := cal.Project(p.X, p.Y, 0.5)
		edge := border * float64(cal.Width)
		if !ok || u < edge || u > float64(cal.Width)-edge || depth < 4 {
			continue
		}
		t.addEvidence(missEvidence(cameraDetectProb(t.class(), depth)*math.Min(1, 2*t.detectRate), f.c.Params.CameraWeight))
		t.detectRate -= f.c.Params.DetectRateGain * t.detectRate
		t.decayVotes(0.98)
	}
}

// beginDetection starts a track from a detection on the road, or from a pedestrian or
// cyclist near the road.
func (f *Fusion) beginDetection(w *cameraUpdate, d *perception.Detection, z *fix) {
	if d.Class.IsSignal() || d.Score < f.c.Params.NewScore {
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
	f.begin(t, byCamera, w.image.Time, f.c.Params.cameraEvidence(d))
}
