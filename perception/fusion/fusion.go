// Package fusion estimates the scene from sensor messages and the camera network's
// output: the ego's state, tracks of other road users with their uncertainty, the
// state of the signals and the position in the lane.
//
// Each object is a track with a Kalman filter of position and velocity, a heading, a
// size, a class and a probability of existence. Camera detections, radar targets and
// lidar clusters are assigned to tracks at the least total cost; a sensor that should
// have seen an object and did not lowers its existence. Off the road most clusters
// are static objects, so lidar alone starts a track there only from a tracklet that
// moves (see tracklet.go). Late messages are applied at the pose that the car had
// when they were measured. Positions are in the map frame.
//
// The package reads no images and does not know the world. The same messages give
// bit-identical scenes.
package fusion

import (
	"errors"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/sensor"
)

// Config configures a Fusion.
type Config struct {
	Map *road.Map
	// Lidar is the calibration for scans that carry none. nil means sensor.RoofLidar.
	Lidar *sensor.Lidar
	// Camera is the calibration for images that carry none; it is used to find
	// signals. nil means sensor.FrontCamera.
	Camera *sensor.Camera
	// Sensors are the names of the sensors whose ages the scene's health reports, in order.
	Sensors []string
	Params  Params // zero takes DefaultParams
}

// Fusion is the state estimator of one car. It is not safe for concurrent use.
type Fusion struct {
	c         Config
	localizer localizer
	at        clock.Tick // of the last Update

	tracks      []track // in order of id
	lastID      int32
	signals     []signalBelief
	tracklets   []tracklet
	lidars      []string          // names of those that scanned, by their place in a lidarSet
	lastMessage perception.Health // times of the last messages, not ages

	scene perception.Scene
	scratch
}

// scratch is working memory without state between calls of Update.
type scratch struct {
	pairs           perception.Assignment
	polar           polarScan
	clusters        []cluster
	fixes           []fix
	radarDetections []radarDetection
	match           []int // by cluster: the index of its track, or -1
	expected        []expectedSignal
	lines           [perception.NumSides]line
}

// New returns a fusion without tracks. It returns an error if the map is nil.
func New(c Config) (*Fusion, error) {
	if c.Map == nil {
		return nil, errors.New("fusion: no map")
	}
	if c.Lidar == nil {
		lidar := sensor.RoofLidar()
		c.Lidar = &lidar
	}
	if c.Camera == nil {
		cam := sensor.FrontCamera()
		c.Camera = &cam
	}
	if c.Params == (Params{}) {
		c.Params = DefaultParams()
	}
	f := &Fusion{c: c, signals: make([]signalBelief, len(c.Map.Signals))}
	for _, name := range c.Sensors {
		f.lastMessage.Sensors = append(f.lastMessage.Sensors, perception.SensorAge{Sensor: name})
	}
	return f, nil
}

// Update applies the messages that arrived since the last call and the network's
// output for the images, each list in order of time, and returns the scene at
// obs.Now. Before the first GNSS position there are no tracks. The next call
// overwrites the scene.
func (f *Fusion) Update(obs *sensor.Observation, images []perception.Image) *perception.Scene {
	f.noteArrivals(obs)
	f.locate(obs)
	if f.localizer.ready {
		f.advance(obs.Now)
		for i := range obs.Radars {
			f.updateRadar(&obs.Radars[i])
		}
		for i := range obs.Scans {
			f.updateLidar(&obs.Scans[i])
		}
		for i := range images {
			f.updateCamera(&images[i])
		}
		f.reviewTracks()
	}
	f.at = obs.Now
	s := f.report()
	s.Images = images
	return s
}

// Clone returns a deep copy that behaves exactly as f; only the configuration is
// shared.
func (f *Fusion) Clone() perception.Tracker {
	c := *f
	c.tracks = slices.Clone(f.tracks)
	c.signals = slices.Clone(f.signals)
	c.tracklets = slices.Clone(f.tracklets)
	c.lidars = slices.Clone(f.lidars)
	c.lastMessage.Sensors = slices.Clone(f.lastMessage.Sensors)
	c.scene = perception.Scene{Boundaries: perception.CopyBoundaries(nil, f.scene.Boundaries),
		LaneOffset: f.scene.LaneOffset, LaneSeen: f.scene.LaneSeen}
	c.scratch = scratch{}
	return &c
}

