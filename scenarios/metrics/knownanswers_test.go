package metrics

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// car is the shape of all actors in these logs: 4 m by 2 m, from 0.5 m behind its origin
// to 3.5 m ahead of it.
var car = actor.Shape{Length: 4, Width: 2, Height: 1.5, RearToCenter: 1.5}

// course returns the state of an actor at a time in seconds.
type course func(t float64) actor.State

// along moves from (x, y) at a constant speed in direction yaw.
func along(x, y, yaw, speed float64) course {
	v := geom.Unit(yaw).Scale(speed)
	return func(t float64) actor.State {
		return actor.State{Pose: geom.Pose{X: x + v.X*t, Y: y + v.Y*t, Yaw: yaw}, Speed: speed}
	}
}

// standing stays at (x, y).
func standing(x, y float64) course { return along(x, y, 0, 0) }

// makeLog returns the log of a drive along courses, the ego's first, on a straight road
// with two lanes of 4 m in one direction. y is relative to the center of the right lane.
// All actors are cars unless kinds specifies others.
func makeLog(t testing.TB, seconds float64, courses []course, kinds ...actor.Kind) *DriveLog {
	t.Helper()
	m, err := road.Generate(road.Params{Kind: road.KindStraight, Lanes: 2, OneWay: true, LaneWidth: 4, Length: 400, SpeedLimit: 15})
	if err != nil {
		t.Fatal(err)
	}
	l := &DriveLog{Map: m, Friction: 0.9, Route: planning.Route{Lanes: []road.LaneID{0}}}
	for i := range courses {
		a := LoggedActor{Name: string(rune('a' + i)), Kind: actor.Car, Shape: car}
		if i < len(kinds) {
			a.Kind = kinds[i]
		}
		l.Actors = append(l.Actors, a)
	}
	right := m.Lanes[0].Center.At(0).Y
	touched := make([]bool, len(courses))
	for now := clock.Tick(0); now <= clock.FromSeconds(seconds); now++ {
		s := LoggedStep{Time: now}
		for _, c := range courses {
			state := c(now.Seconds())
			state.Pose.Y += right
			s.States = append(s.States, state)
		}
		ego := actor.Actor{Shape: car, State: s.States[0]}
		for id := 1; id < len(courses); id++ {
			other := actor.Actor{ID: actor.ID(id), Shape: car, State: s.States[id]}
			if !touched[id] && geom.Overlap(ego.Box(), other.Box()) {
				touched[id] = true
				l.Events = append(l.Events, sim.NewCollision(now, &ego, &other))
			}
		}
		if now%clock.DriverPeriod == 0 {
			s.Lane, s.S, s.D, _ = m.NearestAligned(s.States[0].Pose)
			s.Progress = s.S
			l.Steps = append(l.Steps, s)
		}
	}
	return l
}

// check compares true values at a step.
func check(t *testing.T, s *Safety, step int, want map[string]float64) {
	t.Helper()
	for name, v := range want {
		got := s.Find(name).Truth[step]
		if math.Abs(got-v) > 1e-6 && !(math.IsNaN(got) && math.IsNaN(v)) {
			t.Errorf("%s at %.2f s: %g, want %g", name, s.Times[step], got, v)
		}
	}
}

// The ego at 20 m/s follows a lead at 10 m/s, 50 m from bumper to bumper.
func TestFollowingByHand(t *testing.T) {
	s := ComputeSafety(makeLog(t, 2, []course{along(50, 0, 0, 20), along(104, 0, 0, 10)}))
	check(t, s, 0, map[string]float64{
		"gap": 50, "ttc": 5, "thw": 2.5, "drac": 1, "mttc": 5, "btn": 1 / (0.9 * 9.80665),
		// 20 + 3.5/2 + 23.5²/8 - 10²/16
		"rss_distance": 84.53125, "rss_margin": -34.53125, "r157_margin": 50 - 1.6*20,
		"speed": 20, "overspeed": 5, "speed_limit": 15, "lateral_error": 0, "edge_distance": 1, "side_gap": math.NaN(),
	})
	check(t, s, 20, map[string]float64{"gap": 40, "ttc": 4, "thw": 2, "drac": 1.25})
	if s.Leads[0] != 1 || s.Extremes["min_gap"] != s.Find("gap").Truth[40] || s.At["min_gap"] != 2 {
		t.Errorf("lead %d, least gap %g at %g s", s.Leads[0], s.Extremes["min_gap"], s.At["min_gap"])
	}
	if first := s.First("min_ttc", func(v float64) bool { return v < 4.01 }); first != 1 {
		t.Errorf("TTC below 4.01 s first at %g s, want 1 s", first)
	}
	if Unit("min_gap") != "m" || Unit("believed_max_drac") != "m/s²" || Unit("belief_gap_ttc") != "s" || Unit("tet") != "s" || Unit("what") != "" {
		t.Error("units of extremes are wrong")
	}
}

