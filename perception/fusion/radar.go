package fusion

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// Errors assumed of a radar, a little above what such radars have.
const (
	radarRangeStd   = 0.3   // m
	radarAzimuthStd = 0.015 // rad
	radarSpeedStd   = 0.2   // m/s
	radarView       = 0.75  // half angle in which radar is expected to see, rad
	movingSpeed     = 1.5   // m/s over ground, from which on a target moves for sure
)

// spot is a radar target in the map frame.
type spot struct {
	pos   geom.Vec
	ray   geom.Vec // unit vector from the radar
	from  geom.Vec // the radar
	dist  float64
	speed float64 // over ground along the ray, m/s
	lag   float64
}

// fixOn returns the position of the track's middle if the spot is its reflection:
// radar meets the near side.
func (s *spot) fixOn(t *track) fix {
	box := t.box(s.lag)
	to := box.Center.Sub(s.from)
	depth := 0.0
	if d, ok := geom.RayOBB(s.from, to.Angle(), box); ok {
		depth = to.Norm() - d
	}
	return fix{
		pos: s.pos.Add(s.ray.Scale(depth)), axis: s.ray, lag: s.lag,
		varAlong:  square(radarRangeStd) + square(0.3*depth),
		varAcross: square(radarAzimuthStd*s.dist) + square(0.3*t.width),
	}
}

// takeRadar takes in a radar scan.
func (f *Fusion) takeRadar(scan *sensor.RadarScan) {
	f.heard.RadarAge = scan.Time
	f.spots = f.readRadar(f.spots[:0], scan)
	f.pairs.Reset(len(f.spots), len(f.tracks))
	const gate = 16.0 // chi-squared, three degrees of freedom, 99.9 %
	for i := range f.spots {
		for j := range f.tracks {
			if cost, ok := radarCost(&f.spots[i], &f.tracks[j], gate); ok {
				f.pairs.Allow(i, j, cost)
			}
		}
	}
	f.matched = zeros(f.matched, len(f.tracks))
	match := f.pairs.Solve(gate)
	for i, j := range match {
		if j >= 0 {
			f.matched[j] = true
			f.applyRadar(scan, &f.spots[i], &f.tracks[j])
		}
	}
	f.missRadar(scan)
	for i, j := range match {
		if j < 0 {
			f.beginRadar(scan, &f.spots[i])
		}
	}
}

// readRadar appends the targets of a scan in the map frame. The motion of the
// radar itself is taken out of the range rate.
func (f *Fusion) readRadar(dst []spot, scan *sensor.RadarScan) []spot {
	ego := f.where.at(scan.Time)
	lag := f.lag(scan.Time)
	odo := &f.where.odo
	speed := odo.Speed - odo.Accel*lag
	m := &scan.Mount
	mount := ego.Compose(geom.Pose{X: m.X, Y: m.Y, Yaw: m.Yaw})
	own := ego.Forward().Scale(speed).
		Add(mount.Pos().Sub(ego.Pos()).Left().Scale(odo.YawRate - f.where.x[3]))
	for _, t := range scan.Targets {
		ray := geom.Unit(mount.Yaw + t.Azimuth)
		dst = append(dst, spot{
			pos: mount.Pos().Add(ray.Scale(t.Range)), ray: ray, from: mount.Pos(),
			dist: t.Range, speed: t.RangeRate + own.Dot(ray), lag: lag,
		})
	}
	return dst
}

// radarCost returns how badly a spot fits a track in position and speed.
func radarCost(s *spot, t *track, gate float64) (float64, bool) {
	if s.pos.Dist(t.motion.pos()) > 15 {
		return 0, false
	}
	z := s.fixOn(t)
	h := speedAlong(s.ray)
	ds := s.speed - t.motion.apply(h)
	cost := t.motion.distance2(&z) + ds*ds/(t.motion.spread(h, h)+square(2*radarSpeedStd))
	return cost, cost < gate
}

func (f *Fusion) applyRadar(scan *sensor.RadarScan, s *spot, t *track) {
	z := s.fixOn(t)
	t.motion.correct(&z)
	t.motion.update(speedAlong(s.ray), s.speed, square(radarSpeedStd))
	if math.Abs(s.speed) > movingSpeed { // else it may be what stands beside the road
		t.hit(byRadar, scan.Time, hitEvidence(0.8, 0.05, radarPart))
	}
}

// missRadar counts against tracks that radar saw before and should see now.
func (f *Fusion) missRadar(scan *sensor.RadarScan) {
	m := &scan.Mount
	mount := f.where.at(scan.Time).Compose(geom.Pose{X: m.X, Y: m.Y, Yaw: m.Yaw})
	for j := range f.tracks {
		t := &f.tracks[j]
		q := mount.ToLocal(t.motion.pos())
		if f.matched[j] || t.hidden || t.hits[byRadar] == 0 || math.Abs(q.Angle()) > radarView {
			continue
		}
		t.believe(missEvidence(radarChance(q.Norm()), radarPart))
	}
}

// beginRadar starts a track from a spot that moves along a road; what stands
// still is for camera and lidar to find.
func (f *Fusion) beginRadar(scan *sensor.RadarScan, s *spot) {
	if math.Abs(s.speed) < movingSpeed || !f.c.Map.Drivable(s.pos) || f.inside(s.pos, s.lag, 2) {
		return
	}
	k := &classTraits[perception.Car]
	z := fix{pos: s.pos.Add(s.ray.Scale(k.length / 2)), axis: s.ray, lag: s.lag,
		varAlong: 1, varAcross: 1 + square(radarAzimuthStd*s.dist)}
	t := track{motion: newFilter(&z, k.topSpeed, k.topSpeed), length: k.length, width: k.width}
	t.motion.update(speedAlong(s.ray), s.speed, square(radarSpeedStd))
	t.yaw = f.laneYaw(z.pos, s.ray.Scale(s.speed).Angle())
	f.begin(t, byRadar, scan.Time, hitEvidence(0.8, 0.3, radarPart))
}

func square(v float64) float64 { return v * v }
