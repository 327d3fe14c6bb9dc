package roadloop

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/sim/vehicle"
)

// handTrace is sampleTrace with hands at the wheel for the last two decisions.
func handTrace() *Trace {
	t := sampleTrace()
	t.Hands = []Hand{{Record: 1, Command: vehicle.Command{Accel: -3}}, {Record: 2, Command: vehicle.Command{Steer: .1}}}
	return t
}

func TestTraceWithHandsRoundTrip(t *testing.T) {
	want := handTrace()
	data, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(data, []byte("roadloop trace 2\n")) {
		t.Errorf("begins with %q", data[:17])
	}
	got, err := ReadTrace(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if c, held := got.HandAt(1); !held || c.Accel != -3 {
		t.Errorf("the hands at decision 1: %v, %v", c, held)
	}
	if _, held := got.HandAt(0); held {
		t.Error("hands at decision 0")
	}
	if got.SHA256() == sampleTrace().SHA256() {
		t.Error("hands change no hash")
	}
}

func TestReadTraceRefusesHands(t *testing.T) {
	for name, hands := range map[string][]Hand{
		"of no decision": {{Record: 3}},
		"out of order":   {{Record: 1}, {Record: 0}},
		"twice":          {{Record: 1}, {Record: 1}},
	} {
		bad := sampleTrace()
		bad.Hands = hands
		data, err := bad.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadTrace(bytes.NewReader(data)); err == nil {
			t.Errorf("read a trace with hands %s", name)
		}
	}
}

func TestCompareSeesHands(t *testing.T) {
	a, b := handTrace(), handTrace()
	b.Hands[1].Command.Steer = .2
	if d, differ := Compare(a, b); !differ || d.Record != 2 || d.Layer != LayerControl {
		t.Errorf("other hands: %v, %v", d, differ)
	}
	b.Hands = b.Hands[:1]
	if d, differ := Compare(a, b); !differ || d.Record != 2 {
		t.Errorf("no hands: %v, %v", d, differ)
	}
}
