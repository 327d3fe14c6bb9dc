package fusion_test

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/rng"
	"roadloop/sim/sensor"
)

// solid is an upright box in the map frame.
type solid struct {
	geom.OBB
	height float64
}

// roofLidar returns the lidar of the default rig.
func roofLidar() rig.Lidar {
	c := rig.Default()
	for _, m := range rig.Of[rig.Lidar](&c) {
		return m
	}
	return rig.Lidar{}
}

// scanSolids adds a scan of solids by the rig's lidar, with its noise and dropouts.
func (b *bench) scanSolids(random *rng.Stream, solids ...solid) {
	c := roofLidar()
	at := b.ego.Compose(geom.Pose{X: b.speed * clock.DriverPeriod.Seconds()})
	from := at.ToWorld(geom.Vec{X: c.Calibration.Mount.X})
	s := sensor.Scan{Time: b.now + clock.DriverPeriod}
	for k := range c.Azimuths {
		yaw := 2 * math.Pi * float64(k) / float64(c.Azimuths)
		for _, ring := range c.Calibration.Rings {
			near := c.Range
			for _, o := range solids {
				d, ok := geom.RayOBB(from, at.Yaw+yaw, o.OBB)
				if z := c.Calibration.Mount.Z + d*math.Tan(ring); ok && z > 0 && z < o.height {
					near = math.Min(near, d)
				}
			}
			if near += c.RangeStd * random.Norm(); near > c.Range-1 || random.Chance(c.Miss) {
				continue
			}
			p := geom.Vec{X: c.Calibration.Mount.X}.Add(geom.Unit(yaw).Scale(near))
			s.Points = append(s.Points, sensor.Point{X: float32(p.X), Y: float32(p.Y), Z: float32(c.Calibration.Mount.Z + near*math.Tan(ring))})
		}
	}
	b.obs.Scans = []sensor.Scan{s}
}

// watch drives for some seconds past solids that depend on time, with a camera that
// detects nothing, and passes each scene to see.
func (b *bench) watch(seconds float64, things func(t float64) []solid, see func(t float64, s *perception.Scene)) {
	random := rng.New(1, "lidar", "test")
	start := b.now
	for n := 0; ; n++ {
		t := (b.now + clock.DriverPeriod - start).Seconds()
		if t > seconds {
			return
		}
		b.obs.Scans = nil
		if n%2 == 0 {
			b.scanSolids(&random, things(t)...)
		}
		see(t, b.step(b.blank()))
	}
}

// deer returns a deer in the frame of the bench's start.
func (b *bench) deer(x, y, yaw float64) solid {
	s := b.bicycle(x, y, yaw)
	s.Length, s.Width, s.height = 1.7, 0.45, 1.3
	return s
}

// bicycle returns a cyclist in the frame of the bench's start.
func (b *bench) bicycle(x, y, yaw float64) solid {
	p := b.ego.Compose(geom.Pose{X: x, Y: y, Yaw: yaw})
	return solid{geom.OBB{Center: p.Pos(), Yaw: p.Yaw, Length: 1.9, Width: 0.5}, 1.75}
}

// Lidar alone tracks a moving cyclist off the road: class, position and velocity.
func TestBicycleOffRoadIsTracked(t *testing.T) {
	for _, c := range []struct {
		name       string
		x, y       float64 // at first, m
		vx, vy     float64 // m/s
		ego, known float64 // speed of the ego, m/s; time until it is tracked, s
	}{
		{"follows the ego", -6, -9, 4.2, 0, 4, 0.7},
		{"opposite direction", 12, -10, -5, 0, 8, 0.6},
		{"slowly", 2, -9, 1.5, 0, 0, 1},
		{"toward the road", 3, -16, 2.5, 2.5, 0, 0.8},
	} {
		b := newBench(t)
		b.speed = c.ego
		at := *b
		from := math.Inf(1)
		b.watch(2, func(t float64) []solid {
			return []solid{at.bicycle(c.x+c.vx*t, c.y+c.vy*t, math.Atan2(c.vy, c.vx))}
		}, func(now float64, s *perception.Scene) {
			if len(s.Tracks) == 0 {
				return
			}
			from = math.Min(from, now)
			tr := &s.Tracks[0]
			off := tr.Pose.Pos().Dist(at.ego.ToWorld(geom.Vec{X: c.x + c.vx*now, Y: c.y + c.vy*now}))
			ahead := at.ego.Forward()
			slip := tr.Vel.Sub(ahead.Scale(c.vx)).Sub(ahead.Left().Scale(c.vy)).Norm()
			if len(s.Tracks) != 1 || tr.Class != perception.Cyclist || off > 0.5 || slip > 0.8 {
				t.Errorf("%s: after %.2f s %d tracks, a %v %.2f m off, wrong by %.2f m/s", c.name, now, len(s.Tracks), tr.Class, off, slip)
			}
		})
		if from > c.known {
			t.Errorf("%s: known from %.2f s on, want %.2f s", c.name, from, c.known)
		}
	}
}

