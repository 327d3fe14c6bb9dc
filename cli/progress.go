package cli

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dustin/go-humanize/english"

	"roadloop/scenarios"
	"roadloop/scenarios/report"
	"roadloop/scenarios/runner"
)

// Intervals between two updates of a meter.
const (
	plainInterval    = 30 * time.Second       // no terminal
	terminalInterval = 100 * time.Millisecond // terminal
)

// meter shows progress, speed and the remaining time: a bar on a terminal, otherwise an
// occasional line. It is not safe for concurrent use.
type meter struct {
	w        io.Writer
	unit     string // such as frame
	total    int    // 0 if unknown
	done     int
	note     string // appended, such as "1 failed"
	terminal bool
	quiet    bool
	now      func() time.Time
	start    time.Time
	shown    time.Time // time of the last update
}

// newMeter returns a meter that starts now.
func newMeter(w io.Writer, total int, unit string, quiet bool) *meter {
	m := &meter{w: w, unit: unit, total: total, terminal: isTerminal(w), quiet: quiet, now: time.Now}
	m.start = m.now()
	m.shown = m.start
	return m
}

// at records that n are done.
func (m *meter) at(n int) {
	m.done = n
	if m.quiet || n == 0 {
		return
	}
	now := m.now()
	every := plainInterval
	if m.terminal {
		every = terminalInterval
	}
	if now.Sub(m.shown) < every {
		return
	}
	m.shown = now
	m.show(now)
}

// show writes the progress.
func (m *meter) show(now time.Time) {
	took := now.Sub(m.start)
	left := time.Duration(float64(took) / float64(m.done) * float64(m.total-m.done))
	text := fmt.Sprintf("%d/%s", m.done, english.Plural(m.total, m.unit, ""))
	if m.total <= 0 { // unknown, such as of a webcam
		text = english.Plural(m.done, m.unit, "")
	}
	if m.note != "" {
		text += ", " + m.note
	}
	text += fmt.Sprintf(", %.3g/s", float64(m.done)/took.Seconds())
	if m.total > 0 {
		text += fmt.Sprintf(", %v left", left.Round(time.Second))
	}
	if m.terminal {
		fmt.Fprintf(m.w, "\r\033[K%s %s", bar(m.done, m.total), text)
		return
	}
	fmt.Fprintln(m.w, text)
}

// clear removes the bar before other output.
func (m *meter) clear() {
	if m.terminal && !m.quiet {
		fmt.Fprint(m.w, "\r\033[K")
		m.shown = m.start // the bar comes back with the next step
	}
}

// bar draws the bar.
func bar(done, total int) string {
	const width = 20
	n := width
	if total > 0 {
		n = min(width, width*done/total)
	}
	return "[" + strings.Repeat("#", n) + strings.Repeat(".", width-n) + "]"
}

// progress shows the progress of a run, and optionally a line for each case.
type progress struct {
	meter
	failures  bool          // print failed cases
	verbose   bool          // print all cases
	table     *verdictTable // gets all cases; nil for none
	failed    int
	simulated float64 // s
}

func newProgress(w io.Writer, total int, quiet bool) *progress {
	return &progress{meter: *newMeter(w, total, "case", quiet)}
}

// step records a finished case.
func (p *progress) step(c *runner.Result) {
	p.simulated += c.SimSeconds
	if !c.Passed {
		p.failed++
		p.note = fmt.Sprintf("%d failed", p.failed)
	}
	switch {
	case p.table != nil:
		p.clear()
		p.table.add(c)
	case p.verbose:
		p.clear()
		p.printLine(fmt.Sprintf("%-4s %s  %.1f s in %.1f s", report.Verdict(c), headline(c), c.SimSeconds, c.WallSeconds))
	case p.failures && !c.Passed:
		p.clear()
		p.printLine(fmt.Sprintf("%s %s", report.Verdict(c), report.Failure(c)))
	}
	if n := c.Traffic; n != nil && n.Placed < n.Asked {
		p.clear()
		p.printLine(fmt.Sprintf("warning: %s: the map has room for only %d of %s", c.Case, n.Placed, english.Plural(n.Asked, "requested road user", "")))
	}
	p.at(p.done + 1)
}

// printLine prints a line about a case.
func (p *progress) printLine(line string) {
	if colored(p.w) {
		line = paint(line)
	}
	fmt.Fprintln(p.w, line)
}

// headline returns the case name, and the reason if it failed.
func headline(c *runner.Result) string {
	if c.Passed {
		return c.Case
	}
	return report.Failure(c)
}

// end removes the bar and prints a summary.
func (p *progress) end() {
	p.clear()
	if !p.quiet && !p.terminal {
		fmt.Fprintf(p.w, "%d of %s driven, %d failed, %.1f× real time\n", p.done, english.Plural(p.total, "case", ""), p.failed, p.simulated/p.now().Sub(p.start).Seconds())
	}
}

// verdictTable prints a line for each case as soon as its verdict is known, and the command
// that repeats a case that did not pass. The columns fit the names of all cases. Its writer keeps errors; see stdoutWriter.
type verdictTable struct {
	w               io.Writer
	scenario, label int // widths of columns
	rows            int
}

func newVerdictTable(w io.Writer, cases []*scenarios.Case) *verdictTable {
	t := &verdictTable{w: w, scenario: len("scenario"), label: len("case")}
	for _, c := range cases {
		t.scenario = max(t.scenario, utf8.RuneCountInString(c.Scenario.Slug()))
		t.label = max(t.label, utf8.RuneCountInString(c.Label()))
	}
	return t
}

// add prints the line of a case, after the header for the first one.
func (t *verdictTable) add(c *runner.Result) {
	if t.rows == 0 {
		t.print("", "scenario", "case", "sim", "real time", "reason")
	}
	t.rows++
	t.print(report.Verdict(c), c.Scenario, c.Label(), fmt.Sprintf("%.1f s", c.SimSeconds),
		fmt.Sprintf("%.1f×", c.SimSeconds/max(c.WallSeconds, 1e-9)), c.Reason)
	if !c.Passed {
		t.write("      " + c.Command + "\n")
	}
}

func (t *verdictTable) print(verdict, scenario, label, sim, speed, reason string) {
	t.write(fmt.Sprintf("%-4s  %-*s  %-*s  %-7s  %-9s  %s\n", verdict, t.scenario, scenario, t.label, label, sim, speed, reason))
}

func (t *verdictTable) write(line string) { fmt.Fprint(newScreen(t.w), line) }
