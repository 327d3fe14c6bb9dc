// Package journal keeps the results of a run on disk as they come, so that a run which
// was interrupted, or killed, goes on where it was.
//
// A journal is a text file of JSON lines. Each holds a record and its CRC-32C, in
// hexadecimal, over the bytes of the record: {"crc32c":"1a2b3c4d","record":{…}}. The
// first record is the Header, every other one a finished case as in the results
// document, in the order in which cases ended. A case has two records where the cause
// of its failure was found later.
//
// A line that was cut off at the end, as a killed run leaves it, is dropped. A damaged
// record is reported, and its case is not among those that are known. A damaged header
// is refused. Version 1 had records without checksums; it is read, too.
package journal

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

	"roadloop/scenarios"
)

// Format names the version of the file format.
const Format = "roadloop.journal/2"

// plainFormat is version 1. Its lines are records without checksums.
const plainFormat = "roadloop.journal/1"

// line is a line of a journal.
type line struct {
	Sum    string          `json:"crc32c"`
	Record json.RawMessage `json:"record"`
}

// castagnoli is the polynomial of CRC-32C.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum returns the CRC-32C of a record.
func checksum(record []byte) string { return fmt.Sprintf("%08x", crc32.Checksum(record, castagnoli)) }

// errDamaged is the error of a line with another record than was written.
var errDamaged = errors.New("is damaged")

// record returns the record of a line. A plain line is its own record.
func record(text []byte, plain bool) ([]byte, error) {
	var l line
	err := json.Unmarshal(text, &l)
	switch {
	case err == nil && l.Sum != "" && l.Sum == checksum(l.Record):
		return l.Record, nil
	case plain && (err != nil || l.Sum == ""):
		return text, nil
	}
	return nil, errDamaged
}

// Header says what is driven.
type Header struct {
	Format string              `json:"journal"`
	Suite  *scenarios.Identity `json:"suite"`
	Setup  *scenarios.Setup    `json:"setup"`
	Shard  string              `json:"shard,omitempty"`
}

// Journal is a journal being written. Add may be called by several goroutines at once.
type Journal struct {
	mu   sync.Mutex
	file *os.File
}

// ErrInterrupted is wrapped by Create where a run left a journal.
var ErrInterrupted = errors.New("holds the journal of a run that did not end")

// Create begins a journal in a new file.
func Create(path string, h Header) (*Journal, error) {
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
	h.Format = Format
	return j, j.write(&h)
}

// Found is what a journal of an earlier run holds.
type Found struct {
	Cases   map[string]scenarios.Result // by name
	Damaged []string                    // places of damaged records, such as journal.jsonl:7
}

// Resume reads the journal of an earlier run of the same cases and goes on writing
// it. Without such a file, or with one that ends in its first line, it begins anew.
func Resume(path string, h Header) (*Journal, Found, error) {
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, Found{}, fmt.Errorf("journal: %w", err)
	}
	whole := data[:bytes.LastIndexByte(data, '\n')+1]
	if len(whole) == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, Found{}, fmt.Errorf("journal: %w", err)
		}
		j, err := Create(path, h)
		return j, Found{}, err
	}
	found, err := parse(path, whole, h)
	if err != nil {
		return nil, Found{}, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, Found{}, fmt.Errorf("journal: %w", err)
	}
	err = f.Truncate(int64(len(whole)))
	if err == nil {
		_, err = f.Seek(0, io.SeekEnd)
	}
	if err != nil {
		return nil, Found{}, errors.Join(fmt.Errorf("journal: %w", err), f.Close())
	}
	return &Journal{file: f}, found, nil
}

// parse reads the whole lines of a journal and checks that it is of the same cases.
func parse(path string, data []byte, want Header) (Found, error) {
	found := Found{Cases: make(map[string]scenarios.Result)}
	number, plain := 0, false
	for text := range bytes.Lines(data) {
		number++
		if number == 1 {
			h, err := readHeader(text)
			if err == nil {
				err = want.same(&h)
			}
			if err != nil {
				return found, fmt.Errorf("%s:1: %w", path, err)
			}
			plain = h.Format == plainFormat
			continue
		}
		if err := found.add(text, plain); errors.Is(err, errDamaged) {
			found.Damaged = append(found.Damaged, fmt.Sprintf("%s:%d", path, number))
		} else if err != nil {
			return found, fmt.Errorf("%s:%d: %w", path, number, err)
		}
	}
	return found, nil
}

// add reads the record of a case.
func (f *Found) add(text []byte, plain bool) error {
	data, err := record(text, plain)
	if err != nil {
		return err
	}
	var c scenarios.Result
	if err := json.Unmarshal(data, &c); err != nil {
		return errDamaged
	}
	before, twice := f.Cases[c.Case]
	if amended := before.Cause == "" && c.Cause != ""; twice && !amended || c.Case == "" {
		return fmt.Errorf("case %q is missing its name or comes twice", c.Case)
	}
	f.Cases[c.Case] = c
	return nil
}

// readHeader reads the first line of a journal.
func readHeader(text []byte) (Header, error) {
	var h Header
	data, err := record(text, true)
	if err == nil {
		err = json.Unmarshal(data, &h)
	}
	switch {
	case errors.Is(err, errDamaged):
		return h, fmt.Errorf("the header %w: nothing says what these cases are of", err)
	case err != nil:
		return h, err
	case h.Format != Format && h.Format != plainFormat:
		return h, fmt.Errorf("is %q, this program reads %s and %s", h.Format, Format, plainFormat)
	case h.Suite == nil || h.Setup == nil:
		return h, errors.New("names no suite and setup")
	}
	return h, nil
}

// Add writes a finished case. When it returns, the case is on the disk.
func (j *Journal) Add(c *scenarios.Result) error { return j.write(c) }

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

// Close closes the file, which stays where it is.
func (j *Journal) Close() error { return j.file.Close() }

// Finish closes the journal of a run that ended and removes it.
func (j *Journal) Finish() error {
	return errors.Join(j.file.Close(), os.Remove(j.file.Name()))
}