func TestLeadBrakesByHand(t *testing.T) {
	lead := func(t float64) actor.State {
		s := along(104, 0, 0, 10)(t)
		s.Accel = -2
		return s
	}
	s := ComputeSafety(makeLog(t, 0.1, []course{along(50, 0, 0, 20), lead}))
	// 50 = 10 t + t²
	check(t, s, 0, map[string]float64{"mttc": math.Sqrt(75) - 5, "ttc": 5})
}

// An oncoming car in the ego's lane is a lead with the RSS distance for oncoming traffic.
func TestOncomingByHand(t *testing.T) {
	s := ComputeSafety(makeLog(t, 0.1, []course{along(50, 0, 0, 10), along(161, 0, math.Pi, 10)}))
	// Bumpers at 53.5 and 157.5 m. Own: 10 + 1.75 + 13.5²/6; other: 20 + 7 + 17²/8.
	check(t, s, 0, map[string]float64{"gap": 104, "ttc": 5.2, "drac": 400. / 208, "rss_distance": 11.75 + 30.375 + 27 + 36.125})
}

// Actors alongside, behind and far to the side are not the lead.
func TestOthersByHand(t *testing.T) {
	s := ComputeSafety(makeLog(t, 1, []course{along(50, 0, 0, 10), along(50, 3, 0, 10), along(20, 0, 0, 30)}))
	check(t, s, 0, map[string]float64{"gap": math.NaN(), "thw": math.NaN(), "ttc": math.NaN(),
		"side_gap": 1, "rss_side_distance": 0.725, "rss_side_margin": 0.275})
	left := ComputeSafety(makeLog(t, 1, []course{along(50, 4, 0, 10), along(50, 1, 0, 10)}))
	check(t, left, 0, map[string]float64{"side_gap": 1, "rss_side_distance": 0.725})
}

func TestBeliefAgainstTruth(t *testing.T) {
	l := makeLog(t, 2, []course{along(50, 0, 0, 20), along(104, 0, 0, 10)})
	for i := range l.Steps {
		s := &l.Steps[i]
		s.Belief = Belief{Known: true, Ego: perception.Ego{Pose: s.States[0].Pose, Speed: 19}}
		s.Belief.Ego.Pose.X--
		lead := l.At(i, 1)
		box := lead.Box()
		if i >= 20 {
			s.Belief.Tracks = []perception.Track{{Pose: geom.Pose{X: box.Center.X + 5, Y: box.Center.Y}, Vel: geom.Vec{X: 12}, Length: 4, Width: 2}}
		}
	}
	s := ComputeSafety(l)
	m := s.Find("gap")
	if !math.IsNaN(m.Believed[0]) || !math.IsNaN(m.Gap(0)) || math.Abs(m.Gap(20)-6) > 1e-6 {
		t.Errorf("believed gaps %g and %g, the latter %g m too large; want NaN, and 6 m too large", m.Believed[0], m.Believed[20], m.Gap(20))
	}
	for name, want := range map[string]float64{"belief_gap_speed": -1, "belief_gap_gap": 6, "lead_unseen": 0.95, "lead_imagined": 0, "believed_max_speed": 19} {
		if got := s.Extremes[name]; math.Abs(got-want) > 1e-6 {
			t.Errorf("%s is %g, want %g", name, got, want)
		}
	}
	if d := s.Find("ttc").Believed[20]; math.Abs(d-46./7) > 1e-6 { // 46 m at 19 - 12 m/s
		t.Errorf("believed TTC %g s", d)
	}
}

