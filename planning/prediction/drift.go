package prediction

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/detmath"
	"roadloop/sim/geom"
)

// Lateral motion of vehicles in their lanes: an Ornstein-Uhlenbeck process (1930)
// of mean 0 with the correlation time driftMemory, and its measurement.
const (
	driftStd    = 0.5 // m/s
	driftMemory = 1.0 // s
	// noiseMemory is the correlation time of the error of a measured velocity, s:
	// measurements over this time count as one.
	noiseMemory = 0.3
	// maneuverSigma is the number of standard deviations from which a measured drift
	// counts as a maneuver, and is adopted immediately.
	maneuverSigma = 2.5
	// headingSigma is the number of standard deviations of motion across the heading from
	// which the estimated heading counts as wrong.
	headingSigma = 4.0
)

// drift is the estimated lateral speed of a vehicle in its lane, positive to the
// left, m/s, with its variance.
type drift struct{ mean, variance float64 }

// noDrift is the prior of a new vehicle.
var noDrift = drift{variance: driftStd * driftStd}

// update is a Kalman filter step for a measurement with the given variance, dt
// seconds after the last one. A measurement with variance 0 is adopted.
func (d drift) update(measured, variance, dt float64) drift {
	if variance <= 0 {
		return drift{mean: measured}
	}
	keep := detmath.Exp(-dt / driftMemory)
	d.mean *= keep
	d.variance = keep*keep*d.variance + driftStd*driftStd*(1-keep*keep)
	off := measured - d.mean
	if off*off > maneuverSigma*maneuverSigma*(d.variance+variance) {
		return drift{measured, variance}
	}
	gain := d.variance / (d.variance + variance*math.Max(1, noiseMemory/math.Max(dt, 1e-3)))
	return drift{d.mean + gain*off, d.variance * (1 - gain)}
}

// estimate sets the estimated velocity and heading of a track, dt seconds after the drift
// old: the longitudinal speed is the measured one, the lateral speed is the filtered
// drift. If a track is on no lane, both are as measured.
func (p *Predictor) estimate(tr *trend, t *perception.Track, old drift, dt float64) {
	tr.vel, tr.yaw, tr.drift = t.Vel, t.Pose.Yaw, noDrift
	forward, ok := p.laneDirection(t)
	if !ok || !followsLanes(t) {
		return
	}
	left := forward.Left()
	variance, across, ahead := velocityVariance(t, left), t.Vel.Dot(left), math.Abs(t.Vel.Dot(forward))
	// Wheels roll: the lateral speed of a vehicle is limited by its heading and its
	// longitudinal speed.
	most := math.Tan(maxTurn) * (ahead + 2*math.Sqrt(velocityVariance(t, forward)))
	measured := math.Max(-most, math.Min(most, across))
	if math.Abs(across-measured) > headingSigma*math.Sqrt(variance) {
		return
	}
	tr.drift = old.update(measured, variance, dt)
	tr.vel = t.Vel.Add(left.Scale(tr.drift.mean - across))
	if variance > 0 {
		tr.yaw = forward.Angle() + math.Atan2(tr.drift.mean, math.Max(minHeadingSpeed, ahead))
	}
}

// minHeadingSpeed is the speed below which the motion of a track has little effect on its
// estimated heading, m/s.
const minHeadingSpeed = 2.0

// velocityVariance returns the variance of the velocity of a track in the direction of a unit
// vector.
func velocityVariance(t *perception.Track, u geom.Vec) float64 {
	return math.Max(0, u.X*u.X*t.Cov[2][2]+u.X*u.Y*(t.Cov[2][3]+t.Cov[3][2])+u.Y*u.Y*t.Cov[3][3])
}

// followsLanes reports whether the class of a track follows lanes.
func followsLanes(t *perception.Track) bool {
	return t.Class == perception.Car || t.Class == perception.Truck || t.Class == perception.Cyclist
}

// laneDirection returns the direction of a track along or against its lane. Of several
// lanes it selects the one nearest to the track's heading.
func (p *Predictor) laneDirection(t *perception.Track) (forward geom.Vec, ok bool) {
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
