package fusion_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception"
	"roadloop/perception/fusion"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/sensor"
)

// bench is a straight road with a standing car at the origin of its lane; the test
// makes the sensor messages.
type bench struct {
	t   testing.TB
	f   *fusion.Fusion
	now clock.Tick
	obs sensor.Observation
	m   *road.Map
	ego geom.Pose
	// speed of the car, m/s
	speed float64
}

func newBench(t testing.TB) *bench { return newBenchAt(t, 0) }

// newBenchAt is newBench on a road with a speed limit in m/s.
func newBenchAt(t testing.TB, limit float64) *bench {
	t.Helper()
	m, err := road.Generate(road.Params{Kind: road.KindStraight, Lanes: 3, Length: 300, SpeedLimit: limit})
	if err != nil {
		t.Fatal(err)
	}
	f, err := fusion.New(fusion.Config{Map: m})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, f: f, m: m, ego: m.Lanes[1].Center.At(100)}
	b.obs.GNSS = []sensor.GNSS{{Pose: b.ego, StdPos: 0.02, StdYaw: 0.002}}
	b.step()
	b.obs.GNSS = nil
	return b
}

// step advances one driver step and returns the scene.
func (b *bench) step(images ...perception.Image) *perception.Scene {
	b.now += clock.DriverPeriod
	b.obs.Now = b.now
	b.ego = b.ego.Compose(geom.Pose{X: b.speed * clock.DriverPeriod.Seconds()})
	b.obs.Odometry = append(b.obs.Odometry[:0], sensor.Odometry{Time: b.now, Speed: b.speed})
	return b.f.Update(&b.obs, images)
}

// radar adds a scan, by a radar at the rear axle, of targets with (position,
// velocity) in the vehicle frame.
func (b *bench) radar(targets ...[2]geom.Vec) {
	s := sensor.RadarScan{Time: b.now + clock.DriverPeriod}
	for _, p := range targets {
		s.Targets = append(s.Targets, sensor.RadarTarget{
			Range: p[0].Norm(), Azimuth: p[0].Angle(), RangeRate: p[1].Dot(p[0]) / p[0].Norm(),
		})
	}
	b.obs.Radars = []sensor.RadarScan{s}
}

// lidar adds a scan of boxes in the vehicle frame with the height of cars.
func (b *bench) lidar(boxes ...geom.OBB) { b.lidarOf(1.43, boxes...) }

// lidarOf adds a scan of boxes of the given height: the rays of a ring that pass
// above, or hit the ground before, have no return.
func (b *bench) lidarOf(height float64, boxes ...geom.OBB) {
	s := sensor.Scan{Time: b.now + clock.DriverPeriod}
	from := geom.Vec{X: 1.2}
	for k := range 720 {
		yaw := 2 * math.Pi * float64(k) / 720
		near := 70.0
		for _, box := range boxes {
			if d, ok := geom.RayOBB(from, yaw, box); ok {
				near = math.Min(near, d)
			}
		}
		if near < 70 {
			p := from.Add(geom.Unit(yaw).Scale(near))
			for _, ring := range sensor.RoofLidar().Rings {
				if z := 1.75 + near*math.Tan(ring); z > 0 && z < height {
					s.Points = append(s.Points, sensor.Point{X: float32(p.X), Y: float32(p.Y), Z: float32(z)})
				}
			}
		}
	}
	b.obs.Scans = []sensor.Scan{s}
}

func boxAt(x, y float64) geom.OBB {
	return geom.OBB{Center: geom.Vec{X: x, Y: y}, Length: 4.4, Width: 1.8}
}

func TestNewWithoutMapFails(t *testing.T) {
	if _, err := fusion.New(fusion.Config{}); err == nil {
		t.Error("a fusion without a map")
	}
}

// A standing car in the lane is tracked after three scans, with its position and
// speed, even if the camera never detects it.
func TestStoppedCarWithoutCamera(t *testing.T) {
	b := newBench(t)
	var s *perception.Scene
	for range 20 {
		b.lidar(boxAt(30, 0))
		b.step()
		b.obs.Scans = nil
		s = b.step()
	}
	if len(s.Tracks) != 1 {
		t.Fatalf("%d tracks, want 1", len(s.Tracks))
	}
	tr := &s.Tracks[0]
	if d := tr.Pose.Pos().Dist(b.ego.ToWorld(geom.Vec{X: 30})); d > 0.4 || tr.Class != perception.Car {
		t.Errorf("a %v %.2f m off", tr.Class, d)
	}
	if v := tr.Vel.Norm(); v > 0.2 {
		t.Errorf("it moves at %.2f m/s", v)
	}
	if math.Abs(geom.WrapAngle(tr.Pose.Yaw-b.ego.Yaw)) > 0.05 {
		t.Errorf("heading %.2f, want that of the lane", tr.Pose.Yaw)
	}
	if math.Abs(tr.Width-1.8) > 0.25 {
		t.Errorf("width %.2f m, want 1.8", tr.Width)
	}
}

