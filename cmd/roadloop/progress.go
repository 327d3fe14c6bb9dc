package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"roadloop/scenarios"
	"roadloop/scenarios/summary"
)

// isTerminal reports whether w is a terminal that understands control codes.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// progress tells how far a run is: on a terminal a line that changes, elsewhere
// one plain line at the end; and, where asked for, a line for every case.
type progress struct {
	w         io.Writer
	total     int
	start     time.Time
	terminal  bool
	quiet     bool
	failures  bool // a line for every case that failed
	verbose   bool // a line for every case
	done      int
	failed    int
	simulated float64 // s
}

func newProgress(w io.Writer, total int, quiet bool) *progress {
	return &progress{w: w, total: total, start: time.Now(), terminal: !quiet && isTerminal(w), quiet: quiet}
}

// step takes in a finished case.
func (p *progress) step(c *scenarios.Result) {
	p.done++
	p.simulated += c.SimSeconds
	if !c.Passed {
		p.failed++
	}
	if p.terminal {
		fmt.Fprint(p.w, "\r\033[K")
	}
	switch {
	case p.verbose:
		fmt.Fprintf(p.w, "%-4s %s  %.1f s in %.1f s  [%s]\n", summary.Verdict(c), headline(c), c.SimSeconds, c.WallSeconds, p.rate())
	case p.failures && !c.Passed:
		fmt.Fprintf(p.w, "%s %s\n", summary.Verdict(c), summary.Failure(c))
	}
	if n := c.Traffic; n != nil && n.Placed < n.Asked {
		fmt.Fprintf(p.w, "warning: %s: the map has room for %d of the %d road users that traffic asks for\n", c.Case, n.Placed, n.Asked)
	}
	if p.terminal {
		fmt.Fprintf(p.w, "%s, %s", p.line(), p.rate())
	}
}

// headline names a case, and why it failed.
func headline(c *scenarios.Result) string {
	if c.Passed {
		return c.Case
	}
	return summary.Failure(c)
}

// end clears the moving line or writes the last one.
func (p *progress) end() {
	switch {
	case p.terminal:
		fmt.Fprint(p.w, "\r\033[K")
	case !p.quiet:
		fmt.Fprintln(p.w, p.line())
	}
}

// line says how many cases were driven and how fast.
func (p *progress) line() string {
	return fmt.Sprintf("%d of %d cases driven, %d failed, %.1fx real time", p.done, p.total, p.failed, p.simulated/time.Since(p.start).Seconds())
}

// rate says how many cases are driven in a second and how long the rest takes.
func (p *progress) rate() string {
	took := time.Since(p.start)
	left := took / time.Duration(p.done) * time.Duration(p.total-p.done)
	return fmt.Sprintf("%d of %d, %.1f a second, %v left", p.done, p.total, float64(p.done)/took.Seconds(), left.Round(time.Second))
}
