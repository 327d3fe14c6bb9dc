package rig_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// still is a static world with a clock that the test sets.
type still struct {
	now     clock.Tick
	ego     actor.Actor
	actors  []actor.Actor
	signals []road.SignalState
	m       *road.Map
	air     scene.Conditions
}

func (w *still) Time() clock.Tick             { return w.now }
func (w *still) Ego() *actor.Actor            { return &w.ego }
func (w *still) Actors() []actor.Actor        { return w.actors }
func (w *still) Signals() []road.SignalState  { return w.signals }
func (w *still) Map() *road.Map               { return w.m }
func (w *still) Conditions() scene.Conditions { return w.air }

// newStill returns a world without roadside objects, with the given actors and
// an ego that stands at (100, 0) facing x.
func newStill(t testing.TB, actors ...actor.Actor) *still {
	t.Helper()
	m, err := road.Generate(road.Params{Kind: road.KindStraight})
	if err != nil {
		t.Fatal(err)
	}
	m.Props = nil
	for i := range actors {
		actors[i].ID = actor.ID(i + 1)
		actors[i].Shape = actor.DefaultShape(actors[i].Kind)
	}
	return &still{m: m, actors: actors, air: scene.Conditions{SunElevation: 0.8},
		ego: actor.Actor{Shape: actor.DefaultShape(actor.Car), State: actor.State{Pose: geom.Pose{X: 100}}}}
}

