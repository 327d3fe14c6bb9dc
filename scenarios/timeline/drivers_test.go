package timeline_test

import (
	"slices"
	"testing"

	"roadloop/perception"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// The spans of a trace name the human, the stack and the driver of a handover, and
// DriversText lists them.
func TestDriverSpansNameHumanAndHandover(t *testing.T) {
	tp := withOverride(t, 90) // from decision 20 to 60
	f, err := tp.Fork(t.Context(), 80, timeline.Handover{DriverID: trace.DriverID{Name: "fsm", Perception: runner.Oracle}, Factory: drivetest.Factory(t, "fsm", nil)})
	if err != nil {
		t.Fatal(err)
	}
	until(t, f, 100, nil)
	stack, fsm := trace.DriverID{Name: runner.Stack, Perception: runner.Oracle}, trace.DriverID{Name: "fsm", Perception: runner.Oracle}
	want := []timeline.DriverSpan{
		{From: 0, To: 100, Driver: stack}, {From: 100, To: 300, Human: true, Driver: stack},
		{From: 300, To: 400, Driver: stack}, {From: 400, To: 500, Driver: fsm},
	}
	got := timeline.DriverSpans(f.Trace())
	if !slices.Equal(got, want) {
		t.Errorf("spans %+v, want %+v", got, want)
	}
	for want, spans := range map[string][]timeline.DriverSpan{
		"stack, oracle for 2.00 s; human for 2.00 s; fsm, oracle for 1.00 s": got,
		"stack, oracle 0.00 to 1.00 s; human 1.00 to 3.00 s":                 got[:2],
		"human":         got[1:2],
		"stack, oracle": got[:1],
		"no driver":     nil,
	} {
		if text := timeline.DriversText(spans); text != want {
			t.Errorf("%d spans read %q, want %q", len(spans), text, want)
		}
	}
	if !timeline.DrivenByHuman(got) || timeline.DrivenByHuman(got[:1]) {
		t.Error("DrivenByHuman is wrong")
	}
	for i, want := range map[int]trace.DriverID{0: stack, 79: stack, 80: fsm, 99: fsm} {
		if who := f.DriverIDAt(i); who != want {
			t.Errorf("decision %d was made by %v, want %v", i, who, want)
		}
	}
}

// If a human drives from the start, no span of the stack precedes it.
func TestDriverSpansBeginWithHuman(t *testing.T) {
	tp := sign(begin(t, "cut-in/3", nil), runner.Oracle)
	until(t, tp, 10, &vehicle.Command{Accel: -1})
	if got := timeline.DriverSpans(tp.Trace()); len(got) != 1 || !got[0].Human || got[0].To != 50 {
		t.Errorf("spans %+v", got)
	}
}

// blank detects nothing.
type blank struct{}

func (blank) Detect(f *sensor.Frame, im *perception.Image) error {
	*im = perception.Image{Cal: f.Cal}
	return nil
}
func (b blank) Clone() perception.Detector { return b }

// A handover to another network does not keep the detector. The trace names the network,
// so that the drive repeats. A trace from before that means the network of its header.
func TestHandoverNamesNetwork(t *testing.T) {
	before := trace.DriverID{Name: runner.Stack, Perception: runner.CNN, Model: "first"}
	after := before
	after.Model = "second"
	open := func(id trace.DriverID) (runner.DriverFactory, error) {
		if id.Model == "second" {
			return drivetest.Factory(t, id.Name, blank{}), nil
		}
		return drivetest.Factory(t, id.Name, detectsOne{}), nil
	}
	factory, _ := open(after)
	tp := begin(t, "cut-in/3", detectsOne{})
	tp.SetDriverID(before)
	until(t, tp, 20, nil)
	f, err := tp.Fork(t.Context(), 20, timeline.Handover{DriverID: after, Factory: factory})
	if err != nil {
		t.Fatal(err)
	}
	until(t, f, 40, nil)
	images := 0
	for i := range f.Len() {
		for _, im := range f.StepAt(i).Images {
			images++
			if detected := len(im.Detections) > 0; detected != (i < 20) {
				t.Errorf("decision %d: detected %v", i, detected)
			}
		}
	}
	if images < 10 {
		t.Errorf("%d images", images)
	}
	recorded := f.Trace()
	if d, differ, err := timeline.Verify(t.Context(), recorded, open); err != nil || differ {
		t.Errorf("%v, %v, %v", d, differ, err)
	}
	spans := timeline.DriverSpans(recorded)
	if len(spans) != 2 || spans[0].Driver != before || spans[1].Driver != after {
		t.Errorf("spans %+v", spans)
	}
	recorded.Header.Changes[0].Value = []byte(`{"driver":"fsm","perception":"cnn"}`)
	before.Name = "fsm"
	if spans := timeline.DriverSpans(recorded); len(spans) != 2 || spans[1].Driver != before {
		t.Errorf("spans of an old trace %+v", spans)
	}
}

// detectsOne detects one car in every frame.
type detectsOne struct{}

func (detectsOne) Detect(f *sensor.Frame, im *perception.Image) error {
	*im = perception.Image{Cal: f.Cal, Detections: []perception.Detection{{Class: perception.Car, Score: .5,
		Box: perception.Box{X0: 150, Y0: 90, X1: 170, Y1: 110}, Distance: 20}}}
	return nil
}
func (d detectsOne) Clone() perception.Detector { return d }
