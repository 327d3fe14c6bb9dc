// Package journal keeps the results of a run on disk as they come, so that a run
// which was interrupted, or killed, goes on where it was.
//
// A journal is a text file: a line of JSON that says what is driven, and one for
// every finished case, as in the results document. A line that was cut off at the
// end, as a killed run leaves it, is dropped; anything else that makes no sense is
// refused. Cases stand in the order in which they ended. A case stands there twice where
// its cause was found out later.
package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"roadloop/scenarios"
)

// Format names the version of the file format.
const Format = "roadloop.journal/1"

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
	return j, j.line(&h)
}

// Resume reads the journal of an earlier run of the same cases and goes on writing
// it. Without such a file, or with one that ends in its first line, it begins anew.
func Resume(path string, h Header) (*Journal, map[string]scenarios.Result, error) {
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("journal: %w", err)
	}
	whole := data[:bytes.LastIndexByte(data, '\n')+1]
	if len(whole) == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, fmt.Errorf("journal: %w", err)
		}
		j, err := Create(path, h)
		return j, nil, err
	}
	known, err := parse(path, whole, h)
	if err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("journal: %w", err)
	}
	err = f.Truncate(int64(len(whole)))
	if err == nil {
		_, err = f.Seek(0, io.SeekEnd)
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("journal: %w", err), f.Close())
	}
	return &Journal{file: f}, known, nil
}

// parse reads the whole lines of a journal and checks that it is of the same cases.
func parse(path string, data []byte, want Header) (map[string]scenarios.Result, error) {
	known := make(map[string]scenarios.Result)
	number := 0
	for line := range bytes.Lines(data) {
		number++
		if number == 1 {
			if err := checkHeader(line, want); err != nil {
				return nil, fmt.Errorf("%s:1: %w", path, err)
			}
			continue
		}
		var c scenarios.Result
		if err := json.Unmarshal(line, &c); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, number, err)
		}
		before, twice := known[c.Case]
		if amended := before.Cause == "" && c.Cause != ""; twice && !amended || c.Case == "" {
			return nil, fmt.Errorf("%s:%d: case %q is missing its name or comes twice", path, number, c.Case)
		}
		known[c.Case] = c
	}
	return known, nil
}

// checkHeader compares the first line with what is to be driven.
func checkHeader(line []byte, want Header) error {
	var h Header
	if err := json.Unmarshal(line, &h); err != nil {
		return err
	}
	switch {
	case h.Format != Format:
		return fmt.Errorf("is %q, this program reads %s", h.Format, Format)
	case h.Suite == nil || h.Setup == nil:
		return errors.New("names no suite and setup")
	case h.Suite.SHA256 != want.Suite.SHA256 || h.Shard != want.Shard:
		return fmt.Errorf("is of another run: suite %s of %d cases (%.12s) shard %q, not %s of %d cases (%.12s) shard %q",
			h.Suite.Name, h.Suite.Cases, h.Suite.SHA256, h.Shard, want.Suite.Name, want.Suite.Cases, want.Suite.SHA256, want.Shard)
	}
	if d := h.Setup.Difference(*want.Setup); d != "" {
		return fmt.Errorf("was driven differently: %s", d)
	}
	return nil
}

// Add writes a finished case. When it returns, the case is on the disk.
func (j *Journal) Add(c *scenarios.Result) error { return j.line(c) }

// line writes a value as a line.
func (j *Journal) line(v any) error {
	data, err := json.Marshal(v)
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
