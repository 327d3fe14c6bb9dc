package rig_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/imaging"
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

// named returns a sensor of a rig.
func named(t testing.TB, c *rig.Config, name string) *rig.Sensor {
	t.Helper()
	s, err := c.Sensor(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// change changes the model of a sensor.
func change[M rig.Model](t testing.TB, c *rig.Config, name string, f func(*M)) {
	t.Helper()
	if err := rig.Change(c, name, f); err != nil {
		t.Fatal(err)
	}
}

// with returns a rig with a changed model of a sensor.
func with[M rig.Model](t testing.TB, c rig.Config, name string, f func(*M)) rig.Config {
	t.Helper()
	c = c.Clone()
	change(t, &c, name, f)
	return c
}

// model returns the model of a sensor.
func model[M rig.Model](t testing.TB, c rig.Config, name string) M {
	t.Helper()
	m, err := rig.ModelOf[M](&c, name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// blind returns c without its camera, which is slow.
func blind(c rig.Config) rig.Config {
	return c.Only(sensor.DefaultLidar, sensor.DefaultRadar, sensor.DefaultOdometry, sensor.DefaultGNSS)
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
	want := box.Center.X - box.Length/2 - (100 + model[rig.Radar](t, c, sensor.DefaultRadar).Mount.X)
	got := targets[0]
	if math.Abs(got.Range-want) > 1e-9 || math.Abs(got.Azimuth) > 1e-9 || math.Abs(got.RangeRate+4) > 1e-9 {
		t.Errorf("%+v, want range %.3f, azimuth 0, range rate -4", got, want)
	}
}

// The range rate is the radial part of the relative velocity: at 60° to the
// side, half the speed of an object that moves along x.
func TestRangeRateIsRadial(t *testing.T) {
	c := blind(rig.Ideal())
	change(t, &c, sensor.DefaultRadar, func(m *rig.Radar) { m.HalfAngle = 1.5 })
	x, y := 100+model[rig.Radar](t, c, sensor.DefaultRadar).Mount.X+20*math.Cos(math.Pi/3), 20*math.Sin(math.Pi/3)
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
	lidar := model[rig.Lidar](t, c, sensor.DefaultLidar)
	from := geom.Vec{X: 100 + lidar.Calibration.Mount.X}
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
	lidar := model[rig.Lidar](t, c, sensor.DefaultLidar)
	from := geom.Vec{X: 100 + lidar.Calibration.Mount.X}
	for k := range lidar.Azimuths {
		for _, e := range lidar.Calibration.Rings {
			for i := range w.actors {
				d, ok := geom.RayOBB(from, 2*math.Pi*float64(k)/float64(lidar.Azimuths), w.actors[i].Box())
				z := lidar.Calibration.Mount.Z + d*math.Tan(e)
				if ok && d < lidar.Range && z > 0 && z < w.actors[i].Shape.Height {
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
// A camera without pixels has the messages of one with pixels.
func TestBlankFrames(t *testing.T) {
	w := newStill(t)
	c := rig.Default().Only(sensor.DefaultCamera)
	full, blank := newRig(t, c, w.m, 3), newRig(t, with(t, c, sensor.DefaultCamera, func(m *rig.Camera) { m.Blank = true }), w.m, 3)
	seen := 0
	for w.now = 0; w.now < 30; w.now++ {
		full.Sample(w)
		blank.Sample(w)
		a, b := full.Observe(w.now).Frames, blank.Observe(w.now).Frames
		if len(a) != len(b) {
			t.Fatalf("%d frames at %v, want %d", len(b), w.now, len(a))
		}
		for i := range a {
			if seen++; a[i].Time != b[i].Time || len(a[i].Pix) == 0 || len(b[i].Pix) != 0 || b[i].Truth == nil {
				t.Errorf("frame of %v with %d bytes, want one of %v without", b[i].Time, len(b[i].Pix), a[i].Time)
			}
		}
	}
	if seen < 4 {
		t.Errorf("%d frames", seen)
	}
}

func TestLatencyIsExact(t *testing.T) {
	w := newStill(t, at(actor.Car, 120, 0, 0, 0))
	c := blind(rig.Default())
	counts := map[string]int{}
	r := newRig(t, c, w.m, 3)
	for w.now = 0; w.now < 200; w.now++ {
		r.Sample(w)
		for name, made := range r.Observe(w.now).Messages {
			counts[name]++
			if timing := &named(t, &c, name).Timing; made > 0 || !timing.ReadyAtStart {
				checkArrival(t, name, made, w.now, timing)
			}
		}
	}
	if diff := cmp.Diff(map[string]int{"lidar": 20, "radar": 40, "odometry": 200, "gnss": 20}, counts); diff != "" {
		t.Errorf("messages in 2 s: %s", diff)
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
	c := rig.Default().Only(sensor.DefaultOdometry)
	c.Sensors[0].Dropout = 0.2
	c.Sensors[0].Blackout = [2]clock.Tick{500, 600}
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

// Removing one sensor, or adding others, changes no byte of another.
func TestStreamsAreIndependent(t *testing.T) {
	w := newStill(t, at(actor.Car, 130, 1, 0, 5), at(actor.Cyclist, 115, -3, 1, 2))
	w.air.Rain = 0.5
	full := blind(rig.Default())
	all := record(t, full, *w)
	compare := func(what, dropped string, c rig.Config, strip ...string) {
		t.Helper()
		for i, got := range record(t, c, *w) {
			want := copyOf(&all[i])
			want.Drop(dropped)
			for _, name := range strip {
				got.Drop(name)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s: tick %d differs: %s", what, i, diff)
			}
		}
	}
	for _, off := range full.Names() {
		c := full.Clone()
		named(t, &c, off).Period = 0
		compare("without "+off, off, c)
		c = full.Clone()
		twin := *named(t, &c, off)
		twin.Name = "twin"
		c.Sensors = append([]rig.Sensor{twin}, c.Sensors...)
		compare("with a second "+off, "", c, "twin")
	}
}

// tiny returns a rig with cameras of few pixels, which are fast.
func tiny(t testing.TB, c rig.Config) rig.Config {
	t.Helper()
	c = c.Clone()
	for s := range rig.Of[rig.Camera](&c) {
		change(t, &c, s.Name, func(m *rig.Camera) { m.Calibration.Width, m.Calibration.Height = 32, 16 })
	}
	return c
}

// A clone continues exactly as the original, including the messages in transit.
func TestClone(t *testing.T) {
	w := newStill(t, at(actor.Car, 130, 1, 0, 5))
	c := tiny(t, rig.Surround())
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
			if diff := cmp.Diff(m, sensor.Odometry{Sensor: "odometry", Time: o.Now, Speed: 9, YawRate: 0.1, Accel: -1, Steer: 0.05}); diff != "" {
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
	timing := func(name string, f func(*rig.Sensor)) rig.Config {
		c := rig.Default()
		f(named(t, &c, name))
		return c
	}
	for name, bad := range map[string]struct {
		rig  rig.Config
		want string
	}{
		"negative period":    {timing("radar", func(s *rig.Sensor) { s.Period = -1 }), "radar: timing"},
		"negative latency":   {timing("gnss", func(s *rig.Sensor) { s.Latency = -1 }), "gnss: timing"},
		"dropout above one":  {timing("lidar", func(s *rig.Sensor) { s.Dropout = 1.5 }), "lidar: timing"},
		"dropout not number": {timing("lidar", func(s *rig.Sensor) { s.Dropout = math.NaN() }), "lidar: timing"},
		"no azimuths":        {with(t, rig.Default(), "lidar", func(m *rig.Lidar) { m.Azimuths = 0 }), "lidar: 0 azimuths"},
		"empty picture":      {with(t, rig.Default(), "camera", func(m *rig.Camera) { m.Calibration.Width = 0 }), "camera: size of 0×192"},
		"more than all dirt": {with(t, rig.Default(), "camera", func(m *rig.Camera) { m.Dirt = 1.5 }), "camera: dirt 1.5"},
		"negative noise":     {with(t, rig.Default(), "gnss", func(m *rig.GNSS) { m.PosStd = -1 }), "gnss: noise or probability -1"},
		"a name twice":       {timing("radar", func(s *rig.Sensor) { s.Name = "lidar" }), `two sensors have the name "lidar": the rig has camera, lidar, lidar, odometry, gnss`},
		"no name":            {timing("radar", func(s *rig.Sensor) { s.Name = "" }), "sensor 3 has no name"},
		"no model":           {timing("radar", func(s *rig.Sensor) { s.Model = nil }), "radar: no model"},
	} {
		if _, err := rig.New(bad.rig, w.m, 1); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s: %v, want %s", name, err, bad.want)
		}
	}
}

// An unknown name is an error that lists the known ones.
func TestUnknownNames(t *testing.T) {
	c := rig.Default()
	_, sonar := c.Sensor("sonar")
	_, fleet := rig.Named("fleet")
	none := rig.Off()
	_, off := none.Sensor("sonar")
	for want, err := range map[string]error{
		`unknown sensor "sonar": the rig has camera, lidar, radar, odometry, gnss`: sonar,
		`unknown sensor "sonar": the rig has no sensors`:                           off,
		`unknown rig "fleet": want default or surround`:                            fleet,
		"the sensor lidar is a rig.Lidar, not a rig.Radar":                         rig.Change(&c, "lidar", func(*rig.Radar) {}),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
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
	r, err := rig.New(c.Only(sensor.DefaultOdometry, sensor.DefaultGNSS), m, 1)
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
		c := with(t, rig.Ideal(), sensor.DefaultCamera, func(m *rig.Camera) { m.Dirt = share })
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
		w.now = clock.Tick(i) * named(t, &c, sensor.DefaultCamera).Period
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

// A camera's frames have the effects of its model of imaging, in every clone.
func TestImagingChangesFrames(t *testing.T) {
	w := newStill(t)
	model := imaging.Camera{Quality: 30, Sharpen: .5, Vignette: .3}
	want := pictures(t, rig.Ideal(), w)[0]
	cal := sensor.FrontCamera()
	imaging.New(cal.Width, cal.Height).Apply(&model, 0, want)
	got := pictures(t, with(t, rig.Ideal(), sensor.DefaultCamera, func(m *rig.Camera) { m.Imaging = model }), w)
	for i := range got {
		if !slices.Equal(got[i], want) {
			t.Errorf("frame %d is not the clean frame with the effects", i)
		}
	}
	model.Quality = 300
	if err := (rig.Camera{Calibration: cal, Imaging: model}).Check(); err == nil || !strings.Contains(err.Error(), "quality 300") {
		t.Errorf("error %v, want one with the quality", err)
	}
}