// False echoes and echoes of static objects start no track.
func TestRadarGhostsMakeNoTrack(t *testing.T) {
	b := newBench(t)
	r := rng.New(1, "ghosts", "test")
	still := [2]geom.Vec{{X: 40}, {}}
	for i := range 400 {
		ghost := geom.Vec{X: r.Range(10, 100), Y: r.Range(-5, 5)}
		b.radar(still)
		if r.Chance(0.3) { // twice as often as the radar makes them
			b.radar(still, [2]geom.Vec{ghost, {X: r.Range(-30, 10)}})
		}
		if s := b.step(); len(s.Tracks) > 0 {
			t.Fatalf("after %d scans there is a track %+v", i+1, s.Tracks[0])
		}
	}
}

// A moving car that only radar detects is tracked, with its speed from Doppler.
func TestRadarAloneFindsMovingCar(t *testing.T) {
	b := newBench(t)
	x, s := 140.0, (*perception.Scene)(nil)
	for range 20 {
		x -= 15 * 0.05
		b.radar([2]geom.Vec{{X: x}, {X: -15}})
		s = b.step()
	}
	if len(s.Tracks) != 1 {
		t.Fatalf("%d tracks, want 1", len(s.Tracks))
	}
	if v := s.Tracks[0].Vel.Dot(b.ego.Forward()); math.Abs(v+15) > 0.3 {
		t.Errorf("speed %.2f m/s, want -15", v)
	}
}

// Two cars that pass each other in neighboring lanes keep their track IDs.
func TestPassingCarsKeepTheirIDs(t *testing.T) {
	b := newBench(t)
	left := make(map[int32]int)
	right := make(map[int32]int)
	for i := range 60 {
		x := 15 + 30*float64(i)/60
		b.lidar(boxAt(x, 3.5), boxAt(60-x, -3.5))
		b.radar([2]geom.Vec{{X: x - 2.2, Y: 3.5}, {X: 10}}, [2]geom.Vec{{X: 60 - x - 2.2, Y: -3.5}, {X: -10}})
		s := b.step()
		for k := range s.Tracks {
			if b.ego.ToLocal(s.Tracks[k].Pose.Pos()).Y > 0 {
				left[s.Tracks[k].ID]++
			} else {
				right[s.Tracks[k].ID]++
			}
		}
	}
	if len(left) != 1 || len(right) != 1 {
		t.Errorf("IDs on the left %v, on the right %v, want one each", left, right)
	}
}

// A track is kept as occluded only while it is occluded from every lidar: one that sees
// past its place deletes it.
func TestOcclusionGoesByLidar(t *testing.T) {
	roof, side := sensor.RoofLidar(), sensor.RoofLidar()
	side.Mount.Y = 6 // sees past the car ahead
	for _, c := range []struct {
		name   string
		lidars []*sensor.Lidar
		kept   bool
	}{{"one lidar", []*sensor.Lidar{&roof}, true}, {"two lidars", []*sensor.Lidar{&roof, &side}, false}} {
		b := newBench(t)
		for range 12 {
			b.lidar(boxAt(40, 0))
			b.obs.Scans[0].Sensor = "roof"
			b.step()
		}
		if len(b.step().Tracks) != 1 {
			t.Fatal("the car is not tracked")
		}
		// Another car stands in front of it, and it is gone.
		var s *perception.Scene
		for range 25 {
			b.lidar(boxAt(20, 0))
			scan := b.obs.Scans[0]
			b.obs.Scans = nil
			for i, l := range c.lidars {
				one := scan.Clone()
				one.Cal, one.Sensor = l, []string{"roof", "side"}[i]
				b.obs.Scans = append(b.obs.Scans, one)
			}
			s = b.step()
		}
		kept := false
		for i := range s.Tracks {
			kept = kept || math.Abs(b.ego.ToLocal(s.Tracks[i].Pose.Pos()).X-40) < 2
		}
		if kept != c.kept {
			t.Errorf("%s: kept %v, want %v: %+v", c.name, kept, c.kept, s.Tracks)
		}
	}
}

// A track that the lidar sees past is deleted soon; an occluded track is kept.
func TestAbsentTrackIsDroppedOccludedIsKept(t *testing.T) {
	for _, c := range []struct {
		name   string
		hidden bool
	}{{"gone", false}, {"hidden", true}} {
		b := newBench(t)
		for range 10 {
			b.lidar(boxAt(30, 0))
			b.step()
		}
		var s *perception.Scene
		for range 20 {
			b.lidar(boxAt(80, 0))
			if c.hidden {
				b.lidar(boxAt(15, 0))
			}
			s = b.step()
		}
		kept := false
		for i := range s.Tracks {
			kept = kept || b.ego.ToLocal(s.Tracks[i].Pose.Pos()).X > 25
		}
		if kept != c.hidden {
			t.Errorf("%s: kept is %v after a second", c.name, kept)
		}
	}
}

