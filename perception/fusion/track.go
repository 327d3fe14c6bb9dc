package fusion

import (
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/detmath"
	"roadloop/sim/geom"
)

// track is a possible object.
type track struct {
	id     int32
	motion filter // of the object's middle
	yaw    float64
	length float64
	width  float64
	// votes are the camera's scores for each class, decaying; an object without votes
	// is classified by its size.
	votes [perception.SignalRed]float64
	size  size
	// logOdds is the logarithm of the odds that the object exists.
	logOdds    float64
	confirmed  bool
	hits       [numSources]int // number of measurements; radar counts only moving targets
	movingHits int             // consecutive hits that showed it moving
	roadHits   int             // consecutive lidar hits on the road
	born       clock.Tick      // time of the first measurement
	seen       clock.Tick      // time of the last measurement
	occluded   lidarSet        // a nearer object was in the way in the last scan of these
	belowRays  bool            // the rays of the last scan passed above it
	detectRate float64         // share of the last images with the track in view that detected it, decaying
	top        float64         // height of the highest lidar return, m
	lowHits    int             // consecutive lidar hits that showed it lower than any person
	onRoad     bool
}

// size is the measured size category of a track.
type size uint8

const (
	vehicleSize size = iota // or not measured
	bicycleSize             // and moving
	personSize              // smaller than any vehicle
)

// source is a kind of sensor that updates tracks.
type source uint8

const (
	byCamera source = iota
	byRadar
	byLidar
	numSources = iota
)

// traits are the model parameters of a class.
type traits struct {
	length, width        float64 // initial values, m
	minLength, maxLength float64
	minWidth, maxWidth   float64
	agility              float64 // spectral density of the acceleration, m²/s³
	topSpeed             float64 // standard deviation of an unknown velocity per axis, m/s
}

// classTraits are the traits by class, in the order of the fields of traits.
var classTraits = [perception.SignalRed]traits{
	perception.Car:        {4.4, 1.8, 3.2, 6, 1.5, 2.2, 6, 8},
	perception.Truck:      {9, 2.5, 5.5, 14, 1.9, 2.7, 4, 8},
	perception.Pedestrian: {0.6, 0.6, 0.4, 0.9, 0.4, 0.9, 2.5, 1.5},
	perception.Cyclist:    {1.9, 0.6, 1.4, 2.3, 0.4, 0.9, 3, 4},
	perception.Cone:       {0.6, 0.6, 0.3, 1.2, 0.3, 1.2, 0.05, 0.3},
}

// class returns the class with most votes, or one by size and speed.
func (t *track) class() perception.Class {
	best, votes := perception.Car, 0.0
	for c, v := range t.votes {
		if v > votes {
			best, votes = perception.Class(c), v
		}
	}
	if t.low() {
		return perception.Cone
	}
	speed := t.motion.vel().Norm()
	if votes > 0.5 && !(best == perception.Cone && speed > 1 && t.movingHits > 5) {
		return best
	}
	switch {
	case t.size == vehicleSize && t.length > 6.5:
		return perception.Truck
	case t.size == vehicleSize:
		return perception.Car
	case t.size == bicycleSize || speed > 3:
		return perception.Cyclist
	case speed > 0.5 && t.movingHits > 2:
		return perception.Pedestrian
	}
	return perception.Cone
}

func (t *track) traits() *traits { return &classTraits[t.class()] }

// vote adds a camera detection of a class.
func (t *track) vote(c perception.Class, score float64) {
	t.decayVotes(0.95)
	t.votes[c] += score
}

// decayVotes scales all votes by keep.
func (t *track) decayVotes(keep float64) {
	for i := range t.votes {
		t.votes[i] *= keep
	}
}

// box returns the footprint lag seconds ago.
func (t *track) box(lag float64) geom.OBB {
	c := t.motion.pos().Sub(t.motion.vel().Scale(lag))
	return geom.OBB{Center: c, Yaw: t.yaw, Length: t.length, Width: t.width}
}

// predict advances the track by dt seconds.
func (t *track) predict(dt float64) {
	t.motion.predict(dt, t.traits().agility)
	t.zeroVelocityUpdate()
	t.nonholonomicUpdate()
	t.alignHeading(dt)
}

// zeroVelocityUpdate keeps a track at rest while the rays pass above it.
func (t *track) zeroVelocityUpdate() {
	const still = 0.1 // standard deviation, m/s
	if t.belowRays && t.slow() {
		t.motion.update(vec4{2: 1}, 0, square(still))
		t.motion.update(vec4{3: 1}, 0, square(still))
	}
}

// slow reports whether the track is regarded as standing.
func (t *track) slow() bool { return t.motion.vel().Norm() < 1 }

// nonholonomicUpdate applies the constraint that wheels do not slip sideways, to
// vehicles that have moved roughly along their heading.
func (t *track) nonholonomicUpdate() {
	const sideways = 1.0 // standard deviation, m/s; the heading is not exact
	v, u := t.motion.vel(), geom.Unit(t.yaw)
	forward, lateral := v.Dot(u), v.Dot(u.Left())
	if classGroup(t.class()) == 0 && t.movingHits > 15 && forward > 3 && math.Abs(lateral) < 0.5*forward {
		t.motion.update(speedAlong(u.Left()), 0, square(sideways))
	}
}

