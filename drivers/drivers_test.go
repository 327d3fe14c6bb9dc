package drivers_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roadloop"
	"roadloop/assets"
	"roadloop/drivers"
	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
	"roadloop/trace"
)

func newStack(c *roadloop.Case, p perception.Perceiver) (roadloop.Driver, error) {
	return roadloop.NewStack(c, p)
}

// emptyDetector detects nothing. It counts how often it was closed.
type emptyDetector struct{ closed *int }

func (emptyDetector) Detect(f *sensor.Frame, im *perception.Image) error {
	*im = perception.Image{Cal: f.Cal}
	return nil
}
func (e emptyDetector) Clone() perception.Detector { return e }
func (e emptyDetector) Close() error               { *e.closed++; return nil }

// smallONNX writes the small network as an ONNX file and returns its path.
func smallONNX(t *testing.T) string {
	t.Helper()
	w, err := assets.SmallModel()
	if err != nil {
		t.Fatal(err)
	}
	data, err := w.ONNX()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "small.onnx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// drive drives half a second of a case and returns the trace.
func drive(t *testing.T, f runner.DriverFactory) *trace.Trace {
	t.Helper()
	c := drivetest.Plan(t, "braking-lead/1").Drive
	c.Duration = clock.PerSecond / 2
	d, blind, err := f.Driver(&c)
	if err != nil {
		t.Fatal(err)
	}
	c.Blind = blind
	out, err := roadloop.Drive(t.Context(), &c, d, func(*roadloop.Step) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestErrorsListTheNames(t *testing.T) {
	r := drivers.New()
	r.Register("mine", newStack)
	r.RegisterPerception("none", func() (perception.Detector, error) { return emptyDetector{new(int)}, nil })
	for want, id := range map[string]trace.DriverID{
		`unknown driver "human": this program has stack, cc, fsm, rss, reg157, mine`: {Name: "human", Perception: "oracle"},
		`unknown driver ""`: {Perception: "oracle"},
		`unknown perception "eyes": this program has cnn, cnn-opencv, oracle, none`: {Name: "mine", Perception: "eyes"},
		`model "small": the perception oracle uses no network`:                      {Name: "mine", Perception: "oracle", Model: "small"},
		`model "small": the perception none uses no network`:                        {Name: "mine", Perception: "none", Model: "small"},
		`the network 000000000000 is neither bundled nor loaded`:                    {Name: "stack", Perception: "cnn", Model: strings.Repeat("0", 64)},
		`opening the model: open absent.rlm`:                                        {Name: "stack", Perception: "cnn", Model: "absent.rlm"},
		`opening the model: open absent.onnx`:                                       {Name: "stack", Perception: "cnn", Model: "absent.onnx"},
		`the recording was computed with avx1024`:                                   {Name: "stack", Perception: "cnn", ISA: "avx1024"},
	} {
		if _, err := r.Resolve(id); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want one that says %q", id, err, want)
		}
		if f, err := r.Open(id); err == nil {
			t.Errorf("%+v: opened %v", id, f)
		}
	}
}

func TestResolve(t *testing.T) {
	r, onnx := drivers.New(), smallONNX(t)
	resolve := func(perception, model string) trace.DriverID {
		t.Helper()
		id, err := r.Resolve(trace.DriverID{Name: "stack", Perception: perception, Model: model})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	if got, want := resolve("oracle", ""), (trace.DriverID{Name: "stack", Perception: "oracle"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	bundled, small, converted := resolve("cnn", ""), resolve("cnn", drivers.Small), resolve("cnn", onnx)
	if bundled.Model == small.Model || len(bundled.Model) != 64 || bundled.ISA != network.ISA() {
		t.Errorf("the networks are %+v and %+v", bundled, small)
	}
	if converted.Perception != "cnn-opencv" || converted.ISA != "" || converted.Model == small.Model {
		t.Errorf("the ONNX model is %+v", converted)
	}
	for _, id := range []trace.DriverID{bundled, small, converted} {
		again, err := r.Resolve(id)
		if err != nil || again != id {
			t.Errorf("resolved again: %+v, %v, want %+v", again, err, id)
		}
	}
	if n, err := r.Network(converted.Model); err != nil || n.Weights != nil || n.Config.Width != 320 || n.Config.Height != 192 {
		t.Errorf("ONNX network %+v, %v", n, err)
	}
	if id, err := drivers.New().Resolve(converted); err == nil {
		t.Errorf("another registry knows the ONNX model: %+v", id)
	}
}

// A network as ONNX drives as it does when OpenCV runs its weights.
func TestONNXDrives(t *testing.T) {
	r := drivers.New()
	var traces []*trace.Trace
	for _, model := range []string{drivers.Small, smallONNX(t)} {
		f, err := r.Open(trace.DriverID{Name: "stack", Perception: "cnn-opencv", Model: model})
		if err != nil {
			t.Fatal(err)
		}
		traces = append(traces, drive(t, f))
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if d, differ := trace.Compare(traces[0], traces[1]); differ {
		t.Error(d)
	}
}

func TestNotAnONNXModel(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.onnx")
	if err := os.WriteFile(path, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := drivers.New().Network(path); err == nil || !strings.Contains(err.Error(), "notes.onnx: ONNX model") {
		t.Errorf("error %v", err)
	}
}

// A registered driver with a registered detector drives. The drivers of a pool share the
// detector, which is closed once.
func TestRegisteredDriverAndPerception(t *testing.T) {
	r := drivers.New()
	opened, closed := 0, 0
	r.Register("mine", newStack)
	r.RegisterPerception("none", func() (perception.Detector, error) { opened++; return emptyDetector{&closed}, nil })
	if !slices.Contains(r.Drivers(), "mine") || !slices.Contains(r.Perceptions(), "none") || r.IsReference("mine") || !r.IsReference("cc") || r.UsesNetwork("none") {
		t.Errorf("drivers %v, perceptions %v", r.Drivers(), r.Perceptions())
	}
	pool := r.NewPool()
	var traces []*trace.Trace
	for _, name := range []string{"mine", "stack"} {
		f, err := pool.Open(trace.DriverID{Name: name, Perception: "none"})
		if err != nil {
			t.Fatal(err)
		}
		traces = append(traces, drive(t, f))
	}
	if d, differ := trace.Compare(traces[0], traces[1]); differ {
		t.Error(d)
	}
	if err := pool.Close(); err != nil || opened != 1 || closed != 1 {
		t.Errorf("opened %d and closed %d times, %v", opened, closed, err)
	}
}

func TestNamesAreTakenOnce(t *testing.T) {
	r := drivers.New()
	detector := func() (perception.Detector, error) { return emptyDetector{new(int)}, nil }
	for name, register := range map[string]func(){
		"driver stack": func() { r.Register("stack", newStack) }, "driver of traces": func() { r.Register(drivers.PolicyDriver, newStack) },
		"driver like a file": func() { r.Register("mine.rlp", newStack) }, "policy stack": func() { r.RegisterPolicy("stack", nil) },
		"driver without a name": func() { r.Register("", newStack) },
		"perception cnn":        func() { r.RegisterPerception("cnn", detector) }, "perception without a name": func() { r.RegisterPerception("", detector) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			register()
		}()
	}
}
