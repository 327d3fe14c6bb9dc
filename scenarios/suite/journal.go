package suite

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"roadloop/scenarios/runner"
)

// JournalFormat is the version of the file format.
const JournalFormat = "roadloop.journal/2"

// formatV1 is version 1. Its lines are records without checksums.
const formatV1 = "roadloop.journal/1"

// line is a line of a journal.
type line struct {
	Sum    string          `json:"crc32c"`
	Record json.RawMessage `json:"record"`
}

// castagnoli is the table of CRC-32C.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum returns the CRC-32C of a record.
func checksum(record []byte) string { return fmt.Sprintf("%08x", crc32.Checksum(record, castagnoli)) }

// errDamaged is returned for a line with a wrong checksum.
var errDamaged = errors.New("is damaged")

// record returns the record of a line. In version 1, the line itself is the record.
func record(text []byte, v1 bool) ([]byte, error) {
	var l line
	err := json.Unmarshal(text, &l)
	switch {
	case err == nil && l.Sum != "" && l.Sum == checksum(l.Record):
		return l.Record, nil
	case v1 && (err != nil || l.Sum == ""):
		return text, nil
	}
	return nil, errDamaged
}

// JournalHeader identifies the cases and the driver of a run.
type JournalHeader struct {
	Format string            `json:"journal"`
	Suite  *runner.SuiteID   `json:"suite"`
	Setup  *runner.RunConfig `json:"setup"`
	Shard  string            `json:"shard,omitempty"`
}

// Journal is a journal being written. Add is safe for concurrent use.
type Journal struct {
	mu   sync.Mutex
	file *os.File
}

// ErrInterrupted is wrapped by Create if the journal of an earlier run exists.
var ErrInterrupted = errors.New("contains an unfinished run")

// CreateJournal creates a journal in a new file.
func CreateJournal(path string, h JournalHeader) (*Journal, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s %w", filepath.Dir(path), ErrInterrupted)
	}
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j := &Journal{file: f}
	h.Format = JournalFormat
	return j, j.write(&h)
}

// Recovered is the content of an existing journal.
type Recovered struct {
	Cases   map[string]runner.Result // by case name
	Damaged []string                 // positions of damaged records, such as journal.jsonl:7
}

// ResumeJournal reads the journal of an earlier run of the same cases and appends to it. If the
// file does not exist, or has no complete line, Resume creates a new journal.
func ResumeJournal(path string, h JournalHeader) (*Journal, Recovered, error) {
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, Recovered{}, fmt.Errorf("journal: %w", err)
	}
	whole := data[:bytes.LastIndexByte(data, '\n')+1]
	if len(whole) == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, Recovered{}, fmt.Errorf("journal: %w", err)
		}
		j, err := CreateJournal(path, h)
		return j, Recovered{}, err
	}
	found, err := parse(path, whole, h)
	if err != nil {
		return nil, Recovered{}, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, Recovered{}, fmt.Errorf("journal: %w", err)
	}
	err = f.Truncate(int64(len(whole)))
	if err == nil {
		_, err = f.Seek(0, io.SeekEnd)
	}
	if err != nil {
		return nil, Recovered{}, errors.Join(fmt.Errorf("journal: %w", err), f.Close())
	}
	return &Journal{file: f}, found, nil
}

// parse reads the complete lines of a journal and checks that its header matches want.
func parse(path string, data []byte, want JournalHeader) (Recovered, error) {
	found := Recovered{Cases: make(map[string]runner.Result)}
	number, v1 := 0, false
	for text := range bytes.Lines(data) {
		number++
		if number == 1 {
			h, err := readHeader(text)
			if err == nil {
				err = want.checkSame(&h)
			}
			if err != nil {
				return found, fmt.Errorf("%s:1: %w", path, err)
			}
			v1 = h.Format == formatV1
			continue
		}
		if err := found.add(text, v1); errors.Is(err, errDamaged) {
			found.Damaged = append(found.Damaged, fmt.Sprintf("%s:%d", path, number))
		} else if err != nil {
			return found, fmt.Errorf("%s:%d: %w", path, number, err)
		}
	}
	return found, nil
}

// add reads the record of a case.
func (f *Recovered) add(text []byte, v1 bool) error {
	data, err := record(text, v1)
	if err != nil {
		return err
	}
	var c runner.Result
	if err := json.Unmarshal(data, &c); err != nil {
		return errDamaged
	}
	before, twice := f.Cases[c.Case]
	if amended := before.Cause == "" && c.Cause != ""; twice && !amended || c.Case == "" {
		return fmt.Errorf("case %q is duplicated or has no name", c.Case)
	}
	f.Cases[c.Case] = c
	return nil
}

// readHeader reads the first line of a journal.
func readHeader(text []byte) (JournalHeader, error) {
	var h JournalHeader
	data, err := record(text, true)
	if err == nil {
		err = json.Unmarshal(data, &h)
	}
	switch {
	case errors.Is(err, errDamaged):
		return h, fmt.Errorf("the header %w, so the run cannot be identified", err)
	case err != nil:
		return h, err
	case h.Format != JournalFormat && h.Format != formatV1:
		return h, fmt.Errorf("is %q, this program reads %s and %s", h.Format, JournalFormat, formatV1)
	case h.Suite == nil || h.Setup == nil:
		return h, errors.New("has no suite or setup")
	}
	return h, nil
}

// Add writes the result of a case. It returns after the data has been synced to disk.
func (j *Journal) Add(c *runner.Result) error { return j.write(c) }

// write writes a record as a line.
func (j *Journal) write(v any) error {
	data, err := json.Marshal(v)
	if err == nil {
		data, err = json.Marshal(line{checksum(data), data})
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err == nil {
		_, err = j.file.Write(append(data, '\n'))
	}
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// Close closes the journal without removing its file.
func (j *Journal) Close() error { return j.file.Close() }

// Finish closes the journal and removes its file.
func (j *Journal) Finish() error {
	return errors.Join(j.file.Close(), os.Remove(j.file.Name()))
}
