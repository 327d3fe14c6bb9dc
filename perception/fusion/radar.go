package fusion

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// radarDetection is a radar target in the map frame.
type radarDetection struct {
	pos   geom.Vec
	ray   geom.Vec // unit vector from the radar
	from  geom.Vec // position of the radar
	dist  float64
	speed float64 // over ground along the ray, m/s
	lag   float64
}

// trackFix returns the position of the track's middle if the detection is its
// reflection: radar is reflected by the near side.
func (s *radarDetection) trackFix(t *track, p *Params) fix {
	box := t.box(s.lag)
	to := box.Center.Sub(s.from)
	depth := 0.0
	if d, ok := geom.RayOBB(s.from, to.Angle(), box); ok {
		depth = to.Norm() - d
	}
	return fix{
		pos: s.pos.Add(s.ray.Scale(depth)), axis: s.ray, lag: s.lag,
		varAlong:  square(p.RadarRangeStd) + square(0.3*depth),
		varAcross: square(p.RadarAzimuthStd*s.dist) + square(0.3*t.width),
	}
}

// updateRadar updates the tracks with a radar scan.
func (f *Fusion) updateRadar(scan *sensor.RadarScan) {
	f.lastMessage.RadarAge = scan.Time
	f.radarDetections = f.readRadar(f.radarDetections[:0], scan)
	p := &f.c.Params
	match := f.assign(len(f.radarDetections), p.RadarGate, func(i int, t *track) float64 {
		return p.radarCost(&f.radarDetections[i], t)
	})
	for i, j := range match {
		if j >= 0 {
			f.applyRadar(scan, &f.radarDetections[i], &f.tracks[j])
		}
	}
	f.missRadar(scan)
	for i, j := range match {
		if j < 0 {
			f.beginRadar(scan, &f.radarDetections[i])
		}
	}
}

// readRadar appends the targets of a scan in the map frame. Range rates are
// compensated for the motion of the radar.
func (f *Fusion) readRadar(dst []radarDetection, scan *sensor.RadarScan) []radarDetection {
	ego := f.localizer.at(scan.Time)
	lag := f.lag(scan.Time)
	odo := &f.localizer.odo
	speed := odo.Speed - odo.Accel*lag
	m := &scan.Mount
	mount := ego.Compose(geom.Pose{X: m.X, Y: m.Y, Yaw: m.Yaw})
	own := ego.Forward().Scale(speed).
		Add(mount.Pos().Sub(ego.Pos()).Left().Scale(odo.YawRate - f.localizer.x[3]))
	for _, t := range scan.Targets {
		ray := geom.Unit(mount.Yaw + t.Azimuth)
		dst = append(dst, radarDetection{
			pos: mount.Pos().Add(ray.Scale(t.Range)), ray: ray, from: mount.Pos(),
			dist: t.Range, speed: t.RangeRate + own.Dot(ray), lag: lag,
		})
	}
	return dst
}

// radarCost returns the assignment cost of a detection and a track by position and
// speed.
func (p *Params) radarCost(s *radarDetection, t *track) float64 {
	if s.pos.Dist(t.motion.pos()) > 15 {
		return math.Inf(1)
	}
	z := s.trackFix(t, p)
	h := speedAlong(s.ray)
	ds := s.speed - t.motion.apply(h)
	return t.motion.distance2(&z) + ds*ds/(t.motion.covariance(h, h)+square(2*p.RadarSpeedStd))
}

func (f *Fusion) applyRadar(scan *sensor.RadarScan, s *radarDetection, t *track) {
	p := &f.c.Params
	z := s.trackFix(t, p)
	t.motion.correct(&z)
	t.motion.update(speedAlong(s.ray), s.speed, square(p.RadarSpeedStd))
	if math.Abs(s.speed) > p.MovingSpeed { // otherwise it may be a static roadside object
		t.hit(byRadar, scan.Time, hitEvidence(p.RadarHit, p.RadarFalse, p.RadarWeight))
	}
}

// radarEdge is the width of the unreliable edge of a radar's field of view, rad.
const radarEdge = 0.05

// missRadar lowers the existence of tracks that radar detected before and should
// detect now.
func (f *Fusion) missRadar(scan *sensor.RadarScan) {
	p, m := &f.c.Params, &scan.Mount
	view := p.RadarView
	if scan.HalfAngle > 0 {
		view = math.Min(view, scan.HalfAngle-radarEdge)
	}
	mount := f.localizer.at(scan.Time).Compose(geom.Pose{X: m.X, Y: m.Y, Yaw: m.Yaw})
	for j := range f.tracks {
		t := &f.tracks[j]
		q := mount.ToLocal(t.motion.pos())
		if f.pairs.Taken(j) || f.hidden(t) || t.hits[byRadar] == 0 || math.Abs(q.Angle()) > view {
			continue
		}
		t.addEvidence(missEvidence(radarDetectProb(q.Norm()), p.RadarWeight))
	}
}

// beginRadar starts a track from a moving detection on a road; camera and lidar find
// static objects.
func (f *Fusion) beginRadar(scan *sensor.RadarScan, s *radarDetection) {
	p := &f.c.Params
	if math.Abs(s.speed) < p.MovingSpeed || !f.c.Map.Drivable(s.pos) || f.insideTrack(s.pos, s.lag, 2) {
		return
	}
	k := &classTraits[perception.Car]
	z := fix{pos: s.pos.Add(s.ray.Scale(k.length / 2)), axis: s.ray, lag: s.lag,
		varAlong: 1, varAcross: 1 + square(p.RadarAzimuthStd*s.dist)}
	t := track{motion: newFilter(&z, k.topSpeed, k.topSpeed), length: k.length, width: k.width}
	t.motion.update(speedAlong(s.ray), s.speed, square(p.RadarSpeedStd))
	t.yaw = f.laneYaw(z.pos, s.ray.Scale(s.speed).Angle())
	f.begin(t, byRadar, scan.Time, hitEvidence(p.RadarHit, p.RadarNewFalse, p.RadarWeight))
}

func square(v float64) float64 { return v * v }
