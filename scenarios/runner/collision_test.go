package runner_test

import (
	"math"
	"strings"
	"testing"

	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/metrics/leaderboard"
	"roadloop/scenarios/runner"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
)

// planted is a collision at constant velocities. behind means that the ego hits the other
// actor from behind.
type planted struct {
	ego, other actor.Actor // at the tick of the contact
	at         clock.Tick  // of the contact
	fromBehind bool
}

// plant returns a random collision on a lane. Many are from behind. The headings differ
// by at most 30° and the overlap is at least 10 cm.
func plant(s *rng.Stream, lane *road.Lane) (p planted, ok bool) {
	kinds := [...]actor.Kind{actor.Car, actor.Van, actor.Truck, actor.Bus, actor.Motorcycle, actor.Cyclist, actor.Pedestrian, actor.Cone, actor.Animal}
	kind := kinds[s.IntN(len(kinds))]
	p.fromBehind = s.Chance(0.4)
	p.ego = actor.Actor{Kind: actor.Car, Shape: actor.DefaultShape(actor.Car)}
	p.other = actor.Actor{ID: 1, Kind: kind, Shape: actor.DefaultShape(kind)}
	at := lane.Center.Offset(50, s.Range(-1.5, 1.5))
	p.ego.State = actor.State{Pose: geom.Pose{X: at.X, Y: at.Y, Yaw: at.Yaw + s.Range(-0.2, 0.2)}, Speed: s.Range(0.06, 40)}
	// Where the other is at some time in the contact, as seen from the ego.
	there, turned := geom.Vec{X: s.Range(-4, 5), Y: s.Range(-2.2, 2.2)}, s.Range(-math.Pi, math.Pi)
	p.other.State.Speed = s.Range(0, 30)
	if p.fromBehind {
		most := (p.ego.Shape.Width+p.other.Shape.Width)/2 - 0.1
		there.Y, turned = s.Range(-most, most), s.Range(-0.5, 0.5)
		there.X = p.ego.Shape.RearToCenter + (p.ego.Shape.Length+p.other.Shape.Length)/2 - 0.05
		p.other.State.Speed = math.Max(0, p.ego.State.Speed-s.Range(0.001, 15)) // some hardly slower
	}
	middle := p.ego.State.Pose.ToWorld(there)
	yaw := p.ego.State.Pose.Yaw + turned
	axle := middle.Sub(geom.Unit(yaw).Scale(p.other.Shape.RearToCenter))
	p.other.State.Pose = geom.Pose{X: axle.X, Y: axle.Y, Yaw: yaw}
	return p, p.begin(s)
}

// begin moves both actors to the first tick of contact, some ticks after a decision.
func (p *planted) begin(s *rng.Stream) bool {
	if !geom.Overlap(p.ego.Box(), p.other.Box()) {
		return false
	}
	p.at = 10*clock.DriverPeriod + clock.Tick(s.IntN(int(clock.DriverPeriod)))
	for range 5 * clock.PerSecond {
		ego, other := p.moved(-1)
		if !geom.Overlap(ego.Box(), other.Box()) {
			return true
		}
		p.ego, p.other = ego, other
	}
	return false
}

// moved returns both actors at a later tick.
func (p *planted) moved(ticks clock.Tick) (ego, other actor.Actor) {
	ego, other = p.ego, p.other
	for _, a := range [...]*actor.Actor{&ego, &other} {
		v := a.Velocity().Scale(ticks.Seconds())
		a.State.Pose.X += v.X
		a.State.Pose.Y += v.Y
	}
	return ego, other
}

// log returns the drive log of a planted collision, with the decisions before and after
// it.
func (p *planted) log(m *road.Map) *metrics.DriveLog {
	l := &metrics.DriveLog{Map: m, Friction: 0.9, Events: []sim.Event{sim.NewCollision(p.at, &p.ego, &p.other)}}
	l.Actors = []metrics.LoggedActor{{Name: "ego", Kind: actor.Car, Shape: p.ego.Shape}, {Name: "other", Kind: p.other.Kind, Shape: p.other.Shape}}
	first := p.at / clock.DriverPeriod * clock.DriverPeriod
	for at := first; at <= first+clock.DriverPeriod; at += clock.DriverPeriod {
		ego, other := p.moved(at - p.at)
		s := metrics.LoggedStep{Time: at, States: []actor.State{ego.State, other.State}}
		s.Lane, s.S, s.D, _ = m.NearestAligned(ego.State.Pose)
		s.Progress = s.S
		l.Steps = append(l.Steps, s)
	}
	return l
}

