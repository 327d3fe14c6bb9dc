package fusion

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/exact"
	"roadloop/sim/geom"
)

// track is an object that may be there.
type track struct {
	id     int32
	motion filter // of its middle
	yaw    float64
	length float64
	width  float64
	// votes are the camera's scores for each class, fading; an object that no
	// camera named is classified by its size.
	votes [perception.SignalRed]float64
	size  size
	// belief is the logarithm of the odds that the object exists.
	belief    float64
	confirmed bool
	hits      [numSources]int // of radar only those that showed it moving
	moves     int             // hits in a row that showed it moving
	onAsphalt int             // lidar hits in a row that were on the road
	born      clock.Tick      // time of the first measurement
	seen      clock.Tick      // time of the last measurement
	hidden    bool            // something nearer was in the way at the last scan
	beneath   bool            // the rays of the last scan passed above it
	found     float64         // share of the last images in view of it that showed it, fading
	top       float64         // height up to which a lidar met it, m
	lows      int             // lidar hits in a row that showed it lower than any person
	onRoad    bool
}

// size is what a track was measured to be as large as.
type size uint8

const (
	vehicleSize size = iota // or not measured
	bicycleSize             // and it was seen to move
	personSize              // smaller than any vehicle
)

// source is a kind of sensor that supports tracks.
type source uint8

const (
	byCamera source = iota
	byRadar
	byLidar
	numSources = iota
)

// traits are what is assumed of a class.
type traits struct {
	length, width        float64 // until measured, m
	minLength, maxLength float64
	minWidth, maxWidth   float64
	agility              float64 // spectral density of the acceleration, m²/s³
	topSpeed             float64 // standard deviation of an unknown velocity per axis, m/s
}

var classTraits = [perception.SignalRed]traits{
	perception.Car:        {4.4, 1.8, 3.2, 6, 1.5, 2.2, 6, 8},
	perception.Truck:      {9, 2.5, 5.5, 14, 1.9, 2.7, 4, 8},
	perception.Pedestrian: {0.6, 0.6, 0.4, 0.9, 0.4, 0.9, 2.5, 1.5},
	perception.Cyclist:    {1.9, 0.6, 1.4, 2.3, 0.4, 0.9, 3, 4},
	perception.Cone:       {0.6, 0.6, 0.3, 1.2, 0.3, 1.2, 0.05, 0.3},
}

// class returns the most voted class, or one by size and speed.
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
	if votes > 0.5 && !(best == perception.Cone && speed > 1 && t.moves > 5) {
		return best
	}
	switch {
	case t.size == vehicleSize && t.length > 6.5:
		return perception.Truck
	case t.size == vehicleSize:
		return perception.Car
	case t.size == bicycleSize || speed > 3:
		return perception.Cyclist
	case speed > 0.5 && t.moves > 2:
		return perception.Pedestrian
	}
	return perception.Cone
}

func (t *track) traits() *traits { return &classTraits[t.class()] }

// vote counts a class that the camera saw.
func (t *track) vote(c perception.Class, score float64) {
	t.fade(0.95)
	t.votes[c] += score
}

// fade lets the votes count less.
func (t *track) fade(keep float64) {
	for i := range t.votes {
		t.votes[i] *= keep
	}
}

// box returns the footprint lag seconds ago.
func (t *track) box(lag float64) geom.OBB {
	c := t.motion.pos().Sub(t.motion.vel().Scale(lag))
	return geom.OBB{Center: c, Yaw: t.yaw, Length: t.length, Width: t.width}
}

// predict moves the track on by dt seconds.
func (t *track) predict(dt float64) {
	t.motion.predict(dt, t.traits().agility)
	t.rest()
	t.roll()
	t.turn(dt)
}

// rest tells the filter that what stood when it was last seen still stands.
func (t *track) rest() {
	const still = 0.1 // standard deviation, m/s
	if t.beneath && t.slow() {
		t.motion.update(vec4{2: 1}, 0, square(still))
		t.motion.update(vec4{3: 1}, 0, square(still))
	}
}

// slow reports whether the track is taken to stand.
func (t *track) slow() bool { return t.motion.vel().Norm() < 1 }

// roll tells the filter that wheels do not slip sideways: a vehicle that has
// been moving about along its heading goes on doing so.
func (t *track) roll() {
	const sideways = 1.0 // standard deviation, m/s; the heading is not exact
	v, u := t.motion.vel(), geom.Unit(t.yaw)
	forward, lateral := v.Dot(u), v.Dot(u.Left())
	if group(t.class()) == 0 && t.moves > 15 && forward > 3 && math.Abs(lateral) < 0.5*forward {
		t.motion.update(speedAlong(u.Left()), 0, square(sideways))
	}
}

// turn lets the heading follow the velocity of what moves: a vehicle's middle
// moves along its heading. The faster, the better known.
func (t *track) turn(dt float64) {
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

// face moves the heading towards a measured one, with ends told apart or not.
func (t *track) face(yaw, gain float64) {
	t.yaw = geom.WrapAngle(t.yaw + gain*geom.WrapAngle(yaw-t.yaw))
}

// measureSize takes the extents along and across the heading of what a lidar saw,
// as far as they show the whole side, and keeps the size within what the class allows.
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

// resize gives the track the usual size of its class when that has changed. It
// was the near side that was measured, so that the middle is as uncertain as the
// length was wrong.
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

// hit records that a source supports the track.
func (t *track) hit(s source, at clock.Tick, evidence float64) {
	t.hits[s]++
	t.seen = max(t.seen, at)
	t.believe(evidence)
	v := t.motion.vel()
	if v2 := v.Dot(v); v2 > 0.36 && v2 > 6*(t.motion.p[2][2]+t.motion.p[3][3]) {
		t.moves++
	} else {
		t.moves = 0
	}
}

// maxBelief bounds the log odds, so that a track that was certain can be given up.
const maxBelief = 5.0

// believe adds evidence, the logarithm of a likelihood ratio.
func (t *track) believe(evidence float64) {
	t.belief = math.Max(-maxBelief, math.Min(maxBelief, t.belief+evidence))
}

// existence returns the probability that the object exists.
func (t *track) existence() float64 { return 1 / (1 + exact.Exp(-t.belief)) }

// real reports whether there is enough to act on the track.
func (t *track) real() bool {
	if t.belief < confirmBelief {
		return false
	}
	camera, radar, lidar := t.hits[byCamera], t.hits[byRadar], t.hits[byLidar]
	vulnerable := t.votes[perception.Pedestrian] + t.votes[perception.Cyclist]
	switch {
	case t.lows > 0: // a cone on the road, or a guardrail beside it
		return t.onAsphalt >= 3 || t.onAsphalt >= 2 && camera >= 1
	case vulnerable > 1.2 && camera >= 3:
		return true
	case vulnerable > 0.3 && t.onAsphalt >= 1 && camera+lidar >= 2:
		return true
	case t.size == bicycleSize: // it was seen to move
		return true
	case lidar >= 3 && (t.onAsphalt >= 3 || radar >= 3 && t.moves >= 3):
		return true
	case camera >= 3 && t.onRoad:
		return true
	case camera >= 1 && lidar >= 1 && camera+lidar >= 3:
		return t.onRoad
	}
	return t.onRoad && radar >= 5 && t.moves >= 4
}