func newRig(t testing.TB, c rig.Config, m *road.Map, seed uint64) *rig.Rig {
	t.Helper()
	r, err := rig.New(c, m, seed)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// blind returns c without its camera, which is slow.
func blind(c rig.Config) rig.Config {
	c.Camera.Period = 0
	return c
}

func at(k actor.Kind, x, y, yaw, speed float64) actor.Actor {
	return actor.Actor{Kind: k, State: actor.State{Pose: geom.Pose{X: x, Y: y, Yaw: yaw}, Speed: speed}}
}

// An ideal radar measures the range of the nearest face of a car straight ahead
// and its closing speed exactly.
func TestIdealRadar(t *testing.T) {
	w := newStill(t, at(actor.Car, 140, 0, 0, 8))
	w.ego.State.Speed = 12
	c := blind(rig.Ideal())
	r := newRig(t, c, w.m, 1)
	r.Sample(w)
	targets := r.Observe(0).Radars[0].Targets
	if len(targets) != 1 {
		t.Fatalf("%d targets, want 1", len(targets))
	}
	box := w.actors[0].Box()
	want := box.Center.X - box.Length/2 - (100 + c.Radar.Mount.X)
	got := targets[0]
	if math.Abs(got.Range-want) > 1e-9 || math.Abs(got.Azimuth) > 1e-9 || math.Abs(got.RangeRate+4) > 1e-9 {
		t.Errorf("%+v, want range %.3f, azimuth 0, range rate -4", got, want)
	}
}

// The range rate is the radial part of the relative velocity: at 60° to the
// side, half the speed of an object that moves along x.
func TestRangeRateIsRadial(t *testing.T) {
	c := blind(rig.Ideal())
	c.Radar.HalfAngle = 1.5
	x, y := 100+c.Radar.Mount.X+20*math.Cos(math.Pi/3), 20*math.Sin(math.Pi/3)
	w := newStill(t, at(actor.Cone, x, y, 0, 6))
	r := newRig(t, c, w.m, 1)
	r.Sample(w)
	targets := r.Observe(0).Radars[0].Targets
	if len(targets) != 1 || math.Abs(targets[0].RangeRate-3) > 1e-9 || math.Abs(targets[0].Azimuth-math.Pi/3) > 1e-9 {
		t.Errorf("%+v, want range rate 3 at azimuth π/3", targets)
	}
}

// Every return of an ideal lidar lies on a visible side of the car, and the
// nearest return has the distance of the car.
func TestIdealLidar(t *testing.T) {
	w := newStill(t, at(actor.Car, 120, 3, 0.5, 0))
	c := blind(rig.Ideal())
	r := newRig(t, c, w.m, 1)
	r.Sample(w)
	points := r.Observe(0).Scans[0].Points
	box := w.actors[0].Box()
	from := geom.Vec{X: 100 + c.Lidar.Mount.X}
	least := math.Inf(1)
	for _, p := range points {
		q := w.ego.State.Pose.ToWorld(geom.Vec{X: float64(p.X), Y: float64(p.Y)})
		if box.Inflate(1e-4, 1e-4).Contains(q) == box.Inflate(-1e-4, -1e-4).Contains(q) {
			t.Fatalf("a return at %v, which is not on the outline", q)
		}
		if p.Z <= 0 || float64(p.Z) >= w.actors[0].Shape.Height {
			t.Fatalf("a return at a height of %.2f m from a car", p.Z)
		}
		least = math.Min(least, q.Dist(from))
	}
	if want := box.DistanceTo(from); least < want-1e-4 || least > want+0.05 {
		t.Errorf("nearest return of %d at %.3f m, want %.3f", len(points), least, want)
	}
}

// The lidar returns equal those of a brute-force search over all rays and boxes.
func TestLidarEqualsSlowSearch(t *testing.T) {
	w := newStill(t, at(actor.Car, 120, 3, 0.5, 0), at(actor.Truck, 90, -6, 2, 0), at(actor.Pedestrian, 112, 1, 0, 0), at(actor.Bus, 130, 5, 0.1, 0))
	c := blind(rig.Ideal())
	r := newRig(t, c, w.m, 1)
	r.Sample(w)
	got := len(r.Observe(0).Scans[0].Points)
	want := 0
	from := geom.Vec{X: 100 + c.Lidar.Mount.X}
	for k := range c.Lidar.Azimuths {
		for _, e := range c.Lidar.Rings {
			for i := range w.actors {
				d, ok := geom.RayOBB(from, 2*math.Pi*float64(k)/float64(c.Lidar.Azimuths), w.actors[i].Box())
				z := c.Lidar.Mount.Z + d*math.Tan(e)
				if ok && d < c.Lidar.Range && z > 0 && z < w.actors[i].Shape.Height {
					want++
					break
				}
			}
		}
	}
	if got != want {
		t.Errorf("%d returns, want %d", got, want)
	}
}

func TestFogReducesLidarReturns(t *testing.T) {
	near, far := at(actor.Bus, 112, 0, 1.57, 0), at(actor.Bus, 60, 0, 1.57, 0)
	w := newStill(t, near, far)
	count := func(visibility float64) (near, far int) {
		w.air.Visibility = visibility
		r := newRig(t, blind(rig.Default()), w.m, 1)
		r.Sample(w)
		for _, p := range r.Observe(100).Scans[0].Points {
			if p.X > 0 {
				near++
			} else {
				far++
			}
		}
		return near, far
	}
	clearNear, clearFar := count(0)
	fogNear, fogFar := count(40)
	if fogNear < clearNear*8/10 || fogFar > clearFar/10 || clearFar == 0 {
		t.Errorf("near %d in fog of %d, far %d of %d", fogNear, clearNear, fogFar, clearFar)
	}
}

// A message measured at tick t arrives exactly at t plus its latency, and only
// once.
func TestLatencyIsExact(t *testing.T) {
	w := newStill(t, at(actor.Car, 120, 0, 0, 0))
	c := blind(rig.Default())
	c.Lidar.Dropout, c.Radar.Dropout, c.Odometry.Dropout, c.GNSS.Dropout = 0, 0, 0, 0
	r := newRig(t, c, w.m, 3)
	counts := [4]int{}
	for w.now = 0; w.now < 200; w.now++ {
		r.Sample(w)
		o := r.Observe(w.now)
		for _, s := range o.Scans {
			counts[0]++
			checkArrival(t, "lidar", s.Time, w.now, &c.Lidar.Timing)
		}
		for _, s := range o.Radars {
			counts[1]++
			checkArrival(t, "radar", s.Time, w.now, &c.Radar.Timing)
		}
		for _, m := range o.Odometry {
			counts[2]++
			checkArrival(t, "odometry", m.Time, w.now, &c.Odometry.Timing)
		}
		for _, m := range o.GNSS {
			counts[3]++
			if m.Time > 0 { // a GNSS message arrives immediately when the run begins
				checkArrival(t, "gnss", m.Time, w.now, &c.GNSS.Timing)
			}
		}
	}
	if want := [4]int{20, 40, 200, 20}; counts != want {
		t.Errorf("%v messages in 2 s, want %v", counts, want)
	}
}

func checkArrival(t *testing.T, name string, made, now clock.Tick, timing *rig.Timing) {
	t.Helper()
	if now-made != timing.Latency || made%timing.Period != 0 {
		t.Errorf("%s made at %d arrived at %d, latency is %d, period %d", name, made, now, timing.Latency, timing.Period)
	}
}

// Of 2000 messages with a dropout of 0.2, 400 ± 4 standard deviations are lost.
func TestDropoutsAndBlackout(t *testing.T) {
	w := newStill(t)
	c := rig.Off()
	c.Odometry = rig.Default().Odometry
	c.Odometry.Dropout = 0.2
	c.Odometry.Blackout = [2]clock.Tick{500, 600}
	r := newRig(t, c, w.m, 3)
	got := 0
	for w.now = 0; w.now < 2100; w.now++ {
		r.Sample(w)
		for _, m := range r.Observe(w.now).Odometry {
			got++
			if m.Time >= 500 && m.Time < 600 {
				t.Fatalf("a message of %v, within the blackout", m.Time)
			}
		}
	}
	const mean, std = 1600, 17.9
	if math.Abs(float64(got)-mean) > 4*std {
		t.Errorf("%d of 2000 messages arrived, want %d ± %.0f", got, mean, 4*std)
	}
}

// record returns all observations of a rig in one second.
func record(t testing.TB, c rig.Config, w still) []sensor.Observation {
	r := newRig(t, c, w.m, 7)
	var out []sensor.Observation
	for w.now = 0; w.now < 100; w.now++ {
		r.Sample(&w)
		out = append(out, copyOf(r.Observe(w.now)))
	}
	return out
}

// copyOf returns a deep copy of an observation without pixels.
func copyOf(o *sensor.Observation) sensor.Observation {
	c := sensor.Observation{Now: o.Now}
	for _, s := range o.Scans {
		s.Points = append([]sensor.Point(nil), s.Points...)
		c.Scans = append(c.Scans, s)
	}
	for _, s := range o.Radars {
		s.Targets = append([]sensor.RadarTarget(nil), s.Targets...)
		c.Radars = append(c.Radars, s)
	}
	c.Odometry = append(c.Odometry, o.Odometry...)
	c.GNSS = append(c.GNSS, o.GNSS...)
	return c
}

// Switching one sensor off changes no byte of another.
func TestStreamsAreIndependent(t *testing.T) {
	w := newStill(t, at(actor.Car, 130, 1, 0, 5), at(actor.Cyclist, 115, -3, 1, 2))
	w.air.Rain = 0.5
	all := record(t, blind(rig.Default()), *w)
	for _, off := range []struct {
		name   string
		period func(*rig.Config) *clock.Tick
		strip  func(*sensor.Observation)
	}{
		{"lidar", func(c *rig.Config) *clock.Tick { return &c.Lidar.Period }, func(o *sensor.Observation) { o.Scans = nil }},
		{"radar", func(c *rig.Config) *clock.Tick { return &c.Radar.Period }, func(o *sensor.Observation) { o.Radars = nil }},
		{"odometry", func(c *rig.Config) *clock.Tick { return &c.Odometry.Period }, func(o *sensor.Observation) { o.Odometry = nil }},
		{"gnss", func(c *rig.Config) *clock.Tick { return &c.GNSS.Period }, func(o *sensor.Observation) { o.GNSS = nil }},
	} {
		c := blind(rig.Default())
		*off.period(&c) = 0
		got := record(t, c, *w)
		for i := range got {
			want := all[i]
			off.strip(&want)
			if diff := cmp.Diff(want, got[i]); diff != "" {
				t.Fatalf("without %s tick %d differs: %s", off.name, i, diff)
			}
		}
	}
}

// A clone continues exactly as the original, including the messages in transit.
func TestClone(t *testing.T) {
	w := newStill(t, at(actor.Car, 130, 1, 0, 5))
	c := rig.Default()
	c.Camera.Calibration.Width, c.Camera.Calibration.Height = 32, 16
	r := newRig(t, c, w.m, 7)
	for w.now = 0; w.now < 53; w.now++ {
		r.Sample(w)
		r.Observe(w.now)
	}
	fork := r.Clone()
	for ; w.now < 80; w.now++ {
		r.Sample(w)
		fork.Sample(w)
		if diff := cmp.Diff(*r.Observe(w.now), *fork.Observe(w.now), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(sensor.Frame{}, "Truth")); diff != "" {
			t.Fatalf("at tick %d: %s", w.now, diff)
		}
	}
}

// An ideal rig measures the ground truth without noise, loss or latency.
func TestIdealIsGroundTruth(t *testing.T) {
	w := newStill(t)
	w.ego.State = actor.State{Pose: geom.Pose{X: 50, Y: 2, Yaw: 0.3}, Speed: 9, YawRate: 0.1, Accel: -1, Steer: 0.05}
	w.air.Rain = 1
	for _, o := range record(t, blind(rig.Ideal()), *w) {
		for _, m := range o.Odometry {
			if diff := cmp.Diff(m, sensor.Odometry{Time: o.Now, Speed: 9, YawRate: 0.1, Accel: -1, Steer: 0.05}); diff != "" {
				t.Fatal(diff)
			}
		}
		for _, m := range o.GNSS {
			if m.Pose != w.ego.State.Pose || m.Time != o.Now {
				t.Fatalf("position %+v at %v", m, o.Now)
			}
		}
		for _, s := range o.Scans {
			if len(s.Points) > 0 {
				t.Fatalf("%d returns from an empty world", len(s.Points))
			}
		}
		for _, s := range o.Radars {
			if len(s.Targets) > 0 {
				t.Fatalf("echoes %v from an empty world", s.Targets)
			}
		}
	}
}

func TestNoAllocationInSteadyState(t *testing.T) {
	w := newStill(t, at(actor.Car, 130, 1, 0, 5), at(actor.Truck, 90, 4, 0, 5))
	r := newRig(t, blind(rig.Default()), w.m, 7)
	second := func() {
		for range 100 {
			r.Sample(w)
			r.Observe(w.now)
			w.now++
		}
	}
	second()
	if n := testing.AllocsPerRun(5, second); n > 3 { // a buffer may still grow to a new maximum
		t.Errorf("%.0f allocations a second", n)
	}
}

func TestBadConfigs(t *testing.T) {
	w := newStill(t)
	for name, change := range map[string]func(*rig.Config){
		"negative period":    func(c *rig.Config) { c.Radar.Period = -1 },
		"negative latency":   func(c *rig.Config) { c.GNSS.Latency = -1 },
		"dropout above one":  func(c *rig.Config) { c.Lidar.Dropout = 1.5 },
		"dropout not number": func(c *rig.Config) { c.Lidar.Dropout = math.NaN() },
		"no azimuths":        func(c *rig.Config) { c.Lidar.Azimuths = 0 },
		"empty picture":      func(c *rig.Config) { c.Camera.Calibration.Width = 0 },
		"more than all dirt": func(c *rig.Config) { c.Camera.Dirt = 1.5 },
		"negative noise":     func(c *rig.Config) { c.GNSS.PosStd = -1 },
	} {
		c := rig.Default()
		change(&c)
		if _, err := rig.New(c, w.m, 1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func Example() {
	m, err := road.Generate(road.Params{Kind: road.KindStraight})
	if err != nil {
		fmt.Println(err)
		return
	}
	c := rig.Ideal()
	c.Camera.Period = 0
	r, err := rig.New(c, m, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	w := &still{m: m, ego: actor.Actor{State: actor.State{Pose: m.Lanes[0].Center.At(20), Speed: 10}}}
	r.Sample(w)
	obs := r.Observe(w.Time())
	fmt.Printf("%.0f m/s, %d position\n", obs.Odometry[0].Speed, len(obs.GNSS))
	// Output: 10 m/s, 1 position
}

// Dirt covers about its share of the frame, covers the same pixels in every
// frame, and does not change the other pixels.
func TestDirtCoversItsShareOfTheLens(t *testing.T) {
	w := newStill(t)
	clean := pictures(t, rig.Ideal(), w)
	for _, share := range []float64{.1, .4} {
		c := rig.Ideal()
		c.Camera.Dirt = share
		got := pictures(t, c, w)
		changed := 0
		for i := range got[0] {
			if got[0][i] != got[1][i] {
				t.Fatal("the frames of a static world differ")
			}
			if got[0][i] != clean[0][i] {
				changed++
			}
		}
		// Spots have soft edges, which cover less than half of a pixel.
		if is := float64(changed) / float64(len(got[0])); is < share || is > 2*share {
			t.Errorf("%.0f %% dirt changes %.0f %% of the frame", 100*share, 100*is)
		}
	}
}

// pictures returns the first two frames of a rig.
func pictures(t *testing.T, c rig.Config, w *still) (pix [2][]uint8) {
	t.Helper()
	r := newRig(t, c, w.m, 1)
	for i := range pix {
		w.now = clock.Tick(i) * c.Camera.Period
		r.Sample(w)
		frames := r.Observe(w.now).Frames
		if len(frames) != 1 {
			t.Fatalf("%d frames at %v", len(frames), w.now)
		}
		pix[i] = append(pix[i], frames[0].Pix...)
	}
	w.now = 0
	return pix
}
