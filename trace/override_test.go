package trace

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/sim/vehicle"
)

// overriddenTrace is sampleTrace with overrides of the last two decisions.
func overriddenTrace() *Trace {
	t := sampleTrace()
	t.Overrides = []Override{{Record: 1, Command: vehicle.Command{Accel: -3}}, {Record: 2, Command: vehicle.Command{Steer: .1}}}
	return t
}

func TestTraceWithOverridesRoundTrip(t *testing.T) {
	want := overriddenTrace()
	data, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(data, []byte("roadloop trace 2\n")) {
		t.Errorf("begins with %q", data[:17])
	}
	got, err := Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if c, held := got.OverrideAt(1); !held || c.Accel != -3 {
		t.Errorf("the hands at decision 1: %v, %v", c, held)
	}
	if _, held := got.OverrideAt(0); held {
		t.Error("hands at decision 0")
	}
	if got.SHA256() == sampleTrace().SHA256() {
		t.Error("hands change no hash")
	}
}

func TestReadRefusesHands(t *testing.T) {
	for name, hands := range map[string][]Override{
		"of no decision": {{Record: 3}},
		"out of order":   {{Record: 1}, {Record: 0}},
		"twice":          {{Record: 1}, {Record: 1}},
	} {
		bad := sampleTrace()
		bad.Overrides = hands
		data, err := bad.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(bytes.NewReader(data)); err == nil {
			t.Errorf("read a trace with hands %s", name)
		}
	}
}

func TestCompareSeesHands(t *testing.T) {
	a, b := overriddenTrace(), overriddenTrace()
	b.Overrides[1].Command.Steer = .2
	if d, differ := Compare(a, b); !differ || d.Record != 2 || d.Layer != LayerControl {
		t.Errorf("other hands: %v, %v", d, differ)
	}
	b.Overrides = b.Overrides[:1]
	if d, differ := Compare(a, b); !differ || d.Record != 2 {
		t.Errorf("no hands: %v, %v", d, differ)
	}
}
