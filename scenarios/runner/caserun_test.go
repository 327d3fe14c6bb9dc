package runner

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
)

// ride starts a case of the library with ground truth.
func ride(t *testing.T, id string) *CaseRun {
	t.Helper()
	c, err := scenarios.FindCase(id)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	crew, err := NewOracleFactory()
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewCaseRun(p, crew.Driver)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCloneHasSameVerdict(t *testing.T) {
	r := ride(t, "braking-lead/2")
	for r.Session.World().Time() < clock.FromSeconds(5) {
		if _, err := r.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if v := r.Verdict(); v.Passed || v.Reason != "never came to a standstill" {
		t.Errorf("a ride that ended after 5 s is judged %+v", v)
	}
	clone := r.Clone()
	want, err := r.Finish(t.Context())
	if err != nil || !want.Passed {
		t.Fatalf("the ride: %v, %+v", err, want)
	}
	got, err := clone.Finish(t.Context())
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("the clone: %v, %s", err, cmp.Diff(want, got))
	}
	if a, b := clone.Log(), r.Log(); len(a.Steps) != len(b.Steps) || len(a.Events) != len(b.Events) || &a.Steps[0] == &b.Steps[0] {
		t.Errorf("the clone recorded %d steps and %d events, the ride %d and %d", len(a.Steps), len(a.Events), len(b.Steps), len(b.Events))
	}
	if more, err := clone.Step(t.Context()); more || err != nil || len(clone.Log().Steps) != len(r.Log().Steps) {
		t.Errorf("a step after the end: %v, %v", more, err)
	}
}

// failingDriver is a driver that returns an error after some decisions.
type failingDriver struct{ left int }

func (d *failingDriver) Drive(context.Context, *sensor.Observation) (roadloop.Decision, error) {
	if d.left--; d.left < 0 {
		return roadloop.Decision{}, errors.New("no brakes")
	}
	return roadloop.Decision{}, nil
}
func (d *failingDriver) Clone() roadloop.Driver { return &failingDriver{d.left} }
func (d *failingDriver) Stack() *roadloop.Stack { return nil }

// The verdict of a driver that returns an error has its code, its time and its text.
func TestVerdictOfFailingDriver(t *testing.T) {
	r := ride(t, "braking-lead/2")
	r.Session.SetDriver(&failingDriver{20})
	_, err := r.Finish(t.Context())
	if err == nil {
		t.Fatal("the driver does not fail")
	}
	want := Verdict{Reason: "the driver broke at 1.00 s: no brakes", At: clock.PerSecond,
		Failures: []Failure{{Code: CodeDriverError, At: 1, Message: "the driver broke at 1.00 s: no brakes"}}}
	if d := cmp.Diff(want, r.DriverFailed(err)); d != "" {
		t.Error(d)
	}
}
