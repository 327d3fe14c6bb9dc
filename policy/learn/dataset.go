package learn

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"roadloop/internal/fileio"
	"roadloop/policy"
)

// Dataset is observations, each with the action of a driver to imitate. Images take one byte a
// value.
type Dataset struct {
	Observation []policy.Space
	Action      policy.Space
	Obs         []policy.Array // [capacity, shape] of each space
	Actions     []float32      // [capacity, size of the action]
	Count       int
}

// NewDataset returns an empty data set for at most the given number of observations.
func NewDataset(spec *policy.Spec, capacity int) *Dataset {
	return &Dataset{Observation: spec.Observation, Action: spec.Action, Obs: policy.NewArrays(spec.Observation, capacity),
		Actions: make([]float32, capacity*spec.Action.Size())}
}

// Append adds observation i of batched arrays with its action. It returns an error for an
// action outside of its space, and if the data set is full.
func (d *Dataset) Append(obs []policy.Array, i int, action []float32) error {
	if err := d.Action.Check(action); err != nil {
		return fmt.Errorf("data set: %w", err)
	}
	size := len(action)
	if (d.Count+1)*size > len(d.Actions) {
		return fmt.Errorf("data set: more than %d observations", d.Count)
	}
	storeAll(d.Obs, d.Count, obs, i, d.Observation)
	copy(d.Actions[d.Count*size:], action)
	d.Count++
	return nil
}

// A data set is stored as the line "roadloop demonstrations 1", a uint32 with the length of a
// JSON header, the header, the observations of each space in turn, the actions, and the
// CRC-32 (IEEE) of everything before it. Floats are little-endian float32.
const datasetLine = "roadloop demonstrations 1\n"

// datasetHeader is the header of the file of a data set.
type datasetHeader struct {
	Observation []policy.Space `json:"observation"`
	Action      policy.Space   `json:"action"`
	Count       int            `json:"count"`
}

// Encode returns the data set as the bytes of a file.
func (d *Dataset) Encode() ([]byte, error) {
	head, err := json.Marshal(&datasetHeader{d.Observation, d.Action, d.Count})
	if err != nil {
		return nil, fmt.Errorf("header of a data set: %w", err)
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(head)))
	b = append(b, head...)
	floats := func(values []float32) {
		for _, v := range values {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	for k := range d.Obs {
		if n := d.Count * d.Observation[k].Size(); d.Obs[k].Bytes != nil {
			b = append(b, d.Obs[k].Bytes[:n]...)
		} else {
			floats(d.Obs[k].Floats[:n])
		}
	}
	floats(d.Actions[:d.Count*d.Action.Size()])
	return fileio.Seal(datasetLine, b), nil
}

// DecodeDataset reads the bytes of a file. It allocates in proportion to their number.
func DecodeDataset(data []byte) (*Dataset, error) {
	b, err := fileio.Unseal(datasetLine, data)
	switch {
	case errors.Is(err, fileio.ErrNotSealed):
		return nil, errors.New("not a roadloop data set of version 1")
	case err != nil:
		return nil, fmt.Errorf("data set is %w", err)
	case len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4):
		return nil, errors.New("data set: its header is longer than the file")
	}
	n := int(binary.LittleEndian.Uint32(b))
	var h datasetHeader
	if err := json.Unmarshal(b[4:4+n], &h); err != nil {
		return nil, fmt.Errorf("data set: header: %w", err)
	}
	b = b[4+n:]
	each := int64(0) // bytes of an observation with its action
	for _, s := range append([]policy.Space{h.Action}, h.Observation...) {
		size, err := spaceSize(&s)
		if err != nil {
			return nil, fmt.Errorf("data set: %s: %w", s.Name, err)
		}
		each += int64(size) * bytesOf(&s)
	}
	if h.Action.Kind == policy.Image || h.Count < 0 || int64(h.Count) > int64(len(b))/each || int64(h.Count)*each != int64(len(b)) {
		return nil, fmt.Errorf("data set: %d bytes for %d observations of %d bytes", len(b), h.Count, each)
	}
	d := NewDataset(&policy.Spec{Observation: h.Observation, Action: h.Action}, h.Count)
	d.Count = h.Count
	floats := func(values []float32) {
		for i := range values {
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		b = b[4*len(values):]
	}
	for k := range d.Obs {
		b = b[copy(d.Obs[k].Bytes, b):]
		floats(d.Obs[k].Floats)
	}
	floats(d.Actions)
	for i, size := 0, h.Action.Size(); i < h.Count; i++ {
		if err := h.Action.Check(d.Actions[i*size : (i+1)*size]); err != nil {
			return nil, fmt.Errorf("data set: observation %d: %w", i, err)
		}
	}
	return d, nil
}

// bytesOf is the size of a value of a space in memory.
func bytesOf(s *policy.Space) int64 {
	if s.Kind == policy.Image {
		return 1
	}
	return 4
}
