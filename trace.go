package roadloop

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"roadloop/internal/bounded"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
)

// Layer is a stage of the loop whose result a trace keeps a hash of.
type Layer uint8

// Layers in the order in which one decision passes through them.
const (
	LayerWorld      Layer = iota // state of every actor
	LayerSensor                  // messages of the sensors, pixels included
	LayerDetection               // what the network read from the images
	LayerTracking                // the believed scene
	LayerPrediction              // forecasts
	LayerPlanning                // plan
	LayerControl                 // command, after the guard
	NumLayers       = iota
)

var layerNames = [NumLayers]string{"world", "sensor", "detection", "tracking", "prediction", "planning", "control"}

// String returns the name of the layer.
func (l Layer) String() string {
	if int(l) < NumLayers {
		return layerNames[l]
	}
	return "unknown"
}

// Digest is a shortened SHA-256 of one layer at one decision.
type Digest [8]byte

// Record is one decision of a driver in a trace.
type Record struct {
	Time    clock.Tick
	Layers  [NumLayers]Digest
	Command vehicle.Command
}

// Header tells what a trace recorded and all that is needed to run it again.
type Header struct {
	Scenario string `json:"scenario"`
	Source   string `json:"source"` // text of the scenario file
	Seed     uint64 `json:"seed"`
	Case     string `json:"case,omitempty"` // label: the seed, or g012 on the grid
	// Timeout is when the run was to be cut off, 0 for never.
	Timeout    clock.Tick `json:"timeout,omitempty"`
	Driver     string     `json:"driver"`
	Perception string     `json:"perception"`
	Model      string     `json:"model,omitempty"` // SHA-256 of the model file
	// ISA is the instruction set with which the network computed, as network.ISA names
	// it. Its detections are the same bytes only with the same one. Empty without a
	// network, and in traces from before it was recorded.
	ISA string `json:"isa,omitempty"`
	// Cut tells that the recording ended before the run did.
	Cut bool `json:"cut,omitempty"`
	// Changes were made to the drive on its way, in order.
	Changes []TracedChange `json:"changes,omitempty"`
}

// TracedChange is a change that was made to a drive before a decision: the weather,
// another driver, and the like. What kinds there are and what they hold is told by
// those who make them, such as package tape.
type TracedChange struct {
	Record int             `json:"record"` // the first decision after it
	Kind   string          `json:"kind"`
	Value  json.RawMessage `json:"value"`
}

// Trace is the record of a run: a hash for each layer and decision, and the
// commands. It re-simulates to the same bytes or tells where it did not.
//
// File format, version 1: the line "roadloop trace 1", the header as one line of
// JSON, the number of records as a little-endian uint32, the records (int64
// time, NumLayers digests of 8 bytes, float64 steering, float64 acceleration),
// and the SHA-256 of everything before it.
//
// Version 2 has, after the records, the number of hands as a little-endian uint32
// and the hands (uint32 record, float64 steering, float64 acceleration).
//
// Version 3 has, after the hands, the digest of the world at the end.
//
// A trace is written in the oldest version that can hold it: 3 for a run whose time
// was over, else 2 for one in which somebody took the wheel, and 1 for all others.
type Trace struct {
	Header  Header
	Records []Record
	Hands   []Hand // in order of their records
	// End is the digest of the world when the time of the run was over,
	// clock.DriverPeriod after the last record. It is zero where nothing happened after
	// the last record, or where that is not known: in a recording that was cut, or one
	// from before there were ends.
	End Digest
}

const (
	traceMagic  = "roadloop trace 1\n"
	handsMagic  = "roadloop trace 2\n"
	endMagic    = "roadloop trace 3\n"
	tracePrefix = "roadloop trace "
	// maxTraceRecords bounds what a reader allocates for a file it does not trust:
	// ten hours of driving.
	maxTraceRecords = 10 * 3600 * 20
	// maxTraceFile is the size of the largest trace that a reader takes, bytes.
	maxTraceFile = 128 << 20
)

// ErrTraceVersion is wrapped by ReadTrace for a trace of another version.
var ErrTraceVersion = errors.New("trace of another version")

// Encode returns the trace as the bytes of a trace file.
func (t *Trace) Encode() ([]byte, error) {
	head, err := json.Marshal(t.Header)
	if err != nil {
		return nil, fmt.Errorf("trace header: %w", err)
	}
	var b bytes.Buffer
	magic := t.magic()
	b.WriteString(magic)
	b.Write(head)
	b.WriteByte('\n')
	// Writes to a bytes.Buffer of fixed-size values cannot fail.
	_ = binary.Write(&b, binary.LittleEndian, uint32(len(t.Records)))
	_ = binary.Write(&b, binary.LittleEndian, t.Records)
	if magic != traceMagic {
		_ = binary.Write(&b, binary.LittleEndian, uint32(len(t.Hands)))
		_ = binary.Write(&b, binary.LittleEndian, t.Hands)
	}
	if magic == endMagic {
		b.Write(t.End[:])
	}
	sum := sha256.Sum256(b.Bytes())
	b.Write(sum[:])
	return b.Bytes(), nil
}

// magic returns the first line of the file: the oldest version that can hold the trace.
func (t *Trace) magic() string {
	switch {
	case t.End != Digest{}:
		return endMagic
	case len(t.Hands) > 0:
		return handsMagic
	}
	return traceMagic
}

