// Package layertest checks that a layer, or a whole driver, keeps the contract of its
// interface: it repeats to the byte, its copies continue exactly as it would and do not
// change it, and it works inside a wrapper. Tests of layers outside this module use it as ours do.
package layertest

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"roadloop"
	"roadloop/control"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// Driver checks a driver in a case. create returns a new driver each time.
func Driver(t testing.TB, c *roadloop.Case, create func() (roadloop.Driver, error)) {
	t.Helper()
	want := drive(t, c, build(t, create))
	if len(want.Records) < 2 {
		t.Fatal("the case is over before the second decision")
	}
	same(t, "a second run", want, drive(t, c, build(t, create)))
	clones(t, c, build(t, create), want)
	stack := build(t, create).Stack()
	if stack == nil {
		return
	}
	for _, w := range wrappers {
		d := build(t, create)
		w.wrap(d.Stack())
		same(t, w.name+" in a wrapper", want, drive(t, c, d))
		clones(t, c, d, nil)
	}
}

// Detector checks a detector on frames.
func Detector(t testing.TB, d perception.Detector, frames []sensor.Frame) {
	t.Helper()
	copied := d.Clone()
	if a, b := reflect.TypeOf(d), reflect.TypeOf(copied); a != b {
		t.Errorf("the copy of a %v is a %v", a, b)
	}
	want := make([]perception.Image, len(frames))
	for i := range frames {
		detect(t, d, &frames[i], &want[i])
	}
	var reused perception.Image
	for i := range slices.Backward(frames) { // in another order, into used buffers
		detect(t, d, &frames[i], &reused)
		if diff := cmp.Diff(want[i], reused, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("frame %d read again: %s", i, diff)
		}
		var other perception.Image
		detect(t, copied, &frames[i], &other)
		if diff := cmp.Diff(want[i], other, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("frame %d read by a copy: %s", i, diff)
		}
	}
}

func detect(t testing.TB, d perception.Detector, f *sensor.Frame, im *perception.Image) {
	t.Helper()
	if err := d.Detect(f, im); err != nil {
		t.Fatal(err)
	}
}

