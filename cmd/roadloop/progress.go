package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"roadloop/scenarios"
)

// isTerminal reports whether w is a terminal that understands control codes.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// progress tells how far a run is: on a terminal a line that changes, elsewhere
// one plain line at the end.
type progress struct {
	w        io.Writer
	total    int
	start    time.Time
	terminal bool
	quiet    bool
}

func newProgress(w io.Writer, total int, quiet bool) *progress {
	return &progress{w: w, total: total, start: time.Now(), terminal: !quiet && isTerminal(w), quiet: quiet}
}

func (p *progress) step(r *scenarios.Results) {
	if !p.terminal {
		return
	}
	n := len(r.Cases)
	left := time.Since(p.start) / time.Duration(n) * time.Duration(p.total-n)
	fmt.Fprintf(p.w, "\r\033[K%s, %v left", p.line(r), left.Round(time.Second))
}

func (p *progress) end(r *scenarios.Results) {
	switch {
	case p.terminal:
		fmt.Fprint(p.w, "\r\033[K")
	case !p.quiet:
		fmt.Fprintln(p.w, p.line(r))
	}
}

// line says how many cases were driven and how fast.
func (p *progress) line(r *scenarios.Results) string {
	simulated := 0.0
	for i := range r.Cases {
		simulated += r.Cases[i].SimSeconds
	}
	return fmt.Sprintf("%d of %d cases driven, %d failed, %.1fx real time", len(r.Cases), p.total, r.Failed+r.Invalid,
		simulated/time.Since(p.start).Seconds())
}