// In 20,000 random collisions, every rear-end collision of the ego is at fault. Reason,
// verdict, status, measures and scores agree for each collision.
func TestCollisionJudgmentsAgree(t *testing.T) {
	plan := shortRoad(t)
	m := plan.Drive.World.Map
	s := rng.New(3, "planted", "collisions")
	n, behind, faults, kinds := 0, 0, 0, map[metrics.CollisionType]int{}
	for n < 20000 {
		p, ok := plant(&s, &m.Lanes[0])
		if !ok {
			continue
		}
		n++
		l := p.log(m)
		verdict, set := plan.Examine(l)
		c := set.Collisions[0]
		kinds[c.Kind]++
		if p.fromBehind {
			behind++
		}
		if p.fromBehind && !c.AtFault {
			t.Errorf("collision %d: from behind and blameless: %s\nego %+v\nother %+v", n, c.Sentence(), p.ego, p.other)
		}
		if c.AtFault {
			faults++
		}
		if verdict.Passed == c.AtFault || c.AtFault && verdict.Reason != c.Sentence() {
			t.Errorf("collision %d: verdict %+v, but %s", n, verdict, c.Sentence())
		}
		if got := set.Extremes["at_fault_collisions"] == 1; got != c.AtFault || strings.Contains(c.Sentence(), "not at fault") == c.AtFault {
			t.Errorf("collision %d: measured at fault: %v, but %s", n, got, c.Sentence())
		}
		checkScores(t, n, l, &c)
	}
	if behind < 5000 || n-behind < 5000 || n-faults < 500 || len(kinds) < 4 {
		t.Errorf("%d from behind, %d at fault, %v: too few of a kind", behind, faults, kinds)
	}
}

// shortRoad is a plan with two short lanes of 62 m, which are fast to measure.
func shortRoad(t *testing.T) *runner.Spec {
	t.Helper()
	text := strings.Replace(expecting(wall, ""), "length: 300 m", "length: 62 m", 1)
	plan, err := runner.Compile(drivetest.Case(t, drivetest.Parse(t, text), "1"))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// checkScores compares the scores of a collision with its judgment. CARLA counts every
// collision of an ego that moves at 0.1 m/s or more, at fault or not.
func checkScores(t *testing.T, n int, l *metrics.DriveLog, c *metrics.Collision) {
	t.Helper()
	for _, s := range leaderboard.All(l, nil) {
		switch s.Name {
		case leaderboard.NuPlan, leaderboard.PDMS, leaderboard.EPDMS:
			if x, _ := s.Term("no_at_fault_collision"); x.Value < 1 != c.AtFault {
				t.Errorf("collision %d: %s has %g, but %s", n, s.Name, x.Value, c.Sentence())
			}
		case leaderboard.CARLA20, leaderboard.CARLA21, leaderboard.Bench2Drive:
			name := map[metrics.Class]string{metrics.VRU: "collisions_vehicle", metrics.Vehicle: "collisions_vehicle", metrics.Object: "collisions_static"}[c.Class]
			if l.Actors[1].Kind.OnFoot() {
				name = "collisions_pedestrian"
			}
			if x, _ := s.Term(name); x.Value < 1 != (c.EgoSpeed >= 0.1) {
				t.Errorf("collision %d at %g m/s: %s has %g in %s", n, c.EgoSpeed, s.Name, x.Value, name)
			}
		case leaderboard.Severity:
			if x, _ := s.Term("impact_speed"); x.Value != c.ImpactSpeed || c.ImpactSpeed != l.Events[0].Value {
				t.Errorf("collision %d: %s has %g m/s, the measure %g, the event %g", n, s.Name, x.Value, c.ImpactSpeed, l.Events[0].Value)
			}
		}
	}
}

// The live status of the expectation on collisions fails together with the verdict.
func TestCollisionStatusMatchesVerdict(t *testing.T) {
	plan := shortRoad(t)
	s := rng.New(4, "planted", "standings")
	for n := 0; n < 200; {
		p, ok := plant(&s, &plan.Drive.World.Map.Lanes[0])
		if !ok {
			continue
		}
		n++
		l := p.log(plan.Drive.World.Map)
		want := runner.Met
		if !plan.Judge(l).Passed {
			want = runner.Failed
		}
		if got := plan.Statuses(l, false)[0]; got.State != want {
			t.Errorf("collision %d: standing %+v, want %v", n, got, want)
		}
	}
}
