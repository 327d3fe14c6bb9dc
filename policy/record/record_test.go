package record_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roadloop"
	"roadloop/policy"
	"roadloop/policy/drive"
	"roadloop/policy/highway"
	"roadloop/policy/learn"
	"roadloop/policy/record"
	"roadloop/scenarios/drivetest"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// task returns the environments of a task with few maps.
func task(t *testing.T, name string, change func(*drive.Config)) func() (policy.Env, error) {
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
	opened, err := drive.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return opened.Env
}

// read reads a data set.
func read(t *testing.T, path string) *learn.Dataset {
	t.Helper()
	d, err := learn.ReadDataset(path)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// same checks observation i of a data set.
func same(t *testing.T, d *learn.Dataset, i int, obs []policy.Array, action []float32) {
	t.Helper()
	got := make([]policy.Array, len(obs))
	policy.At(got, d.Obs, d.Spec.Observation, i)
	for k := range obs {
		if !slices.Equal(got[k].Floats, obs[k].Floats) || !bytes.Equal(got[k].Bytes, obs[k].Bytes) {
			t.Fatalf("observation %d: %s differs", i, d.Spec.Observation[k].Name)
		}
	}
	if n := len(action); !slices.Equal(d.Actions[i*n:(i+1)*n], action) {
		t.Fatalf("observation %d: action %v, want %v", i, d.Actions[i*n:(i+1)*n], action)
	}
}

// A data set has the observations and actions of the episodes, bit by bit and in their order,
// for any number of workers.
func TestEpisodesAreRecorded(t *testing.T) {
	create := task(t, "drive-highway-v0", func(c *drive.Config) { c.Time = 8 })
	var files [2][]byte
	path := filepath.Join(t.TempDir(), "drives.rld")
	e := record.Episodes{New: create, Driver: drive.CarFollowing, Seed: 5, Count: 4,
		Open: func() (*record.Driver, error) { return record.Baseline(drive.CarFollowing), nil }}
	for k := range files {
		last, shown := 0, 0
		s, err := e.Record(t.Context(), path, record.Options{All: true, Workers: 2 * k, Done: func(n, observations int) { last, shown = n, observations }})
		if err != nil {
			t.Fatal(err)
		}
		if s.Drives != 4 || last != 4 || s.Observations != shown || len(s.DrivesLeftOut) != 0 {
			t.Errorf("%+v, %d drives shown", s, last)
		}
		if files[k], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two workers write another file than one")
	}
	d, i := read(t, path), 0
	env, err := create()
	if err != nil {
		t.Fatal(err)
	}
	obs, action := policy.NewArrays(env.Spec().Observation, 1), make([]float32, 2)
	for k, by := range d.Drives {
		if by.Seed != policy.TrainingSeed(5+uint64(k)) || by.Driver != "idm-mobil" || by.Success != (by.Ending == "goal reached") {
			t.Errorf("drive %d: %+v", k, by)
		}
		if err := env.Reset(by.Seed); err != nil {
			t.Fatal(err)
		}
		first := i
		for r := (policy.Result{}); !r.Done(); i++ {
			env.Observe(obs)
			if err := env.(policy.Guided).Baseline(drive.CarFollowing, action); err != nil {
				t.Fatal(err)
			}
			same(t, d, i, obs, action)
			if r, err = env.Step(action); err != nil {
				t.Fatal(err)
			}
		}
		if i-first != by.Count {
			t.Errorf("drive %d has %d observations, want %d", k, by.Count, i-first)
		}
	}
	if i != d.Count {
		t.Errorf("%d observations, want %d", d.Count, i)
	}
}

// keeps is a driver that gives the same command at all times.
func keeps(command vehicle.Command) func() (*record.Driver, error) {
	return func() (*record.Driver, error) {
		return record.Commands(constant{command}), nil
	}
}

// Commands of a driver become the actions that give them, and observations show them as the last
// action; one of two decisions is kept.
func TestCommandsBecomeActions(t *testing.T) {
	create := task(t, "drive-highway-v0", func(c *drive.Config) { c.Time = 3 })
	path := filepath.Join(t.TempDir(), "drives.rld")
	e := record.Episodes{New: create, Driver: "braking", Count: 1, Open: keeps(vehicle.Command{Accel: -1.5})}
	s, err := e.Record(t.Context(), path, record.Options{All: true, Every: 2})
	if err != nil {
		t.Fatal(err)
	}
	d := read(t, path)
	env, err := create()
	if err != nil {
		t.Fatal(err)
	}
	if err := env.Reset(policy.TrainingSeed(0)); err != nil {
		t.Fatal(err)
	}
	obs, want := policy.NewArrays(env.Spec().Observation, 1), []float32{0, -.25}
	n := 0
	for r := (policy.Result{}); !r.Done(); n++ {
		env.Observe(obs)
		if n%2 == 0 {
			same(t, d, n/2, obs, want)
		}
		if r, err = env.Step(want); err != nil {
			t.Fatal(err)
		}
	}
	if d.Count != (n+1)/2 || s.Clipped != 0 {
		t.Errorf("%d observations of %d decisions, %d clipped", d.Count, n, s.Clipped)
	}
	e.Open = keeps(vehicle.Command{Accel: -9})
	if s, err = e.Record(t.Context(), path, record.Options{All: true}); err != nil || s.Clipped != s.Observations || read(t, path).Actions[1] != -1 {
		t.Errorf("braking with 9 m/s²: %+v, %v", s, err)
	}
}

// Drives that fail are left out and counted.
func TestFailedDrivesAreLeftOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "drives.rld")
	e := record.Episodes{New: task(t, "drive-highway-v0", nil), Driver: "full throttle", Count: 2, Open: keeps(vehicle.Command{Accel: 2.4, Steer: .1})}
	if _, err := e.Record(t.Context(), path, record.Options{}); err == nil || !strings.HasPrefix(err.Error(), "nothing is kept of 2 drives: 2 off-road") {
		t.Errorf("error %v", err)
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 0 {
		t.Errorf("files %v, %v", files, err)
	}
	s, err := e.Record(t.Context(), path, record.Options{All: true})
	if err != nil {
		t.Fatal(err)
	}
	if d := read(t, path); s.Drives != 2 || d.Drives[0].Success || d.Drives[0].Ending != "off-road" {
		t.Errorf("%+v, %+v", s, d.Drives)
	}
}

