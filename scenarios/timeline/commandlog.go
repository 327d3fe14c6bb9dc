package timeline

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// CommandLog is the part of a trace that re-simulation needs: the header, the commands, and
// checks of the world. It keeps nothing of sensors, perception and planning. A decision
// takes some 15 bytes compressed, a fifth of its size in the trace.
//
// Format, version 2:
//   - the line "roadloop reel 2"
//   - the header of the trace as one line of JSON
//   - the number of decisions and the number of checks, each a little-endian uint32
//   - the steering of all decisions and then their accelerations: the bits of each
//     float64 are XORed with those of the previous decision and laid out in eight byte
//     planes, the lowest bytes first
//   - the checks, a little-endian uint16 each
//   - the seal, 32 bytes, if there is any decision
//
// Decisions are clock.DriverPeriod apart, the first at the start. Checks and seal come
// from a hash chain that begins with 32 zeros. Each link is the SHA-256 of the previous
// link and the trace's digest of the world: at every decision, and at the end of the
// drive if the trace has that digest. A check is the first two bytes of a link, the seal
// is the last link. With the end, there is one check more than decisions.
//
// Version 1 has no check of the end, and no number of checks.
//
// The format has no checksum: the gzip around it has one, and a changed command changes
// the world, which the checks detect.
type CommandLog struct {
	Header   trace.Header
	Commands []vehicle.Command
	Checks   []uint16 // one for each decision, and one for the end if known
	Seal     [32]byte // zero without decisions
}

const (
	magic1      = "roadloop reel 1\n"
	magic2      = "roadloop reel 2\n"
	magicPrefix = "roadloop reel "
	// maxDecisions bounds what a reader allocates: ten hours of driving.
	maxDecisions = 10 * 3600 * 20
	planes       = 8
)

// ErrCommandLogVersion is wrapped by ReadCommandLog for a command log of an unknown version.
var ErrCommandLogVersion = errors.New("unknown version of a command log")

// NewCommandLog returns the command log of a trace. It rejects a trace with decisions that are not
// at intervals of clock.DriverPeriod from the start on, and one with a change of the world.
func NewCommandLog(t *trace.Trace) (*CommandLog, error) {
	r := &CommandLog{Header: t.Header}
	for _, c := range t.Header.Changes {
		if c.Kind == "speed" || c.Kind == "weather" {
			return nil, fmt.Errorf("the %s was changed during the drive: only the full trace can be re-simulated", c.Kind)
		}
	}
	var c chain
	for i := range t.Records {
		rec := &t.Records[i]
		if want := clock.Tick(i) * clock.DriverPeriod; rec.Time != want {
			return nil, fmt.Errorf("decision %d of the trace is at %v, want %v", i, rec.Time, want)
		}
		command := rec.Command
		if hand, held := t.OverrideAt(i); held {
			command = hand
		}
		r.Commands = append(r.Commands, command)
		r.Checks = append(r.Checks, c.add(rec.Layers[trace.LayerWorld]))
	}
	if len(r.Checks) > 0 && t.End != (trace.Digest{}) {
		r.Checks = append(r.Checks, c.add(t.End))
	}
	r.Seal = c
	return r, nil
}

// Encode returns the log in the format above.
func (r *CommandLog) Encode() ([]byte, error) {
	head, err := json.Marshal(r.Header)
	if err != nil {
		return nil, fmt.Errorf("encoding the header of a command log: %w", err)
	}
	n := len(r.Commands)
	b := append([]byte(magic2), head...)
	b = append(b, '\n')
	b = binary.LittleEndian.AppendUint32(b, uint32(n))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(r.Checks)))
	b = appendPlanes(b, n, func(i int) float64 { return r.Commands[i].Steer })
	b = appendPlanes(b, n, func(i int) float64 { return r.Commands[i].Accel })
	for _, c := range r.Checks {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	if n > 0 {
		b = append(b, r.Seal[:]...)
	}
	return b, nil
}

// ReadCommandLog decodes a command log. The error is ErrVersion for an unknown version, and describes
// the damage of an invalid one.
func ReadCommandLog(data []byte) (*CommandLog, error) {
	first := bytes.HasPrefix(data, []byte(magic1))
	if !first && !bytes.HasPrefix(data, []byte(magic2)) {
		if line, _, ok := bytes.Cut(data, []byte("\n")); ok && bytes.HasPrefix(line, []byte(magicPrefix)) {
			return nil, fmt.Errorf("%w: %q, this program reads versions 1 and 2", ErrCommandLogVersion, line)
		}
		return nil, errors.New("not the command log of a roadloop trace")
	}
	head, rest, ok := bytes.Cut(data[len(magic2):], []byte("\n"))
	if !ok {
		return nil, errors.New("the command log has no header")
	}
	r := new(CommandLog)
	if err := json.Unmarshal(head, &r.Header); err != nil {
		return nil, fmt.Errorf("reading the header of a command log: %w", err)
	}
	n, checks, rest, err := readCounts(rest, first)
	if err != nil {
		return nil, err
	}
	if n > maxDecisions || checks != n && (checks != n+1 || n == 0) || len(rest) != sizeOf(n, checks) {
		return nil, fmt.Errorf("the command log declares %d decisions and %d checks but has %d bytes of them", n, checks, len(rest))
	}
	r.decode(n, checks, rest)
	return r, nil
}

// readCounts reads the numbers of decisions and of checks. In the first version they are
// equal.
func readCounts(data []byte, first bool) (decisions, checks int, rest []byte, err error) {
	if len(data) < 4 || !first && len(data) < 8 {
		return 0, 0, nil, errors.New("the command log has no count of decisions")
	}
	decisions = int(binary.LittleEndian.Uint32(data))
	if first {
		return decisions, decisions, data[4:], nil
	}
	return decisions, int(binary.LittleEndian.Uint32(data[4:])), data[8:], nil
}

// sizeOf returns the size of n decisions and their checks, bytes.
func sizeOf(n, checks int) int {
	if n == 0 {
		return 0
	}
	return n*2*planes + 2*checks + len(CommandLog{}.Seal)
}

// decode reads n decisions and their checks from data, which has their size.
func (r *CommandLog) decode(n, checks int, data []byte) {
	if n == 0 {
		return
	}
	r.Commands, r.Checks = make([]vehicle.Command, n), make([]uint16, checks)
	readPlanes(data, n, func(i int, x float64) { r.Commands[i].Steer = x })
	readPlanes(data[planes*n:], n, func(i int, x float64) { r.Commands[i].Accel = x })
	data = data[2*planes*n:]
	for i := range r.Checks {
		r.Checks[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	copy(r.Seal[:], data[2*checks:])
}

// appendPlanes appends n numbers as XOR differences in byte planes, the lowest bytes
// first. Bytes that rarely change are adjacent, and so compress well.
func appendPlanes(b []byte, n int, at func(int) float64) []byte {
	start := len(b)
	b = append(b, make([]byte, planes*n)...)
	last := uint64(0)
	for i := range n {
		bits := math.Float64bits(at(i))
		for p := range planes {
			b[start+p*n+i] = byte((bits ^ last) >> (8 * p))
		}
		last = bits
	}
	return b
}

// readPlanes is the inverse of appendPlanes.
func readPlanes(b []byte, n int, set func(int, float64)) {
	bits := uint64(0)
	for i := range n {
		for p := range planes {
			bits ^= uint64(b[p*n+i]) << (8 * p)
		}
		set(i, math.Float64frombits(bits))
	}
}