// The ego enters the path of the crossing car at 4.55 s and leaves it at 5.15 s.
func TestPostEncroachmentByHand(t *testing.T) {
	ego := along(0, 0, 0, 10)
	crosser := func(at float64) course { return along(50, -5*at, math.Pi/2, 5) } // its origin on the ego's line then
	for _, c := range []struct {
		name     string
		courses  []course
		pet      float64
		egoFirst bool
	}{
		// Its rear leaves the strip 1.5 m after its origin was there.
		{"the other first", []course{ego, crosser(2.7)}, 4.55 - 3, false},
		// Its front comes 4.5 m before its origin.
		{"the ego first", []course{ego, crosser(7.4)}, 6.5 - 5.15, true},
		{"they meet", []course{ego, crosser(5)}, 0, false},
		{"never", []course{ego, along(50, -60, math.Pi/2, 5)}, math.NaN(), false},
		{"it follows", []course{ego, along(-20, 0, 0, 10)}, math.NaN(), false},
	} {
		s := ComputeSafety(makeLog(t, 9, c.courses))
		e := s.Encounters[0]
		// The record has steps of 0.05 s.
		if got := float64(e.PET); math.IsNaN(got) != math.IsNaN(c.pet) || math.Abs(got-c.pet) > 0.1 {
			t.Errorf("%s: PET %.2f s, want %.2f s", c.name, got, c.pet)
		}
		if c.pet > 0 && e.EgoFirst != c.egoFirst {
			t.Errorf("%s: ego first %v", c.name, e.EgoFirst)
		}
		if least, ok := s.Extremes["min_pet"]; ok != (c.pet > 0) || ok && least != float64(e.PET) {
			t.Errorf("%s: least PET %g, %v", c.name, least, ok)
		}
	}
}

func TestPassingByHand(t *testing.T) {
	s := ComputeSafety(makeLog(t, 5, []course{along(20, 0, 0, 10), standing(40, 3.5), along(60, 3.2, 0, 10)}))
	e := s.Encounters[0]
	// The ego's rear is past its front when 20 + 10 t - 0.5 > 43.5.
	if math.Abs(float64(e.Clearance)-1.5) > 1e-6 || math.Abs(float64(e.PassedAt)-2.4) > 0.051 || math.Abs(float64(e.Distance)-1.5) > 1e-6 {
		t.Errorf("%+v", e)
	}
	if e := s.Encounters[1]; !e.PassedAt.IsZero() || !e.Clearance.IsZero() {
		t.Errorf("the actor that stays ahead: %+v", e)
	}
}

func TestCollisionsByHand(t *testing.T) {
	forward := along(20, 0, 0, 10)
	for _, c := range []struct {
		name          string
		courses       []course
		kind          actor.Kind
		contact       CollisionType
		fault         bool
		impact, delta float64
		headOn        float64
	}{
		{"into a standing car", []course{forward, standing(40, 0)}, actor.Car, StoppedOne, true, 10, 5, 10},
		{"into a slower car", []course{forward, along(40, 0, 0, 4)}, actor.Car, ActiveFront, true, 6, 3, 6},
		{"into a car that is hardly slower, between two decisions", []course{forward, along(24.0406, 0, 0, 9.98)}, actor.Car, ActiveFront, true, 0.02, 0.01, 0.02},
		{"into a walker", []course{forward, along(45, -4, math.Pi/2, 1.5)}, actor.Pedestrian, ActiveFront, true, math.Hypot(10, 1.5), math.Hypot(10, 1.5) * 75 / 1475, 10},
		{"hit from behind", []course{forward, along(0, 0, 0, 15)}, actor.Car, ActiveRear, false, 5, 2.5, 0},
		{"hit while it stands", []course{standing(40, 0), along(0, 0, 0, 15)}, actor.Car, EgoStopped, false, 15, 7.5, 0},
		{"hit from the side", []course{forward, along(18, 3, -math.Asin(0.05), 10)}, actor.Car, Lateral, false, math.NaN(), math.NaN(), math.NaN()},
		{"hit from the side between lanes", []course{along(20, 2, 0, 10), along(18, 5, -math.Asin(0.05), 10)}, actor.Car, Lateral, true, math.NaN(), math.NaN(), math.NaN()},
	} {
		s := ComputeSafety(makeLog(t, 6, c.courses, actor.Car, c.kind))
		if len(s.Collisions) != 1 {
			t.Errorf("%s: %d collisions", c.name, len(s.Collisions))
			continue
		}
		got := &s.Collisions[0]
		if got.Kind != c.contact || got.AtFault != c.fault || got.Class != ClassOf(c.kind) {
			t.Errorf("%s: %s", c.name, got.Sentence())
		}
		if !math.IsNaN(c.impact) && (math.Abs(got.ImpactSpeed-c.impact) > 1e-6 || math.Abs(got.DeltaV-c.delta) > 1e-6 || math.Abs(got.HeadOn-c.headOn) > 1e-6) {
			t.Errorf("%s: impact %g, head on %g, change %g m/s", c.name, got.ImpactSpeed, got.HeadOn, got.DeltaV)
		}
		blame := map[bool]float64{true: 1}[c.fault]
		if s.Extremes["collisions"] != 1 || s.Extremes["at_fault_collisions"] != blame {
			t.Errorf("%s: extremes %v", c.name, s.Extremes)
		}
	}
}

