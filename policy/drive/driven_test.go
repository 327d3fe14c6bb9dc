package drive_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"roadloop"
	"roadloop/policy"
	"roadloop/policy/drive"
	"roadloop/scenarios/runner"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

// open returns an environment of a named task with changes.
func open(t *testing.T, name string, change func(*drive.Config)) *drive.Env {
	t.Helper()
	c, err := drive.FindTask(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Sources {
		c.Sources[i].Count = 2
	}
	if change != nil {
		change(&c)
	}
	e, err := drive.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// coasting is a driver that always gives the same command.
type coasting struct {
	command vehicle.Command
	fails   bool
	seen    int // messages of the radar
}

func (d *coasting) Drive(ctx context.Context, obs *sensor.Observation) (roadloop.Decision, error) {
	if w, ok := sim.WorldFrom(ctx); !ok || w.Time() != obs.Now || obs.Now%clock.DriverPeriod != 0 {
		return roadloop.Decision{}, errors.New("no world of that time")
	}
	if d.fails {
		return roadloop.Decision{}, errors.New("no idea")
	}
	d.seen += len(obs.Radars)
	return roadloop.Decision{Command: d.command}, nil
}

func (d *coasting) Clone() roadloop.Driver { c := *d; return &c }
func (d *coasting) Stack() *roadloop.Stack { return nil }

// A driver that gives the commands of an action has the results of that action.
func TestDriverIsJudgedLikeActions(t *testing.T) {
	for _, name := range []string{"drive-highway-v0", "drive-library-v0"} {
		acts, driven := open(t, name, nil), open(t, name, nil)
		for seed := range uint64(4) {
			if err := errors.Join(acts.Reset(seed), driven.Reset(seed)); err != nil {
				t.Fatal(err)
			}
			d := new(coasting)
			episode, err := driven.DriveWith(func(c *roadloop.Case) (roadloop.Driver, bool, error) {
				c.Rig = c.Rig.Only(sensor.DefaultRadar)
				return d, false, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for {
				want, err := acts.Step([]float32{0, 0})
				if err != nil {
					t.Fatal(err)
				}
				got, err := episode.Step(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if got != want {
					t.Fatalf("%s, seed %d: %+v, want %+v", name, seed, got, want)
				}
				if got.Done() {
					break
				}
			}
			a, b := make([]float64, len(drive.Measures())), make([]float64, len(drive.Measures()))
			acts.Measure(a)
			driven.Measure(b)
			for i, m := range drive.Measures() {
				if a[i] != b[i] {
					t.Errorf("%s, seed %d: %s %g, want %g", name, seed, m, b[i], a[i])
				}
			}
			if d.seen < 10 {
				t.Errorf("%s: the driver saw %d messages", name, d.seen)
			}
			if _, err := episode.Step(t.Context()); err == nil {
				t.Error("a step after the end")
			}
		}
	}
}

// The modular stack with ground truth reaches the goal, on highways and in towns.
func TestStackDrivesEpisodes(t *testing.T) {
	factory, err := runner.NewOracleFactory()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"drive-highway-v0", "drive-town-v0"} {
		e := open(t, name, nil)
		reached := 0
		const episodes = 4
		for seed := range uint64(episodes) {
			if err := e.Reset(seed); err != nil {
				t.Fatal(err)
			}
			d, err := e.DriveWith(factory.Driver)
			if err != nil {
				t.Fatal(err)
			}
			var r policy.Result
			for !r.Done() {
				if r, err = d.Step(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			m := make([]float64, len(drive.Measures()))
			e.Measure(m)
			reached += int(m[0])
		}
		if reached < episodes-1 {
			t.Errorf("%s: the stack reached %d of %d goals", name, reached, episodes)
		}
	}
}

func TestBadDrivenEpisodes(t *testing.T) {
	fine := func(*roadloop.Case) (roadloop.Driver, bool, error) { return new(coasting), true, nil }
	e := open(t, "drive-highway-v0", nil)
	check := func(what string, err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
	}
	_, err := e.DriveWith(fine)
	check("no reset", err, "before the first reset")
	if err := e.Reset(1); err != nil {
		t.Fatal(err)
	}
	_, err = e.DriveWith(func(*roadloop.Case) (roadloop.Driver, bool, error) { return nil, false, errors.New("no engine") })
	check("no driver", err, "creating the driver: no engine")
	fails, err := e.DriveWith(func(*roadloop.Case) (roadloop.Driver, bool, error) { return &coasting{fails: true}, true, nil })
	if err != nil {
		t.Fatal(err)
	}
	_, err = fails.Step(t.Context())
	check("a driver that fails", err, "driver at 0.00 s: no idea")
	_, err = fails.Step(t.Context())
	check("a step after that", err, "after the end")
	if err := e.Reset(1); err != nil {
		t.Fatal(err)
	}
	_, err = fails.Step(t.Context())
	check("an episode that was reset", err, "was reset")
	if _, err := e.Step([]float32{0, 0}); err != nil {
		t.Fatal(err)
	}
	_, err = e.DriveWith(fine)
	check("too late", err, "middle of an episode")
	fast := open(t, "drive-highway-v0", func(c *drive.Config) { c.Rate = 50 })
	if err := fast.Reset(1); err != nil {
		t.Fatal(err)
	}
	_, err = fast.DriveWith(fine)
	check("50 decisions per second", err, "no whole number of steps")
}
