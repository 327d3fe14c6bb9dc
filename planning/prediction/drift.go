package prediction

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/exact"
	"roadloop/sim/geom"
)

// How vehicles move sideways in their lanes: a process of mean 0 that forgets with
// driftMemory (Ornstein and Uhlenbeck, 1930), and what is measured of it.
const (
	driftStd    = 0.5 // m/s
	driftMemory = 1.0 // s
	// noiseMemory is how long the error of a measured velocity lasts, s: that many
	// seconds of it are worth one measurement.
	noiseMemory = 0.3
	// surprise is the number of standard deviations from which on a measured drift is
	// no error but a maneuver, and believed at once.
	surprise = 2.5
	// astray is that from which on a vehicle that moves across its heading has another
	// heading than the one believed.
	astray = 4.0
)

// drift is what is believed of the sideways speed of a vehicle in its lane, to the
// left, m/s, with its variance.
type drift struct{ mean, variance float64 }

// noDrift is what is believed of a vehicle that was never seen.
var noDrift = drift{variance: driftStd * driftStd}

// update takes in a measurement, dt seconds after the last one, whose error has the
// given variance: a Kalman filter. What is measured without an error is believed.
func (d drift) update(measured, variance, dt float64) drift {
	if variance <= 0 {
		return drift{mean: measured}
	}
	keep := exact.Exp(-dt / driftMemory)
	d.mean *= keep
	d.variance = keep*keep*d.variance + driftStd*driftStd*(1-keep*keep)
	off := measured - d.mean
	if off*off > surprise*surprise*(d.variance+variance) {
		return drift{measured, variance}
	}
	gain := d.variance / (d.variance + variance*math.Max(1, noiseMemory/math.Max(dt, 1e-3)))
	return drift{d.mean + gain*off, d.variance * (1 - gain)}
}

// steady fills in the velocity and the heading of a track that are believed, dt seconds
// after the drift that is remembered: along its lane as measured, across it as the drift
// has been. Where a track is on no lane all is as measured.
func (p *Predictor) steady(tr *trend, t *perception.Track, old drift, dt float64) {
	tr.vel, tr.yaw, tr.drift = t.Vel, t.Pose.Yaw, noDrift
	forward, ok := p.laneCourse(t)
	if !ok || !drives(t) {
		return
	}
	left := forward.Left()
	variance, across, ahead := along(t, left), t.Vel.Dot(left), math.Abs(t.Vel.Dot(forward))
	// Wheels roll: sideways a vehicle moves only as far as it turned, and goes on.
	most := math.Tan(maxTurn) * (ahead + 2*math.Sqrt(along(t, forward)))
	measured := math.Max(-most, math.Min(most, across))
	if math.Abs(across-measured) > astray*math.Sqrt(variance) {
		return
	}
	tr.drift = old.update(measured, variance, dt)
	tr.vel = t.Vel.Add(left.Scale(tr.drift.mean - across))
	if variance > 0 {
		tr.yaw = forward.Angle() + math.Atan2(tr.drift.mean, math.Max(leastSpeed, ahead))
	}
}

// leastSpeed is the speed below which the heading of a track is hardly taken from where
// it moves, m/s.
const leastSpeed = 2.0

// along returns the variance of the velocity of a track in the direction of a unit
// vector.
func along(t *perception.Track, u geom.Vec) float64 {
	return math.Max(0, u.X*u.X*t.Cov[2][2]+u.X*u.Y*(t.Cov[2][3]+t.Cov[3][2])+u.Y*u.Y*t.Cov[3][3])
}

// drives tells that a track is of those who keep to lanes.
func drives(t *perception.Track) bool {
	return t.Class == perception.Car || t.Class == perception.Truck || t.Class == perception.Cyclist
}

// laneCourse returns the direction in which a track follows its lane, or drives against
// it: that of the lanes it is on which is nearest to its heading.
func (p *Predictor) laneCourse(t *perception.Track) (forward geom.Vec, ok bool) {
	least := maxTurn
	p.lanes = p.m.LanesAt(p.lanes[:0], t.Pose.Pos())
	for _, id := range p.lanes {
		l := &p.m.Lanes[id]
		s, _ := l.Center.Project(t.Pose.Pos())
		at := l.Center.At(s)
		off := math.Abs(geom.WrapAngle(t.Pose.Yaw - at.Yaw))
		if with := math.Min(off, math.Pi-off); with < least {
			least, forward, ok = with, at.Forward(), true
			if off > math.Pi/2 {
				forward = forward.Scale(-1)
			}
		}
	}
	return forward, ok
}
