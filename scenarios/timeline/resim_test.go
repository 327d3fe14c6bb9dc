package timeline_test

import (
	"errors"
	"io"
	"math"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/trace"
)

// drive drives a case of seed 1 under ground truth.
func drive(t testing.TB, s *scenarios.Scenario) *runner.Outcome {
	t.Helper()
	c, err := s.Case(1)
	if err != nil {
		t.Fatal(err)
	}
	return drivetest.Outcome(t, c, nil)
}

func find(t testing.TB, name string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// begin starts the re-simulation of a trace from its encoded commandLog.
func beginResim(t testing.TB, trace *trace.Trace) *timeline.Resim {
	t.Helper()
	commandLog, err := timeline.NewCommandLog(trace)
	if err != nil {
		t.Fatal(err)
	}
	data, err := commandLog.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if commandLog, err = timeline.ReadCommandLog(data); err != nil {
		t.Fatal(err)
	}
	r, err := timeline.NewResim(commandLog)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// crash fails at once.
const crash = `
version: 1
name: Crash
map: {kind: straight, length: 400 m}
ego: {lane: 0, s: 20 m, speed: 25 m/s}
actors: [{id: wall, kind: car, lane: 0, s: 50 m}]
until: {time: 6 s}
`

// Re-simulation repeats every world bit by bit, and the events and the verdict.
func TestDrivesAreResimulated(t *testing.T) {
	failing, err := scenarios.Parse("crash.yaml", []byte(crash))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*scenarios.Scenario{find(t, "cut-in"), find(t, "roundabout"), find(t, "pedestrian-group"), find(t, "slippery-curve"), find(t, "string"), failing} {
		t.Run(s.Slug(), func(t *testing.T) {
			native := drive(t, s)
			r := beginResim(t, native.Trace)
			if more, err := r.Advance(math.MaxInt); more || err != nil {
				t.Fatal(err)
			}
			if r.Checked() != len(native.Trace.Records) || r.Len() != r.Checked() {
				t.Fatalf("%d of %d decisions were checked, the trace has %d", r.Checked(), r.Len(), len(native.Trace.Records))
			}
			for i, d := range r.Digests() {
				if d != native.Trace.Records[i].Layers[trace.LayerWorld] {
					t.Fatalf("decision %d has another hash than in the trace", i)
				}
			}
			again := r.Outcome()
			if len(again.Log.Steps) != len(native.Log.Steps) || len(again.Log.Events) != len(native.Log.Events) {
				t.Errorf("%d steps and %d events, natively %d and %d", len(again.Log.Steps), len(again.Log.Events), len(native.Log.Steps), len(native.Log.Events))
			}
			if a, b := &again.Verdict, &native.Verdict; a.Passed != b.Passed || a.Reason != b.Reason || a.At != b.At {
				t.Errorf("the verdict is %+v, natively %+v", a, b)
			}
			if _, err := r.Next(); !errors.Is(err, io.EOF) {
				t.Errorf("after the end: %v", err)
			}
		})
	}
}

// The result of At does not depend on earlier calls.
func TestAtInAnyOrder(t *testing.T) {
	r := beginResim(t, drive(t, find(t, "cut-in")).Trace)
	var straight []*sim.World
	for {
		m, err := r.Next()
		if err != nil {
			break
		}
		straight = append(straight, m.World.Clone())
	}
	last := clock.Tick(r.Len()-1) * clock.DriverPeriod
	for _, at := range []clock.Tick{0, 777, 778, 3, last + 100, 500, 505, 499, -7, last, 1000, 5} {
		w, err := r.At(at)
		if err != nil {
			t.Fatal(err)
		}
		want := max(0, min(at, last))
		if w.Time() != want {
			t.Fatalf("asked for %v it shows %v", at, w.Time())
		}
		if i := int(want / clock.DriverPeriod); want%clock.DriverPeriod == 0 {
			var d trace.Digester
			if d.World(w) != d.World(straight[i]) {
				t.Errorf("at %v the world differs from the simulated one", want)
			}
		}
	}
}

// A changed recording is detected at the change, and no later world is returned.
func TestChangedTraceIsDetected(t *testing.T) {
	whole := drive(t, find(t, "cut-in")).Trace
	for name, c := range map[string]struct {
		change func(*trace.Trace)
		at     int // the first decision that differs
	}{
		"command":         {func(t *trace.Trace) { t.Records[100].Command.Accel -= 1e-9 }, 101},
		"steering":        {func(t *trace.Trace) { t.Records[7].Command.Steer += 1e-12 }, 8},
		"hash":            {func(t *trace.Trace) { t.Records[33].Layers[trace.LayerWorld][0] ^= 1 }, 33},
		"last":            {func(t *trace.Trace) { t.Records[len(t.Records)-1].Layers[trace.LayerWorld][7] ^= 1 }, len(whole.Records) - 1},
		"steered at last": {func(t *trace.Trace) { t.Records[len(t.Records)-1].Command.Steer += 1e-9 }, len(whole.Records)},
		"end":             {func(t *trace.Trace) { t.End[7] ^= 1 }, len(whole.Records)},
		"seed":            {func(t *trace.Trace) { t.Header.Case = "2" }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			changed := &trace.Trace{Header: whole.Header, Records: append([]trace.Record(nil), whole.Records...), End: whole.End}
			c.change(changed)
			r := beginResim(t, changed)
			_, err := r.Advance(math.MaxInt)
			var m *timeline.Mismatch
			if !errors.As(err, &m) || m.Decision != c.at || m.Time != clock.Tick(c.at)*clock.DriverPeriod || r.Checked() != c.at {
				t.Fatalf("%v after %d decisions, want a difference at decision %d", err, r.Checked(), c.at)
			}
			if steps := len(r.Outcome().Log.Steps); steps != c.at {
				t.Errorf("%d steps are shown", steps)
			}
			w, err := r.At(1 << 40)
			if c.at == 0 && !errors.As(err, &m) || c.at > 0 && (err != nil || w.Time() != m.Time-clock.DriverPeriod) {
				t.Errorf("after the difference it shows %v (%v)", w, err)
			}
		})
	}
}

// A minute of driving among 22 road users takes at most 20 kB.
func TestReelIsSmall(t *testing.T) {
	s, err := scenarios.Load("../../bench/minute.yaml")
	if err != nil {
		t.Fatal(err)
	}
	trace := drive(t, s).Trace
	commandLog, err := timeline.NewCommandLog(trace)
	if err != nil {
		t.Fatal(err)
	}
	data, err := commandLog.Encode()
	if err != nil {
		t.Fatal(err)
	}
	size := compressed(t, data)
	t.Logf("%d decisions: %d bytes, compressed %d", len(trace.Records), len(data), size)
	if size > 20_000 {
		t.Errorf("a minute takes %d bytes", size)
	}
}

func TestNewRejectsInvalidScenario(t *testing.T) {
	if _, err := timeline.NewResim(&timeline.CommandLog{Header: trace.Header{Scenario: "x.yaml", Source: "version: 1\nname: x", Seed: 1}}); err == nil {
		t.Error("accepts a scenario without an end")
	}
}

func BenchmarkRerun(b *testing.B) {
	s, err := scenarios.Load("../../bench/minute.yaml")
	if err != nil {
		b.Fatal(err)
	}
	trace := drive(b, s).Trace
	var digests int
	for b.Loop() {
		r := beginResim(b, trace)
		if _, err := r.Advance(math.MaxInt); err != nil {
			b.Fatal(err)
		}
		digests += r.Checked()
	}
	b.ReportMetric(float64(digests)/b.Elapsed().Seconds(), "decisions/s")
}
