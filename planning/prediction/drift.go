package prediction

import (
	"math"

	"roadloop/perception"
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
)

// drift is what is believed of the sideways speed of a vehicle in its lane, to the
// left, m/s, with its variance.
type drift struct{ mean, variance float64 }

// update takes in a measurement, dt seconds after the last one, whose error has the
// given variance: a Kalman filter. What is measured without an error is believed.
func (d drift) update(measured, variance, dt float64) drift {
	if variance <= 0 {
		return drift{mean: measured}
	}
	keep := math.Exp(-dt / driftMemory)
	d.mean *= keep
	d.variance = keep*keep*d.variance + driftStd*driftStd*(1-keep*keep)
	off := measured - d.mean
	if off*off > surprise*surprise*(d.variance+variance) {
		return drift{measured, variance}
	}
	gain := d.variance / (d.variance + variance*math.Max(1, noiseMemory/math.Max(dt, 1e-3)))
	return drift{d.mean + gain*off, d.variance * (1 - gain)}
}

// steady returns a vehicle with the velocity that is believed: along its lane as
// measured, across it as its drift has been. Where it is on no lane it stays as it is.
func (p *Predictor) steady(t perception.Track, tr *trend, dt float64) perception.Track {
	forward, ok := p.laneCourse(&t)
	if !ok || !drives(&t) {
		tr.drift = drift{variance: driftStd * driftStd}
		return t
	}
	left := forward.Left()
	variance := left.X*left.X*t.Cov[2][2] + 2*left.X*left.Y*t.Cov[2][3] + left.Y*left.Y*t.Cov[3][3]
	across := t.Vel.Dot(left)
	tr.drift = tr.drift.update(across, variance, dt)
	t.Vel = t.Vel.Add(left.Scale(tr.drift.mean - across))
	return t
}

// drives tells that a track is of those who keep to lanes.
func drives(t *perception.Track) bool {
	return t.Class == perception.Car || t.Class == perception.Truck || t.Class == perception.Cyclist
}

// laneCourse returns the direction of the lane that a track follows: of those it is on
// the one nearest to its heading.
func (p *Predictor) laneCourse(t *perception.Track) (forward geom.Vec, ok bool) {
	least := maxTurn
	p.lanes = p.m.LanesAt(p.lanes[:0], t.Pose.Pos())
	for _, id := range p.lanes {
		l := &p.m.Lanes[id]
		s, _ := l.Center.Project(t.Pose.Pos())
		at := l.Center.At(s)
		if off := math.Abs(geom.WrapAngle(t.Pose.Yaw - at.Yaw)); off < least {
			least, forward, ok = off, at.Forward(), true
		}
	}
	return forward, ok
}
