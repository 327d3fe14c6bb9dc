package results

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strconv"

	"roadloop/internal/fileio"
)

// stream is a file that is written in order and replaces the file of its name when it is
// complete.
type stream struct {
	path    string
	pending *fileio.Pending
	file    *os.File
	w       *bufio.Writer
	line    []byte // reused
}

func newStream(path string) (*stream, error) {
	p, err := fileio.Create(path)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(p.Name, os.O_WRONLY, 0)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("writing %s: %w", path, err), p.Remove())
	}
	return &stream{path: path, pending: p, file: f, w: bufio.NewWriter(f)}, nil
}

// text writes a text. Errors are reported by commit.
func (s *stream) text(t string) { _, _ = s.w.WriteString(t) }

// bytes writes data, as text does.
func (s *stream) bytes(b []byte) { _, _ = s.w.Write(b) }

// commit completes the file.
func (s *stream) commit() error {
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.w.Flush(), s.file.Close())
	s.file = nil
	if err == nil {
		err = s.pending.Commit()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", s.path, err), s.pending.Remove())
	}
	return nil
}

// Discard removes the file if it is incomplete.
func (s *stream) Discard() error {
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.file.Close(), s.pending.Remove())
	s.file = nil
	return err
}

// number appends the shortest decimal that is read as the same number. JSON has no NaN;
// check rejects it before.
func number(b []byte, v float64) []byte { return strconv.AppendFloat(b, v, 'f', -1, 64) }

// numbers appends values with a separator between them.
func numbers(b []byte, separator string, values ...float64) []byte {
	for i, v := range values {
		if i > 0 {
			b = append(b, separator...)
		}
		b = number(b, v)
	}
	return b
}
