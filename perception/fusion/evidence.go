package fusion

import (
	"math"

	"roadloop/perception"
)

// Existence is judged by Bayes' rule in log odds (Thrun, Burgard, Fox,
// Probabilistic Robotics, 2005, §4.2): a measurement adds the logarithm of how
// much likelier it is with the object there than without. Successive
// measurements of one sensor share their causes, so that each counts as a part
// of an independent one.
const (
	birthBelief   = -1.0 // before the measurement that begins a track
	confirmBelief = 0.85 // existence 0.70
	doubtBelief   = -0.5 // a confirmed track below is none any more
	deadBelief    = -2.0

	cameraPart = 0.25 // what it takes for something, it takes for that in every frame
	radarPart  = 0.35
	lidarPart  = 0.6
	beyondPart = 1.0 // of a lidar that saw past a place: many rays agree

	cameraFalse = 0.1 // probability that the network sees what is not there
)

// lidarHit returns the evidence of a cluster where a track is.
func lidarHit() float64 { return hitEvidence(0.9, 0.1, lidarPart) }

// hitEvidence returns the evidence of a detection that is made with probability
// pd of an object and pf of nothing.
func hitEvidence(pd, pf, part float64) float64 { return part * math.Log(pd/pf) }

// missEvidence returns the evidence of no detection.
func missEvidence(pd, part float64) float64 { return part * math.Log(1-math.Min(pd, 0.98)) }

// cameraChance returns how likely the camera finds an object in full view.
func cameraChance(c perception.Class, dist float64) float64 {
	far := 60.0
	if c == perception.Pedestrian || c == perception.Cyclist || c == perception.Cone {
		far = 45
	}
	return 0.75 * math.Max(0, 1-dist*dist/(far*far))
}

// lidarChance returns how likely a scan shows an object in full view: it has to be
// as high and as wide as the gaps between the rays.
func lidarChance(c perception.Class, small bool, dist float64) float64 {
	near, far := 40.0, 65.0
	switch {
	case c == perception.Pedestrian || c == perception.Cyclist:
		near, far = 35, 60
	case small:
		near, far = 12, 30
	}
	return 0.95 * math.Max(0, math.Min(1, (far-dist)/(far-near)))
}

// radarChance returns how likely a cycle shows a vehicle in full view.
func radarChance(dist float64) float64 { return 0.5 * math.Max(0, 1-dist/130) }
