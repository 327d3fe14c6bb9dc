package prediction_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/prediction"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

func generate(t testing.TB, p road.Params) *road.Map {
	t.Helper()
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func vehicle(pose geom.Pose, speed float64) perception.Track {
	return perception.Track{ID: 1, Class: perception.Car, Pose: pose, Vel: pose.Forward().Scale(speed), Length: 4.5, Width: 1.8, Existence: 1}
}

func walker(pose geom.Pose, speed float64) perception.Track {
	return perception.Track{ID: 1, Class: perception.Pedestrian, Pose: pose, Vel: pose.Forward().Scale(speed), Length: 0.5, Width: 0.5, Existence: 1}
}

func predict(m *road.Map, t perception.Track) []planning.Mode {
	return prediction.New(m).Predict(&perception.Scene{Tracks: []perception.Track{t}})[0].Modes
}

// end is the last pose of a mode, 5 s ahead.
func end(m *planning.Mode) geom.Pose { return m.Poses[planning.Horizon-1] }

func TestFollowsTheBend(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindArc, Radius: 60, Angle: 1.5, Length: 300})
	l := &m.Lanes[0]
	start := 100.0
	modes := predict(m, vehicle(l.Center.At(start), 10))
	want := l.Center.At(start + 50)
	if got := end(&modes[0]); got.Pos().Dist(want.Pos()) > 0.5 || math.Abs(geom.WrapAngle(got.Yaw-want.Yaw)) > 0.05 {
		t.Errorf("after 5 s at %+v, want %+v", got, want)
	}
}

func TestGoesBackToTheMiddle(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 300})
	y := m.Lanes[0].Center.At(0).Y
	modes := predict(m, vehicle(geom.Pose{X: 50, Y: y + 0.8}, 10))
	// e-folds with 2 s: 0.8·exp(-5/2) is left.
	if got, want := end(&modes[0]), 0.8*math.Exp(-2.5); math.Abs(got.Y-y-want) > 1e-6 || math.Abs(got.X-100) > 1e-6 {
		t.Errorf("after 5 s at %+v, want %.3f m left of the middle", got, want)
	}
}

func TestBranchesAtAJunction(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindFourWay})
	l := &m.Lanes[0]
	modes := predict(m, vehicle(l.Center.At(l.Center.Length()-10), 10))
	var headings [3]float64
	for i := range modes {
		yaw := end(&modes[i]).Yaw
		switch {
		case yaw > 1:
			headings[0] += modes[i].Probability
		case yaw < -1:
			headings[2] += modes[i].Probability
		default:
			headings[1] += modes[i].Probability
		}
	}
	if headings[0] < 0.1 || headings[2] < 0.1 || headings[1] < headings[0] {
		t.Errorf("left, straight, right: %.2f", headings)
	}
}

func TestDriftAnnouncesALaneChange(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Lanes: 2, Length: 400})
	from, to := m.Lanes[1].Center.At(0).Y, m.Lanes[0].Center.At(0).Y
	change := func(drift float64) float64 {
		tr := vehicle(geom.Pose{X: 50, Y: from, Yaw: math.Atan2(drift, 15)}, 15)
		p := 0.0
		for _, mode := range predict(m, tr) {
			if math.Abs(end(&mode).Y-to) < 0.5 {
				p += mode.Probability
			}
		}
		return p
	}
	if got := change(-0.8); got < 0.4 {
		t.Errorf("probability %.2f of a lane change at a drift of 0.8 m/s", got)
	}
	if got := change(-0.1); got > 0.05 {
		t.Errorf("probability %.2f of a lane change without a drift", got)
	}
}

