package learn

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"

	"roadloop/internal/fileio"
	"roadloop/policy"
)

// Dataset is observations of a task, each with the action of a driver to imitate. Images take
// one byte a value.
type Dataset struct {
	Spec    policy.Spec
	Obs     []policy.Array // [capacity, shape] of each space
	Actions []float32      // [capacity, size of the action]
	Count   int
	// Drives are the drives that the observations come from, in their order; empty if that is
	// not known.
	Drives []Drive
	// SHA256 is that of the file from which ReadDataset read the data set.
	SHA256 string
}

// Drive is a part of a data set: what one driver did in one episode or one recorded drive.
type Drive struct {
	Driver  string `json:"driver"`          // such as "idm-mobil" or "stack, cnn"
	Seed    uint64 `json:"seed,omitempty"`  // of an episode
	Case    string `json:"case,omitempty"`  // of a recorded drive, such as cut-in/7
	Trace   string `json:"trace,omitempty"` // SHA-256 of its records
	Count   int    `json:"count"`           // observations
	Hands   int    `json:"hands,omitempty"` // observations at which a human drove
	Success bool   `json:"success"`         // the goal was reached, or the verdict is passed
	Ending  string `json:"ending"`          // how the drive ended
}

// NewDataset returns an empty data set for at most the given number of observations.
func NewDataset(spec *policy.Spec, capacity int) *Dataset {
	return &Dataset{Spec: *spec, Obs: policy.NewArrays(spec.Observation, capacity), Actions: make([]float32, capacity*spec.Action.Size())}
}

// Append adds observation i of batched arrays with its action. It returns an error for an
// action outside of its space, and if the data set is full.
func (d *Dataset) Append(obs []policy.Array, i int, action []float32) error {
	if err := d.Spec.Action.Check(action); err != nil {
		return fmt.Errorf("data set: %w", err)
	}
	size := len(action)
	if (d.Count+1)*size > len(d.Actions) {
		return fmt.Errorf("data set: more than %d observations", d.Count)
	}
	storeAll(d.Obs, d.Count, obs, i, d.Spec.Observation)
	copy(d.Actions[d.Count*size:], action)
	d.Count++
	return nil
}

// Bytes returns the size of the observations and actions in memory.
func (d *Dataset) Bytes() int64 { return int64(d.Count) * sampleBytes(&d.Spec) }

// sampleBytes is the size of an observation with its action, in memory and in a file.
func sampleBytes(s *policy.Spec) int64 {
	n := int64(s.Action.Size()) * bytesOf(&s.Action)
	for i := range s.Observation {
		n += int64(s.Observation[i].Size()) * bytesOf(&s.Observation[i])
	}
	return n
}

// A data set is stored as the line "roadloop demonstrations 1", a uint32 with the length of a
// JSON header, the header, the observations of each space in turn, the actions, and the
// CRC-32 (IEEE) of everything before it. Floats are little-endian float32.
const (
	datasetLine = "roadloop demonstrations 1\n"
	// maxDataset is the size of the largest data set that is read, bytes.
	maxDataset = 64 << 30
)

// datasetHeader is the header of the file of a data set.
type datasetHeader struct {
	policy.Spec
	Count  int     `json:"count"`
	Drives []Drive `json:"drives,omitempty"`
}