// A clone behaves as the original, and the same messages give the same scenes.
func TestCloneAndRepeat(t *testing.T) {
	spec := driveSpec(t, 1, 4)
	run := func(forkAt clock.Tick) []string {
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
		e, who := newFakeCamera(spec.Seed), laneFollower{speed: 8}
		var out []string
		for w.Time() < 600 {
			sensors.Sample(w)
			if w.Time()%clock.DriverPeriod == 0 {
				if w.Time() == forkAt {
					g := f.Clone()
					f.Update(&sensor.Observation{Now: w.Time()}, nil) // must not disturb the copy
					f = g.(*fusion.Fusion)
				}
				scene := *f.Update(sensors.Observe(w.Time()), e.capture(w))
				scene.Images = nil // the argument
				out = append(out, fmt.Sprintf("%+v", scene))
			}
			w.Step(who.command(w))
		}
		return out
	}
	want := run(-1)
	for _, forkAt := range []clock.Tick{-1, 300} {
		for i, got := range run(forkAt) {
			if got != want[i] {
				t.Fatalf("forked at %v: step %d differs: %s", forkAt, i, cmp.Diff(want[i], got))
			}
		}
	}
}

func TestNoAllocationInSteadyState(t *testing.T) {
	b := newBench(t)
	b.lidar(boxAt(30, 0), boxAt(25, 3.5))
	b.radar([2]geom.Vec{{X: 28}, {}})
	im := perception.Image{Boundaries: []perception.Boundary{{Side: perception.Left, Score: 1, Points: []geom.Vec{{X: 5, Y: 1.7}, {X: 8, Y: 1.7}, {X: 12, Y: 1.7}}}}}
	step := func() {
		b.obs.Scans[0].Time, b.obs.Radars[0].Time, im.Time = b.now, b.now, b.now
		b.now += clock.DriverPeriod
		b.obs.Now = b.now
		b.obs.Odometry[0].Time = b.now
		b.f.Update(&b.obs, []perception.Image{im})
	}
	for range 50 {
		step()
	}
	if n := testing.AllocsPerRun(100, step); n > 1 { // the slice of images above
		t.Errorf("%.0f allocations a step", n)
	}
}

func BenchmarkUpdate(b *testing.B) {
	w := newBench(b)
	boxes := []geom.OBB{}
	for i := range 20 {
		boxes = append(boxes, boxAt(-50+float64(i/3)*14, 3.5*float64(i%3-1)))
	}
	w.lidar(boxes...)
	for b.Loop() {
		w.obs.Scans[0].Time = w.now
		w.step()
	}
}

func Example() {
	m, err := road.Generate(road.Params{Kind: road.KindStraight})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := fusion.New(fusion.Config{Map: m})
	if err != nil {
		fmt.Println(err)
		return
	}
	start := m.Lanes[0].Center.At(50)
	obs := sensor.Observation{Now: 5,
		Odometry: []sensor.Odometry{{Time: 5, Speed: 10}},
		GNSS:     []sensor.GNSS{{Time: 5, Pose: start, StdPos: 0.05, StdYaw: 0.005}},
	}
	f.Update(&obs, nil)
	obs = sensor.Observation{Now: 10, Odometry: []sensor.Odometry{{Time: 10, Speed: 10}}}
	s := f.Update(&obs, nil)
	fmt.Printf("moved %.1f m, %d tracks\n", s.Ego.Pose.Pos().Dist(start.Pos()), len(s.Tracks))
	// Output: moved 0.5 m, 0 tracks
}

// Lidar alone finds a car that overtakes at 26 m/s, or an oncoming one, within half a
// second.
func TestFastCarIsFoundByLidarAlone(t *testing.T) {
	for _, c := range []struct {
		name           string
		from, y, speed float64
		want           bool
	}{
		{name: "overtakes", from: -16, y: 3.5, speed: 26, want: true},
		{name: "comes", from: 55, y: 3.5, speed: -24, want: true},
		{name: "no car", from: 1000, y: 3.5, speed: 0, want: false},
	} {
		b := newBenchAt(t, 25)
		var s *perception.Scene
		x := c.from
		for k := range 10 {
			b.obs.Scans = nil
			if k%2 == 0 {
				b.lidar(boxAt(x, c.y))
				b.obs.Scans[0].Time -= 4 // it arrives late
			}
			s = b.step()
			x += c.speed * clock.DriverPeriod.Seconds()
		}
		found := false
		for i := range s.Tracks {
			tr := &s.Tracks[i]
			at := b.ego.ToLocal(tr.Pose.Pos())
			speed := tr.Vel.Dot(b.ego.Forward())
			found = found || math.Abs(at.X-x) < 2 && math.Abs(at.Y-c.y) < 0.5 && math.Abs(speed-c.speed) < 2
		}
		if found != c.want {
			t.Errorf("%s: found %v, want %v: %+v", c.name, found, c.want, s.Tracks)
		}
	}
}