// Only a few rays of two rings hit a deer that runs toward the road far ahead.
func TestDeerRunningToRoadIsTracked(t *testing.T) {
	b := newBench(t)
	b.speed = 14
	at := *b
	from := math.Inf(1)
	b.watch(1.4, func(t float64) []solid { return []solid{at.deer(46, -14+6*t, math.Pi/2)} }, func(now float64, s *perception.Scene) {
		if len(s.Tracks) == 0 {
			return
		}
		from = math.Min(from, now)
		if v := s.Tracks[0].Vel.Dot(at.ego.Forward().Left()); math.Abs(v-6) > 1 {
			t.Errorf("after %.2f s speed is %.1f m/s, want 6", now, v)
		}
	})
	if from > 1.1 {
		t.Errorf("tracked from %.2f s", from)
	}
}

// Two cyclists in a row become tracks in the same scan.
func TestTwoBicyclesInOneScan(t *testing.T) {
	b := newBench(t)
	at := *b
	var s *perception.Scene
	b.watch(1, func(t float64) []solid {
		return []solid{at.bicycle(-6+4*t, -9, 0), at.bicycle(2+4*t, -9, 0)}
	}, func(_ float64, now *perception.Scene) { s = now })
	if len(s.Tracks) != 2 {
		t.Errorf("%d tracks, want 2", len(s.Tracks))
	}
}

// Static objects at the roadside get no velocity, however the car passes and
// whichever part is visible.
func TestRoadsideObjectsDoNotMove(t *testing.T) {
	box := func(x, y, length, width, height float64) solid {
		return solid{geom.OBB{Center: geom.Vec{X: x, Y: y}, Length: length, Width: width}, height}
	}
	row := func(n int, step float64, one solid) []solid {
		var out []solid
		for i := range n {
			s := one
			s.Center.X += step * float64(i)
			out = append(out, s)
		}
		return out
	}
	join := func(a, b []solid) []solid { return append(a, b...) }
	for _, c := range []struct {
		name   string
		things []solid // x from the ego, y from the middle of its lane, to the right
	}{
		{"parked bicycles", row(6, 8, box(5, 8, 1.9, 0.5, 1.1))},
		{"kiosks", row(6, 8, box(5, 8, 1.6, 1.6, 2.5))},
		{"poles", row(20, 3, box(5, 7.5, 0.25, 0.25, 5))},
		{"a guardrail", row(1, 0, box(60, 6.5, 120, 0.2, 0.75))},
		{"a guardrail in pieces", row(20, 4, box(5, 6.5, 3.6, 0.2, 0.75))},
		{"a low wall that one ring hits, next to the car", row(1, 0, box(60, 8.67, 120, 0.2, 0.5))},
		{"a fence", row(1, 0, box(60, 8, 120, 0.1, 1.1))},
		{"a fence in pieces", row(25, 3, box(5, 8, 2, 0.1, 1.1))},
		{"cars behind trunks", join(row(20, 3, box(5, 7, 0.5, 0.5, 8)), row(8, 6, box(5, 10, 4.4, 1.8, 1.45)))},
		{"cars behind cars", join(row(8, 6, box(5, 8, 4.4, 1.8, 1.45)), row(8, 7, box(5, 11, 4.4, 1.8, 1.9)))},
		{"houses", row(8, 12, box(10, 14, 8, 8, 7))},
	} {
		for _, speed := range []float64{3, 14} {
			b := newBench(t)
			b.speed = speed
			at := b.ego
			var things []solid
			for _, o := range c.things {
				o.Center, o.Yaw = at.ToWorld(geom.Vec{X: o.Center.X, Y: -o.Center.Y}), at.Yaw
				things = append(things, o)
			}
			b.watch(5, func(float64) []solid { return things }, func(now float64, s *perception.Scene) {
				for i := range s.Tracks {
					tr := &s.Tracks[i]
					t.Fatalf("%s, passed at %g m/s: after %.2f s a %v at %+.1f moves at %+.1f", c.name, speed, now, tr.Class, at.ToLocal(tr.Pose.Pos()), tr.Vel)
				}
			})
		}
	}
}