// waver predicts a car at 15 m/s whose measured sideways speed errs by std, 3 s long, and
// returns the probability of a lane change at each decision.
func waver(m *road.Map, from, to, std float64, drift func(t float64) float64) []float64 {
	p := prediction.New(m)
	var out []float64
	for i := range 60 {
		at := clock.Tick(5 * i)
		tr := vehicle(geom.Pose{X: 50 + 15*at.Seconds(), Y: from}, 15)
		tr.Vel.Y = drift(at.Seconds())
		tr.Cov[3][3] = std * std
		chance := 0.0
		for _, mode := range p.Predict(&perception.Scene{Time: at, Tracks: []perception.Track{tr}})[0].Modes {
			if math.Abs(end(&mode).Y-to) < 0.5 {
				chance += mode.Probability
			}
		}
		out = append(out, chance)
	}
	return out
}

// A camera sees how fast a car far ahead moves sideways only to about 1 m/s. What sways
// within that announces nothing; what lasts does.
func TestUncertainDriftMustLast(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Lanes: 2, Length: 400})
	from, to := m.Lanes[1].Center.At(0).Y, m.Lanes[0].Center.At(0).Y
	sway := waver(m, from, to, 0.95, func(t float64) float64 { return -0.7 * math.Sin(3*t) })
	if worst := slices.Max(sway); worst > 0.05 {
		t.Errorf("probability %.2f of a lane change while the measured drift sways by 0.7 m/s", worst)
	}
	lasting := waver(m, from, to, 0.65, func(float64) float64 { return -1.1 })
	if lasting[20] < 0.4 {
		t.Errorf("probability %.2f of a lane change after 1 s of 1.1 m/s", lasting[20])
	}
	sudden := waver(m, from, to, 0.65, func(float64) float64 { return -2.5 })
	if sudden[0] < 0.4 {
		t.Errorf("probability %.2f of a lane change at a drift that no error explains", sudden[0])
	}
}

func TestBrakingGoesOnToAStop(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 400})
	p := prediction.New(m)
	y := m.Lanes[0].Center.At(0).Y
	x, v := 50.0, 14.0
	var modes []planning.Mode
	for i := range 40 { // 2 s of braking with 4 m/s²
		modes = p.Predict(&perception.Scene{Time: clock.Tick(5 * i), Tracks: []perception.Track{vehicle(geom.Pose{X: x, Y: y}, v)}})[0].Modes
		x, v = x+v*0.05, v-4*0.05
	}
	v += 4 * 0.05
	x -= v * 0.05
	if got, want := end(&modes[0]).X-x, v*v/8; math.Abs(got-want) > 0.3 {
		t.Errorf("stops after %.2f m, want %.2f", got, want)
	}
}

func TestStandingVehiclesStay(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight})
	modes := predict(m, vehicle(geom.Pose{X: 50, Y: -1.75}, 0.1))
	if len(modes) != 1 || end(&modes[0]).X != 50 {
		t.Errorf("%d modes, the first ends at %+v", len(modes), end(&modes[0]))
	}
}

// What stands does not move sideways either, whatever a camera says of it from afar: the
// measurements are like those of a motorcycle that stood 50 m ahead.
func TestUncertainStandingVehiclesStay(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 300})
	p := prediction.New(m)
	y := m.Lanes[0].Center.At(0).Y
	for i, vel := range []geom.Vec{{X: 0.06, Y: -0.9}, {X: 0.1, Y: 1.03}, {X: -0.04, Y: 3.6}, {X: 0.2, Y: 0.99}, {X: -0.02, Y: -1.21}, {X: -0.27, Y: -2}} {
		tr := vehicle(geom.Pose{X: 50, Y: y}, 0)
		tr.Vel = vel
		tr.Cov[2][2], tr.Cov[3][3] = 0.19*0.19, 1.26*1.26
		modes := p.Predict(&perception.Scene{Time: clock.Tick(10 * i), Tracks: []perception.Track{tr}})[0].Modes
		if got := end(&modes[0]); got.Pos().Dist(geom.Vec{X: 50, Y: y}) > 1e-9 {
			t.Errorf("measured at %+v it is expected at %+v", vel, got)
		}
	}
	tr := vehicle(geom.Pose{X: 50, Y: y}, 0)
	tr.ID, tr.Vel = 2, geom.Vec{Y: 8} // crosses, its heading not yet known
	tr.Cov[2][2], tr.Cov[3][3] = 0.19*0.19, 1.26*1.26
	modes := p.Predict(&perception.Scene{Time: 70, Tracks: []perception.Track{tr}})[0].Modes
	if !slices.ContainsFunc(modes, func(m planning.Mode) bool { return end(&m).Y-y > 35 }) {
		t.Error("a car that crosses the road is not expected to go on")
	}
}

