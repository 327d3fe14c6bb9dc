package prediction_test

import (
	"context"
	"fmt"
	"math"
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

func predict(tb testing.TB, m *road.Map, t perception.Track) []planning.Mode {
	tb.Helper()
	return prediction.New(m).Predict(tb.Context(), &perception.Scene{Tracks: []perception.Track{t}})[0].Modes
}

// end returns the last pose of a mode, 5 s ahead.
func end(m *planning.Mode) geom.Pose { return m.Poses[planning.Horizon-1] }

func TestFollowsTheBend(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindArc, Radius: 60, Angle: 1.5, Length: 300})
	l := &m.Lanes[0]
	start := 100.0
	modes := predict(t, m, vehicle(l.Center.At(start), 10))
	want := l.Center.At(start + 50)
	if got := end(&modes[0]); got.Pos().Dist(want.Pos()) > 0.5 || math.Abs(geom.WrapAngle(got.Yaw-want.Yaw)) > 0.05 {
		t.Errorf("after 5 s at %+v, want %+v", got, want)
	}
}

func TestReturnsToLaneCenter(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 300})
	y := m.Lanes[0].Center.At(0).Y
	modes := predict(t, m, vehicle(geom.Pose{X: 50, Y: y + 0.8}, 10))
	// e-folds with 2 s: 0.8·exp(-5/2) is left.
	if got, want := end(&modes[0]), 0.8*math.Exp(-2.5); math.Abs(got.Y-y-want) > 1e-6 || math.Abs(got.X-100) > 1e-6 {
		t.Errorf("after 5 s at %+v, want %.3f m left of the middle", got, want)
	}
}

func TestBranchesAtAJunction(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindFourWay})
	l := &m.Lanes[0]
	modes := predict(t, m, vehicle(l.Center.At(l.Center.Length()-10), 10))
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

func TestDriftIndicatesLaneChange(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Lanes: 2, Length: 400})
	from, to := m.Lanes[1].Center.At(0).Y, m.Lanes[0].Center.At(0).Y
	change := func(drift float64) float64 {
		tr := vehicle(geom.Pose{X: 50, Y: from, Yaw: math.Atan2(drift, 15)}, 15)
		p := 0.0
		for _, mode := range predict(t, m, tr) {
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

func TestBrakingGoesOnToAStop(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 400})
	p := prediction.New(m)
	y := m.Lanes[0].Center.At(0).Y
	x, v := 50.0, 14.0
	var modes []planning.Mode
	for i := range 40 { // 2 s of braking with 4 m/s²
		modes = p.Predict(t.Context(), &perception.Scene{Time: clock.Tick(5 * i), Tracks: []perception.Track{vehicle(geom.Pose{X: x, Y: y}, v)}})[0].Modes
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
	modes := predict(t, m, vehicle(geom.Pose{X: 50, Y: -1.75}, 0.1))
	if len(modes) != 1 || end(&modes[0]).X != 50 {
		t.Errorf("%d modes, the first ends at %+v", len(modes), end(&modes[0]))
	}
}

// An animal continues across the road; noisy echoes of a standing box are not motion.
func TestMovingObstaclesGoStraightOn(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight})
	tr := vehicle(geom.Pose{X: 50, Y: -9, Yaw: math.Pi / 2}, 3)
	tr.Class = perception.Cone
	for _, c := range []struct{ variance, far float64 }{{0, 15}, {0.04, 15}, {0.5, 0}} {
		tr.Cov[2][2], tr.Cov[3][3] = c.variance, c.variance
		modes := predict(t, m, tr)
		if got := end(&modes[0]); len(modes) != 1 || got.Pos().Dist(geom.Vec{X: 50, Y: -9 + c.far}) > 1e-9 {
			t.Errorf("with a variance of %g m²/s², %d modes, the first ends at %+v", c.variance, len(modes), got)
		}
	}
}