// SHA256 returns the hash of the trace's records, hands and end, in hexadecimal. Two
// runs that agree in every layer at every decision, in who drove and in the end have
// the same.
func (t *Trace) SHA256() string {
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, t.Records) // a hash accepts all writes
	_ = binary.Write(h, binary.LittleEndian, t.Hands)
	if (t.End != Digest{}) {
		h.Write(t.End[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// ReadTrace reads a trace file. It fails with ErrTraceVersion for another
// version and with a description for a file that is damaged or cut short.
func ReadTrace(r io.Reader) (*Trace, error) {
	first := make([]byte, len(traceMagic))
	n, err := io.ReadFull(r, first)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("reading trace: %w", err)
	}
	magic := string(first[:n])
	if err := checkTraceMagic(magic); err != nil {
		return nil, err
	}
	rest, err := bounded.ReadAll(r, maxTraceFile)
	if err != nil {
		return nil, fmt.Errorf("reading trace: %w", err)
	}
	data := append(first, rest...)
	if len(data) < len(traceMagic)+sha256.Size {
		return nil, errors.New("trace is cut short")
	}
	body, sum := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if want := sha256.Sum256(body); !bytes.Equal(want[:], sum) {
		return nil, errors.New("trace is damaged or cut short: its checksum does not match")
	}
	return decodeTrace(body[len(magic):], magic)
}

// checkTraceMagic checks the first bytes of a file.
func checkTraceMagic(magic string) error {
	switch magic {
	case traceMagic, handsMagic, endMagic:
		return nil
	}
	version, ok := strings.CutPrefix(magic, tracePrefix)
	if !ok {
		return errors.New("not a roadloop trace")
	}
	if version, _, _ = strings.Cut(version, "\n"); version == "" || strings.Trim(version, "0123456789") != "" {
		return errors.New("trace is damaged or cut short: its first line names no version")
	}
	return fmt.Errorf("%w: version %s, this program reads versions 1 to 3", ErrTraceVersion, version)
}

// decodeTrace reads what follows the magic of a trace whose checksum was right.
func decodeTrace(body []byte, magic string) (*Trace, error) {
	head, rest, ok := bytes.Cut(body, []byte("\n"))
	if !ok {
		return nil, errors.New("trace has no header")
	}
	t := new(Trace)
	if err := json.Unmarshal(head, &t.Header); err != nil {
		return nil, fmt.Errorf("trace header: %w", err)
	}
	var err error
	if t.Records, rest, err = readList[Record](rest, maxTraceRecords); err != nil {
		return nil, fmt.Errorf("trace records: %w", err)
	}
	if magic != traceMagic {
		if t.Hands, rest, err = readList[Hand](rest, len(t.Records)); err != nil {
			return nil, fmt.Errorf("trace hands: %w", err)
		}
	}
	if magic == endMagic {
		if len(rest) < len(t.End) {
			return nil, errors.New("trace has no end")
		}
		rest = rest[copy(t.End[:], rest):]
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("trace holds %d bytes more than it announces", len(rest))
	}
	return t, checkHands(t)
}

// readList reads a count and as many values of fixed size, not more than most.
func readList[T any](data []byte, most int) (list []T, rest []byte, err error) {
	if len(data) < 4 {
		return nil, nil, errors.New("their number is missing")
	}
	n, rest := int(binary.LittleEndian.Uint32(data)), data[4:]
	var one T
	size := n * binary.Size(one)
	if n > most || len(rest) < size {
		return nil, nil, fmt.Errorf("%d are announced in %d bytes", n, len(rest))
	}
	if n == 0 {
		return nil, rest, nil
	}
	list = make([]T, n)
	if err := binary.Read(bytes.NewReader(rest[:size]), binary.LittleEndian, list); err != nil {
		return nil, nil, err
	}
	return list, rest[size:], nil
}

// Difference is where two traces part.
type Difference struct {
	Time   clock.Tick
	Layer  Layer
	Ended  bool // one trace ends here and the other goes on
	Record int
}

// String says in words where the traces part.
func (d Difference) String() string {
	if d.Ended {
		return fmt.Sprintf("one trace ends at %v, the other goes on", d.Time)
	}
	return fmt.Sprintf("first difference at %v in layer %s", d.Time, d.Layer)
}

// Compare returns the first decision, and in it the first layer, in which two
// traces differ; differ is false when they agree throughout. Somebody at the wheel
// of one run only, or with another command, is a difference of control. Their ends are
// compared where both are known.
func Compare(a, b *Trace) (diff Difference, differ bool) {
	for i := range min(len(a.Records), len(b.Records)) {
		ra, rb := &a.Records[i], &b.Records[i]
		if ra.Time != rb.Time {
			return Difference{Time: min(ra.Time, rb.Time), Record: i}, true
		}
		for l := range Layer(NumLayers) {
			if ra.Layers[l] != rb.Layers[l] {
				return Difference{Time: ra.Time, Layer: l, Record: i}, true
			}
		}
		handA, heldA := a.HandAt(i)
		handB, heldB := b.HandAt(i)
		if ra.Command != rb.Command || heldA != heldB || handA != handB {
			return Difference{Time: ra.Time, Layer: LayerControl, Record: i}, true
		}
	}
	if len(a.Records) == len(b.Records) {
		return compareEnds(a, b)
	}
	longer, n := a, len(b.Records)
	if len(b.Records) > len(a.Records) {
		longer, n = b, len(a.Records)
	}
	return Difference{Time: longer.Records[n].Time, Ended: true, Record: n}, true
}

// compareEnds compares the ends of two traces that agree in all decisions.
func compareEnds(a, b *Trace) (diff Difference, differ bool) {
	n := len(a.Records)
	if n == 0 || a.End == b.End || a.End == (Digest{}) || b.End == (Digest{}) {
		return Difference{}, false
	}
	return Difference{Time: a.Records[n-1].Time + clock.DriverPeriod, Layer: LayerWorld, Record: n}, true
}
