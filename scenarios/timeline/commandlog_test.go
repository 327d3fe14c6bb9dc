package timeline_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"roadloop/scenarios/timeline"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// compressed returns the size of data after gzip.
func compressed(t *testing.T, data []byte) int {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// Every commandLog survives encoding and decoding.
func TestReelRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		recorded := &trace.Trace{Header: trace.Header{Scenario: rapid.String().Draw(t, "scenario"), Seed: rapid.Uint64().Draw(t, "seed")}}
		for i, x := range rapid.SliceOfN(rapid.Float64(), 0, 50).Draw(t, "commands") {
			rec := trace.Record{Time: clock.Tick(i) * clock.DriverPeriod, Command: vehicle.Command{Steer: x, Accel: -x / 3}}
			rec.Layers[trace.LayerWorld][i%8] = byte(i)
			recorded.Records = append(recorded.Records, rec)
		}
		if rapid.Bool().Draw(t, "end") {
			recorded.End = trace.Digest{1, 2}
		}
		want, err := timeline.NewCommandLog(recorded)
		if err != nil {
			t.Fatal(err)
		}
		data, err := want.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := timeline.ReadCommandLog(data)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v comes back as %+v", want, got)
		}
	})
}

func TestReadCommandLogRejectsInvalidData(t *testing.T) {
	good, err := (&timeline.CommandLog{Commands: make([]vehicle.Command, 3), Checks: make([]uint16, 3)}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "a trace": []byte("roadloop trace 1\n"), "cut short": good[:len(good)-1], "too long": append(good[:len(good):len(good)], 0),
		"no header": []byte("roadloop reel 2\n{"), "bad header": []byte("roadloop reel 2\n{\nxxxx"), "no number": []byte("roadloop reel 2\n{}\nxx"),
		"too many": append([]byte("roadloop reel 2\n{}\n"), 255, 255, 255, 255, 255, 255, 255, 255),
		"two ends": append([]byte("roadloop reel 2\n{}\n"), append([]byte{1, 0, 0, 0, 3, 0, 0, 0}, make([]byte, 16+6+32)...)...),
	} {
		if _, err := timeline.ReadCommandLog(data); err == nil {
			t.Errorf("accepts %s", name)
		}
	}
	if _, err := timeline.ReadCommandLog([]byte("roadloop reel 3\n{}\n")); !errors.Is(err, timeline.ErrCommandLogVersion) {
		t.Errorf("another version: %v", err)
	}
	late := &trace.Trace{Records: []trace.Record{{Time: 5}}}
	if _, err := timeline.NewCommandLog(late); err == nil {
		t.Error("accepts a trace that begins late")
	}
}

// Reels of version 1, without a check of the end, can be read.
func TestReadCommandLogVersion1(t *testing.T) {
	want := &timeline.CommandLog{Commands: []vehicle.Command{{Steer: 1, Accel: 2}, {Steer: 1, Accel: 3}}, Checks: []uint16{7, 8}, Seal: [32]byte{31: 9}}
	data, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	number := bytes.Index(data, []byte{2, 0, 0, 0, 2, 0, 0, 0})
	first := append([]byte("roadloop reel 1"), data[len("roadloop reel 1"):number]...)
	first = append(first, data[number+4:]...)
	got, err := timeline.ReadCommandLog(first)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v comes back as %+v, %v", want, got, err)
	}
}

// For any bytes, ReadCommandLog returns an error or a commandLog that survives encoding.
func FuzzReadCommandLog(f *testing.F) {
	for n := range 3 {
		r := &timeline.CommandLog{Header: trace.Header{Scenario: "a.yaml"}, Commands: make([]vehicle.Command, n), Checks: make([]uint16, n)}
		for i := range r.Commands {
			r.Commands[i] = vehicle.Command{Steer: math.Pi * float64(i), Accel: -1}
		}
		data, err := r.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := timeline.ReadCommandLog(data)
		if err != nil {
			return
		}
		again, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		twice, err := timeline.ReadCommandLog(again)
		if err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
		if third, err := twice.Encode(); err != nil || !bytes.Equal(again, third) {
			t.Fatalf("read twice it is written in other bytes (%v)", err)
		}
	})
}