// A speed that is known to 1 m/s swings by as much without anybody braking.
func TestUncertainSpeedIsNoBraking(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 400})
	y := m.Lanes[0].Center.At(0).Y
	after := func(std float64, speed func(t float64) float64) float64 {
		p := prediction.New(m)
		var modes []planning.Mode
		for i := range 40 {
			at := clock.Tick(5 * i)
			tr := vehicle(geom.Pose{X: 50, Y: y}, speed(at.Seconds()))
			tr.Cov[2][2], tr.Cov[3][3] = std*std, std*std
			modes = p.Predict(&perception.Scene{Time: at, Tracks: []perception.Track{tr}})[0].Modes
		}
		return end(&modes[0]).X - 50
	}
	if way := after(1, func(t float64) float64 { return 14 - 0.7*math.Sin(4*t) }); way < 60 {
		t.Errorf("a car at 14 m/s, give or take 1 m/s, is expected to brake to a stop within %.0f m", way)
	}
	if way := after(0.2, func(t float64) float64 { return 14 - 4*t }); way > 10 {
		t.Errorf("a car that brakes from 14 m/s with 4 m/s² since 2 s is expected %.0f m on", way)
	}
}

func TestPeopleMayCross(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Urban: true, Crosswalks: true, Length: 200})
	cw := &m.Crosswalks[0]
	crosses := func(tr perception.Track) float64 {
		p := 0.0
		for _, mode := range predict(m, tr) {
			for i := range mode.Poses {
				if m.Drivable(mode.Poses[i].Pos()) {
					p += mode.Probability
					break
				}
			}
		}
		return p
	}
	out := cw.B.Sub(cw.A)
	beside := cw.B.Add(out.Scale(0.8 / out.Norm())) // on the sidewalk
	if m.Drivable(beside) {
		t.Fatal("the sidewalk is drivable")
	}
	far := beside.Add(out.Left().Scale(40 / out.Norm()))
	toward := out.Scale(-1).Angle()
	for _, c := range []struct {
		name   string
		track  perception.Track
		lo, hi float64
	}{
		{"waits at a crosswalk", walker(geom.Pose{X: beside.X, Y: beside.Y, Yaw: toward}, 0), 0.25, 0.8},
		{"walks onto it", walker(geom.Pose{X: beside.X, Y: beside.Y, Yaw: toward}, 1.3), 0.7, 1},
		{"walks away from it", walker(geom.Pose{X: beside.X, Y: beside.Y, Yaw: out.Angle()}, 1.3), 0, 0.05},
		{"walks toward the road far from any", walker(geom.Pose{X: far.X, Y: far.Y, Yaw: toward}, 1.3), 0.6, 0.9},
		{"stands there", walker(geom.Pose{X: far.X, Y: far.Y, Yaw: toward}, 0), 0.05, 0.2},
	} {
		if p := crosses(c.track); p < c.lo || p > c.hi {
			t.Errorf("who %s crosses with probability %.2f, want %.2f to %.2f", c.name, p, c.lo, c.hi)
		}
	}
}