// A car hits the standing ego from behind and passes through it; later the ego hits that
// car. The second contact counts for the metrics, as it is the first at fault.
func TestSecondContactAtFaultCounts(t *testing.T) {
	ego := func(t float64) actor.State {
		if t < 3 {
			return standing(40, 0)(t)
		}
		return along(40, 0, 0, 10)(t - 3)
	}
	chaser := func(t float64) actor.State {
		if t < 3 {
			return along(20, 0, 0, 10)(t)
		}
		return standing(50, 0)(t)
	}
	l := makeLog(t, 6, []course{ego, chaser})
	at := clock.FromSeconds(3.6)
	a, b := l.At(l.StepBefore(at), actor.Ego), l.At(l.StepBefore(at), 1)
	l.Events = append(l.Events, sim.NewCollision(at, &a, &b))
	s := ComputeSafety(l)
	if len(s.Collisions) != 2 || s.Collisions[0].Kind != EgoStopped || s.Collisions[1].Kind != StoppedOne || s.Extremes["at_fault_collisions"] != 1 {
		t.Errorf("collisions %+v", s.Collisions)
	}
	if first := FirstContacts(l); len(first) != 1 || first[0].Time != s.Collisions[0].Time {
		t.Errorf("first contacts %+v", first)
	}
	l.Events = append(l.Events, l.Events[1]) // a third contact
	if n := len(Collisions(l)); n != 2 {
		t.Errorf("%d collisions of three contacts, want 2", n)
	}
}

// An actor no longer counts after a collision.
func TestCollisionEndsEncounter(t *testing.T) {
	s := ComputeSafety(makeLog(t, 4, []course{standing(40, 0), along(0, 0, 0, 15)})) // drives on through the ego
	if g, ok := s.Extremes["min_gap"]; ok {
		t.Errorf("the gap fell to %g m after the contact from behind", g)
	}
	if ttc, ok := s.Extremes["min_ttc"]; ok {
		t.Errorf("an ego that stands has a time to collision of %g s", ttc)
	}
}

func TestColors(t *testing.T) {
	for _, c := range []struct {
		test, impact float64 // km/h
		want         Color
	}{
		{10, 0, Green}, {80, 0, Green}, {10, 1, Red}, {20, 5, Red}, {29, 5, Red},
		{30, 10, Brown}, {30, 11, Red}, {29.8, 9, Brown},
		{40, 10, Orange}, {40, 20, Brown}, {40, 21, Red},
		{50, 10, Yellow}, {50, 20, Orange}, {60, 30, Brown}, {80, 31, Red}, {50, 90, Red},
	} {
		if got := ColorOf(c.test/3.6, c.impact/3.6); got != c.want {
			t.Errorf("%g km/h, impact at %g: %s, want %s", c.test, c.impact, got, c.want)
		}
		if back, ok := ParseColor(c.want.String()); !ok || back != c.want {
			t.Errorf("%s reads back as %s", c.want, back)
		}
	}
	if _, ok := ParseColor("pink"); ok {
		t.Error("pink is a color")
	}
}

func TestEmptyRecord(t *testing.T) {
	s := ComputeSafety(&DriveLog{Actors: make([]LoggedActor, 2)})
	if len(s.Times) != 0 || len(s.Encounters) != 1 {
		t.Errorf("%+v", s)
	}
}

// BenchmarkMeasures measures a run of 20 s with ten other actors.
func BenchmarkMeasures(b *testing.B) {
	courses := []course{along(20, 0, 0, 12)}
	for i := range 10 {
		courses = append(courses, along(40+float64(12*i), float64(4*(i%2)), 0, 9+float64(i)/2))
	}
	l := makeLog(b, 20, courses)
	for i := range l.Steps {
		s := &l.Steps[i]
		s.Belief = Belief{Known: true, Ego: perception.Ego{Pose: s.States[0].Pose, Speed: s.States[0].Speed}}
		for id := 1; id < len(l.Actors); id++ {
			a := l.At(i, actor.ID(id))
			box := a.Box()
			s.Belief.Tracks = append(s.Belief.Tracks, perception.Track{ID: int32(id), Vel: a.Velocity(),
				Pose: geom.Pose{X: box.Center.X, Y: box.Center.Y, Yaw: box.Yaw}, Length: box.Length, Width: box.Width})
		}
	}
	for b.Loop() {
		ComputeSafety(l)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
}