// An oncoming car on the wrong side of the road, with camera-like measurement
// errors, is predicted to go straight on, not to turn with every error of its
// heading.
func TestWrongWayDriverGoesStraightOn(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 400})
	y := m.Lanes[0].Center.At(0).Y
	p := prediction.New(m)
	x, worst := 300.0, 0.0
	for i := range 60 {
		at := clock.Tick(5 * i)
		tr := vehicle(geom.Pose{X: x, Y: y, Yaw: math.Pi}, 19)
		tr.Vel.Y = 0.8 * math.Sin(3*at.Seconds())
		tr.Pose.Yaw = tr.Vel.Angle()
		tr.Cov[2][2], tr.Cov[3][3] = 0.2*0.2, 0.65*0.65
		modes := p.Predict(t.Context(), &perception.Scene{Time: at, Tracks: []perception.Track{tr}})[0].Modes
		worst = math.Max(worst, math.Abs(modes[0].Poses[14].Y-y)) // in 3 s
		x -= 19 * clock.DriverPeriod.Seconds()
	}
	if worst > 2 {
		t.Errorf("predicted %.1f m off its lane", worst)
	}
}

// A wrong-way driver follows the road like other drivers, even if the measured heading
// points off the road.
func TestWrongWayDriverFollowsTheRoad(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindArc, Radius: 80, Angle: 1.5, Length: 300})
	l := &m.Lanes[0]
	for _, off := range []float64{0, 0.12, -0.12} {
		start := l.Center.Offset(150, 0.5)
		pose := geom.Pose{X: start.X, Y: start.Y, Yaw: start.Yaw + math.Pi + off}
		modes := predict(t, m, vehicle(pose, 15))
		if want := l.Center.Offset(75, 0.5); end(&modes[0]).Pos().Dist(want.Pos()) > 1 {
			t.Errorf("heading off by %.2f: after 5 s at %+v, want %+v", off, end(&modes[0]), want)
		}
		if p := modes[0].Probability; p < 0.6 || p > 0.95 {
			t.Errorf("heading off by %.2f: follows the road with probability %.2f", off, p)
		}
	}
}

func TestPedestriansMayCross(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Urban: true, Crosswalks: true, Length: 200})
	cw := &m.Crosswalks[0]
	crosses := func(tr perception.Track) float64 {
		p := 0.0
		for _, mode := range predict(t, m, tr) {
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
			t.Errorf("pedestrian that %s crosses with probability %.2f, want %.2f to %.2f", c.name, p, c.lo, c.hi)
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
		modes = p.Predict(t.Context(), &perception.Scene{Time: clock.Tick(5 * i), Tracks: []perception.Track{vehicle(pose, v)}})[0].Modes
		yaw += rate * 0.05
	}
	yaw -= rate * 0.05
	got, r := end(&modes[0]), v/rate
	want := geom.Vec{X: 100 + r*(math.Sin(yaw+5*rate)-math.Sin(yaw)), Y: 300 - r*(math.Cos(yaw+5*rate)-math.Cos(yaw))}
	if got.Pos().Dist(want) > 0.2 {
		t.Errorf("after 5 s at %+v, want %+v", got, want)
	}
}

// For random tracks, probabilities are sorted and sum to one, poses are finite,
// and speeds are bounded.
func TestForecastsAreValid(t *testing.T) {
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
		modes := p.Predict(t.Context(), &perception.Scene{Time: now, Tracks: []perception.Track{tr}})[0].Modes
		sum, last := 0.0, 1.0
		for i := range modes {
			sum += modes[i].Probability
			if modes[i].Probability > last {
				t.Fatalf("mode %d is more probable than the previous one", i)
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
		a.Predict(t.Context(), scene(i))
	}
	b := a.Clone()
	if diff := cmp.Diff(a.Predict(t.Context(), scene(20)), b.Predict(t.Context(), scene(20))); diff != "" {
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
	if n := testing.AllocsPerRun(20, func() { scene.Time += 5; p.Predict(t.Context(), scene) }); n > 0 {
		t.Errorf("%g allocations per call", n)
	}
}

func Example() {
	m, _ := road.Generate(road.Params{Kind: road.KindStraight, Length: 200})
	p := prediction.New(m)
	cast := p.Predict(context.Background(), &perception.Scene{Tracks: []perception.Track{{
		Class: perception.Car, Pose: geom.Pose{X: 20, Y: -1.75}, Vel: geom.Vec{X: 10}, Length: 4.5, Width: 1.8,
	}}})
	mode := cast[0].Modes[0]
	fmt.Printf("in 2 s at x = %.0f m\n", mode.Poses[9].X)
	// Output: in 2 s at x = 40 m
}
