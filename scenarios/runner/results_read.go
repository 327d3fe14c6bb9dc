package runner

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"roadloop/internal/fileio"
)

// maxResults is the maximum size of a document for ReadResults, bytes: about ten thousand
// cases.
const maxResults = 256 << 20

// ErrResultsSchema is wrapped for a document with another schema.
var ErrResultsSchema = errors.New("results of another schema")

// ReadResults reads a results document from a file.
func ReadResults(path string) (*Results, error) {
	data, err := fileio.ReadFile(path, maxResults)
	if err != nil {
		return nil, fmt.Errorf("reading results: %w", err)
	}
	return ParseResults(path, data)
}

// ParseResults parses a results document; path names it in errors. It returns
// ErrResultsSchema for another schema, and an error if the counts do not match the cases
// or if a case is duplicated. It ignores unknown fields of later versions.
func ParseResults(path string, data []byte) (*Results, error) {
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("%w; results are JSON documents, as test --json writes them", jsonError(path, data, err))
	}
	if head.Schema != ResultsSchema {
		return nil, fmt.Errorf("%s: %w: %q, this program reads %s", path, ErrResultsSchema, head.Schema, ResultsSchema)
	}
	r := new(Results)
	if err := json.Unmarshal(data, r); err != nil {
		return nil, jsonError(path, data, err)
	}
	r.upgrade()
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// jsonError adds the line to an error of the JSON module.
func jsonError(path string, data []byte, err error) error {
	offset := int64(len(data))
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	line := 1 + bytes.Count(data[:min(max(offset, 0), int64(len(data)))], []byte("\n"))
	return fmt.Errorf("%s:%d: %w", path, line, err)
}

// upgrade fills in the fields that early documents of version 1 lacked.
func (r *Results) upgrade() {
	r.Unpreventable, r.Comparison = 0, nil
	for i := range r.Cases {
		c := &r.Cases[i]
		if c.Case == "" {
			c.Case = fmt.Sprintf("%s/%d", c.Scenario, c.Seed)
		}
		if !c.Passed && c.TraceSHA256 == "" {
			c.Invalid = true
		}
		if c.Unpreventable() {
			r.Unpreventable++
		}
	}
}

// check reports contradictions in a document.
func (r *Results) check() error {
	counted := NewResults()
	seen := make(map[string]bool, len(r.Cases))
	for i := range r.Cases {
		c := &r.Cases[i]
		counted.Append(*c)
		switch {
		case c.Scenario == "":
			return fmt.Errorf("cases[%d].scenario: is missing", i)
		case seen[c.Case]:
			return fmt.Errorf("cases[%d].case: duplicate case %s", i, c.Case)
		case c.SimSeconds < 0 || c.WallSeconds < 0:
			return fmt.Errorf("cases[%d]: %s took %g s of simulation and %g s of wall time, want times ≥ 0", i, c.Case, c.SimSeconds, c.WallSeconds)
		case c.FailedAt != nil && *c.FailedAt < 0:
			return fmt.Errorf("cases[%d].failed_at: %g s, want a time ≥ 0", i, *c.FailedAt)
		case c.Passed && c.Invalid:
			return fmt.Errorf("cases[%d]: %s has passed and is invalid", i, c.Case)
		}
		seen[c.Case] = true
	}
	if counted.Passed != r.Passed || counted.Failed != r.Failed || counted.Invalid != r.Invalid {
		return fmt.Errorf("counts are %d passed, %d failed and %d invalid, but the cases are %d, %d and %d",
			r.Passed, r.Failed, r.Invalid, counted.Passed, counted.Failed, counted.Invalid)
	}
	return nil
}