// blank returns an image without detections.
func (b *bench) blank() perception.Image {
	cam := sensor.FrontCamera()
	return perception.Image{Time: b.now + clock.DriverPeriod, Cal: &cam}
}

// approach drives towards a box of a height at x, which the camera never detects,
// until its front is at most near away from the lidar, or its track is gone.
func (b *bench) approach(x, height, near float64) *perception.Scene {
	const lidar = 1.2
	var s *perception.Scene
	for b.speed = 3; ; {
		next := b.ego.X + 2*b.speed*clock.DriverPeriod.Seconds()
		if x-0.4-next-lidar < near {
			b.speed = 0
			return s
		}
		box := geom.OBB{Center: geom.Vec{X: x - b.ego.X - b.speed*clock.DriverPeriod.Seconds()}, Length: 0.8, Width: 0.8}
		b.lidarOf(height, box)
		b.step(b.blank())
		b.obs.Scans = nil
		s = b.step(b.blank())
	}
}

// A box that the rays pass above is kept at its last position, between two rings and
// below all of them; where a ring would hit it, a missing return counts.
func TestObjectBelowRaysIsKept(t *testing.T) {
	for _, c := range []struct {
		name       string
		near       float64 // from the lidar to the box when the car stops, m
		taken, ask bool    // it is removed then; a track is expected afterwards
	}{
		{"beneath all rings", 4.6, false, true},
		{"between two rings", 15.8, false, true},
		{"before a ring, gone", 7, true, false},
	} {
		b := newBench(t)
		x := b.ego.X + 24
		s := b.approach(x, 0.6, c.near)
		for range 200 { // 10 s
			b.lidarOf(0.6)
			if !c.taken {
				b.lidarOf(0.6, geom.OBB{Center: geom.Vec{X: x - b.ego.X}, Length: 0.8, Width: 0.8})
			}
			s = b.step(b.blank())
		}
		known := len(s.Tracks) == 1 && s.Tracks[0].Pose.Pos().Dist(geom.Vec{X: x, Y: b.ego.Y}) < 0.5
		if known != c.ask {
			t.Errorf("%s: known is %v, want %v: %+v", c.name, known, c.ask, s.Tracks)
		}
	}
}

// A post and then a rail closer to the road, once detected as a person by the camera,
// are not one object that runs onto the road.
func TestPostAndRailAreNotRunningPedestrian(t *testing.T) {
	b := newBench(t)
	im := b.blank()
	im.Detections = []perception.Detection{{Class: perception.Pedestrian, Score: 0.6, Pos: geom.Vec{X: 20, Y: -6.4}, DistanceStd: 2}}
	b.step(im)
	b.lidarOf(2, geom.OBB{Center: geom.Vec{X: 19.5, Y: -6.8}, Length: 0.3, Width: 0.3})
	b.step(b.blank())
	for range 3 {
		b.obs.Scans = nil
		b.radar([2]geom.Vec{{X: 19.4, Y: -5.3}, {}})
		b.step(b.blank())
	}
	b.obs.Radars = nil
	for range 2 {
		b.lidarOf(0.65, geom.OBB{Center: geom.Vec{X: 19.4, Y: -5.3}, Length: 0.3, Width: 0.3})
		if s := b.step(b.blank()); len(s.Tracks) > 0 {
			t.Fatalf("%v at %v moves at %v", s.Tracks[0].Class, b.ego.ToLocal(s.Tracks[0].Pose.Pos()), s.Tracks[0].Vel)
		}
	}
}

// A camera detection of a person is wrong if lidar measures its top below
// Params.LowObjectHeight.
func TestLowObjectIsNotPedestrian(t *testing.T) {
	for _, c := range []struct {
		height float64
		want   perception.Class
	}{{0.75, perception.Cone}, {1.8, perception.Pedestrian}} {
		b := newBench(t)
		var s *perception.Scene
		for range 20 {
			b.lidarOf(c.height, geom.OBB{Center: geom.Vec{X: 22}, Length: 0.5, Width: 0.5})
			im := b.blank()
			im.Detections = []perception.Detection{{Class: perception.Pedestrian, Score: 0.6, Pos: geom.Vec{X: 22}, DistanceStd: 1}}
			s = b.step(im)
		}
		if len(s.Tracks) != 1 || s.Tracks[0].Class != c.want {
			t.Errorf("%.2f m high: want one %v, got %+v", c.height, c.want, s.Tracks)
		}
	}
}
