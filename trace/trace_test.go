package trace

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/sim/vehicle"
)

func sampleTrace() *Trace {
	return &Trace{
		Header: Header{Scenario: "cut-in", Source: "version: 1\nname: cut-in\n", Seed: 7, DriverID: DriverID{Name: "stack", Perception: "oracle"}},
		Records: []Record{
			{Time: 0, Layers: [NumLayers]Digest{1: {1, 2, 3}}, Command: vehicle.Command{Accel: 1}},
			{Time: 5, Command: vehicle.Command{Steer: 0.01, Accel: -2}},
			{Time: 10},
		},
	}
}

func TestTraceRoundTrip(t *testing.T) {
	want := sampleTrace()
	data, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// A trace of a run that reached the end of its time has the end, with overrides and
// without, in its own version. Older versions are still read.
func TestTraceWithEndRoundTrip(t *testing.T) {
	for name, c := range map[string]struct {
		trace *Trace
		end   Digest
		magic string
	}{
		"plain": {sampleTrace(), Digest{}, "roadloop trace 1\n"}, "hands": {overriddenTrace(), Digest{}, "roadloop trace 2\n"},
		"end": {sampleTrace(), Digest{7: 1}, "roadloop trace 3\n"}, "both": {overriddenTrace(), Digest{1: 2}, "roadloop trace 3\n"},
	} {
		before := c.trace.SHA256()
		c.trace.End = c.end
		data, err := c.trace.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(data), c.magic) {
			t.Errorf("%s: begins with %q", name, data[:17])
		}
		got, err := Read(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.trace, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if same := got.SHA256() == before; same != (c.end == Digest{}) {
			t.Errorf("%s: the hash is that without an end: %v", name, same)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	good, err := sampleTrace().Encode()
	if err != nil {
		t.Fatal(err)
	}
	ending := sampleTrace()
	ending.End = Digest{1}
	end, err := ending.Encode()
	if err != nil {
		t.Fatal(err)
	}
	endless := end[:len(end)-sha256.Size-1]
	sum := sha256.Sum256(endless)
	endless = append(endless[:len(endless):len(endless)], sum[:]...)
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":           {nil, "not a roadloop trace"},
		"other file":      {[]byte("version: 1\n"), "not a roadloop trace"},
		"other version":   {[]byte("roadloop trace 9\n{}\n"), "another version"},
		"magic only":      {[]byte(firstMagic), "cut short"},
		"damaged line":    {append([]byte("roadloop trace 1\x02"), good[len(firstMagic):]...), "first line names no version"},
		"truncated":       {good[:len(good)-20], "damaged or cut short"},
		"endless":         {endless, "no end"},
		"one bit flipped": {flipped, "damaged or cut short"},
	} {
		if _, err := Read(bytes.NewReader(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", name, err, c.want)
		}
	}
	if _, err := Read(strings.NewReader("roadloop trace 9\n{}\n")); !errors.Is(err, ErrVersion) {
		t.Errorf("error %v does not wrap ErrVersion", err)
	}
}

func TestCompareNamesFirstLayerAndTick(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Trace)
		want   string
	}{
		"pixels":  {func(t *Trace) { t.Records[1].Layers[LayerSensor][0]++; t.Records[1].Layers[LayerPlanning][0]++ }, "first difference at 0.05 s in layer sensor"},
		"command": {func(t *Trace) { t.Records[2].Command.Steer = 1e-16 }, "first difference at 0.10 s in layer control"},
		"end":     {func(t *Trace) { t.End[3]++ }, "first difference at 0.15 s in layer world"},
		"shorter": {func(t *Trace) { t.Records = t.Records[:2] }, "one trace ends at 0.10 s, the other goes on"},
	} {
		a, b := sampleTrace(), sampleTrace()
		a.End, b.End = Digest{5}, Digest{5}
		if d, differ := Compare(a, b); differ {
			t.Errorf("%s: equal traces differ: %v", name, d)
		}
		c.change(b)
		for _, pair := range [][2]*Trace{{a, b}, {b, a}} {
			if d, differ := Compare(pair[0], pair[1]); !differ || d.String() != c.want {
				t.Errorf("%s: %v, want %q", name, d, c.want)
			}
		}
	}
}

// A trace from before there were ends agrees with one that has its records.
func TestCompareWithoutEnd(t *testing.T) {
	a, b := sampleTrace(), sampleTrace()
	b.End = Digest{5}
	for _, pair := range [][2]*Trace{{a, b}, {b, a}} {
		if d, differ := Compare(pair[0], pair[1]); differ {
			t.Error(d)
		}
	}
}

func FuzzRead(f *testing.F) {
	data, err := sampleTrace().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	if data, err = overriddenTrace().Encode(); err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	ending := overriddenTrace()
	ending.End = Digest{5}
	if data, err = ending.Encode(); err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(firstMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		tr, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		again, err := tr.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if back, err := Read(bytes.NewReader(again)); err != nil || back.SHA256() != tr.SHA256() {
			t.Errorf("a trace that was read does not survive writing: %v", err)
		}
	})
}