// alignHeading turns the heading towards the velocity: a vehicle's middle moves along
// its heading. The gain grows with the speed.
func (t *track) alignHeading(dt float64) {
	v := t.motion.vel()
	speed := v.Norm()
	slow := 1.5
	if c := t.class(); c == perception.Pedestrian || c == perception.Cone {
		slow = 0.5
	}
	if speed < slow || speed*speed < 6*(t.motion.p[2][2]+t.motion.p[3][3]) {
		return
	}
	gain := math.Min(1, dt*speed)
	t.yaw = geom.WrapAngle(t.yaw + gain*geom.WrapAngle(v.Angle()-t.yaw))
}

// blendHeading moves the heading towards a measured one.
func (t *track) blendHeading(yaw, gain float64) {
	t.yaw = geom.WrapAngle(t.yaw + gain*geom.WrapAngle(yaw-t.yaw))
}

// measureSize applies the extents measured by lidar along and across the heading, 0
// where the whole side is not visible, and limits the size to the range of the class.
func (t *track) measureSize(length, width float64) {
	const gain = 0.25
	if length > 0 {
		t.length += gain * (length - t.length)
	}
	if width > 0 {
		t.width += gain * (width - t.width)
	}
	k := t.traits()
	t.length = math.Max(k.minLength, math.Min(k.maxLength, t.length))
	t.width = math.Max(k.minWidth, math.Min(k.maxWidth, t.width))
}

// resize sets the default size of the class if the class has changed. The near side
// was measured, so the uncertainty of the middle grows by half the change of length.
func (t *track) resize(before perception.Class) {
	c := t.class()
	if c == before {
		return
	}
	k := &classTraits[c]
	u, dl := geom.Unit(t.yaw), (k.length-t.length)/2
	p := &t.motion.p
	p[0][0] += dl * dl * u.X * u.X
	p[1][1] += dl * dl * u.Y * u.Y
	p[0][1] += dl * dl * u.X * u.Y
	p[1][0] = p[0][1]
	t.length, t.width = k.length, k.width
}

// hit records a measurement of the track by a source.
func (t *track) hit(s source, at clock.Tick, evidence float64) {
	t.hits[s]++
	t.seen = max(t.seen, at)
	t.addEvidence(evidence)
	v := t.motion.vel()
	if v2 := v.Dot(v); v2 > 0.36 && v2 > 6*(t.motion.p[2][2]+t.motion.p[3][3]) {
		t.movingHits++
	} else {
		t.movingHits = 0
	}
}

// maxLogOdds bounds the log odds, so that a certain track can still be deleted.
const maxLogOdds = 5.0

// addEvidence adds the logarithm of a likelihood ratio.
func (t *track) addEvidence(evidence float64) {
	t.logOdds = math.Max(-maxLogOdds, math.Min(maxLogOdds, t.logOdds+evidence))
}

// existence returns the probability that the object exists.
func (t *track) existence() float64 { return 1 / (1 + detmath.Exp(-t.logOdds)) }

// support is what a track needs to be confirmed: minimum numbers of measurements, each 0 if
// there is no such condition.
type support struct {
	vulnerable           float64 // votes for pedestrian and cyclist must exceed it
	camera, radar, lidar int     // measurements
	cameraOrLidar        int
	roadHits, movingHits int // consecutive ones
	onRoad               bool
}

// supports are the alternatives for a track that may be tall. Off the road, only road users
// that the camera sees count: lidar and radar see walls and parked vehicles there.
var supports = [...]support{
	{vulnerable: 1.2, camera: 3},                          // a person anywhere
	{vulnerable: 0.3, cameraOrLidar: 2, roadHits: 1},      // a person steps on the road
	{lidar: 3, roadHits: 3},                               // anything on the road
	{lidar: 3, radar: 3, movingHits: 3},                   // anything that moves
	{camera: 3, onRoad: true},                             // beyond the reach of lidar
	{camera: 1, lidar: 1, cameraOrLidar: 3, onRoad: true}, // two sensors agree
	{radar: 5, movingHits: 4, onRoad: true},               // fast vehicles from afar
}

// lowSupports are those for a low object: a cone on the road counts, but not a guardrail
// next to it.
var lowSupports = [...]support{
	{roadHits: 3},
	{camera: 1, roadHits: 2},
}

// meets reports whether the measurements of the track suffice for s.
func (t *track) meets(s *support) bool {
	camera, radar, lidar := t.hits[byCamera], t.hits[byRadar], t.hits[byLidar]
	vulnerable := t.votes[perception.Pedestrian] + t.votes[perception.Cyclist]
	return (s.vulnerable == 0 || vulnerable > s.vulnerable) &&
		camera >= s.camera && radar >= s.radar && lidar >= s.lidar && camera+lidar >= s.cameraOrLidar &&
		t.roadHits >= s.roadHits && t.movingHits >= s.movingHits && (t.onRoad || !s.onRoad)
}

// confirmable reports whether the evidence suffices to act on the track: its log odds are
// at least least, and its measurements meet one of the supports. A bicycle began as a
// tracklet that moved, which suffices.
func (t *track) confirmable(least float64) bool {
	if t.logOdds < least {
		return false
	}
	list := supports[:]
	if t.lowHits > 0 {
		list = lowSupports[:]
	} else if t.size == bicycleSize {
		return true
	}
	return slices.ContainsFunc(list, func(s support) bool { return t.meets(&s) })
}
