// Package fusion turns sensor messages and what the camera network read into
// beliefs: where the ego is, who else is there with which certainty, what the
// signals show, where the lane runs.
//
// Every object is a track with a Kalman filter of position and velocity, a
// heading, a size, a class and a probability of existence. Camera detections,
// radar targets and lidar clusters are assigned to tracks with the least total
// cost; a sensor that should have seen an object and did not counts against it.
// Beside the road, where most clusters are of what stands there, a lidar alone knows
// who rides by their motion.
// Messages are placed where the car was when they were measured, however late
// they arrive. Positions are in the map frame.
//
// The package reads no images and knows no world. The same messages give the
// same beliefs to the bit.
package fusion

import (
	"errors"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/perception/assign"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/sensor"
)

// Config is what the fusion knows beforehand.
type Config struct {
	Map *road.Map
	// Lidar is where the lidar sits; only its place counts. [X: 1.2, Z: 1.75]
	Lidar sensor.Mount
	// Rings are the elevations of its rays, rad, by which it is known what is too low
	// to be met. [-0.2, -0.12, -0.06, -0.035, -0.02, 0.01]
	Rings []float64
	// Camera is the calibration by which signals are found in images that carry
	// none of their own; nil is sensor.FrontCamera.
	Camera *sensor.Camera
}

// Fusion holds the beliefs of one car. It is not safe for concurrent use.
type Fusion struct {
	c     Config
	where localizer
	at    clock.Tick // of the last Update

	tracks []track // in order of id
	lastID int32
	lamps  []lamp
	movers []mover
	heard  perception.Health // times of the last messages, not ages

	scene perception.Scene
	scratch
}

// scratch is memory that holds nothing from one Update to the next.
type scratch struct {
	pairs    assign.Solver
	view     panorama
	clusters []cluster
	fixes    []fix
	spots    []spot
	matched  []bool // by track
	taken    []bool // by cluster
	heads    []head
	lines    [perception.NumSides]line
}

// New returns a fusion that believes nothing yet. It fails without a map.
func New(c Config) (*Fusion, error) {
	if c.Map == nil {
		return nil, errors.New("fusion: no map")
	}
	if c.Lidar == (sensor.Mount{}) {
		c.Lidar = sensor.Mount{X: 1.2, Z: 1.75}
	}
	if c.Rings == nil {
		c.Rings = []float64{-0.2, -0.12, -0.06, -0.035, -0.02, 0.01}
	}
	if c.Camera == nil {
		cam := sensor.FrontCamera()
		c.Camera = &cam
	}
	return &Fusion{c: c, lamps: make([]lamp, len(c.Map.Signals))}, nil
}

// Update takes in what arrived since the last call, with the images that the
// network read, each list in order of time, and returns what is believed at
// obs.Now. Before the first position fix there are no tracks. The scene is
// overwritten by the next call.
func (f *Fusion) Update(obs *sensor.Observation, images []perception.Image) *perception.Scene {
	f.locate(obs)
	if f.where.ready {
		f.advance(obs.Now)
		for i := range obs.Radars {
			f.takeRadar(&obs.Radars[i])
		}
		for i := range obs.Scans {
			f.takeScan(&obs.Scans[i])
		}
		for i := range images {
			f.takeImage(&images[i])
		}
		f.review()
	}
	f.at = obs.Now
	s := f.report()
	s.Images = images
	return s
}

// Clone returns a fusion that goes on exactly as f would and shares with it only
// the configuration.
func (f *Fusion) Clone() perception.Tracker {
	c := *f
	c.tracks = slices.Clone(f.tracks)
	c.lamps = slices.Clone(f.lamps)
	c.movers = slices.Clone(f.movers)
	c.scene = perception.Scene{Boundaries: cloneBoundaries(f.scene.Boundaries),
		LaneOffset: f.scene.LaneOffset, LaneSeen: f.scene.LaneSeen}
	c.scratch = scratch{}
	return &c
}

// locate takes in odometry and positions.
func (f *Fusion) locate(obs *sensor.Observation) {
	for i := range obs.Odometry {
		f.where.move(&obs.Odometry[i])
	}
	f.where.coast(obs.Now)
	for i := range obs.GNSS {
		f.where.locate(&obs.GNSS[i])
		f.heard.LocalizationAge = obs.GNSS[i].Time
	}
}

// advance predicts all tracks to now.
func (f *Fusion) advance(now clock.Tick) {
	dt := (now - f.at).Seconds()
	for i := range f.tracks {
		t := &f.tracks[i]
		t.predict(dt)
		t.onRoad = f.c.Map.Drivable(t.motion.pos())
	}
	f.at = now
}

