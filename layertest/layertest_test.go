package layertest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"roadloop"
	"roadloop/layertest"
	"roadloop/oracle"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/scenarios/drivetest"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
)

// shortCase returns a case of the library, cut to some seconds.
func shortCase(t testing.TB, id string, seconds float64) *roadloop.Case {
	t.Helper()
	c := drivetest.Plan(t, id).Drive
	c.Duration = clock.FromSeconds(seconds)
	return &c
}

// Every driver that can be named keeps the contract.
func TestDrivers(t *testing.T) {
	for _, name := range []string{"stack", "cc", "fsm", "rss", "reg157"} {
		t.Run(name, func(t *testing.T) {
			c := shortCase(t, "unprotected-left/1", 3)
			layertest.Driver(t, c, func() (roadloop.Driver, error) {
				d, blind, err := drivetest.Factory(t, name, nil).Driver(c)
				c.Blind = blind
				return d, err
			})
		})
	}
}

// The stack with the network, and with ground truth in every layer that truth can replace.
func TestLayersOfTheStack(t *testing.T) {
	eyes := drivetest.Detector(t)
	c := shortCase(t, "red-light/1", .8)
	layertest.Driver(t, c, func() (roadloop.Driver, error) {
		p, err := roadloop.NewPerception(c, eyes)
		if err != nil {
			return nil, err
		}
		return roadloop.NewStack(c, p)
	})
	layertest.Driver(t, c, func() (roadloop.Driver, error) {
		d, err := oracle.NewDetector(c.World.Map, &c.Rig)
		if err != nil {
			return nil, err
		}
		p, err := roadloop.NewPerception(c, d)
		if err != nil {
			return nil, err
		}
		s, err := roadloop.NewStack(c, p)
		if err != nil {
			return nil, err
		}
		s.Predictor = oracle.NewPredictor(c.World.Map)
		s.Planner, err = oracle.NewPlanner(c)
		return s, err
	})
}

func TestDetectors(t *testing.T) {
	c := shortCase(t, "red-light/1", 1)
	var frames []sensor.Frame
	for k := range 3 { // of separate rigs: the frames of one are overwritten
		s, err := rig.New(c.Rig.Idealized(), c.World.Map, c.World.Seed)
		if err != nil {
			t.Fatal(err)
		}
		session, err := roadloop.NewSession(c, still{})
		if err != nil {
			t.Fatal(err)
		}
		for range k {
			session.Advance(nil)
		}
		s.Sample(session.World())
		frames = append(frames, s.Observe(session.World().Time()).Frames...)
	}
	if len(frames) != 3 {
		t.Fatalf("%d frames", len(frames))
	}
	d, err := oracle.NewDetector(c.World.Map, &c.Rig)
	if err != nil {
		t.Fatal(err)
	}
	layertest.Detector(t, d, frames)
	layertest.Detector(t, drivetest.Detector(t), frames)
}

// still is a driver that does nothing.
type still struct{}

func (still) Drive(context.Context, *sensor.Observation) (roadloop.Decision, error) {
	return roadloop.Decision{}, nil
}
func (still) Clone() roadloop.Driver { return still{} }
func (still) Stack() *roadloop.Stack { return nil }

// recorder collects what a conformance test reports.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

// forgetful is a wrapper that forgets to copy itself.
type forgetful struct{ planning.Planner }

// shared is a wrapper with a counter that its copies share.
type shared struct {
	planning.Planner
	calls *int
}

func (s shared) Plan(ctx context.Context, scene *perception.Scene, forecast []planning.Forecast) (*planning.Plan, error) {
	plan, err := s.Planner.Plan(ctx, scene, forecast)
	if *s.calls++; err == nil && *s.calls > 25 {
		plan.Emergency = true
	}
	return plan, err
}
func (s shared) Clone() planning.Planner { return shared{s.Planner.Clone(), s.calls} }

// A layer that breaks the contract is found.
func TestBrokenLayersAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		wrap func(planning.Planner) planning.Planner
		want string
	}{
		"no Clone of its own": {func(p planning.Planner) planning.Planner { return forgetful{p} }, "the copy of a layertest_test.forgetful is a *trajectory.Planner"},
		"shared state":        {func(p planning.Planner) planning.Planner { return shared{p, new(int)} }, "after copying: first difference"},
	} {
		drive := shortCase(t, "cut-in/1", 2)
		drive.Blind = true
		r := &recorder{TB: t}
		layertest.Driver(r, drive, func() (roadloop.Driver, error) {
			s, err := roadloop.NewStack(drive, oracle.NewPerceiver(&drive.Rig))
			if err == nil {
				s.Planner = c.wrap(s.Planner)
			}
			return s, err
		})
		if all := strings.Join(r.failures, "\n"); !strings.Contains(all, c.want) {
			t.Errorf("%s: want %q among\n%s", name, c.want, all)
		}
	}
}