// locate applies odometry and GNSS positions.
func (f *Fusion) locate(obs *sensor.Observation) {
	for i := range obs.Odometry {
		f.localizer.addOdometry(&obs.Odometry[i], &f.c.Params)
	}
	f.localizer.coast(obs.Now, &f.c.Params)
	for i := range obs.GNSS {
		f.localizer.addGNSS(&obs.GNSS[i], &f.c.Params)
		f.lastMessage.LocalizationAge = obs.GNSS[i].Time
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

// reviewTracks confirms tracks, merges duplicates and deletes lost tracks.
func (f *Fusion) reviewTracks() {
	for i := range f.tracks {
		t := &f.tracks[i]
		t.onRoad = f.c.Map.Drivable(t.motion.pos())
		if t.confirmable(f.c.Params.ConfirmLogOdds) {
			t.confirmed = true
		} else if t.logOdds < f.c.Params.UnconfirmLogOdds {
			t.confirmed = false
		}
	}
	f.mergeDuplicates()
	f.tracks = slices.DeleteFunc(f.tracks, func(t track) bool { return f.expired(&t) })
}

// expired reports whether a track is to be deleted.
func (f *Fusion) expired(t *track) bool {
	maxAge := f.c.Params.TentativeAge
	switch {
	case t.confirmed && t.belowRays && t.slow():
		maxAge = math.MaxInt64 // static, at its last position
	case t.confirmed && f.hidden(t):
		maxAge = f.c.Params.OccludedAge
	case t.confirmed:
		maxAge = f.c.Params.ConfirmedAge
	}
	p := &t.motion.p
	return t.logOdds < f.c.Params.DeleteLogOdds || f.at-t.seen > maxAge || p[0][0]+p[1][1] > 50
}

// mergeDuplicates deletes the less supported of two tracks of one object.
func (f *Fusion) mergeDuplicates() {
	for i := range f.tracks {
		for j := i + 1; j < len(f.tracks); j++ {
			a, b := &f.tracks[i], &f.tracks[j]
			if a.logOdds <= -maxLogOdds || b.logOdds <= -maxLogOdds || !duplicates(a, b) {
				continue
			}
			if b.rank() > a.rank() {
				a, b = b, a
			}
			for c := range a.votes {
				a.votes[c] += b.votes[c] / 2
			}
			b.logOdds = -maxLogOdds
		}
	}
}

// rank orders tracks by their number of measurements.
func (t *track) rank() int {
	w := t.hits[byLidar]*3 + t.hits[byCamera]*2 + t.hits[byRadar]
	if t.confirmed {
		w += 1000
	}
	return w
}

// duplicates reports whether two tracks are one object: the middle of one lies in the
// other, unless one is a person close to a car.
func duplicates(a, b *track) bool {
	pa, pb := a.motion.pos(), b.motion.pos()
	if pa.Dist(pb) > 8 {
		return false
	}
	ca, cb := classGroup(a.class()), classGroup(b.class())
	grow := 0.2
	if ca != cb {
		if a.confirmed && b.confirmed {
			return false
		}
		grow = -0.2
	}
	return a.box(0).Inflate(grow, grow).Contains(pb) || b.box(0).Inflate(grow, grow).Contains(pa)
}

// classGroup returns the group of a class; classes of one group are often confused.
func classGroup(c perception.Class) int {
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
	t.logOdds, t.detectRate = f.c.Params.InitialLogOdds, 0.5
	t.onRoad = f.c.Map.Drivable(t.motion.pos())
	t.hit(s, at, evidence)
	f.tracks = append(f.tracks, t)
	return &f.tracks[len(f.tracks)-1]
}

// laneYaw returns the heading of the lane at p in the direction closer to yaw. It
// returns yaw if no lane is near or the nearest one differs too much from yaw.
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

// insideTrack reports whether p lies in a track grown by margin.
func (f *Fusion) insideTrack(p geom.Vec, lag, margin float64) bool {
	for i := range f.tracks {
		if f.tracks[i].box(lag).Inflate(margin, margin).Contains(p) {
			return true
		}
	}
	return false
}

// assign assigns n measurements to tracks at the least total cost, each below gate. It
// returns the index of the track of each measurement, -1 for none, until the next call.
func (f *Fusion) assign(n int, gate float64, cost func(i int, t *track) float64) []int {
	f.pairs.Reset(n, len(f.tracks))
	for i := range n {
		for j := range f.tracks {
			if c := cost(i, &f.tracks[j]); c < gate {
				f.pairs.Allow(i, j, c)
			}
		}
	}
	return f.pairs.Solve(gate)
}
