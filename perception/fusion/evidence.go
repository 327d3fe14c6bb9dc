package fusion

import (
	"math"

	"roadloop/perception"
)

// Existence is estimated by Bayes' rule in log odds (Thrun, Burgard, Fox,
// Probabilistic Robotics, 2005, §4.2): a measurement adds the logarithm of its
// likelihood ratio, with the object to without. Successive measurements of one sensor
// are correlated, so each has a weight below that of an independent one.

// cameraEvidence returns the evidence of a detection at a track.
func (p *Params) cameraEvidence(d *perception.Detection) float64 {
	return hitEvidence(math.Max(p.CameraHit*d.Score, p.CameraFalse), p.CameraFalse, p.CameraWeight)
}

// lidarEvidence returns the evidence of a cluster at a track.
func (p *Params) lidarEvidence() float64 { return hitEvidence(p.LidarHit, p.LidarFalse, p.LidarWeight) }

// hitEvidence returns the evidence of a detection that occurs with probability pd if
// there is an object and pf if there is none.
func hitEvidence(pd, pf, weight float64) float64 { return weight * math.Log(pd/pf) }

// missEvidence returns the evidence of a missed detection.
func missEvidence(pd, weight float64) float64 { return weight * math.Log(1-math.Min(pd, 0.98)) }

// cameraDetectProb returns the probability that the camera detects an object in full
// view.
func cameraDetectProb(c perception.Class, dist float64) float64 {
	far := 60.0
	if c == perception.Pedestrian || c == perception.Cyclist || c == perception.Cone {
		far = 45
	}
	return 0.75 * math.Max(0, 1-dist*dist/(far*far))
}

// lidarDetectProb returns the probability that a scan has a cluster of an object in
// full view. The object must be higher and wider than the gaps between the rays.
func lidarDetectProb(c perception.Class, small bool, dist float64) float64 {
	near, far := 40.0, 65.0
	switch {
	case c == perception.Pedestrian || c == perception.Cyclist:
		near, far = 35, 60
	case small:
		near, far = 12, 30
	}
	return 0.95 * math.Max(0, math.Min(1, (far-dist)/(far-near)))
}

// radarDetectProb returns the probability that a radar scan detects a vehicle in full
// view.
func radarDetectProb(dist float64) float64 { return 0.5 * math.Max(0, 1-dist/130) }
