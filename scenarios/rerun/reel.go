package rerun

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"roadloop"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
)

// Reel is what it takes of a trace to let the drive happen again: what was driven, the
// commands, and checks of the world. Of sensors, perception and planning it keeps
// nothing. A decision takes some 15 bytes once compressed, a fifth of what it does in
// the trace.
//
// Format, version 1: the line "roadloop reel 1", the header of the trace as one line of
// JSON, the number of decisions as a little-endian uint32; the steering of all
// decisions and then their accelerations, each as the bits of a float64 XORed with
// those of the decision before and laid out in eight planes, the lowest bytes of all
// first; the checks, a little-endian uint16 each; and the seal, 32 bytes, if there is
// any decision. Decisions are clock.DriverPeriod apart, the first at the start. Checks
// and seal are the first two bytes of every link, and the last link, of a chain that
// begins with 32 zeros and whose next link is the SHA-256 of the link before and the
// trace's digest of the world.
//
// It has no checksum of its own: the gzip that carries it has one, and a changed
// command is found out by the world that follows from it.
type Reel struct {
	Header   roadloop.Header
	Commands []vehicle.Command
	Checks   []uint16 // one for each decision
	Seal     [32]byte // zero without decisions
}

const (
	reelMagic  = "roadloop reel 1\n"
	reelPrefix = "roadloop reel "
	// maxDecisions bounds what a reader allocates: ten hours of driving.
	maxDecisions = 10 * 3600 * 20
	planes       = 8
)

// ErrVersion is wrapped by ReadReel for a reel of another version.
var ErrVersion = errors.New("reel of another version")

// NewReel takes from a trace what it takes to let it happen again. It refuses a trace
// whose decisions are not one clock.DriverPeriod apart from the start on.
func NewReel(t *roadloop.Trace) (*Reel, error) {
	r := &Reel{Header: t.Header}
	for _, c := range t.Header.Changes {
		if c.Kind == "speed" || c.Kind == "weather" {
			return nil, fmt.Errorf("the %s was changed on the way: such a drive cannot be simulated again without its tape", c.Kind)
		}
	}
	var c chain
	for i := range t.Records {
		rec := &t.Records[i]
		if want := clock.Tick(i) * clock.DriverPeriod; rec.Time != want {
			return nil, fmt.Errorf("decision %d of the trace is at %v, not at %v", i, rec.Time, want)
		}
		command := rec.Command
		if hand, held := t.HandAt(i); held {
			command = hand
		}
		r.Commands = append(r.Commands, command)
		r.Checks = append(r.Checks, c.add(rec.Layers[roadloop.LayerWorld]))
	}
	r.Seal = c
	return r, nil
}

// Encode returns the reel in the format above.
func (r *Reel) Encode() ([]byte, error) {
	head, err := json.Marshal(r.Header)
	if err != nil {
		return nil, fmt.Errorf("header of a reel: %w", err)
	}
	n := len(r.Commands)
	b := append([]byte(reelMagic), head...)
	b = append(b, '\n')
	b = binary.LittleEndian.AppendUint32(b, uint32(n))
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

// ReadReel decodes a reel. It fails with ErrVersion for another version and with a
// description for what is damaged or cut short.
func ReadReel(data []byte) (*Reel, error) {
	if !bytes.HasPrefix(data, []byte(reelMagic)) {
		if line, _, ok := bytes.Cut(data, []byte("\n")); ok && bytes.HasPrefix(line, []byte(reelPrefix)) {
			return nil, fmt.Errorf("%w: %q, this program reads version 1", ErrVersion, line)
		}
		return nil, errors.New("not a reel of a roadloop trace")
	}
	head, rest, ok := bytes.Cut(data[len(reelMagic):], []byte("\n"))
	if !ok {
		return nil, errors.New("reel has no header")
	}
	r := new(Reel)
	if err := json.Unmarshal(head, &r.Header); err != nil {
		return nil, fmt.Errorf("header of a reel: %w", err)
	}
	if len(rest) < 4 {
		return nil, errors.New("reel has no number of decisions")
	}
	n := int(binary.LittleEndian.Uint32(rest))
	rest = rest[4:]
	if n > maxDecisions || len(rest) != sizeOf(n) {
		return nil, fmt.Errorf("reel announces %d decisions but holds %d bytes of them", n, len(rest))
	}
	r.decode(n, rest)
	return r, nil
}

// sizeOf returns the bytes that n decisions take.
func sizeOf(n int) int {
	if n == 0 {
		return 0
	}
	return n*(2*planes+2) + len(Reel{}.Seal)
}

// decode reads n decisions from data, which has the size of them.
func (r *Reel) decode(n int, data []byte) {
	if n == 0 {
		return
	}
	r.Commands, r.Checks = make([]vehicle.Command, n), make([]uint16, n)
	readPlanes(data, n, func(i int, x float64) { r.Commands[i].Steer = x })
	readPlanes(data[planes*n:], n, func(i int, x float64) { r.Commands[i].Accel = x })
	data = data[2*planes*n:]
	for i := range r.Checks {
		r.Checks[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	copy(r.Seal[:], data[2*n:])
}

// appendPlanes appends n numbers: what changes from one to the next, the lowest bytes
// of all first. Bytes that seldom change come to stand together, and compress.
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
