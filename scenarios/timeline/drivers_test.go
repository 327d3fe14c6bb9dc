package timeline_test

import (
	"slices"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/timeline"
	"roadloop/sim/vehicle"
)

// The spans of a trace name the human, the stack and the driver of a handover, and
// DriversText lists them.
func TestDriverSpansNameHumanAndHandover(t *testing.T) {
	tp := withOverride(t, 90) // from decision 20 to 60
	f, err := tp.Fork(t.Context(), 80, timeline.Handover{Driver: "fsm", Perception: scenarios.Oracle, Factory: crew(t, "fsm", nil)})
	if err != nil {
		t.Fatal(err)
	}
	until(t, f, 100, nil)
	stack, fsm := timeline.DriverID{Name: scenarios.Stack, Perception: scenarios.Oracle}, timeline.DriverID{Name: "fsm", Perception: scenarios.Oracle}
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
	for i, want := range map[int]timeline.DriverID{0: stack, 79: stack, 80: fsm, 99: fsm} {
		if who := f.DriverIDAt(i); who != want {
			t.Errorf("decision %d was made by %v, want %v", i, who, want)
		}
	}
}

// If a human drives from the start, no span of the stack precedes it.
func TestDriverSpansBeginWithHuman(t *testing.T) {
	tp := sign(begin(t, "cut-in/3", nil), scenarios.Oracle)
	until(t, tp, 10, &vehicle.Command{Accel: -1})
	if got := timeline.DriverSpans(tp.Trace()); len(got) != 1 || !got[0].Human || got[0].To != 50 {
		t.Errorf("spans %+v", got)
	}
}
