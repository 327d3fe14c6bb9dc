package cli

import (
	"io"
	"os"
)

// stdoutWriter writes to stdout and keeps the first error, so that a command that loses
// its results fails.
type stdoutWriter struct {
	w   io.Writer
	err error
}

func (s *stdoutWriter) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if err != nil && s.err == nil {
		s.err = err
	}
	return n, err
}

// underlyingFile returns the file behind a writer, nil if there is none.
func underlyingFile(w io.Writer) *os.File {
	if s, ok := w.(*stdoutWriter); ok {
		w = s.w
	}
	f, _ := w.(*os.File)
	return f
}
