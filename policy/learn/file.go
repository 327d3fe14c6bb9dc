package learn

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"roadloop/internal/fileio"
	"roadloop/policy"
)

// A policy is stored as the line "roadloop policy 1", a uint32 with the length of a JSON
// header, the header, the tensors as little-endian float32 in the order the header lists
// them, and the CRC-32 (IEEE) of everything before it.
const (
	fileLine = "roadloop policy 1\n"
	// MaxFile is the size of the largest policy that is read, bytes.
	MaxFile = 256 << 20
)

// fileHeader is the header of a policy file.
type fileHeader struct {
	Spec       policy.Spec  `json:"spec"`
	Recipe     Recipe       `json:"recipe"`
	Steps      int64        `json:"steps"`
	Commit     string       `json:"commit,omitempty"`
	ValueScale float64      `json:"value_scale"`
	Network    Config       `json:"network"`
	Normalizer Normalizer   `json:"normalizer"`
	Tensors    []fileTensor `json:"tensors"`
}

type fileTensor struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
}

// Encode returns the policy as the bytes of a file.
func (p *Policy) Encode() ([]byte, error) {
	h := fileHeader{Spec: p.Spec, Recipe: p.Recipe, Steps: p.Steps, Commit: p.Commit, ValueScale: p.ValueScale,
		Network: p.Weights.Config, Normalizer: *p.Normalizer}
	for _, t := range p.Weights.Params {
		h.Tensors = append(h.Tensors, fileTensor{t.Name, t.Shape})
	}
	head, err := json.Marshal(&h)
	if err != nil {
		return nil, fmt.Errorf("header of a policy: %w", err)
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(head)))
	b = append(b, head...)
	for _, t := range p.Weights.Params {
		for _, v := range t.Data {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return fileio.Seal(fileLine, b), nil
}

// ReadPolicy reads a policy file.
func ReadPolicy(path string) (*Policy, error) {
	data, err := fileio.ReadFile(path, MaxFile)
	if err != nil {
		return nil, err
	}
	p, err := DecodePolicy(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// DecodePolicy reads the bytes of a policy file. It allocates in proportion to their number.
func DecodePolicy(data []byte) (*Policy, error) {
	b, err := fileio.Unseal(fileLine, data)
	switch {
	case errors.Is(err, fileio.ErrNotSealed) && bytes.HasPrefix(data, []byte("roadloop policy ")):
		return nil, errors.New("policy of another version: this program reads version 1")
	case errors.Is(err, fileio.ErrNotSealed):
		return nil, errors.New("not a roadloop policy")
	case err != nil:
		return nil, fmt.Errorf("policy is %w", err)
	case len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4):
		return nil, errors.New("policy: its header is longer than the file")
	}
	n := int(binary.LittleEndian.Uint32(b))
	var h fileHeader
	if err := json.Unmarshal(b[4:4+n], &h); err != nil {
		return nil, fmt.Errorf("policy: header: %w", err)
	}
	if err := h.Network.Check(); err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	b = b[4+n:]
	if want := 4 * h.Network.count(); want != int64(len(b)) {
		return nil, fmt.Errorf("policy: %d bytes of weights, its network has %d", len(b), want)
	}
	p := &Policy{Spec: h.Spec, Recipe: h.Recipe, Steps: h.Steps, Commit: h.Commit, ValueScale: h.ValueScale,
		Weights: newZeros(h.Network), Normalizer: &h.Normalizer}
	if err := p.Check(); err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	if err := p.Weights.decode(b, h.Tensors); err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	return p, nil
}

// decode fills the parameters.
func (w *Weights) decode(b []byte, listed []fileTensor) error {
	if len(listed) != len(w.Params) {
		return fmt.Errorf("%d tensors, its network has %d", len(listed), len(w.Params))
	}
	for i := range w.Params {
		t := &w.Params[i]
		if l := &listed[i]; l.Name != t.Name || fmt.Sprint(l.Shape) != fmt.Sprint(t.Shape) {
			return fmt.Errorf("tensor %d is %s %v, its network has %s %v", i, l.Name, l.Shape, t.Name, t.Shape)
		}
		for k := range t.Data {
			v := math.Float32frombits(binary.LittleEndian.Uint32(b[4*k:]))
			if v != v || v-v != 0 {
				return fmt.Errorf("tensor %s has the value %g", t.Name, v)
			}
			t.Data[k] = v
		}
		b = b[4*len(t.Data):]
	}
	return nil
}