func build(t testing.TB, create func() (roadloop.Driver, error)) roadloop.Driver {
	t.Helper()
	d, err := create()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func drive(t testing.TB, c *roadloop.Case, d roadloop.Driver) *trace.Trace {
	t.Helper()
	out, err := roadloop.Drive(t.Context(), c, d, func(*roadloop.Step) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// same reports where a trace differs from the one that is wanted.
func same(t testing.TB, what string, want, got *trace.Trace) {
	t.Helper()
	if d, differ := trace.Compare(want, got); differ {
		t.Errorf("%s: %v", what, d)
	}
}

// clones checks the copies that are made of a driver in the middle of a case. want is the
// trace of the case, nil where it is not known.
func clones(t testing.TB, c *roadloop.Case, d roadloop.Driver, want *trace.Trace) {
	t.Helper()
	s, err := roadloop.NewSession(c, d)
	if err != nil {
		t.Fatal(err)
	}
	until(t, s, c.Duration/2, nil)
	clone, astray := s.Clone(), s.Clone()
	sameTypes(t, s.Driver(), clone.Driver())
	until(t, astray, c.Duration, &vehicle.Command{Steer: .2, Accel: -5})
	until(t, s, c.Duration, nil)
	until(t, clone, c.Duration, nil)
	same(t, "the copy", s.Trace(), clone.Trace())
	if want != nil {
		want = want.Clone()
		want.End = trace.Digest{} // not asked for here
		same(t, "after copying", want, s.Trace())
	}
}

func until(t testing.TB, s *roadloop.Session, end clock.Tick, override *vehicle.Command) {
	t.Helper()
	for s.World().Time() < end {
		if _, err := s.Decide(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.Advance(override)
	}
}

// sameTypes checks that a copy has layers of the same types: a wrapper without a method
// Clone of its own copies only what it wraps.
func sameTypes(t testing.TB, d, copied roadloop.Driver) {
	t.Helper()
	check := func(a, b any) {
		if x, y := reflect.TypeOf(a), reflect.TypeOf(b); x != y {
			t.Errorf("the copy of a %v is a %v", x, y)
		}
	}
	check(d, copied)
	a, b := d.Stack(), copied.Stack()
	if a == nil {
		return
	}
	check(a.Perceiver, b.Perceiver)
	check(a.Predictor, b.Predictor)
	check(a.Planner, b.Planner)
	check(a.Controller, b.Controller)
	check(a.Guard, b.Guard)
	if p, q := a.Perceiver.Pipeline(), b.Perceiver.Pipeline(); p != nil && q != nil {
		check(p.Detector, q.Detector)
		check(p.Tracker, q.Tracker)
	}
}

// wrappers put one layer of a stack into a wrapper that changes nothing.
var wrappers = []struct {
	name string
	wrap func(*roadloop.Stack)
}{
	{"detector", func(s *roadloop.Stack) {
		if p := s.Perceiver.Pipeline(); p != nil {
			p.Detector = detector{p.Detector}
		}
	}},
	{"tracker", func(s *roadloop.Stack) {
		if p := s.Perceiver.Pipeline(); p != nil {
			p.Tracker = tracker{p.Tracker}
		}
	}},
	{"perceiver", func(s *roadloop.Stack) { s.Perceiver = perceiver{s.Perceiver} }},
	{"predictor", func(s *roadloop.Stack) { s.Predictor = predictor{s.Predictor} }},
	{"planner", func(s *roadloop.Stack) { s.Planner = planner{s.Planner} }},
	{"controller", func(s *roadloop.Stack) { s.Controller = controller{s.Controller} }},
	{"guard", func(s *roadloop.Stack) { s.Guard = guard{s.Guard} }},
}

type detector struct{ inner perception.Detector }

func (d detector) Detect(f *sensor.Frame, im *perception.Image) error { return d.inner.Detect(f, im) }
func (d detector) Clone() perception.Detector                         { return detector{d.inner.Clone()} }

type tracker struct{ inner perception.Tracker }

func (t tracker) Update(obs *sensor.Observation, images []perception.Image) *perception.Scene {
	return t.inner.Update(obs, images)
}
func (t tracker) Clone() perception.Tracker { return tracker{t.inner.Clone()} }

type perceiver struct{ inner perception.Perceiver }

func (p perceiver) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	return p.inner.Perceive(ctx, obs)
}
func (p perceiver) Clone() perception.Perceiver    { return perceiver{p.inner.Clone()} }
func (p perceiver) Pipeline() *perception.Pipeline { return p.inner.Pipeline() }

type predictor struct{ inner planning.Predictor }

func (p predictor) Predict(ctx context.Context, scene *perception.Scene) []planning.Forecast {
	return p.inner.Predict(ctx, scene)
}
func (p predictor) Clone() planning.Predictor { return predictor{p.inner.Clone()} }

type planner struct{ inner planning.Planner }

func (p planner) Plan(ctx context.Context, scene *perception.Scene, forecast []planning.Forecast) (*planning.Plan, error) {
	return p.inner.Plan(ctx, scene, forecast)
}
func (p planner) Clone() planning.Planner { return planner{p.inner.Clone()} }

type controller struct{ inner control.Controller }

func (c controller) Control(ego *perception.Ego, plan *planning.Plan) vehicle.Command {
	return c.inner.Control(ego, plan)
}
func (c controller) Clone() control.Controller { return controller{c.inner.Clone()} }

type guard struct{ inner control.Guard }

func (g guard) Guard(ctx context.Context, scene *perception.Scene, want vehicle.Command) (vehicle.Command, control.Intervention) {
	return g.inner.Guard(ctx, scene, want)
}
func (g guard) Clone() control.Guard { return guard{g.inner.Clone()} }
