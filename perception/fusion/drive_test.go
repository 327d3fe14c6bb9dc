package fusion_test

import (
	"fmt"
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/perception/fusion"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

// fakeCamera replaces camera and network: detections from the truth with the errors
// and misses of a mediocre network.
type fakeCamera struct {
	cal     sensor.Camera
	random  rng.Stream
	recall  float64
	latency clock.Tick
	pending []perception.Image
	ready   []perception.Image
}

func newFakeCamera(seed uint64) *fakeCamera {
	return &fakeCamera{cal: sensor.FrontCamera(), random: rng.New(seed, "eyes", "test"), recall: 0.8, latency: 4}
}

// capture records an image now and returns the images that have arrived.
func (e *fakeCamera) capture(w *sim.World) []perception.Image {
	im := perception.Image{Time: w.Time(), Cal: &e.cal}
	ego := w.Ego().State.Pose
	eye := ego.ToWorld(geom.Vec{X: e.cal.Mount.X})
	actors := w.Actors()
	for i := range actors {
		a := &actors[i]
		box := a.Box()
		p := ego.ToLocal(box.Center)
		u, _, depth, ok := e.cal.Project(p.X, p.Y, 0.5)
		if !ok || u < 0 || u > 320 || depth > 60 || hidden(eye, box.Center, i, actors) || !e.random.Chance(e.recall*(1-depth/90)) {
			continue
		}
		ray := p.Sub(geom.Vec{X: e.cal.Mount.X})
		dist := ray.Norm() * (1 + 0.07*e.random.Norm())
		angle := ray.Angle() + 0.01*e.random.Norm()
		im.Detections = append(im.Detections, e.detection(perception.ClassOf(a.Kind), dist, angle, box.Yaw-ego.Yaw))
	}
	if e.random.Chance(0.1) { // false detection
		class := perception.Class(e.random.IntN(5))
		im.Detections = append(im.Detections, e.detection(class, e.random.Range(8, 50), e.random.Range(-0.4, 0.4), 0))
	}
	e.signals(&im, w)
	e.pending = append(e.pending, im)
	e.ready = e.ready[:0]
	for len(e.pending) > 0 && e.pending[0].Time+e.latency <= w.Time() {
		e.ready = append(e.ready, e.pending[0])
		e.pending = e.pending[1:]
	}
	return e.ready
}

func (e *fakeCamera) detection(c perception.Class, dist, angle, heading float64) perception.Detection {
	pos := geom.Vec{X: e.cal.Mount.X}.Add(geom.Unit(angle).Scale(dist))
	return perception.Detection{
		Class: c, Score: e.random.Range(0.4, 0.9), Distance: dist, DistanceStd: 0.08 * dist,
		Bearing: angle, Heading: heading + 0.1*e.random.Norm(), Pos: pos,
	}
}

// signals adds the signals in view with 90 % recall and 3 % of wrong colors.
func (e *fakeCamera) signals(im *perception.Image, w *sim.World) {
	ego := w.Ego().State.Pose
	for i := range w.Map().Signals {
		s := &w.Map().Signals[i]
		p := ego.ToLocal(s.Pos)
		u, v, depth, ok := e.cal.Project(p.X, p.Y, s.Height)
		if !ok || depth > 50 || u < 0 || u > 320 || v < 0 || geom.Unit(s.Yaw).Dot(ego.Pos().Sub(s.Pos)) < 0 || !e.random.Chance(0.9) {
			continue
		}
		class := perception.SignalClass(w.Signals()[i])
		if e.random.Chance(0.03) {
			class = perception.SignalRed + perception.Class(e.random.IntN(3))
		}
		u, v = u+e.random.Norm(), v+e.random.Norm()
		im.Detections = append(im.Detections, perception.Detection{
			Class: class, Score: 0.8, Box: perception.Box{X0: u - 3, Y0: v - 6, X1: u + 3, Y1: v + 6},
		})
	}
}

// hidden reports whether another actor stands between two points.
func hidden(from, to geom.Vec, self int, actors []actor.Actor) bool {
	d := to.Sub(from)
	for j := range actors {
		if j == self {
			continue
		}
		if t, ok := geom.RayOBB(from, d.Angle(), actors[j].Box()); ok && t < d.Norm()-0.5 {
			return true
		}
	}
	return false
}

// laneFollower keeps the ego in its lane by the truth, at constant speed.
type laneFollower struct{ speed float64 }

func (c *laneFollower) command(w *sim.World) vehicle.Command {
	m := w.Map()
	ego := &w.Ego().State
	lane, s, _ := w.EgoLane()
	ahead := s + 5 + 0.5*ego.Speed
	for ahead > m.Lanes[lane].Center.Length() && len(m.Lanes[lane].Next) > 0 {
		ahead -= m.Lanes[lane].Center.Length()
		lane = m.Lanes[lane].Next[0]
	}
	p := ego.Pose.ToLocal(m.Lanes[lane].Center.At(ahead).Pos())
	want := c.speed
	for i := range w.Actors() {
		q := ego.Pose.ToLocal(w.Actors()[i].Box().Center)
		if q.X > 0 && q.X < 6+1.5*ego.Speed && math.Abs(q.Y) < 1.8 {
			want = math.Min(want, math.Max(0, (q.X-8)/1.5))
		}
	}
	return vehicle.Command{
		Steer: math.Atan(2 * 2.6 * p.Y / p.Dot(p)),
		Accel: math.Max(-6, math.Min(2, 1.5*(want-ego.Speed))),
	}
}

// trackingStats counts how well tracks agree with the truth.
type trackingStats struct {
	due, found           int // road users that should be tracked, and tracked ones
	tracks, false        int // confirmed tracks, and false ones
	phantoms             int // false tracks on the road ahead
	speed2, pos2, yaw2   float64
	switches             int
	signals, signalRight int
}

func (a *trackingStats) add(b trackingStats) {
	a.due, a.found, a.tracks, a.false = a.due+b.due, a.found+b.found, a.tracks+b.tracks, a.false+b.false
	a.phantoms, a.switches = a.phantoms+b.phantoms, a.switches+b.switches
	a.speed2, a.pos2, a.yaw2 = a.speed2+b.speed2, a.pos2+b.pos2, a.yaw2+b.yaw2
	a.signals, a.signalRight = a.signals+b.signals, a.signalRight+b.signalRight
}

func (a *trackingStats) recall() float64    { return float64(a.found) / float64(max(1, a.due)) }
func (a *trackingStats) precision() float64 { return 1 - float64(a.false)/float64(max(1, a.tracks)) }
func (a *trackingStats) rms(sum float64) float64 {
	return math.Sqrt(sum / float64(max(1, a.found)))
}

func (a *trackingStats) String() string {
	return fmt.Sprintf("recall %.3f of %d, precision %.3f of %d (%d phantoms on the road), position %.2f m, velocity %.2f m/s, heading %.2f rad, %d switches, signals %d/%d",
		a.recall(), a.due, a.precision(), a.tracks, a.phantoms, a.rms(a.pos2), a.rms(a.speed2), a.rms(a.yaw2), a.switches, a.signalRight, a.signals)
}

// evaluator compares a scene with the world.
type evaluator struct {
	visible map[actor.ID]clock.Tick // since when
	known   map[actor.ID]int32
	tally   trackingStats
	verbose func(string, ...any)
}

func (j *evaluator) watch(w *sim.World, s *perception.Scene) {
	ego := w.Ego().State.Pose
	lidar := ego.ToWorld(geom.Vec{X: 1.2})
	actors := w.Actors()
	taken := make(map[int32]bool)
	for i := range actors {
		a := &actors[i]
		box := a.Box()
		seen := box.Center.Dist(lidar) < 40 && w.Map().Drivable(box.Center) && !hidden(lidar, box.Center, i, actors) && !blockedByRoadside(w, lidar, box.Center)
		since, before := j.visible[a.ID]
		switch {
		case !seen:
			delete(j.visible, a.ID)
			continue
		case !before:
			j.visible[a.ID] = w.Time()
			continue
		case w.Time()-since < 60:
			continue
		}
		j.tally.due++
		t := nearestTrack(s, box.Center)
		if t == nil || t.Pose.Pos().Dist(box.Center) > 1.5+box.Length/4 {
			if j.verbose != nil {
				j.verbose("%v missed %v %d at %+.1f", w.Time(), a.Kind, a.ID, ego.ToLocal(box.Center))
			}
			continue
		}
		j.tally.found++
		taken[t.ID] = true
		dv := t.Vel.Sub(a.Velocity()).Norm()
		if dv > 2 && j.verbose != nil {
			j.verbose("%v speed of %v %d off by %.1f: %+.1f for %+.1f at %+.1f", w.Time(), a.Kind, a.ID, dv, t.Vel, a.Velocity(), ego.ToLocal(box.Center))
		}
		j.tally.speed2 += dv * dv
		d := t.Pose.Pos().Dist(box.Center)
		j.tally.pos2 += d * d
		if !a.Kind.OnFoot() {
			dy := geom.WrapAngle(t.Pose.Yaw - box.Yaw)
			j.tally.yaw2 += dy * dy
		}
		if id, ok := j.known[a.ID]; ok && id != t.ID {
			j.tally.switches++
		}
		j.known[a.ID] = t.ID
	}
	j.falseTracks(w, s)
	j.signals(w, s)
}

// falseTracks counts tracks without an actor near.
func (j *evaluator) falseTracks(w *sim.World, s *perception.Scene) {
	for i := range s.Tracks {
		t := &s.Tracks[i]
		j.tally.tracks++
		near := math.Inf(1)
		for k := range w.Actors() {
			near = math.Min(near, w.Actors()[k].Box().DistanceTo(t.Pose.Pos()))
		}
		if near < 1.5+0.03*t.Pose.Pos().Dist(w.Ego().State.Pose.Pos()) {
			continue
		}
		j.tally.false++
		p := w.Ego().State.Pose.ToLocal(t.Pose.Pos())
		if w.Map().Drivable(t.Pose.Pos()) && p.X > 0 && p.X < 50 {
			j.tally.phantoms++
		}
		if j.verbose != nil {
			j.verbose("%v false %v %d at %+.1f exists %.2f vel %+.1f age %d seen %d near %.1f size %.1f", w.Time(), t.Class, t.ID, p, t.Existence, t.Vel, t.Age, t.Seen, near, t.Length)
		}
	}
}

// signals counts the signals that are in view of a camera within 40 m.
func (j *evaluator) signals(w *sim.World, s *perception.Scene) {
	ego := w.Ego().State.Pose
	for i := range w.Map().Signals {
		g := &w.Map().Signals[i]
		p := ego.ToLocal(g.Pos)
		if p.X < 12 || p.Norm() > 40 || math.Abs(p.Angle()) > 0.4 || geom.Unit(g.Yaw).Dot(ego.Pos().Sub(g.Pos)) < 0.5*p.Norm() {
			continue
		}
		j.tally.signals++
		if s.Signals[i].State == w.Signals()[i] {
			j.tally.signalRight++
		}
	}
}

func nearestTrack(s *perception.Scene, p geom.Vec) *perception.Track {
	var best *perception.Track
	for i := range s.Tracks {
		if t := &s.Tracks[i]; best == nil || t.Pose.Pos().Dist(p) < best.Pose.Pos().Dist(p) {
			best = t
		}
	}
	return best
}

// blockedByRoadside reports whether a roadside object stands between two points.
func blockedByRoadside(w *sim.World, from, to geom.Vec) bool {
	d := to.Sub(from)
	for i := range w.Map().Props {
		p := &w.Map().Props[i]
		if p.Pose.Pos().Dist(from) > d.Norm()+15 {
			continue
		}
		b := p.Box()
		if t, ok := geom.RayOBB(from, d.Angle(), b); ok && t < d.Norm() {
			return true
		}
	}
	return false
}

// drive drives a world for some seconds with the real sensors and a fake camera.
func drive(t *testing.T, spec *sim.Spec, seconds float64, verbose func(string, ...any)) trackingStats {
	t.Helper()
	w, err := sim.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	c := rig.Default().Only(sensor.DefaultLidar, sensor.DefaultRadar, sensor.DefaultOdometry, sensor.DefaultGNSS)
	sensors, err := rig.New(c, spec.Map, spec.Seed)
	if err != nil {
		t.Fatal(err)
	}
	f, err := fusion.New(fusion.Config{Map: spec.Map})
	if err != nil {
		t.Fatal(err)
	}
	e := newFakeCamera(spec.Seed)
	who := laneFollower{speed: 9}
	j := evaluator{visible: map[actor.ID]clock.Tick{}, known: map[actor.ID]int32{}, verbose: verbose}
	sensors.Sample(w)
	for w.Time() < clock.FromSeconds(seconds) {
		s := f.Update(sensors.Observe(w.Time()), e.capture(w))
		if w.Time() > 100 {
			j.watch(w, s)
		}
		cmd := who.command(w)
		for range clock.DriverPeriod {
			w.Step(cmd)
			sensors.Sample(w)
		}
	}
	return j.tally
}

var driveCases = []struct {
	name  string
	road  road.Params
	start sim.Start
	crowd sim.Crowd
	rain  float64
}{
	{"town", road.Params{Kind: road.KindTown, Urban: true, Crosswalks: true, Control: road.SignalControl, Seed: 3},
		sim.Start{Lane: 0, S: 10, Speed: 8}, sim.Crowd{Cars: 12, Trucks: 2, Cyclists: 3, Pedestrians: 8, Parked: 6}, 0},
	{"junction in the rain", road.Params{Kind: road.KindFourWay, Urban: true, Crosswalks: true, Control: road.SignalControl, Seed: 5},
		sim.Start{Lane: 0, S: 10, Speed: 8}, sim.Crowd{Cars: 10, Trucks: 1, Cyclists: 2, Pedestrians: 6, Parked: 4}, 0.6},
	{"country road", road.Params{Kind: road.KindSCurve, Length: 500, Seed: 2},
		sim.Start{Lane: 0, S: 10, Speed: 12}, sim.Crowd{Cars: 8, Trucks: 2, Cyclists: 1, Pedestrians: 2}, 0},
	{"three lanes", road.Params{Kind: road.KindStraight, Lanes: 3, Length: 600, SpeedLimit: 22, Seed: 9},
		sim.Start{Lane: 1, S: 30, Speed: 15}, sim.Crowd{Cars: 16, Trucks: 3}, 0},
}

func driveSpec(t *testing.T, i int, seed uint64) *sim.Spec {
	t.Helper()
	r := &driveCases[i]
	p := r.road
	p.Seed += seed
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	return &sim.Spec{
		Map: m, Seed: seed, Ego: sim.EgoSpec{Start: r.start},
		Actors:     sim.Populate(m, seed, r.start, nil, r.crowd),
		Conditions: scene.Conditions{SunElevation: 0.8, Rain: r.rain},
	}
}

// With the usual sensors and a mediocre network, nearly all visible road users are
// tracked, with few false tracks.
func TestTrackingRecallAndPrecision(t *testing.T) {
	var all trackingStats
	var verbose func(string, ...any)
	if testing.Verbose() {
		verbose = t.Logf
	}
	for i := range driveCases {
		for seed := range uint64(3) {
			got := drive(t, driveSpec(t, i, 1+seed), 15, verbose)
			t.Logf("%s, seed %d: %v", driveCases[i].name, 1+seed, &got)
			all.add(got)
		}
	}
	t.Logf("all: %v", &all)
	if all.recall() < 0.95 {
		t.Errorf("recall %.3f, want at least 0.95", all.recall())
	}
	if all.precision() < 0.95 {
		t.Errorf("precision %.3f, want at least 0.95", all.precision())
	}
	if all.phantoms > all.tracks/100 {
		t.Errorf("%d tracks of nothing on the road ahead", all.phantoms)
	}
	if all.signalRight < all.signals*95/100 {
		t.Errorf("%d of %d signals right", all.signalRight, all.signals)
	}
	if v := all.rms(all.speed2); v > 1 {
		t.Errorf("velocity error %.2f m/s, want at most 1", v)
	}
}