// lag returns the age of a message in seconds.
func (f *Fusion) lag(t clock.Tick) float64 { return (f.at - t).Seconds() }

// review gives up tracks that are not believed in any more and duplicates, and
// confirms others.
func (f *Fusion) review() {
	for i := range f.tracks {
		t := &f.tracks[i]
		t.onRoad = f.c.Map.Drivable(t.motion.pos())
		if t.real() {
			t.confirmed = true
		} else if t.belief < doubtBelief {
			t.confirmed = false
		}
	}
	f.mergeDuplicates()
	f.tracks = slices.DeleteFunc(f.tracks, func(t track) bool { return f.lost(&t) })
}

// lost reports whether a track is to be given up.
func (f *Fusion) lost(t *track) bool {
	const tentative, known, behind = 40, 70, 250 // ticks without a measurement
	patience := clock.Tick(tentative)
	switch {
	case t.confirmed && t.beneath && t.slow():
		patience = math.MaxInt64 // it stands where it was
	case t.confirmed && t.hidden:
		patience = behind
	case t.confirmed:
		patience = known
	}
	p := &t.motion.p
	return t.belief < deadBelief || f.at-t.seen > patience || p[0][0]+p[1][1] > 50
}

// mergeDuplicates lets the better supported of two tracks of one object live.
func (f *Fusion) mergeDuplicates() {
	for i := range f.tracks {
		for j := i + 1; j < len(f.tracks); j++ {
			a, b := &f.tracks[i], &f.tracks[j]
			if a.belief <= -maxBelief || b.belief <= -maxBelief || !duplicates(a, b) {
				continue
			}
			if b.weight() > a.weight() {
				a, b = b, a
			}
			for c := range a.votes {
				a.votes[c] += b.votes[c] / 2
			}
			b.belief = -maxBelief
		}
	}
}

// weight orders tracks by how much supports them.
func (t *track) weight() int {
	w := t.hits[byLidar]*3 + t.hits[byCamera]*2 + t.hits[byRadar]
	if t.confirmed {
		w += 1000
	}
	return w
}

// duplicates reports whether two tracks are one object: the middle of one lies in
// the other, unless one is a person beside a car.
func duplicates(a, b *track) bool {
	pa, pb := a.motion.pos(), b.motion.pos()
	if pa.Dist(pb) > 8 {
		return false
	}
	ca, cb := group(a.class()), group(b.class())
	grow := 0.2
	if ca != cb {
		if a.confirmed && b.confirmed {
			return false
		}
		grow = -0.2
	}
	return a.box(0).Inflate(grow, grow).Contains(pb) || b.box(0).Inflate(grow, grow).Contains(pa)
}

// group puts classes together that are taken for one another.
func group(c perception.Class) int {
	switch c {
	case perception.Car, perception.Truck:
		return 0
	case perception.Pedestrian, perception.Cyclist:
		return 1
	}
	return 2
}

// begin starts a track with its first measurement.
func (f *Fusion) begin(t track, s source, at clock.Tick, evidence float64) *track {
	f.lastID++
	t.id, t.born = f.lastID, at
	t.belief, t.found = birthBelief, 0.5
	t.onRoad = f.c.Map.Drivable(t.motion.pos())
	t.hit(s, at, evidence)
	f.tracks = append(f.tracks, t)
	return &f.tracks[len(f.tracks)-1]
}

// laneYaw returns the heading of the lane at p, in the direction nearest to yaw
// of the two ways along it, or yaw where there is no lane near or none that runs
// like it.
func (f *Fusion) laneYaw(p geom.Vec, yaw float64) float64 {
	id, s, d, ok := f.c.Map.NearestAligned(geom.Pose{X: p.X, Y: p.Y, Yaw: yaw})
	if !ok || d > 4 || d < -4 {
		return yaw
	}
	lane := f.c.Map.Lanes[id].Center.At(s).Yaw
	if turn := geom.WrapAngle(lane - yaw); turn > 0.8 || turn < -0.8 {
		return yaw
	}
	return lane
}

// inside reports whether p lies in a track, grown by margin, other than those
// that are given up.
func (f *Fusion) inside(p geom.Vec, lag, margin float64) bool {
	for i := range f.tracks {
		if f.tracks[i].box(lag).Inflate(margin, margin).Contains(p) {
			return true
		}
	}
	return false
}

// zeros returns a slice of n zero values in the memory of s if it is large enough.
func zeros[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}