// block returns the observations of space k as they are in a file, or the actions if there is no
// such space.
func (d *Dataset) block(k int) []byte {
	values := d.Actions[:d.Count*d.Spec.Action.Size()]
	if k < len(d.Obs) {
		n := d.Count * d.Spec.Observation[k].Size()
		if d.Obs[k].Bytes != nil {
			return d.Obs[k].Bytes[:n]
		}
		values = d.Obs[k].Floats[:n]
	}
	b := make([]byte, 0, 4*len(values))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// DatasetWriter writes the file of a data set part by part. The parts are in temporary files
// until the end, so that the memory does not grow with their number.
type DatasetWriter struct {
	path   string
	header datasetHeader
	blocks []*os.File // of each space, and of the actions
	whole  []*fileio.Pending
}

// CreateDataset begins the file of a data set of a task. The file exists after Commit; Close
// removes what was written without it.
func CreateDataset(path string, spec *policy.Spec) (*DatasetWriter, error) {
	w := &DatasetWriter{path: path, header: datasetHeader{Spec: *spec}}
	for range len(spec.Observation) + 1 {
		if err := w.open(); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	return w, nil
}

// open opens the next temporary file.
func (w *DatasetWriter) open() error {
	p, err := fileio.Create(w.path)
	if err != nil {
		return err
	}
	w.whole = append(w.whole, p)
	f, err := os.OpenFile(p.Name, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("writing %s: %w", w.path, err)
	}
	w.blocks = append(w.blocks, f)
	return nil
}

// Append adds all observations of a data set of the same task, which come from one drive. The
// count in by becomes their number. It returns an error for values that ReadDataset refuses.
func (w *DatasetWriter) Append(d *Dataset, by Drive) error {
	if err := d.check(); err != nil {
		return err
	}
	if w.header.Count+d.Count > maxSamples {
		return fmt.Errorf("writing %s: more than %d observations", w.path, maxSamples)
	}
	for k, f := range w.blocks {
		if _, err := f.Write(d.block(k)); err != nil {
			return fmt.Errorf("writing %s: %w", w.path, err)
		}
	}
	by.Count = d.Count
	w.header.Count += d.Count
	w.header.Drives = append(w.header.Drives, by)
	return nil
}

// Commit completes the file.
func (w *DatasetWriter) Commit() error {
	var blocks []io.Reader
	for _, f := range w.blocks {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("writing %s: %w", w.path, err)
		}
		blocks = append(blocks, f)
	}
	if err := w.open(); err != nil {
		return err
	}
	last := len(w.blocks) - 1
	if err := writeDataset(w.blocks[last], &w.header, blocks); err != nil {
		return fmt.Errorf("writing %s: %w", w.path, err)
	}
	return w.whole[last].Commit()
}

// writeDataset writes a file.
func writeDataset(w io.Writer, h *datasetHeader, blocks []io.Reader) error {
	head, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("header of a data set: %w", err)
	}
	buffer, sum := bufio.NewWriter(w), crc32.NewIEEE()
	begin := binary.LittleEndian.AppendUint32([]byte(datasetLine), uint32(len(head)))
	parts := append([]io.Reader{bytes.NewReader(begin), bytes.NewReader(head)}, blocks...)
	if _, err := io.Copy(io.MultiWriter(buffer, sum), io.MultiReader(parts...)); err != nil {
		return err
	}
	_, err = buffer.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
	return errors.Join(err, buffer.Flush())
}

// Close removes the temporary files.
func (w *DatasetWriter) Close() error {
	var err error
	for _, f := range w.blocks {
		err = errors.Join(err, f.Close())
	}
	for _, p := range w.whole {
		err = errors.Join(err, p.Remove())
	}
	w.blocks, w.whole = nil, nil
	return err
}

// ReadDataset reads the file of a data set.
func ReadDataset(path string) (*Dataset, error) {
	data, err := fileio.ReadFile(path, maxDataset)
	if err != nil {
		return nil, err
	}
	d, err := DecodeDataset(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	sum := sha256.Sum256(data)
	d.SHA256 = hex.EncodeToString(sum[:])
	return d, nil
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
	for _, s := range append([]policy.Space{h.Action}, h.Observation...) {
		if _, err := spaceSize(&s); err != nil {
			return nil, fmt.Errorf("data set: %s: %w", s.Name, err)
		}
	}
	each := sampleBytes(&h.Spec)
	if h.Action.Kind == policy.Image || h.Count < 0 || int64(h.Count) > int64(len(b))/each || int64(h.Count)*each != int64(len(b)) {
		return nil, fmt.Errorf("data set: %d bytes for %d observations of %d bytes", len(b), h.Count, each)
	}
	d := NewDataset(&h.Spec, h.Count)
	d.Count, d.Drives = h.Count, h.Drives
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
	if err := d.check(); err != nil {
		return nil, err
	}
	return d, nil
}

// check returns an error for an observation that is no number, and for an action outside of its
// space.
func (d *Dataset) check() error {
	for k := range d.Obs {
		s := &d.Spec.Observation[k]
		for i, v := range d.Obs[k].Floats[:min(d.Count*s.Size(), len(d.Obs[k].Floats))] { // an image has none
			if v-v != 0 {
				return fmt.Errorf("data set: observation %d: %s has the value %g", i/s.Size(), s.Name, v)
			}
		}
	}
	for i, size := 0, d.Spec.Action.Size(); i < d.Count; i++ {
		if err := d.Spec.Action.Check(d.Actions[i*size : (i+1)*size]); err != nil {
			return fmt.Errorf("data set: observation %d: %w", i, err)
		}
	}
	return nil
}

// bytesOf is the size of a value of a space in memory.
func bytesOf(s *policy.Space) int64 {
	if s.Kind == policy.Image {
		return 1
	}
	return 4
}