// A discrete task has the actions of its baselines, but none for commands.
func TestDiscreteTasks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "drives.rld")
	create := func() (policy.Env, error) { return highway.New(highway.FastV0()) }
	env, err := create()
	if err != nil {
		t.Fatal(err)
	}
	name := env.(policy.Guided).Baselines()[0]
	e := record.Episodes{New: create, Driver: name, Count: 2, Open: func() (*record.Driver, error) { return record.Baseline(name), nil }}
	s, err := e.Record(t.Context(), path, record.Options{All: true})
	if err != nil || read(t, path).Count != s.Observations || s.Observations == 0 {
		t.Errorf("%+v, %v", s, err)
	}
	for want, open := range map[string]func() (*record.Driver, error){
		"has no expert":           func() (*record.Driver, error) { return record.Expert(), nil },
		"has no car with sensors": keeps(vehicle.Command{}),
	} {
		e.Open = open
		if _, err := e.Record(t.Context(), path, record.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	e.New, e.Open = task(t, "drive-highway-v0", func(c *drive.Config) { c.Control = drive.Meta }), keeps(vehicle.Command{})
	if _, err := e.Record(t.Context(), path, record.Options{}); err == nil || !strings.Contains(err.Error(), "are maneuvers, which do not follow from the commands") {
		t.Errorf("commands as maneuvers: %v", err)
	}
}

func readTrace(_ context.Context, path string) (*trace.Trace, error) { return trace.ReadFile(path) }

// save writes a trace.
func save(t *testing.T, tr *trace.Trace) string {
	t.Helper()
	data, err := tr.Encode()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "drive.trace")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A trace of a drive by a human has the commands that were executed. The human brakes with
// 3 m/s² in the decisions 21 to 39, every second of which is one of the task.
func TestHumanDriveIsRecorded(t *testing.T) {
	tr := drivetest.DriveWithHumanBraking(t, drivetest.Plan(t, "slower-lead/1"), 21, 40, 3).Trace()
	create := task(t, "drive-highway-v0", nil)
	path := filepath.Join(t.TempDir(), "drives.rld")
	traces := record.Traces{New: create, Files: []string{save(t, tr)}, Read: readTrace}
	s, err := traces.Record(t.Context(), path, record.Options{All: true, Hands: true})
	if err != nil {
		t.Fatal(err)
	}
	d := read(t, path)
	if by := d.Drives[0]; s.Observations != 9 || s.Hands != 9 || by.Hands != 9 || by.Case != "slower-lead/1" || by.Trace != tr.SHA256() || !strings.Contains(by.Driver, "human") {
		t.Errorf("%+v, %+v", s, by)
	}
	if len(s.DecisionsLeftOut) != 1 || s.DecisionsLeftOut[0].Reason != "no human drove" || s.DecisionsLeftOut[0].Count < 20 {
		t.Errorf("left out %+v", s.DecisionsLeftOut)
	}
	for i := range d.Count {
		if a := d.Actions[2*i : 2*i+2]; a[0] != 0 || a[1] != -.5 {
			t.Errorf("observation %d: action %v, want 3 of 6 m/s²", i, a)
		}
	}
	s, err = traces.Record(t.Context(), path, record.Options{All: true})
	if err != nil {
		t.Fatal(err)
	}
	whole := read(t, path)
	if s.Hands != 9 || whole.Count < 60 || !slices.Equal(whole.Actions[2*11:2*20], d.Actions) || !slices.Equal(whole.Obs[0].Floats[11*drive.StateSize:20*drive.StateSize], d.Obs[0].Floats) {
		t.Errorf("all decisions: %+v", s)
	}
	// Values 23 and 24 of the state are the last action.
	for i := 1; i < whole.Count; i++ {
		if state := whole.Obs[0].Floats[i*drive.StateSize:]; state[23] != whole.Actions[2*i-2] || state[24] != whole.Actions[2*i-1] {
			t.Fatalf("observation %d shows another last action", i)
		}
	}
}

func TestBadTraces(t *testing.T) {
	whole := drivetest.DriveWithHumanBraking(t, drivetest.Short(t, "straight", 1, 2), 5, 9, 1).Trace()
	changed := whole.Clone()
	changed.Records = slices.Clone(changed.Records)
	changed.Records[2].Command.Accel++
	weather := whole.Clone()
	weather.Header.Changes = []trace.Change{{Record: 3, Kind: "weather"}}
	empty := whole.Clone()
	empty.Records, empty.Overrides, empty.End = nil, nil, trace.Digest{}
	library := task(t, "drive-library-v0", nil)
	normal := task(t, "drive-highway-v0", nil)
	held := drivetest.DriveWithHumanBraking(t, drivetest.Short(t, "straight", 1, .2), 0, 2, 1).Trace()
	for _, c := range []struct {
		what   string
		create func() (policy.Env, error)
		trace  *trace.Trace
		hands  bool
		want   string
	}{
		{"a changed command", normal, changed, false, "differs from the recorded one: the trace comes from another version of roadloop or was changed"},
		{"a change of the weather", normal, weather, false, "the weather was changed during the drive"},
		{"no decisions", normal, empty, false, "the trace has no decisions"},
		{"a case of the evaluation", library, held, false, "drive-library-v0 is evaluated with the case straight/1"},
		{"another kind of task", func() (policy.Env, error) { return highway.New(highway.FastV0()) }, whole, false, "is not driven in the worlds of traces"},
		{"maneuvers", task(t, "drive-highway-v0", func(c *drive.Config) { c.Control = drive.Meta }), whole, false, "are maneuvers"},
		{"no human", normal, withoutOverrides(t), true, "nothing is kept of 1 drive: 1 without a decision to keep"},
	} {
		r := record.Traces{New: c.create, Files: []string{save(t, c.trace)}, Read: readTrace}
		if _, err := r.Record(t.Context(), filepath.Join(t.TempDir(), "drives.rld"), record.Options{All: true, Hands: c.hands}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.what, err, c.want)
		}
	}
}

// withoutOverrides is a trace of the stack alone.
func withoutOverrides(t *testing.T) *trace.Trace {
	return drivetest.DriveWithHumanBraking(t, drivetest.Short(t, "straight", 1, 2), 0, 0, 0).Trace()
}

// constant creates drivers that give the same command at all times.
type constant struct{ command vehicle.Command }

func (c constant) Driver(*roadloop.Case) (roadloop.Driver, bool, error) { return c, true, nil }
func (constant) Close() error                                           { return nil }
func (c constant) Drive(context.Context, *sensor.Observation) (roadloop.Decision, error) {
	return roadloop.Decision{Command: c.command}, nil
}
func (c constant) Clone() roadloop.Driver { return c }
func (constant) Stack() *roadloop.Stack   { return nil }
