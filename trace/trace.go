// Package trace is the record of a drive: for each decision the command and a hash of
// the result of every layer. A drive that is simulated again from its trace gives the
// same hashes, or the trace names the first layer and time that differ.
package trace

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"roadloop/internal/fileio"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
)

// Layer is a stage of the loop. A trace keeps a hash of its result.
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

// Header says what a trace recorded and holds all that is needed to run it again.
type Header struct {
	Scenario string `json:"scenario"`
	Source   string `json:"source"` // text of the scenario file
	Seed     uint64 `json:"seed"`
	Case     string `json:"case,omitempty"` // label: the seed, or g012 on the grid
	// Timeout is when the run was to be cut off, 0 for never.
	Timeout clock.Tick `json:"timeout,omitempty"`
	DriverID
	// Cut reports that the recording ended before the run did.
	Cut bool `json:"cut,omitempty"`
	// Changes were made to the drive on its way, in order.
	Changes []Change `json:"changes,omitempty"`
}

// Change is a change that was made to a drive before a decision: the weather,
// another driver, and the like. The packages that make changes define the kinds and their
// values.
type Change struct {
	Record int             `json:"record"` // the first decision after it
	Kind   string          `json:"kind"`
	Value  json.RawMessage `json:"value"`
}

// Trace is the record of a run: a hash for each layer and decision, and the
// commands. A re-simulation gives the same bytes, or Compare returns the first difference.
//
// File format, version 1: the line "roadloop trace 1", the header as one line of
// JSON, the number of records as a little-endian uint32, the records (int64
// time, NumLayers digests of 8 bytes, float64 steering, float64 acceleration),
// and the SHA-256 of everything before it.
//
// Version 2 has, after the records, the number of overrides as a little-endian uint32
// and the overrides (uint32 record, float64 steering, float64 acceleration).
//
// Version 3 has, after the overrides, the digest of the world at the end.
//
// A trace is written in the oldest version that can hold it: 3 for a run that reached the
// end of its time, else 2 for one with overrides, and 1 for all others.
type Trace struct {
	Header    Header
	Records   []Record
	Overrides []Override // in order of their records
	// End is the digest of the world when the time of the run was over,
	// clock.DriverPeriod after the last record. It is zero where nothing happened after
	// the last record, or where that is not known: in a recording that was cut, or one
	// from before there were ends.
	End Digest
}

const (
	firstMagic     = "roadloop trace 1\n"
	overridesMagic = "roadloop trace 2\n"
	endMagic       = "roadloop trace 3\n"
	magicPrefix    = "roadloop trace "
	// maxRecords bounds what a reader allocates for a file it does not trust:
	// ten hours of driving.
	maxRecords = 10 * 3600 * 20
	// maxFile is the size of the largest trace that a reader takes, bytes.
	maxFile = 128 << 20
)

// ErrVersion is wrapped by Read for a trace of another version.
var ErrVersion = errors.New("trace of another version")

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
	if magic != firstMagic {
		_ = binary.Write(&b, binary.LittleEndian, uint32(len(t.Overrides)))
		_ = binary.Write(&b, binary.LittleEndian, t.Overrides)
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
	case len(t.Overrides) > 0:
		return overridesMagic
	}
	return firstMagic
}

// SHA256 returns the hash of the trace's records, overrides and end, in hexadecimal. Two
// runs that agree in every layer at every decision, in all overrides and in the end have
// the same.
func (t *Trace) SHA256() string {
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, t.Records) // a hash accepts all writes
	_ = binary.Write(h, binary.LittleEndian, t.Overrides)
	if (t.End != Digest{}) {
		h.Write(t.End[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// ReadFile reads a trace file. See Read.
func ReadFile(path string) (*Trace, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the trace: %w", err)
	}
	defer f.Close()
	t, err := Read(f)
	switch {
	case errors.Is(err, ErrVersion):
		return nil, fmt.Errorf("%s: %w; record the scenario again with this version, or open the trace with the version that wrote it", path, err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// Read reads a trace file. It fails with ErrVersion for another
// version and with a description for a file that is damaged or cut short.
func Read(r io.Reader) (*Trace, error) {
	first := make([]byte, len(firstMagic))
	n, err := io.ReadFull(r, first)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("reading trace: %w", err)
	}
	magic := string(first[:n])
	if err := checkMagic(magic); err != nil {
		return nil, err
	}
	rest, err := fileio.ReadAll(r, maxFile)
	if err != nil {
		return nil, fmt.Errorf("reading trace: %w", err)
	}
	data := append(first, rest...)
	if len(data) < len(firstMagic)+sha256.Size {
		return nil, errors.New("trace is cut short")
	}
	body, sum := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if want := sha256.Sum256(body); !bytes.Equal(want[:], sum) {
		return nil, errors.New("trace is damaged or cut short: its checksum does not match")
	}
	return decode(body[len(magic):], magic)
}

// Begins reports whether data begins as a trace file of any version does.
func Begins(data []byte) bool { return bytes.HasPrefix(data, []byte(magicPrefix)) }

// checkMagic checks the first bytes of a file.
func checkMagic(magic string) error {
	switch magic {
	case firstMagic, overridesMagic, endMagic:
		return nil
	}
	version, ok := strings.CutPrefix(magic, magicPrefix)
	if !ok {
		return errors.New("not a roadloop trace")
	}
	if version, _, _ = strings.Cut(version, "\n"); version == "" || strings.Trim(version, "0123456789") != "" {
		return errors.New("trace is damaged or cut short: its first line names no version")
	}
	return fmt.Errorf("%w: version %s, this program reads versions 1 to 3", ErrVersion, version)
}

// decode reads the part after the magic of a trace with a correct checksum.
func decode(body []byte, magic string) (*Trace, error) {
	head, rest, ok := bytes.Cut(body, []byte("\n"))
	if !ok {
		return nil, errors.New("trace has no header")
	}
	t := new(Trace)
	if err := json.Unmarshal(head, &t.Header); err != nil {
		return nil, fmt.Errorf("trace header: %w", err)
	}
	var err error
	if t.Records, rest, err = readList[Record](rest, maxRecords); err != nil {
		return nil, fmt.Errorf("trace records: %w", err)
	}
	if magic != firstMagic {
		if t.Overrides, rest, err = readList[Override](rest, len(t.Records)); err != nil {
			return nil, fmt.Errorf("trace overrides: %w", err)
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
	return t, checkOverrides(t)
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
// traces differ; differ is false when they agree throughout. A different override is a
// difference of control. Their ends are compared where both are known.
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
		overrideA, overriddenA := a.OverrideAt(i)
		overrideB, overriddenB := b.OverrideAt(i)
		if ra.Command != rb.Command || overriddenA != overriddenB || overrideA != overrideB {
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