func TestConstantTurnByHand(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight})
	p := prediction.New(m)
	const v, rate = 6.0, 0.3
	var modes []planning.Mode
	yaw := 0.0
	for i := range 60 { // far from any lane
		pose := geom.Pose{X: 100, Y: 300, Yaw: yaw}
		modes = p.Predict(&perception.Scene{Time: clock.Tick(5 * i), Tracks: []perception.Track{vehicle(pose, v)}})[0].Modes
		yaw += rate * 0.05
	}
	yaw -= rate * 0.05
	got, r := end(&modes[0]), v/rate
	want := geom.Vec{X: 100 + r*(math.Sin(yaw+5*rate)-math.Sin(yaw)), Y: 300 - r*(math.Cos(yaw+5*rate)-math.Cos(yaw))}
	if got.Pos().Dist(want) > 0.2 {
		t.Errorf("after 5 s at %+v, want %+v", got, want)
	}
}

// Whatever the tracks, probabilities are sorted and sum to one, poses are finite,
// and nothing moves faster than it may.
func TestForecastsAreSound(t *testing.T) {
	m, err := road.Random(3)
	if err != nil {
		t.Fatal(err)
	}
	lo, hi := m.Bounds()
	p := prediction.New(m)
	now := clock.Tick(0)
	rapid.Check(t, func(t *rapid.T) {
		now += 5
		tr := vehicle(geom.Pose{
			X: rapid.Float64Range(lo.X, hi.X).Draw(t, "x"), Y: rapid.Float64Range(lo.Y, hi.Y).Draw(t, "y"),
			Yaw: rapid.Float64Range(-3, 3).Draw(t, "yaw"),
		}, rapid.Float64Range(0, 30).Draw(t, "speed"))
		tr.Class = perception.Class(rapid.IntRange(0, 4).Draw(t, "class"))
		tr.ID = int32(now)
		modes := p.Predict(&perception.Scene{Time: now, Tracks: []perception.Track{tr}})[0].Modes
		sum, last := 0.0, 1.0
		for i := range modes {
			sum += modes[i].Probability
			if modes[i].Probability > last {
				t.Fatalf("mode %d is likelier than the one before", i)
			}
			last = modes[i].Probability
			for _, q := range modes[i].Poses {
				if d := q.Pos().Dist(tr.Pose.Pos()); math.IsNaN(d+q.Yaw) || d > 5*math.Max(tr.Vel.Norm(), 1.4)+20 {
					t.Fatalf("mode %d reaches %+v", i, q)
				}
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("probabilities sum to %g", sum)
		}
	})
}

func TestCloneForecastsTheSame(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 400})
	a := prediction.New(m)
	scene := func(i int) *perception.Scene {
		return &perception.Scene{Time: clock.Tick(5 * i), Tracks: []perception.Track{vehicle(geom.Pose{X: 50, Y: -1.75}, 14-0.2*float64(i))}}
	}
	for i := range 20 {
		a.Predict(scene(i))
	}
	b := a.Clone()
	if diff := cmp.Diff(a.Predict(scene(20)), b.Predict(scene(20))); diff != "" {
		t.Error(diff)
	}
}

func TestAllocatesNothing(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindFourWay, Crosswalks: true, Urban: true})
	p := prediction.New(m)
	scene := &perception.Scene{}
	for i := range 20 {
		tr := vehicle(m.Lanes[i%len(m.Lanes)].Center.At(10), 8)
		if i%3 == 0 {
			tr.Class = perception.Pedestrian
		}
		tr.ID = int32(i)
		scene.Tracks = append(scene.Tracks, tr)
	}
	if n := testing.AllocsPerRun(20, func() { scene.Time += 5; p.Predict(scene) }); n > 0 {
		t.Errorf("%g allocations per call", n)
	}
}

func Example() {
	m, _ := road.Generate(road.Params{Kind: road.KindStraight, Length: 200})
	p := prediction.New(m)
	cast := p.Predict(&perception.Scene{Tracks: []perception.Track{{
		Class: perception.Car, Pose: geom.Pose{X: 20, Y: -1.75}, Vel: geom.Vec{X: 10}, Length: 4.5, Width: 1.8,
	}}})
	mode := cast[0].Modes[0]
	fmt.Printf("in 2 s at x = %.0f m\n", mode.Poses[9].X)
	// Output: in 2 s at x = 40 m
}
