package training

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"os"

	"roadloop/internal/fileio"
	"roadloop/perception/network"
)

// checkpointMagic begins every checkpoint; the gob of a checkpoint and its CRC-32
// follow.
const checkpointMagic = "roadloop checkpoint 2\n"

// checkpoint is the complete state of a training.
type checkpoint struct {
	Config           Config
	Step             int64
	Hours            float64
	Weights, Average *network.Weights
	Bases            [][]float32 // of low-rank changes
	Learned          []learned
	Journal          []byte
}

// learned is the state of a learnable.
type learned struct{ Data, M, V, Start []float32 }

// Save writes the state to a file atomically.
func (t *Trainer) Save(path string) error {
	var b bytes.Buffer
	c := checkpoint{Config: t.config, Step: t.step, Hours: t.hours, Weights: t.weights, Average: t.average, Journal: t.Journal}
	for _, l := range t.learnables {
		c.Learned = append(c.Learned, learned{l.data, l.m, l.v, l.start})
	}
	for _, ad := range t.adapters {
		c.Bases = append(c.Bases, ad.base)
	}
	if err := gob.NewEncoder(&b).Encode(&c); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return fileio.Write(path, fileio.Seal(checkpointMagic, b.Bytes()))
}

// Resume continues a training from a checkpoint, with the same steps as without the
// interruption.
func Resume(path string) (*Trainer, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("resuming: %w", err)
	}
	body, err := fileio.Unseal(checkpointMagic, data)
	switch {
	case errors.Is(err, fileio.ErrNotSealed):
		return nil, fmt.Errorf("resuming: %s is not a checkpoint of this version", path)
	case err != nil:
		return nil, fmt.Errorf("resuming: %s is damaged or truncated", path)
	}
	var c checkpoint
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(&c); err != nil {
		return nil, fmt.Errorf("resuming %s: %w", path, err)
	}
	t, err := NewFrom(c.Config, c.Weights)
	if err != nil {
		return nil, fmt.Errorf("resuming %s: %w", path, err)
	}
	if err := t.restore(&c); err != nil {
		return nil, errors.Join(fmt.Errorf("resuming %s: %w", path, err), t.Close())
	}
	return t, nil
}

// restore copies a state into the tensors that the graphs share.
func (t *Trainer) restore(c *checkpoint) error {
	if len(c.Learned) != len(t.learnables) || len(c.Bases) != len(t.adapters) || c.Weights == nil || c.Average == nil {
		return fmt.Errorf("the checkpoint has %d learned tensors, the training has %d", len(c.Learned), len(t.learnables))
	}
	t.step, t.hours, t.Journal = c.Step, c.Hours, c.Journal
	t.weights.CopyMatching(c.Weights)
	t.average.CopyMatching(c.Average)
	for i, ad := range t.adapters {
		copy(ad.base, c.Bases[i])
	}
	for i, l := range t.learnables {
		copy(l.data, c.Learned[i].Data)
		copy(l.m, c.Learned[i].M)
		copy(l.v, c.Learned[i].V)
		copy(l.start, c.Learned[i].Start)
	}
	t.push()
	return nil
}
