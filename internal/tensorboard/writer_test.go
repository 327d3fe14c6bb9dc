package tensorboard

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// fields holds the fields of a message by number: uint64 for numbers, []byte for the
// rest.
type fields map[protowire.Number][]any

func decode(t *testing.T, b []byte) fields {
	t.Helper()
	out := make(fields)
	for len(b) > 0 {
		n, kind, used := protowire.ConsumeTag(b)
		if used < 0 {
			t.Fatalf("not a message: %v", protowire.ParseError(used))
		}
		b = b[used:]
		var v any
		switch kind {
		case protowire.VarintType:
			v, used = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var x uint32
			x, used = protowire.ConsumeFixed32(b)
			v = float64(math.Float32frombits(x))
		case protowire.Fixed64Type:
			var x uint64
			x, used = protowire.ConsumeFixed64(b)
			v = math.Float64frombits(x)
		default:
			v, used = protowire.ConsumeBytes(b)
		}
		if used < 0 {
			t.Fatalf("field %d: %v", n, protowire.ParseError(used))
		}
		b = b[used:]
		out[n] = append(out[n], v)
	}
	return out
}

// in returns a nested message.
func (f fields) in(t *testing.T, n protowire.Number) fields {
	t.Helper()
	if len(f[n]) != 1 {
		t.Fatalf("%d messages in field %d, want one", len(f[n]), n)
	}
	return decode(t, f[n][0].([]byte))
}

// eventFiles returns the event files of a folder in TensorBoard's reading order.
func eventFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "events.out.tfevents.*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// events reads an event file and verifies its checksums.
func events(t *testing.T, path string) []fields {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []fields
	for len(data) > 0 {
		n := binary.LittleEndian.Uint64(data)
		if got := binary.LittleEndian.Uint32(data[8:]); got != maskedChecksum(data[:8]) {
			t.Fatalf("checksum of a length %#x", got)
		}
		body := data[12 : 12+n]
		if got := binary.LittleEndian.Uint32(data[12+n:]); got != maskedChecksum(body) {
			t.Fatalf("checksum of a record %#x", got)
		}
		out = append(out, decode(t, body))
		data = data[16+n:]
	}
	return out
}

