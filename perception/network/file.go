package network

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"strings"

	"roadloop/internal/fileio"
)

// Weights are stored as the line "roadloop model 1", a uint32 with the length of
// a JSON header, the header, the tensors as little-endian float32 in the order
// the header lists them, and the CRC-32 (IEEE) of everything before it.
const (
	fileMagic  = "roadloop model 1\n"
	filePrefix = "roadloop model "
	// maxValues bounds the memory that a reader allocates for an untrusted file.
	maxValues = 1 << 26
	// MaxFile is the size of the largest model file that Read reads, bytes.
	MaxFile = 4*maxValues + 1<<20
)

// ErrVersion is wrapped by Read for a file of another version.
var ErrVersion = errors.New("model of another version")

// Meta describes the training of the weights. It is stored with them.
type Meta struct {
	Data   string  `json:"data,omitempty"` // recipe of the training data
	Seed   uint64  `json:"seed"`
	Steps  int64   `json:"steps"`
	Frames int64   `json:"frames"`
	Hours  float64 `json:"hours,omitempty"` // of training
	Commit string  `json:"commit,omitempty"`
	// Heads names the tasks of the heads: DrivingHeads, or those of a pretraining.
	// Empty in older files.
	Heads []string `json:"heads,omitempty"`
	// Temperature and Shift are the arguments of Calibrate; 0 and 0 if it was not
	// called.
	Temperature float64 `json:"temperature,omitempty"`
	Shift       float64 `json:"shift,omitempty"`
}

// DrivingHeads returns the names of the heads used for driving and scoring.
func DrivingHeads() []string { return []string{"objects", "lanes", "drivable"} }

// ErrHeads is wrapped by errors about a model that lacks heads for driving.
var ErrHeads = errors.New("the model has no heads for driving")

// CheckDriving returns ErrHeads with details for a network of another task than
// driving, such as filling in masked frames.
func (c *Config) CheckDriving(m *Meta) error {
	if c.Heads != 0 {
		what := "another task"
		if len(m.Heads) > 0 {
			what = strings.Join(m.Heads, ", ")
		}
		return fmt.Errorf("%w: its heads are for %s; train it for driving with roadloop train --from", ErrHeads, what)
	}
	if len(m.Heads) == 0 { // an older driving model, without names
		return nil
	}
	for _, name := range DrivingHeads() {
		if !slices.Contains(m.Heads, name) {
			return fmt.Errorf("%w: %s is missing among %s", ErrHeads, name, strings.Join(m.Heads, ", "))
		}
	}
	return nil
}

type fileHeader struct {
	Config  Config       `json:"config"`
	Meta    Meta         `json:"meta"`
	Tensors []fileTensor `json:"tensors"`
}

type fileTensor struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
}

// Encode returns the weights as the bytes of a model file.
func (w *Weights) Encode(meta Meta) ([]byte, error) {
	h := fileHeader{Config: w.Config, Meta: meta}
	for _, p := range w.tensors() {
		h.Tensors = append(h.Tensors, fileTensor{p.Name, p.Shape})
	}
	head, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("model header: %w", err)
	}
	b := []byte(fileMagic)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(head)))
	b = append(b, head...)
	for _, p := range w.tensors() {
		for _, v := range p.Data {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b)), nil
}

// SHA256 returns a hexadecimal hash of the weights that identifies a network, "" for
// nil.
func (w *Weights) SHA256() (string, error) {
	if w == nil {
		return "", nil
	}
	data, err := w.Encode(Meta{})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// tensors returns parameters and statistics in file order.
func (w *Weights) tensors() []*Param {
	var out []*Param
	for _, list := range [][]Param{w.Params, w.Stats} {
		for i := range list {
			out = append(out, &list[i])
		}
	}
	return out
}

// Read reads a model file. It returns ErrVersion for another version, and a
// descriptive error for a file that is damaged, truncated, or of another network.
func Read(r io.Reader) (*Weights, Meta, error) {
	magic := make([]byte, len(fileMagic))
	n, err := io.ReadFull(r, magic)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, Meta{}, fmt.Errorf("reading model: %w", err)
	}
	if err := checkMagic(string(magic[:n])); err != nil {
		return nil, Meta{}, err
	}
	rest, err := fileio.ReadAll(r, MaxFile)
	if err != nil {
		return nil, Meta{}, fmt.Errorf("reading model: %w", err)
	}
	data := append(magic, rest...)
	if len(data) < len(fileMagic)+8 {
		return nil, Meta{}, errors.New("model is cut short")
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return nil, Meta{}, errors.New("model is damaged or cut short: its checksum does not match")
	}
	return decodeModel(body[len(fileMagic):])
}

// checkMagic checks the first bytes of a file.
func checkMagic(magic string) error {
	if magic == fileMagic {
		return nil
	}
	version, ok := strings.CutPrefix(magic, filePrefix)
	if !ok {
		return errors.New("not a roadloop model")
	}
	if version, _, _ = strings.Cut(version, "\n"); version == "" || version == "1" || strings.Trim(version, "0123456789") != "" {
		return errors.New("model is damaged or cut short: its first line names no version")
	}
	return fmt.Errorf("%w: version %s, this program reads version 1", ErrVersion, version)
}

// decodeModel reads header and tensors of a file with a valid checksum.
func decodeModel(b []byte) (*Weights, Meta, error) {
	n := int(binary.LittleEndian.Uint32(b))
	b = b[4:]
	if n > len(b) {
		return nil, Meta{}, errors.New("model header is longer than the file")
	}
	var h fileHeader
	if err := json.Unmarshal(b[:n], &h); err != nil {
		return nil, Meta{}, fmt.Errorf("model header: %w", err)
	}
	b = b[n:]
	w, err := NewWeights(h.Config, 0)
	if err != nil {
		return nil, Meta{}, err
	}
	if w.Count() > maxValues {
		return nil, Meta{}, fmt.Errorf("model has %d parameters, this program reads up to %d", w.Count(), maxValues)
	}
	want := w.tensors()
	if len(want) != len(h.Tensors) {
		return nil, Meta{}, fmt.Errorf("model has %d tensors, its network %d", len(h.Tensors), len(want))
	}
	for i, p := range want {
		t := &h.Tensors[i]
		if t.Name != p.Name || !slices.Equal(t.Shape, p.Shape) || len(b) < 4*len(p.Data) {
			return nil, Meta{}, fmt.Errorf("model: tensor %d is %s %v, its network has %s %v", i, t.Name, t.Shape, p.Name, p.Shape)
		}
		for k := range p.Data {
			p.Data[k] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*k:]))
		}
		b = b[4*len(p.Data):]
	}
	if len(b) != 0 {
		return nil, Meta{}, fmt.Errorf("model: %d bytes too many", len(b))
	}
	return w, h.Meta, nil
}