// write creates an event file at a fixed time.
func write(t *testing.T, step int64, f func(*Writer) error) []fields {
	t.Helper()
	dir := t.TempDir()
	w, err := create(dir, step, func() time.Time { return time.Unix(1700000000, 5e8) })
	if err != nil {
		t.Fatal(err)
	}
	if err := f(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files := eventFiles(t, dir)
	if len(files) != 1 {
		t.Fatalf("files %v, want one", files)
	}
	return events(t, files[0])
}

// The CRC-32C of 32 zeros is 8a9136aa (RFC 3720, B.4); rotated right by 15 that is
// 6d551522, and the mask adds a282ead8.
func TestChecksum(t *testing.T) {
	if got := maskedChecksum(make([]byte, 32)); got != 0x6d551522+0xa282ead8-1<<32 {
		t.Errorf("masked checksum %#x, want %#x", got, uint32(0x6d551522+0xa282ead8-1<<32))
	}
}

func TestScalar(t *testing.T) {
	ev := write(t, 0, func(w *Writer) error { return w.Scalar("loss/total", 7, 1.5) })
	if len(ev) != 3 || string(ev[0][eventVersion][0].([]byte)) != "brain.Event:2" {
		t.Fatalf("%d events, the first %v, want the version, the session start and the scalar", len(ev), ev[0])
	}
	if ev[2][eventTime][0] != 1700000000.5 || ev[2][eventStep][0] != uint64(7) {
		t.Errorf("time %v, step %v", ev[2][eventTime], ev[2][eventStep])
	}
	v := ev[2].in(t, eventSummary).in(t, summaryValue)
	if string(v[valueTag][0].([]byte)) != "loss/total" || v[valueScalar][0] != 1.5 {
		t.Errorf("value %v", v)
	}
}

// Every file contains the step from which it replaces earlier files, also step 0.
func TestFileBeginsWithSessionStart(t *testing.T) {
	for _, step := range []int64{0, 40} {
		ev := write(t, step, func(*Writer) error { return nil })
		if len(ev) != 2 || ev[1][eventStep][0] != uint64(step) || ev[1].in(t, eventSession)[sessionStatus][0] != uint64(sessionStart) {
			t.Errorf("events %v, want the version and a session start at step %d", ev, step)
		}
	}
}

// shown returns the steps of a folder's scalars that TensorBoard shows: a session
// start drops earlier events from its step (event_accumulator.py, _Purge).
func shown(t *testing.T, dir string) (steps []uint64) {
	t.Helper()
	for _, path := range eventFiles(t, dir) {
		for _, e := range events(t, path) {
			step := e[eventStep][0].(uint64)
			switch {
			case e[eventSession] != nil:
				steps = slices.DeleteFunc(steps, func(s uint64) bool { return s >= step })
			case e[eventSummary] != nil:
				steps = append(steps, step)
			}
		}
	}
	return steps
}

// A training that is killed before its first checkpoint and resumes at step 0 shows every step once.
func TestResumeAtStepZeroReplacesSteps(t *testing.T) {
	dir := t.TempDir()
	for second := range int64(3) {
		w, err := create(dir, 0, func() time.Time { return time.Unix(1700000000+second/2, 0) })
		if err != nil {
			t.Fatal(err)
		}
		for step := range int64(4) {
			if err := w.Scalar("loss", step, 1); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := shown(t, dir), []uint64{0, 1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("steps %v, want %v", got, want)
	}
}

func TestHistogram(t *testing.T) {
	values := []float32{-2, -1, 0, .5, .5, 3, float32(math.NaN())}
	ev := write(t, 0, func(w *Writer) error { return w.Histogram("h", 1, values) })
	h := ev[2].in(t, eventSummary).in(t, summaryValue).in(t, valueHistogram)
	for field, want := range map[protowire.Number]float64{
		histogramMin: -2, histogramMax: 3, histogramCount: 6, histogramSum: 1, histogramSquares: 14.5,
	} {
		if h[field][0] != want {
			t.Errorf("field %d is %v, want %g", field, h[field][0], want)
		}
	}
	ends, counts := unpack(t, h[histogramLimits]), unpack(t, h[histogramBuckets])
	if len(ends) != len(counts) {
		t.Fatalf("%d ends and %d buckets", len(ends), len(counts))
	}
	below := func(v float64) (n float64) { // number of values in buckets that end at or below v
		for i, e := range ends {
			if e <= v {
				n += counts[i]
			}
		}
		return n
	}
	for v, want := range map[float64]float64{-.85: 2, 1e-6: 3, .6: 5, 3.5: 6} {
		if got := below(v); got != want {
			t.Errorf("%g values below %g, want %g", got, v, want)
		}
	}
	for i := 1; i < len(ends); i++ {
		if ends[i] <= ends[i-1] {
			t.Fatalf("the ends %g and %g do not increase", ends[i-1], ends[i])
		}
	}
}

func unpack(t *testing.T, list []any) []float64 {
	t.Helper()
	var out []float64
	for b := list[0].([]byte); len(b) > 0; b = b[8:] {
		out = append(out, math.Float64frombits(binary.LittleEndian.Uint64(b)))
	}
	return out
}

func TestImage(t *testing.T) {
	im := image.NewRGBA(image.Rect(0, 0, 4, 3))
	im.Pix[0], im.Pix[3] = 200, 255
	ev := write(t, 0, func(w *Writer) error { return w.Image("frame", 1, im) })
	m := ev[2].in(t, eventSummary).in(t, summaryValue).in(t, valueImage)
	if m[imageHeight][0] != uint64(3) || m[imageWidth][0] != uint64(4) {
		t.Errorf("size %v×%v", m[imageWidth], m[imageHeight])
	}
	back, err := png.Decode(bytes.NewReader(m[imageData][0].([]byte)))
	if err != nil {
		t.Fatal(err)
	}
	if r, _, _, _ := back.At(0, 0).RGBA(); r>>8 != 200 {
		t.Errorf("red of the first pixel is %d, want 200", r>>8)
	}
}

func TestGraph(t *testing.T) {
	ev := write(t, 0, func(w *Writer) error {
		return w.Graph([]Node{{Name: "image", Op: "Placeholder", Shape: []int{1, 192, 320, 3}}, {Name: "stem", Op: "Conv", Inputs: []string{"image"}}})
	})
	g := ev[2].in(t, eventGraph)
	if len(g[graphNode]) != 2 {
		t.Fatalf("%d nodes, want 2", len(g[graphNode]))
	}
	stem := decode(t, g[graphNode][1].([]byte))
	if string(stem[nodeName][0].([]byte)) != "stem" || string(stem[nodeInput][0].([]byte)) != "image" {
		t.Errorf("node %v", stem)
	}
	shape := decode(t, g[graphNode][0].([]byte)).in(t, nodeAttr).in(t, entryValue).in(t, attrList).in(t, listShape)
	if len(shape[shapeDim]) != 4 || decode(t, shape[shapeDim][2].([]byte))[dimSize][0] != uint64(320) {
		t.Errorf("shape %v", shape)
	}
}

func TestMissingFolder(t *testing.T) {
	_, err := Create(filepath.Join(t.TempDir(), "none"), 0)
	if err == nil || !strings.Contains(err.Error(), "event file") {
		t.Errorf("error %v", err)
	}
}
